//! Errors at the edge: what happened, and what to type next.

use crate::reply::Exit;
use innkeeper_domain::{AppName, InvalidEntitlementRef};
use innkeeper_engine::EngineError;
use innkeeper_policy::{ConfigurationError, Problems};
use innkeeper_store::StoreError;
use miette::Diagnostic;
use semver::Version;
use std::path::{Path, PathBuf};

/// Why a command does not go on.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum CliError {
    /// The configuration cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The configuration does not fit an app.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Misfit(#[from] Problems),
    /// The engine stopped.
    #[error(transparent)]
    Engine(EngineError),
    /// Rows of a file of decisions are wrong.
    #[error(
        "nothing was decided: {}\n{}",
        if problems.len() == 1 { "1 row is wrong".to_owned() } else { format!("{} things are wrong", problems.len()) },
        listed(problems)
    )]
    #[diagnostic(help("mend the rows and read the file again; rows that were right are taken then"))]
    Decisions { problems: Vec<innkeeper_engine::RowProblem> },
    /// Something has no counterpart on the app that is to be given.
    #[error(transparent)]
    #[diagnostic(help(
        "say what stands for it: --entitlement KIND/NAME=KIND/NAME, or --entitlement KIND/NAME= for nothing but the account"
    ))]
    Unmapped(EngineError),
    /// The guard says no.
    #[error("the guard holds this plan back; nothing was written\n{}", breaches.join("\n"))]
    #[diagnostic(help(
        "find out why so much would be done at once; then apply with `--override REASON`, or change the limits in [guard]"
    ))]
    Held { breaches: Vec<String> },
    /// Stopped by a second signal.
    #[error("stopped at once; what was sent and not answered is looked up when the engine runs again")]
    Interrupted,
    /// What was named is not there, or not so that this could be decided of it.
    #[error("{what}")]
    #[diagnostic(help("what there is, as of the last plan: innkeeper drift, innkeeper orphans; to look again: innkeeper plan"))]
    NotThere { what: String },
    /// Nobody is there to do what was asked.
    #[error("another process was asked to {what} and has not answered")]
    #[diagnostic(help("it is kept: see `innkeeper status`, or run `innkeeper run --once` when the other process has ended"))]
    Unanswered { what: String },
    /// Another process refused what it was asked for.
    #[error("{message}")]
    Refused { message: String },
    /// Nothing can listen there.
    #[error("cannot listen at {address}: {error}")]
    #[diagnostic(help("another process may have the port: `listen` in [run], or --listen"))]
    Listen { address: std::net::SocketAddr, error: std::io::Error },
    /// The kill switch cannot be read or set.
    #[error(transparent)]
    Pause(#[from] innkeeper_engine::PauseError),
    /// A moment or a length of time that makes no sense here.
    #[error("this moment cannot be used: {why}")]
    #[diagnostic(help("a length of time is `90m`, `2h` or `14d`; a moment is `2026-11-23T09:00Z`"))]
    Moment { why: String },
    /// An app demands approvals that are not there.
    #[error("plan {id} is not approved; nothing was written\n{}", demands.join("\n"))]
    #[diagnostic(help("have it approved: innkeeper approve {file}; then apply it: innkeeper apply {file}"))]
    Unapproved { id: String, file: String, demands: Vec<String> },
    /// An approval is not taken.
    #[error(transparent)]
    Approval(#[from] innkeeper_engine::ApprovalRefused),
    /// The guard is to be overridden for no reason.
    #[error(transparent)]
    #[diagnostic(help("for example: --override \"the sales team moves to the new company\""))]
    NoReason(#[from] innkeeper_engine::NoReason),
    /// A file is no plan that can be used.
    #[error("{}: {error}", path.display())]
    PlanFile { path: PathBuf, error: innkeeper_domain::PlanError },
    /// What is remembered cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret cannot be used.
    #[error(transparent)]
    Secret(#[from] innkeeper_secrets::SecretError),
    /// A bundle cannot be used.
    #[error(transparent)]
    Bundle(#[from] innkeeper_bundle::BundleError),
    /// A connector cannot be loaded.
    #[error(transparent)]
    Sandbox(#[from] innkeeper_sandbox::SandboxError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] innkeeper_bundle::KeyError),
    /// What was typed is no bundle in a registry.
    #[error(transparent)]
    Reference(#[from] innkeeper_registry::ReferenceError),
    /// A registry does not give or take a bundle.
    #[error(transparent)]
    Registry(#[from] innkeeper_registry::RegistryError),
    /// A registry has one component alone and another one in the bundle.
    #[error(
        "{reference} has a component beside its bundle that is not the one in the bundle: somebody replaced one of them. Nothing of it is used"
    )]
    OtherComponent { reference: String },
    /// A bundle that is to be pushed as another version.
    #[error("the bundle is version {version}, and {reference} says another")]
    #[diagnostic(help("leave the tag out: it is the bundle's version"))]
    OtherVersion { reference: String, version: Version },
    /// An older version than one that was agreed to.
    #[error(
        "{name} {version} is older than {newest}, which was installed before: an old version may have faults that were mended since"
    )]
    #[diagnostic(help(
        "to go back to a version that was in use: innkeeper connector rollback {name}; to install it all the same: --downgrade"
    ))]
    Downgrade { name: String, newest: Version, version: Version },
    /// An older version than the one in use.
    #[error("{name} {version} is older than {used}, which is in use")]
    #[diagnostic(help(
        "to go back to the version before: innkeeper connector rollback {name}; to use it all the same: --downgrade"
    ))]
    OlderThanUsed { name: String, used: Version, version: Version },
    /// A version that wants more than the one before, and nobody said yes to it.
    #[error("{title} wants more than the version before, and nothing was changed:\n  {}", wishes.join("\n  "))]
    #[diagnostic(help(
        "look at it with `innkeeper connector inspect`; then grant it: innkeeper connector upgrade BUNDLE --grant"
    ))]
    WantsMore { title: String, wishes: Vec<String> },
    /// A version that is in use.
    #[error("{name} {version} is in use{}", if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) })]
    #[diagnostic(help(
        "use another version first: innkeeper connector upgrade {name}@VERSION, or innkeeper connector rollback {name}"
    ))]
    InUse { name: String, version: Version, by: Vec<String> },
    /// An app or source that has another connector.
    #[error("`{app}` is no app of the connector {connector}; {}", if known.is_empty() { "the configuration has none".to_owned() } else { format!("the configuration has {}", known.join(", ")) })]
    #[diagnostic(help("a source is written `source.NAME`"))]
    NotOfConnector { app: String, connector: String, known: Vec<String> },
    /// A version that an app's configuration does not fit.
    #[error("`{app}` does not fit that version, and nothing was changed: {error}")]
    #[diagnostic(help("change the configuration first, or let another app go first: --app NAME"))]
    DoesNotFit { app: String, error: Box<innkeeper_engine::ConnectError> },
    /// Something to grant that the manifest does not ask for.
    #[error("{connector} does not ask for `{typed}`, and what it does not ask for it cannot do; it asks for {}", asked.join(", "))]
    NotAskedFor { connector: String, typed: String, asked: Vec<String> },
    /// A key that is nobody's.
    #[error("the key {key} is not in innkeeper.trust, and nothing that it signed is loaded")]
    #[diagnostic(help("the keys that are: innkeeper connector publishers"))]
    UnknownKey { key: String },
    /// What was typed names no connector.
    #[error("`{asked}` is no connector: {reason}")]
    #[diagnostic(help("name an installed one (innkeeper connector list), or a bundle: a folder, a file or `oci://…`"))]
    ConnectorName { asked: String, reason: String },
    /// A connector cannot be set up.
    #[error(transparent)]
    Connect(#[from] innkeeper_engine::ConnectError),
    /// What was typed is no entitlement.
    #[error(transparent)]
    #[diagnostic(help("for example `github:team/backend`, or `github` for everybody with an account there"))]
    Entitlement(#[from] InvalidEntitlementRef),
    /// A question and nobody to answer it.
    #[error("{what} needs a yes, and there is no terminal to ask on")]
    #[diagnostic(help("look at it first, then say `--yes`"))]
    NobodyToAsk { what: String },
    /// A question that was answered with no.
    #[error("nothing was done")]
    Declined,
    /// A file cannot be used.
    #[error("cannot {what} {}: {error}", path.display())]
    File { what: &'static str, path: PathBuf, error: std::io::Error },
    /// Something is already there.
    #[error("{} exists already, and is left as it is", path.display())]
    #[diagnostic(help("choose another directory, or go on with the configuration that is there: innkeeper check"))]
    Exists { path: PathBuf },
    /// A file that is written anew only.
    #[error("{} exists already, and is left as it is", path.display())]
    #[diagnostic(help("choose another name, or move it away"))]
    InTheWay { path: PathBuf },
    /// A file that was written to while it was saved.
    #[error("{} changed while it was being saved, and no backup was made", path.display())]
    #[diagnostic(help("type the same again; connectors and secrets must not change meanwhile"))]
    BackupChanged { path: PathBuf },
    /// What is to be restored is not what was saved.
    #[error("{} cannot be restored: {why}. Nothing was changed", path.display())]
    #[diagnostic(help("use another copy of it, or an older backup"))]
    BackupRefused { path: PathBuf, why: String },
    /// The audit log is not as it was written.
    #[error("the audit log was altered at entry {seq}: {why}")]
    #[diagnostic(help("see `innkeeper audit verify`; what is behind that entry proves nothing"))]
    AuditAltered { seq: u64, why: String },
    /// No plan was made yet.
    #[error("no plan was made yet in this configuration directory")]
    #[diagnostic(help("make one: innkeeper plan"))]
    NoPlan,
    /// An app that is not configured.
    #[error("there is no app `{asked}` in the configuration{}", nearest.as_ref().map_or(String::new(), |name| format!("; did you mean `{name}`?")))]
    UnknownApp { asked: String, nearest: Option<AppName> },
    /// A file of people, and no source that it stands in for.
    #[error("{}", match asked {
        Some(asked) => format!("there is no source `{asked}`; the configuration has {}", known.join(", ")),
        None => format!("it is not clear which source the people stand in for: {}", known.join(", ")),
    })]
    #[diagnostic(help("say it with --source NAME"))]
    WhichSource { asked: Option<String>, known: Vec<String> },
    /// The program could not be set up.
    #[error("cannot start: {0}")]
    Start(std::io::Error),
}

/// How many wrong rows are shown; all of them are in `--output json`.
const SHOWN: usize = 100;

fn listed(problems: &[innkeeper_engine::RowProblem]) -> String {
    let mut lines: Vec<String> = problems.iter().take(SHOWN).map(ToString::to_string).collect();
    if problems.len() > SHOWN {
        lines.push(format!("... and {} more", problems.len() - SHOWN));
    }
    lines.join("\n")
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Held { breaches } => Self::Held { breaches },
            EngineError::Unapproved { plan, demands } => {
                Self::Unapproved { id: plan.short().to_owned(), file: "PLAN".to_owned(), demands }
            }
            EngineError::Store(error) => Self::Store(error),
            error @ EngineError::Unmapped { .. } => Self::Unmapped(error),
            error => Self::Engine(error),
        }
    }
}

impl CliError {
    /// The same error with the file of the plan that it is about, so that the advice can be typed as it stands.
    pub(crate) fn of_plan(self, path: &Path) -> Self {
        match self {
            Self::Unapproved { id, demands, .. } => Self::Unapproved { id, demands, file: path.display().to_string() },
            other => other,
        }
    }

    /// What a script gets.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Configuration(_)
            | Self::Misfit(_)
            | Self::Entitlement(_)
            | Self::ConnectorName { .. }
            | Self::NobodyToAsk { .. }
            | Self::UnknownApp { .. }
            | Self::WhichSource { .. }
            | Self::NotOfConnector { .. }
            | Self::Reference(_)
            | Self::OtherVersion { .. }
            | Self::NotAskedFor { .. }
            | Self::UnknownKey { .. }
            | Self::NoReason(_)
            | Self::InTheWay { .. }
            | Self::Unmapped(_)
            | Self::Decisions { .. }
            | Self::Engine(
                EngineError::UnknownTask { .. }
                | EngineError::AmbiguousTask { .. }
                | EngineError::UnknownRole { .. }
                | EngineError::NoSwap { .. }
                | EngineError::UnknownSwap { .. },
            )
            | Self::NotThere { .. }
            | Self::Exists { .. } => Exit::Usage,
            Self::Held { .. } | Self::Unapproved { .. } | Self::WantsMore { .. } | Self::Declined => Exit::Pending,
            _ => Exit::Failed,
        }
    }

    /// What a program gets.
    pub(crate) fn json(&self) -> serde_json::Value {
        let mut error = serde_json::json!({ "message": self.to_string() });
        if let Some(help) = self.help() {
            error["help"] = help.to_string().into();
        }
        let problems = match self {
            Self::Configuration(ConfigurationError::Unsound(problems)) | Self::Misfit(problems) => Some(problems),
            _ => None,
        };
        if let Self::Decisions { problems } = self {
            error["problems"] = serde_json::to_value(problems).unwrap_or_default();
        }
        if let Some(problems) = problems {
            error["problems"] = serde_json::to_value(problems).unwrap_or_default();
        }
        serde_json::json!({ "error": error })
    }
}
