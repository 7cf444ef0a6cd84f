//! A connector to Slack.
//!
//! Accounts come from the SCIM API (Business+ and Enterprise) or from the Web API (any plan), by the setting `profile`. What accounts
//! hold, user groups and channels, is the Web API's in both, and so are sessions.

mod channels;
mod describe;
mod directory;
mod entitlements;
mod failure;
mod invite;
mod lifecycle;
mod members;
mod merge;
mod probe;
mod settings;
#[cfg(test)]
mod tests;
mod user;
mod usergroups;
mod web;

use innkeeper_sdk::prelude::*;
use settings::{Profile, Settings};

/// The connector; one a call.
pub struct Slack {
    settings: Settings,
}

impl Connector for Slack {
    fn open() -> Result<Self> {
        Ok(Self { settings: Settings::read()? })
    }
    fn describe(&self) -> Result<Description> {
        self.description()
    }
    fn probe(&self) -> Result<Status> {
        self.status()
    }
}

impl Accounts for Slack {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.list_users(cursor.as_deref())),
            Profile::Web => self.list_members(cursor.as_deref()),
        }
    }
    fn get(&self, id: &str) -> Result<Account> {
        match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.get_user(id)),
            Profile::Web => self.get_member(id),
        }
    }
    fn get_many(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.get_users(ids)),
            Profile::Web => self.get_members(ids),
        }
    }
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.find_users(attribute, value)),
            Profile::Web => self.find_members(attribute, value),
        }
    }
    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        match self.settings.profile {
            Profile::Scim => self.provision(&draft),
            Profile::Web => self.invite(&draft),
        }
    }
    fn update(&self, id: &str, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        match self.settings.profile {
            Profile::Scim => self.edit_user(id, &deltas, &intent),
            Profile::Web => self.edit_member(id, &deltas),
        }
    }
    fn set_status(&self, id: &str, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.set_user_status(id, status, &intent)),
            Profile::Web => self.set_member_status(id, status),
        }
    }
    fn delete(&self, id: &str, _: Intent) -> Result<Effect> {
        self.cancel_invitation(id)
    }
    fn poll(&self, token: &str) -> Result<Outcome> {
        self.look_for_invited(token)
    }
}

impl Entitlements for Slack {
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        self.list_entitlements(cursor.as_deref())
    }
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        self.grants_in(&scope, cursor.as_deref())
    }
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.change_holders(&entitlement, &[holder], &[])
    }
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        match self.change_holders(&entitlement, &[], &[holder]) {
            // What does not exist is held by nobody.
            Err(error) if entitlements::is_gone(&error) => Ok(Effect::Already),
            answer => answer,
        }
    }
    fn amend(&self, entitlement: EntitlementKey, add: Vec<Holder>, remove: Vec<Holder>, _: Intent) -> Result<Effect> {
        self.change_holders(&entitlement, &add, &remove)
    }
}

impl Sessions for Slack {
    fn revoke_all(&self, account: &str, _: Intent) -> Result<Effect> {
        self.end_sessions(account)
    }
}

export!(Slack: Accounts, Entitlements, Sessions);
