//! What the fuzz targets have in common. The targets are in `fuzz_targets`; what each of them checks is in `README.md`.

pub mod archive;
pub mod directory;
pub mod echo;
pub mod parts;
pub mod place;
pub mod server;
pub mod word;
