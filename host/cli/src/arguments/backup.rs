//! `innkeeper backup` and `innkeeper restore`

use clap::{Args, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Where it goes, `….tar.zst`; must not exist
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Leave the secrets and the key that encrypts them out
    #[arg(long)]
    pub(crate) without_secrets: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// What `innkeeper backup` wrote
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The configuration directory to restore into [default: the one of the command]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) into: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
