//! The gate of the fuzz targets.

use innkeeper_tests::cache;

use super::gate::Outcome;
use crate::failure::Failure;
use crate::fuzz;
use crate::run::{cargo, visibly};

/// The targets are a workspace of their own, so their form is checked here.
pub(super) fn check() -> Result<Outcome, Failure> {
    visibly(cargo(&["fmt", "--check"]).current_dir(cache::repository().join("tests/fuzz")))?;
    fuzz::briefly()?;
    Ok(Outcome::Passed)
}
