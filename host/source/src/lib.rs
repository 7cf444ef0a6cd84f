//! People from files: CSV.
//!
//! Pure functions over bytes: who opens the file is the caller.

pub mod csv;
