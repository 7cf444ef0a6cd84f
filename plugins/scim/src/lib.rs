//! A connector to any SCIM 2.0 server (RFC 7643 and RFC 7644).
//!
//! What one server does differently from another is configuration ([`settings`]); nothing here knows a vendor.

mod api;
mod array;
mod describe;
mod discovery;
mod edit;
mod failure;
mod filter;
mod flatten;
mod groups;
mod listing;
mod membership;
mod patch;
mod people;
mod resource;
mod schema;
mod settings;
mod standard;
#[cfg(test)]
mod tests;
mod users;
mod write;

use innkeeper_sdk::prelude::*;
use settings::Settings;
use std::cell::OnceCell;

/// The connector; one a call.
pub struct Scim {
    settings: Settings,
    features: OnceCell<discovery::Features>,
}

impl Connector for Scim {
    fn open() -> Result<Self> {
        Ok(Self { settings: config()?, features: OnceCell::new() })
    }
    fn describe(&self) -> Result<Description> {
        self.description()
    }
    fn probe(&self) -> Result<Status> {
        self.status()
    }
}

impl Accounts for Scim {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        self.list_users(cursor.as_deref())
    }
    fn get(&self, id: &str) -> Result<Account> {
        self.get_user(id)
    }
    fn get_many(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        self.get_users(ids)
    }
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        self.find_users(attribute, value)
    }
    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        self.create_user(&draft)
    }
    fn update(&self, id: &str, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        self.update_user(id, &deltas, &intent)
    }
    fn set_status(&self, id: &str, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        self.set_user_status(id, status, &intent)
    }
    fn delete(&self, id: &str, intent: Intent) -> Result<Effect> {
        self.delete_user(id, &intent)
    }
}

impl Entitlements for Scim {
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        self.list_groups(cursor.as_deref())
    }
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        self.list_members(scope, cursor.as_deref())
    }
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.add_member(&holder, &entitlement)
    }
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.remove_member(&holder, &entitlement)
    }
}

impl People for Scim {
    fn list(&self, cursor: Option<String>) -> Result<PersonPage> {
        self.list_people(cursor.as_deref())
    }
}

export!(Scim: Accounts, Entitlements, People);
