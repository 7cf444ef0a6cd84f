//! `innkeeper connector push` and `pull`

use crate::arguments::{General, Login};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_bundle::Bundle;
use std::path::Path;

pub(super) fn is_reference(typed: &str) -> bool {
    typed.starts_with("oci://")
}

pub(super) fn fetch(_: &General, _: &str, _: &Login) -> Result<Bundle, CliError> {
    unreachable!()
}

pub(super) fn push(_: &General, _: &Path, _: &str, _: &Login) -> Result<Reply, CliError> {
    unreachable!()
}

pub(super) fn pull(_: &General, _: &str, _: Option<&Path>, _: &Login) -> Result<Reply, CliError> {
    unreachable!()
}
