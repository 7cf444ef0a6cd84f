//! A connector to GitHub: to an organisation on GitHub.com, GHE.com or GitHub Enterprise Server by its REST and GraphQL APIs, and to
//! an enterprise with managed users by SCIM. Which of the two is configuration ([`settings`]).
//!
//! Facts are from GitHub's OpenAPI descriptions (`api.github.com`, `ghec`) and GraphQL schema, unless a comment says otherwise.

mod account;
mod api;
mod change;
mod copilot;
mod create;
mod describe;
mod enterprise;
mod failure;
mod find;
mod grants;
mod graphql;
mod holders;
mod identities;
mod invitations;
mod listing;
mod members;
mod probe;
mod roles;
mod settings;
mod synchronization;
mod teams;
#[cfg(test)]
mod tests;

use innkeeper_scim::Scim;
use innkeeper_sdk::prelude::*;
use settings::{Organization, Profile, Settings};

/// The connector; one a call.
pub enum GitHub {
    /// An organisation.
    Organization(Organization),
    /// An enterprise with managed users.
    Enterprise(Box<Scim>),
}

impl Connector for GitHub {
    fn open() -> Result<Self> {
        Ok(match config::<Settings>()?.profile()? {
            Profile::Organization(organization) => Self::Organization(organization),
            Profile::EnterpriseScim { enterprise } => Self::Enterprise(Box::new(enterprise::scim(&enterprise))),
        })
    }
    fn describe(&self) -> Result<Description> {
        match self {
            Self::Organization(organization) => Ok(organization.description()),
            Self::Enterprise(scim) => scim.description(),
        }
    }
    fn probe(&self) -> Result<Status> {
        match self {
            Self::Organization(organization) => organization.status(),
            Self::Enterprise(scim) => enterprise::status(scim),
        }
    }
}

impl Accounts for GitHub {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        match self {
            Self::Organization(organization) => organization.list_accounts(cursor.as_deref()),
            Self::Enterprise(scim) => scim.list_users(cursor.as_deref()),
        }
    }
    fn get(&self, id: &str) -> Result<Account> {
        match self {
            Self::Organization(organization) => organization.account(id),
            Self::Enterprise(scim) => scim.get_user(id),
        }
    }
    fn get_many(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        match self {
            Self::Organization(organization) => organization.accounts(ids),
            Self::Enterprise(scim) => scim.get_users(ids),
        }
    }
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        match self {
            Self::Organization(organization) => organization.find_accounts(attribute, value),
            Self::Enterprise(scim) => scim.find_users(attribute, value),
        }
    }
    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        match self {
            Self::Organization(organization) => organization.create_account(&draft),
            Self::Enterprise(scim) => enterprise::create(scim, draft),
        }
    }
    fn update(&self, id: &str, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        match self {
            Self::Organization(organization) => organization.update_account(id, &deltas),
            Self::Enterprise(scim) => enterprise::update(scim, id, deltas, &intent),
        }
    }
    fn set_status(&self, id: &str, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        match self {
            Self::Organization(_) => {
                Err(Error::unsupported("a member of an organisation cannot be suspended, only removed and invited again"))
            }
            Self::Enterprise(scim) => scim.set_user_status(id, status, &intent),
        }
    }
    fn delete(&self, id: &str, intent: Intent) -> Result<Effect> {
        match self {
            Self::Organization(organization) => organization.remove_account(id),
            Self::Enterprise(scim) => scim.delete_user(id, &intent),
        }
    }
}

impl Entitlements for GitHub {
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        match self {
            Self::Organization(organization) => organization.list_entitlements(cursor.as_deref()),
            Self::Enterprise(scim) => scim.list_groups(cursor.as_deref()),
        }
    }
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        match self {
            Self::Organization(organization) => organization.list_grants(&scope, cursor.as_deref()),
            Self::Enterprise(scim) => scim.list_grants(&scope, cursor.as_deref()),
        }
    }
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        match self {
            Self::Organization(organization) => organization.amend(&entitlement, &[holder], &[]),
            Self::Enterprise(scim) => scim.grant(&holder, &entitlement),
        }
    }
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        match self {
            Self::Organization(organization) => organization.amend(&entitlement, &[], &[holder]),
            Self::Enterprise(scim) => scim.revoke(&holder, &entitlement),
        }
    }
    fn amend(&self, entitlement: EntitlementKey, add: Vec<Holder>, remove: Vec<Holder>, _: Intent) -> Result<Effect> {
        match self {
            Self::Organization(organization) => organization.amend(&entitlement, &add, &remove),
            Self::Enterprise(scim) => scim.amend(&entitlement, &add, &remove),
        }
    }
}

export!(GitHub: Accounts, Entitlements);
