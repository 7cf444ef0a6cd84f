//! One module a group of figures: what is measured together, in one process.

pub mod bound;
pub mod cli;
pub mod company;
pub mod leaver;
pub mod loading;
pub mod memory;
pub mod plan;
pub mod sandbox;
pub mod store;

use crate::{Failure, Measured, Setting};

/// How a group is measured.
pub type Measure = fn(&Setting) -> Result<Vec<Measured>, Failure>;

/// All groups, by name.
pub const GROUPS: &[(&str, Measure)] = &[
    ("bound", bound::measure),
    ("cli", cli::measure),
    ("company", company::measure),
    ("leaver", leaver::measure),
    ("loading", loading::measure),
    ("memory", memory::measure),
    ("plan", plan::measure),
    ("sandbox", sandbox::measure),
    ("store", store::measure),
];
