//! What can be typed after `innkeeper undo`.

use clap::{Args, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "The reverse is an ordinary plan: look at it, then `innkeeper apply` it. If the rules still want what it takes \
    back, the next plan does it again: change the rules or the record first, or pause the app."
)]
pub(crate) struct Undo {
    /// The run, as `innkeeper apply` or `innkeeper status` said it; its beginning is enough
    pub(crate) run: String,
    /// Only this change of the run, this person or this app; can be repeated
    #[arg(long, value_name = "CHANGE|PERSON|APP")]
    pub(crate) only: Vec<String>,
    /// Delete the accounts that the run made, instead of suspending them
    #[arg(long)]
    pub(crate) delete: bool,
    /// Where to save the plan [default: plans/ID.json in the configuration directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Show every account
    #[arg(long)]
    pub(crate) full: bool,
}
