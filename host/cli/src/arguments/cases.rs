//! `innkeeper cases ...`

use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Cases {
    #[command(subcommand)]
    pub(crate) command: Option<CasesCommand>,
    /// Only this app
    pub(crate) app: Option<String>,
    /// Write who could be whose into a new file for a spreadsheet, a row for each account, to be decided there
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CasesCommand {
    /// Take the decisions in a file that `innkeeper cases --out` wrote
    #[command(
        after_help = "In the column `decision`: `link` (the account is the person's), `new` (none of the accounts is: the person gets a \
        new one), `ignore` (leave everybody in the case alone; with a day in `until`, until then). One decision for each person and app; rows \
        without one are left. `reason` goes into the audit log. All rows are checked first, and nothing is taken if one is wrong."
    )]
    Decide(Decide),
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
