//! What can be typed after `innkeeper plan`, `apply` and `approve`.

use clap::{Args, Subcommand, ValueHint};
use jiff::civil::Date;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Plan {
    #[command(subcommand)]
    pub(crate) command: Option<PlanCommand>,
    /// Where to save the plan [default: plans/ID.json in the configuration directory]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Only this app; can be repeated
    #[arg(long = "app", value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// Only this person, by key, user name or e-mail address
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// As if it were this day, to look ahead; such a plan cannot be applied earlier
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Date>,
    /// Believe that a source or an app has become this much smaller; can be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) accept_shrink: Vec<String>,
    /// Show every account, and the attributes of new ones
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Show a saved plan: what it does, who made it, and what it saw
    Show {
        /// The plan, as `innkeeper plan` saved it
        #[arg(value_hint = ValueHint::FilePath)]
        plan: PathBuf,
        /// Show every account, and the attributes of new ones
        #[arg(long)]
        full: bool,
    },
    /// What the second plan adds, drops and does otherwise than the first
    Diff {
        /// The first plan
        #[arg(value_hint = ValueHint::FilePath)]
        before: PathBuf,
        /// The second plan
        #[arg(value_hint = ValueHint::FilePath)]
        after: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The plan, as `innkeeper plan` saved it
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) plan: PathBuf,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Do more at once than the guard allows, for this plan alone; the reason goes into the audit log
    #[arg(long = "override", value_name = "REASON")]
    pub(crate) overriding: Option<String>,
    /// Of the guard's limits pass this one alone, an app and what is done: `github:suspend`; can be repeated
    #[arg(long, value_name = "APP:CLASS", requires = "overriding")]
    pub(crate) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The plan, as `innkeeper plan` saved it
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) plan: PathBuf,
    /// Sign with this key, as the approver whose key it is
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,
    /// What there is to say about it, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}
