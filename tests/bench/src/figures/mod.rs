//! One module a group of figures: what is measured together, in one process.

pub mod plan;

use crate::{Failure, Measured, Setting};

/// How a group is measured.
pub type Measure = fn(&Setting) -> Result<Vec<Measured>, Failure>;

/// All groups, by name.
pub const GROUPS: &[(&str, Measure)] = &[("plan", plan::measure)];
