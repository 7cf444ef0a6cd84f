//! `innkeeper tasks ...`

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Tasks {
    #[command(subcommand)]
    pub(crate) command: Option<TasksCommand>,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Which tasks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Which {
    /// Only those that nobody has answered: without the refused ones
    #[arg(long)]
    pub(crate) open: bool,
    /// Only those that should have been done by now
    #[arg(long)]
    pub(crate) overdue: bool,
    /// Also those that are done, or not asked for any more
    #[arg(long, conflicts_with_all = ["open", "overdue"])]
    pub(crate) all: bool,
    /// Only of this app
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Only of this person, by key, user name or e-mail address
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TasksCommand {
    /// The tasks, those that are due first in front
    List(Which),
    /// One task: what to do, for whom and why
    Show {
        /// Its id, or the beginning of it
        task: String,
    },
    /// Say that a task is done; the app is asked, where it can be
    Done(Done),
    /// Say that a task will not be done; it is not asked again until it is reopened
    Refuse(Refuse),
    /// Ask again for what was refused: the next plan has it
    Reopen {
        /// Its id, or the beginning of it
        task: String,
    },
    /// What is overdue, by owner, for a mail; exits with 3 if there is anything
    Remind,
}

#[derive(Debug, Args)]
pub(crate) struct Done {
    /// Its id, or the beginning of it; several can be given
    #[arg(required = true)]
    pub(crate) tasks: Vec<String>,
    /// What shows it: a sentence, or a file, whose name and SHA-256 are written down
    #[arg(long, value_name = "TEXT-or-FILE")]
    pub(crate) evidence: Option<String>,
    /// Who did it [default: whoever types this]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Believe it although the app does not show it, or does not answer
    #[arg(long)]
    pub(crate) unchecked: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Refuse {
    /// Its id, or the beginning of it
    pub(crate) task: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who refuses [default: whoever types this]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}
