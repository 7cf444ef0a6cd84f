//! `innkeeper report ...`

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Everybody who has left: what is still open for them and why, and when the rest was closed; exits with 3 while something is open
    Leavers(Leavers),
    /// Every licence: how many there are, who needs them, what they cost, and from whom they could be taken
    Licences,
}

#[derive(Debug, Args)]
pub(crate) struct Leavers {
    /// Of those for whom nothing is open, only who has left since this day
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<Date>,
}
