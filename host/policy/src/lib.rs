//! Configuration, mappings and rules over people: the desired state.
//!
//! Two steps, both functions from values to values: [`Configuration::load`] turns the text of the configuration files into a
//! checked [`Configuration`], or into [`Problems`] that point at file, line and column; [`Configuration::evaluate`] applies it to
//! people and gives what they should have. Only [`Configuration::read`] touches the disk.

mod app;
mod approval;
mod configuration;
mod connection;
mod egress;
mod evaluate;
mod expression;
mod fit;
mod licences;
mod lifecycle;
mod limits;
mod load;
mod manual;
mod merge;
mod problem;
mod role;
mod schedule;
mod source;
mod suggest;
mod vocabulary;

pub use app::{App, AppKind, Mapping};
pub use approval::{ApprovalDemand, Approver};
pub use configuration::{Configuration, ConfigurationError};
pub use connection::{
    ClientAuthentication, Connection, ConnectorReference, Credential, CredentialReference, CredentialScheme, OauthClient, Rate,
};
pub use egress::Egress;
pub use evaluate::{
    AppEvaluation, Circumstances, Evaluation, EvaluationProblem, Judgement, Names, NoNames, Read, RoleStanding, SilentMapping,
    Verdict, Would,
};
pub use expression::Expression;
pub use licences::Licences;
pub use lifecycle::{Close, Lifecycle, OnLeave};
pub use limits::Limits;
pub use manual::{Blank, Instructions, Manual};
pub use merge::{Merged, PeopleProblem, merge};
pub use problem::{Place, Problem, Problems, SourceFile};
pub use role::{Role, RoleMode};
pub use schedule::Schedule;
pub use source::{ConnectorSource, CsvSource, Source, SourceKind};
pub use suggest::nearest;

#[cfg(test)]
mod tests;
