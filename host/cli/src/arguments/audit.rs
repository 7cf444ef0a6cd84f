//! `innkeeper audit …`

use clap::{Subcommand, ValueEnum, ValueHint};
use jiff::civil::Date;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recompute the hash chain from the first entry to the last, of the log or of an export
    Verify {
        /// An export; needs no configuration and no store [default: the log itself]
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// What follows the export: another one, or `store` for the log itself; can be repeated
        #[arg(long, value_name = "FILE", requires = "file")]
        then: Vec<PathBuf>,
        /// A hash that was kept elsewhere, which must be in the chain
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
        /// The key that must have signed every export: `ed25519:…`
        #[arg(long, value_name = "KEY", requires = "file")]
        signed_by: Option<String>,
    },
    /// Write the log to a file that proves itself, or for a SIEM
    Export {
        /// `jsonl` can be verified; `ocsf` is for a SIEM
        #[arg(long, default_value = "jsonl", value_name = "FORMAT")]
        format: ExportFormat,
        /// From this entry or this day (UTC) on
        #[arg(long, value_name = "DATE|NUMBER")]
        since: Option<Since>,
        /// Where [default: standard output]
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: Option<PathBuf>,
        /// Sign the seal with this key, as `connector keygen` makes it
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        key: Option<PathBuf>,
    },
    /// Move the oldest entries to an archive; the log says so, and both verify together
    Prune {
        /// Entries of days before this one (UTC) go
        #[arg(long, value_name = "DATE")]
        before: Date,
        /// Where they go; must not exist
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        archive: PathBuf,
        /// Sign the archive's seal with this key, as `connector keygen` makes it
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        key: Option<PathBuf>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// What an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A line for each entry, with its hash, and a seal
    Jsonl,
    /// Events of the Open Cybersecurity Schema Framework
    Ocsf,
}

/// Where an export begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Entry(u64),
    Day(Date),
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day =
            || text.parse().map(Self::Day).map_err(|_| "expected a day such as 2026-11-22, or an entry's number".to_owned());
        text.parse().map_or_else(|_| day(), |seq| Ok(Self::Entry(seq)))
    }
}
