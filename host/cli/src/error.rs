//! Errors at the edge: what happened, and what to type next.

use crate::reply::Exit;
use innkeeper_domain::{AppName, InvalidEntitlementRef};
use innkeeper_engine::EngineError;
use innkeeper_policy::{ConfigurationError, Problems};
use innkeeper_store::StoreError;
use miette::Diagnostic;
use std::path::PathBuf;

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
    /// The guard says no.
    #[error("the guard holds this plan back; nothing was written\n{}", breaches.join("\n"))]
    #[diagnostic(help(
        "find out why so much would go; then apply with the `--allow` that is named, or change the limits in [guard]"
    ))]
    Held { breaches: Vec<String> },
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
    /// What was typed names no connector.
    #[error("`{asked}` is no connector: {reason}")]
    #[diagnostic(help("name an installed one (innkeeper connector list), or a folder that has a connector.toml"))]
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
    /// No plan was made yet.
    #[error("no plan was made yet in this configuration directory")]
    #[diagnostic(help("make one: innkeeper plan"))]
    NoPlan,
    /// An app that is not configured.
    #[error("there is no app `{asked}` in the configuration{}", nearest.as_ref().map_or(String::new(), |name| format!("; did you mean `{name}`?")))]
    UnknownApp { asked: String, nearest: Option<AppName> },
    /// The program could not be set up.
    #[error("cannot start: {0}")]
    Start(std::io::Error),
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Held { breaches } => Self::Held { breaches },
            EngineError::Store(error) => Self::Store(error),
            error => Self::Engine(error),
        }
    }
}

impl CliError {
    /// What a script gets.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Configuration(_)
            | Self::Misfit(_)
            | Self::Entitlement(_)
            | Self::ConnectorName { .. }
            | Self::NobodyToAsk { .. }
            | Self::UnknownApp { .. }
            | Self::Exists { .. } => Exit::Usage,
            Self::Held { .. } | Self::Declined => Exit::Pending,
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
        if let Some(problems) = problems {
            error["problems"] = serde_json::to_value(problems).unwrap_or_default();
        }
        serde_json::json!({ "error": error })
    }
}
