//! The app's configuration, as `connector.toml` describes it. The README says what each setting is for.

use innkeeper_sdk::{Error, Result};
use serde::Deserialize;

/// The configuration as it is written. `base-url` is in it too and is the host's business.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Settings {
    #[serde(default)]
    profile: ProfileName,
    organization: Option<String>,
    enterprise: Option<String>,
    #[serde(default)]
    identity: Identity,
    #[serde(default)]
    join: Join,
    #[serde(default)]
    team_synchronization: Synchronization,
    #[serde(default = "default_graphql_url")]
    graphql_url: String,
}

fn default_graphql_url() -> String {
    "https://api.github.com/graphql".to_owned()
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ProfileName {
    #[default]
    Organization,
    EnterpriseScim,
}

/// What the connector connects to.
pub(crate) enum Profile {
    Organization(Organization),
    EnterpriseScim { enterprise: String },
}

/// An organisation, and how to deal with it.
#[derive(Debug)]
pub struct Organization {
    /// Its login: how URLs name it.
    pub(crate) login: String,
    pub(crate) identity: Identity,
    pub(crate) join: Join,
    pub(crate) synchronization: Synchronization,
    /// Where GraphQL is: on GitHub Enterprise Server it is not below the REST API.
    pub(crate) graphql_url: String,
}

/// How people are known again, since GitHub does not show members' e-mail addresses.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Identity {
    /// By the login: the source of people has it.
    #[default]
    Login,
    /// By the addresses that the organisation's SAML identity provider gives.
    Saml,
    /// By the addresses on the organisation's verified domains.
    VerifiedDomainEmail,
}

/// How somebody becomes a member.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Join {
    /// By an invitation that the person has to accept.
    #[default]
    Invitation,
    /// At once: managed users of an enterprise, and GitHub Enterprise Server.
    Direct,
}

/// Whether an identity provider fills teams, so that nobody else may.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Synchronization {
    /// No, or it is not asked.
    #[default]
    None,
    /// By team synchronisation, an organisation with SAML.
    TeamSync,
    /// By external groups, an enterprise with managed users.
    ExternalGroups,
}

impl Settings {
    /// # Errors
    /// `invalid` without the name that the profile needs.
    pub(crate) fn profile(self) -> Result<Profile> {
        let missing =
            |name: &str| Error::invalid(format!("the app's configuration lacks `{name}`")).with_field(name, "is required");
        match self.profile {
            ProfileName::Organization => Ok(Profile::Organization(Organization {
                login: self.organization.ok_or_else(|| missing("organization"))?,
                identity: self.identity,
                join: self.join,
                synchronization: self.team_synchronization,
                graphql_url: self.graphql_url,
            })),
            ProfileName::EnterpriseScim => {
                Ok(Profile::EnterpriseScim { enterprise: self.enterprise.ok_or_else(|| missing("enterprise"))? })
            }
        }
    }
}
