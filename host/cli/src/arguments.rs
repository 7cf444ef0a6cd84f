//! What can be typed.

mod audit;
mod backup;
mod cases;
mod connector;
mod drift;
mod moment;
mod pause;
mod plan;
mod report;
mod run;
mod simulate;
mod swap;
mod tasks;
mod temporary;
mod undo;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use jiff::civil::Date;
use std::path::PathBuf;

pub(crate) use audit::{AuditCommand, ExportFormat, Since};
pub(crate) use backup::{Backup, Restore};
pub(crate) use cases::{Cases, CasesCommand, Decide};
pub(crate) use connector::{Allowed, Connector, Install, Login, Trust, Upgrade};
pub(crate) use drift::{Adopt, DriftList, Ignore, Orphans};
pub(crate) use moment::Moment;
pub(crate) use pause::{Pause, Resume};
pub(crate) use plan::{Apply, Approve, Plan, PlanCommand};
pub(crate) use report::Report;
pub(crate) use run::Run;
pub(crate) use simulate::Simulate;
pub(crate) use swap::{Pair, Swap, SwapCommand};
pub(crate) use tasks::{Done, Refuse, Tasks, TasksCommand, Which};
pub(crate) use temporary::{Grant, Reinstate, Revoke};
pub(crate) use undo::Undo;

/// Gives people their SaaS accounts on the day they join, changes them when they move, and takes them away when they leave.
#[derive(Debug, Parser)]
#[command(name = "innkeeper", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 changes are pending or were held back.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct General {
    /// The configuration directory
    #[arg(long, short = 'C', global = true, default_value = ".", value_name = "DIR", value_hint = ValueHint::DirPath)]
    #[arg(env = "INNKEEPER_DIRECTORY")]
    pub(crate) directory: PathBuf,
    /// How to answer
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    pub(crate) output: Output,
    /// Show what happens inside; twice for more
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// For programs: one JSON document on standard output
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a first configuration
    Init(Init),
    /// Look for mistakes in the configuration, offline
    Check(Check),
    /// Show what would be changed, and save it for review; show and compare what was saved
    Plan(Plan),
    /// What would be planned if the configuration, the people or the day were others; offline
    Simulate(Simulate),
    /// Say that a saved plan may be carried out
    Approve(Approve),
    /// Carry out a saved plan, exactly
    Apply(Apply),
    /// Make the plan that takes an earlier run back, and save it for review
    Undo(Undo),
    /// Keep everything as it should be, until told to stop
    Run(Run),
    /// What is known, what is open, what ran last
    Status(Status),
    /// Give one person everything they should have, now
    Onboard(Onboard),
    /// Close everything that one person has, now or on a day
    Offboard(Offboard),
    /// Give one person an entitlement for a time
    Grant(Grant),
    /// Take back what one person was given for a time
    Revoke(Revoke),
    /// Give back what one person had for a time
    Reinstate(Reinstate),
    /// Give everybody who has a role a new app, and take the old one away after an overlap
    Swap(Swap),
    /// Who holds an entitlement, or has an account on an app
    WhoHas(WhoHas),
    /// What one person has, on every app
    Access(Access),
    /// Why a person has what they have, and why not what they have not
    Explain(Explain),
    /// What an auditor or a manager asks for, from what is remembered
    #[command(subcommand)]
    Report(Report),
    /// Accounts that belong to nobody known, as of the last plan
    Orphans(Orphans),
    /// Grants that somebody else gave, as of the last plan
    Drift(DriftList),
    /// Say that what somebody else did is as it should be: a grant is kept, an account is a person's
    Adopt(Adopt),
    /// Do not speak of a grant by somebody else, or of an account of nobody, and leave it alone
    Ignore(Ignore),
    /// What a human has to decide, as of the last plan; who could be whose, decided in a spreadsheet
    Cases(Cases),
    /// What people have to do by hand, and what became of it
    Tasks(Tasks),
    /// The audit log, or the proof that nobody altered it
    Audit(Audit),
    /// Keep secrets out of the configuration
    #[command(subcommand)]
    Secret(Secret),
    /// Install, inspect, grant and upgrade connectors; pack and sign your own
    #[command(subcommand)]
    Connector(Connector),
    /// Send nothing any more, to one app or to all: what is under way ends with its request
    Pause(Pause),
    /// Go on after a pause
    Resume(Resume),
    /// Save the store, the secrets, the connectors and the configuration in one file, also while another innkeeper runs
    Backup(Backup),
    /// Put a backup in the place of what is there, which is kept beside it
    Restore(Restore),
    /// Find out why something does not work
    Doctor,
    /// Print the completions for a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where; made if it does not exist
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) directory: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Ask each app what its accounts look like, instead of using what it said the last time
    #[arg(long)]
    pub(crate) online: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Only who has left and still has something open; exits with 3 if there is anybody
    #[arg(long)]
    pub(crate) leavers: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Onboard {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// The key under which the same human was known before they left: their old accounts become this person's
    #[arg(long, value_name = "KEY")]
    pub(crate) was: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Offboard {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// The first day on which they no longer work here [default: today, at once]
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<Date>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WhoHas {
    /// `app`, or `app:kind/name`
    #[arg(value_name = "ENTITLEMENT")]
    pub(crate) entitlement: String,
}

#[derive(Debug, Args)]
pub(crate) struct Access {
    /// By key, user name or e-mail address
    pub(crate) person: String,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// The app [default: all, in short]
    pub(crate) app: Option<String>,
    /// As it was then: a moment (2026-11-22T09:00:00Z), or the end of a day (2026-11-22)
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Moment>,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    /// Only about this person, by key, user name or e-mail address
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// Only about this app
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Only of this run
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// The newest so many
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub(crate) last: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Keep a secret, encrypted; read from standard input, or asked for on a terminal
    Set {
        /// What the configuration calls it
        name: String,
    },
    /// The names of the secrets that are kept
    List,
    /// Forget a secret
    Remove {
        /// What the configuration calls it
        name: String,
    },
    /// Where the key is that encrypts the secrets
    Key,
    /// Change the key, and encrypt every secret anew
    #[command(
        after_help = "A key in a file is made. For the other places, make one (openssl rand -base64 32), keep it where you keep \
        such things, and give it in INNKEEPER_NEW_KEY: Linux's keyring forgets it at a restart. Can be cut off at any time; the next \
        command that reads a secret goes on with it."
    )]
    RotateKey {
        /// Where the new key is to be [default: where the old one is]
        #[arg(long, value_name = "PLACE")]
        to: Option<KeyPlace>,
    },
}

/// Where the key can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyPlace {
    /// A file beside the secrets
    File,
    /// The system's keyring; on Linux the kernel's
    Keyring,
    /// The variable INNKEEPER_KEY of every run
    Env,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}
