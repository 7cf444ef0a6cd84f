//! Why a connector cannot be had.

use innkeeper_bundle::ContractError;
use std::fmt;
use std::path::PathBuf;

/// Why a connector could not be loaded or connected. None of these happens during a call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// wasmtime refuses its settings, or the ticker's thread could not be started.
    #[error("the sandbox cannot be started: {reason}")]
    Start {
        /// Why.
        reason: String,
    },
    /// The folder with compiled code cannot be used.
    #[error("compiled connectors cannot be kept in {}: {reason}", path.display())]
    Cache {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why, and what to do about it.
        reason: String,
    },
    /// The component is not one, or is not valid.
    #[error("connector {connector} cannot be compiled: {reason}")]
    Compile {
        /// The connector.
        connector: String,
        /// Why.
        reason: String,
    },
    /// A component of something else.
    #[error(
        "connector {connector} does not export the interface `innkeeper:connector/connector@0.1.0`, which every connector exports; \
         it exports {exports}"
    )]
    NotAConnector {
        /// The connector.
        connector: String,
        /// What it exports.
        exports: String,
    },
    /// Built for a version of the contract that this host does not speak.
    #[error("connector {connector} cannot be used: {reason}")]
    Contract {
        /// The connector.
        connector: String,
        /// Which version it wants, which there is, and what to do.
        #[source]
        reason: ContractError,
    },
    /// It wants something of the host that no connector is given.
    #[error(
        "connector {connector} imports what the host does not give: {}. A connector is given the interfaces of \
         innkeeper:connector and WASI 0.2, which is empty but for clocks and randomness",
        .imports.join(", ")
    )]
    UnknownImports {
        /// The connector.
        connector: String,
        /// The imports.
        imports: Vec<String>,
    },
    /// An interface is there and its functions are not those of the contract.
    #[error("connector {connector} does not fit the contract: {reason}")]
    Misfit {
        /// The connector.
        connector: String,
        /// Where.
        reason: String,
    },
    /// The manifest's schema of the settings is no schema.
    #[error("the configuration schema in the manifest of connector {connector} cannot be used: {reason}")]
    Schema {
        /// The connector.
        connector: String,
        /// Why.
        reason: String,
    },
    /// The app's settings are not what the connector takes.
    #[error("the config of app {app} is not what connector {connector} takes:{}", List(.problems))]
    Configuration {
        /// The app.
        app: String,
        /// The connector.
        connector: String,
        /// What is wrong, field by field.
        problems: Vec<ConfigurationProblem>,
    },
}

/// What is wrong with one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationProblem {
    /// The setting, as it is written in the configuration: `config.organization`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

struct List<'a>(&'a [ConfigurationProblem]);

impl fmt::Display for List<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|problem| write!(formatter, "\n  {}: {}", problem.field, problem.message))
    }
}
