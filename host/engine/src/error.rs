//! Why the engine stops. A failure of one app or source is a finding in a report, not one of these: the others go on.

use crate::swaps::Unmapped;
use innkeeper_domain::{AppName, EntitlementRef, Failure, PersonId, PlanError, PlanId, RoleName, RunId, SourceName};
use innkeeper_store::StoreError;
use jiff::Timestamp;
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
    /// The app has several entitlements of the name.
    #[error("the app has {} entitlements of the name in `{asked}`: give the id of one, {}", ids.len(), ids.join(" or "))]
    AmbiguousEntitlement {
        /// As it was asked for.
        asked: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// A table of decisions cannot be read at all.
    #[error("{message}")]
    Table {
        /// Where and why.
        message: String,
    },
    /// The configuration has no such role.
    #[error("there is no role `{asked}` in the configuration{}", hint(nearest))]
    UnknownRole {
        /// As it was asked for.
        asked: String,
        /// What is called nearly so.
        nearest: Option<String>,
    },
    /// An app cannot be given in the place of another.
    #[error("{old} cannot be swapped for {new} in the role {role}: {why}")]
    NoSwap {
        /// The app that the role gives.
        old: AppName,
        /// The other one.
        new: AppName,
        /// The role.
        role: RoleName,
        /// Why not.
        why: String,
    },
    /// Something has no counterpart on the new app.
    #[error(
        "{new} has nothing in the place of {}; nothing was decided",
        missing.iter().map(unmapped).collect::<Vec<_>>().join(", ")
    )]
    Unmapped {
        /// The new app.
        new: AppName,
        /// What.
        missing: Vec<Unmapped>,
    },
    /// Nothing of the kind was decided.
    #[error("there is no swap `{asked}`; {}", if known.is_empty() { "there is none at all".to_owned() } else { format!("there is {}", known.join(", ")) })]
    UnknownSwap {
        /// As it was asked for.
        asked: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The connector cannot give or take the entitlement.
    #[error("`{asked}` cannot be granted or revoked by the connector: do it on the app")]
    NotAssignable {
        /// As it was asked for.
        asked: String,
    },
    /// Somebody who has left is given nothing.
    #[error("{label} has left, and is given nothing; `innkeeper onboard` takes back what was said by hand")]
    HasLeft {
        /// How they are called.
        label: String,
    },
    /// Only the accounts of somebody who has left can become another's.
    #[error("{label} still works here, and their accounts stay theirs")]
    StillHere {
        /// How they are called.
        label: String,
    },
    /// Nothing of a person is known that another could take over.
    #[error("no account of `{person}` is managed: give the key under which the human was known before")]
    NoAccounts {
        /// The key.
        person: PersonId,
    },
    /// Somebody can only leave later on a day to come.
    #[error("{on} is not to come: to close everything of {label} now, leave `--on` out")]
    NotToCome {
        /// How they are called.
        label: String,
        /// The day.
        on: Date,
    },
    /// What is given for a time must last.
    #[error("{until} has passed already: give a moment that is still to come")]
    OverAlready {
        /// When it would have ended.
        until: Timestamp,
    },
    /// The length is beyond the end of the calendar.
    #[error("that is beyond the end of the calendar: give a shorter time")]
    NeverEnds,
    /// Only what was given for a time can be taken back.
    #[error("{label} was not given {entitlement} for a time; what a role gives is changed in the configuration")]
    NotTemporary {
        /// How they are called.
        label: String,
        /// What was to be taken back.
        entitlement: EntitlementRef,
    },
    /// Nothing can be given back.
    #[error(
        "nothing that {label} was given for a time has ended{}",
        entitlement.as_ref().map_or(String::new(), |entitlement| format!(" and is {entitlement}"))
    )]
    NothingEnded {
        /// How they are called.
        label: String,
        /// What was to be given back.
        entitlement: Option<EntitlementRef>,
    },
    /// No task has the id.
    #[error("there is no task `{asked}`: innkeeper tasks")]
    UnknownTask {
        /// As it was asked for.
        asked: String,
    },
    /// The beginning of an id that several tasks have.
    #[error("`{asked}` could be {}: give more of the id", tasks.join(" or "))]
    AmbiguousTask {
        /// As it was asked for.
        asked: String,
        /// Their ids.
        tasks: Vec<String>,
    },
    /// The task was answered already.
    #[error("task {task} is not open any more: it {how}")]
    TaskSettled {
        /// Its id.
        task: String,
        /// What became of it.
        how: String,
    },
    /// The app does not show what somebody says was done.
    #[error("task {task} stays open: {text}")]
    TaskNotSeen {
        /// Its id.
        task: String,
        /// What the app shows, or why it does not.
        text: String,
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

fn unmapped(one: &Unmapped) -> String {
    let near = one.nearest.as_ref().map_or(String::new(), |name| format!(" (it has `{name}`)"));
    format!("`{}`{near}", one.old)
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or(String::new(), |nearest| format!("; did you mean `{nearest}`?"))
}

fn known(apps: &[AppName]) -> String {
    if apps.is_empty() { "none".into() } else { apps.iter().map(AppName::as_str).collect::<Vec<_>>().join(", ") }
}
