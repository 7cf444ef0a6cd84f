//! Why the engine stops. A failure of one app or source is a finding in a report, not one of these: the others go on.

use innkeeper_domain::{AppName, Failure, PlanError, PlanId, RunId, SourceName};
use innkeeper_store::StoreError;
use jiff::civil::Date;
use std::path::PathBuf;

/// Why a connector cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Not installed, altered, or not allowed.
    #[error(transparent)]
    Bundle(#[from] innkeeper_bundle::BundleError),
    /// Its component cannot be loaded, or the app's settings do not fit.
    #[error(transparent)]
    Sandbox(#[from] innkeeper_sandbox::SandboxError),
    /// The outgoing side cannot be set up.
    #[error(transparent)]
    Egress(#[from] innkeeper_egress::SetupError),
    /// The store of secrets cannot be used.
    #[error(transparent)]
    Secrets(#[from] innkeeper_secrets::SecretError),
    /// A file that the configuration names cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// The configuration and the connector do not fit.
    #[error("{0}")]
    Mismatch(String),
}

/// Why the engine stops.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What is remembered cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan file cannot be used.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An app or a source cannot be set up.
    #[error("`{name}` cannot be connected: {error}")]
    Connect {
        /// The app or source.
        name: String,
        /// Why.
        error: Box<ConnectError>,
    },
    /// A source cannot be read, and without people there is nothing to plan.
    #[error("the source `{source_name}` cannot be read: {failure}")]
    Source {
        /// The source.
        source_name: SourceName,
        /// Why.
        failure: Failure,
    },
    /// A source file cannot be read.
    #[error("the source `{source_name}` cannot be read: {message}")]
    SourceFile {
        /// The source.
        source_name: SourceName,
        /// Where and why.
        message: String,
    },
    /// Nobody can be asked about before the sources were read.
    #[error("nothing is known of anybody yet: read the sources with `innkeeper plan`")]
    NothingKnown,
    /// No person answers to the name.
    #[error("nobody is called `{asked}`: give the key, the user name or an e-mail address{}", hint(nearest))]
    UnknownPerson {
        /// As it was asked for.
        asked: String,
        /// Who is called nearly so.
        nearest: Option<String>,
    },
    /// Several people answer to the name.
    #[error("`{asked}` could be {}: give the key", people.join(" or "))]
    AmbiguousPerson {
        /// As it was asked for.
        asked: String,
        /// Their keys.
        people: Vec<String>,
    },
    /// The configuration has no such app.
    #[error("there is no app `{asked}`; the configuration has {}", known(apps))]
    UnknownApp {
        /// As it was asked for.
        asked: String,
        /// Those that there are.
        apps: Vec<AppName>,
    },
    /// What was asked for is no entitlement of the app.
    #[error("`{asked}` is not an entitlement that was seen{}", hint(nearest))]
    UnknownEntitlement {
        /// As it was asked for.
        asked: String,
        /// What is called nearly so.
        nearest: Option<String>,
    },
    /// No run, or several, have this key.
    #[error("there is no run `{asked}`{}", last.as_ref().map_or_else(String::new, |run| format!("; the last one is {run}")))]
    UnknownRun {
        /// As it was asked for.
        asked: String,
        /// The newest run.
        last: Option<RunId>,
    },
    /// What was named is nothing that the run did.
    #[error("run {run} has no change, person or app `{asked}`: innkeeper audit --run {run}")]
    NotInRun {
        /// As it was asked for.
        asked: String,
        /// The run.
        run: RunId,
    },
    /// The plan is for a later day.
    #[error("plan {} is for {day} and today is {today}: it can be applied from then on", plan.short())]
    TooEarly {
        /// The plan.
        plan: PlanId,
        /// Its day.
        day: Date,
        /// Today.
        today: Date,
    },
    /// The plan file is another one than when it was asked for.
    #[error("{} held plan {} when it was asked for, and holds {} now: nothing was done", path.display(), asked.short(), found.short())]
    OtherPlan {
        /// The file.
        path: PathBuf,
        /// The plan that was asked for.
        asked: PlanId,
        /// The plan that it holds.
        found: PlanId,
    },
    /// A plan that a human has to look at cannot be kept.
    #[error("plan {} is held back and cannot be written down: {error}", plan.short())]
    Keep {
        /// The plan.
        plan: PlanId,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// An app demands approvals that are not there.
    #[error("plan {} is not approved: {}", plan.short(), demands.join("; "))]
    Unapproved {
        /// The plan.
        plan: PlanId,
        /// One sentence for each app: how many of how many, and who may.
        demands: Vec<String>,
    },
    /// The guard holds the plan back.
    #[error("the guard holds this plan back: {}", breaches.join("; "))]
    Held {
        /// One sentence for each limit that would be passed.
        breaches: Vec<String>,
    },
    /// A file cannot be read or written.
    #[error("cannot use {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or(String::new(), |nearest| format!("; did you mean `{nearest}`?"))
}

fn known(apps: &[AppName]) -> String {
    if apps.is_empty() { "none".into() } else { apps.iter().map(AppName::as_str).collect::<Vec<_>>().join(", ") }
}
