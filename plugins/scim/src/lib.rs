//! A connector to any SCIM 2.0 server (RFC 7643 and RFC 7644).
//!
//! What one server does differently from another is configuration ([`settings`]); how SCIM is spoken stands in `innkeeper-scim`.

mod settings;
#[cfg(test)]
mod tests;

use innkeeper_sdk::prelude::*;
use settings::Settings;

/// The connector; one a call.
pub struct Scim {
    server: innkeeper_scim::Scim,
}

impl Connector for Scim {
    fn open() -> Result<Self> {
        let settings: Settings = config()?;
        Ok(Self { server: innkeeper_scim::Scim::new(settings.into()) })
    }
    fn describe(&self) -> Result<Description> {
        self.server.description()
    }
    fn probe(&self) -> Result<Status> {
        let status = self.server.status()?;
        let profile = if self.server.patches()? { "patch" } else { "put" };
        Ok(Status { profile: Some(profile.to_owned()), ..status })
    }
}

impl Accounts for Scim {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        self.server.list_users(cursor.as_deref())
    }
    fn get(&self, id: &str) -> Result<Account> {
        self.server.get_user(id)
    }
    fn get_many(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        self.server.get_users(ids)
    }
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        self.server.find_users(attribute, value)
    }
    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        self.server.create_user(&draft)
    }
    fn update(&self, id: &str, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        self.server.update_user(id, &deltas, &intent)
    }
    fn set_status(&self, id: &str, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        self.server.set_user_status(id, status, &intent)
    }
    fn delete(&self, id: &str, intent: Intent) -> Result<Effect> {
        self.server.delete_user(id, &intent)
    }
}

impl Entitlements for Scim {
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        self.server.list_groups(cursor.as_deref())
    }
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        self.server.list_grants(&scope, cursor.as_deref())
    }
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.server.grant(&holder, &entitlement)
    }
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        self.server.revoke(&holder, &entitlement)
    }
    fn amend(&self, entitlement: EntitlementKey, add: Vec<Holder>, remove: Vec<Holder>, _: Intent) -> Result<Effect> {
        self.server.amend(&entitlement, &add, &remove)
    }
}

impl People for Scim {
    fn list(&self, cursor: Option<String>) -> Result<PersonPage> {
        self.server.list_people(cursor.as_deref())
    }
}

export!(Scim: Accounts, Entitlements, People);
