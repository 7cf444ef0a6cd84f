//! One module a group of figures: what is measured together, in one process.

pub mod loading;
pub mod memory;
pub mod plan;
pub mod sandbox;

use crate::{Failure, Measured, Setting};

/// How a group is measured.
pub type Measure = fn(&Setting) -> Result<Vec<Measured>, Failure>;

/// All groups, by name.
pub const GROUPS: &[(&str, Measure)] = &[
    ("loading", loading::measure),
    ("memory", memory::measure),
    ("plan", plan::measure),
    ("sandbox", sandbox::measure),
];
