//! A connector to Google Workspace: users, aliases, groups, admin roles and licences, sessions, and what a leaver owned.
//!
//! It speaks to three of Google's APIs: Directory, Enterprise License Manager and Data Transfer. What each can do is in their
//! Discovery documents `admin.directory_v1`, `licensing.v1` and `admin.datatransfer_v1`, which the comments here go by.

mod aliases;
mod api;
mod attribute;
mod create;
mod describe;
mod edit;
mod entitlements;
mod failure;
mod groups;
mod licences;
mod ownership;
mod probe;
mod roles;
mod sessions;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod typed;
mod update;
mod user;
mod users;

use innkeeper_sdk::prelude::*;
use settings::Settings;

/// The connector; one a call.
pub struct Workspace {
    settings: Settings,
}

impl Connector for Workspace {
    fn open() -> Result<Self> {
        Ok(Self { settings: config()? })
    }
    fn describe(&self) -> Result<Description> {
        Ok(self.description())
    }
    fn probe(&self) -> Result<Status> {
        self.status()
    }
}

impl Accounts for Workspace {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        self.list_users(cursor.as_deref())
    }
    fn get(&self, id: &str) -> Result<Account> {
        Ok(self.user(id)?.account())
    }
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        self.find_users(attribute, value)
    }
    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        self.create_user(&draft)
    }
    fn update(&self, id: &str, deltas: Vec<Delta>, _: Intent) -> Result<Outcome> {
        self.update_user(id, &deltas)
    }
    fn set_status(&self, id: &str, status: AccountStatus, _: Intent) -> Result<Outcome> {
        self.set_user_status(id, status)
    }
    fn delete(&self, id: &str, _: Intent) -> Result<Effect> {
        self.delete_user(id)
    }
    fn poll(&self, token: &str) -> Result<Outcome> {
        self.poll_user(token)
    }
}

impl Entitlements for Workspace {
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        self.list_entitlements(cursor.as_deref())
    }
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        match scope {
            Scope::All => Err(Error::unsupported("Google lists no grants of everybody: ask by entitlement or by account")),
            Scope::Entitlement(key) => self.list_holders(&key, cursor.as_deref()),
            Scope::Account(id) => self.list_held(&id, cursor.as_deref()),
        }
    }
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.grant_to(&holder, &entitlement)
    }
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.revoke_from(&holder, &entitlement)
    }
}

impl Sessions for Workspace {
    fn revoke_all(&self, account: &str, _: Intent) -> Result<Effect> {
        self.sign_out_everywhere(account)
    }
}

impl Ownership for Workspace {
    fn transfer(&self, from: &str, to: &str, _: Intent) -> Result<Effect> {
        self.transfer_data(from, to)
    }
    fn poll(&self, token: &str) -> Result<Effect> {
        self.poll_transfer(token)
    }
}

export!(Workspace: Accounts, Entitlements, Sessions, Ownership);
