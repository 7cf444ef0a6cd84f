//! One trait an interface of the contract. What a connector does not implement answers `unsupported`.

use crate::types::*;
use crate::{Error, Result};

/// What every connector is.
pub trait Connector: Sized {
    /// Makes the connector. Called once for every call of the host; this is the place to read [`crate::config()`].
    fn open() -> Result<Self>;

    /// What the system is like. May send requests, for what the customer configured there. Has no side effect.
    fn describe(&self) -> Result<Description>;

    /// What works now, with these credentials. Has no side effect.
    ///
    /// Unless the connector knows better: whether `describe` works. A connector whose `describe` sends nothing should ask its
    /// system for something small here, because this is what tells an operator that the credentials are good.
    fn probe(&self) -> Result<Status> {
        self.describe().map(|_| Status::default())
    }
}

/// Logins on the system.
pub trait Accounts: Connector {
    /// One page of all accounts, the suspended and the invited included. Starts at the first without a cursor.
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        let _ = cursor;
        unsupported("accounts.list")
    }

    /// One account by its stable id; `not-found` where there is none.
    fn get(&self, id: &str) -> Result<Account> {
        let _ = id;
        unsupported("accounts.get")
    }

    /// Several accounts in the order of the ids, none for those that do not exist. Unless the system knows a shorter way: one
    /// after the other.
    fn get_many(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        ids.iter()
            .map(|id| match self.get(id) {
                Ok(account) => Ok(Some(account)),
                Err(error) if error.code == ErrorCode::NotFound => Ok(None),
                Err(error) => Err(error),
            })
            .collect()
    }

    /// The accounts whose attribute has this value. Verify what the system answers: some ignore filters.
    fn find(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        let _ = (attribute, value);
        unsupported("accounts.find")
    }

    /// Makes an account. A unique value that is taken is a `conflict`.
    fn create(&self, draft: Draft, intent: Intent) -> Result<Outcome> {
        let _ = (draft, intent);
        unsupported("accounts.create")
    }

    /// Edits attributes and touches nothing else.
    fn update(&self, id: &str, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        let _ = (id, deltas, intent);
        unsupported("accounts.update")
    }

    /// Suspends or reactivates.
    fn set_status(&self, id: &str, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        let _ = (id, status, intent);
        unsupported("accounts.set-status")
    }

    /// Removes the account as far as the system can; one that does not exist is `already`.
    fn delete(&self, id: &str, intent: Intent) -> Result<Effect> {
        let _ = (id, intent);
        unsupported("accounts.delete")
    }

    /// How a write that answered `pending` is going.
    fn poll(&self, token: &str) -> Result<Outcome> {
        let _ = token;
        unsupported("accounts.poll")
    }
}

/// What accounts can hold.
pub trait Entitlements: Connector {
    /// One page of all entitlements of all kinds.
    fn list(&self, cursor: Option<String>) -> Result<EntitlementPage> {
        let _ = cursor;
        unsupported("entitlements.list")
    }

    /// One page of the grants in a scope; `unsupported` for a scope that `describe` does not name.
    fn list_grants(&self, scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        let _ = (scope, cursor);
        unsupported("entitlements.list-grants")
    }

    /// Makes the holder hold the entitlement; one that it already holds is `already`.
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, intent: Intent) -> Result<Effect> {
        let _ = (holder, entitlement, intent);
        unsupported("entitlements.grant")
    }

    /// Takes the entitlement away and no other; one that is not held is `already`.
    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, intent: Intent) -> Result<Effect> {
        let _ = (holder, entitlement, intent);
        unsupported("entitlements.revoke")
    }

    /// Makes some holders hold the entitlement and takes it from others, and touches nobody else. Unless the system knows a
    /// shorter way: one after the other.
    fn amend(&self, entitlement: EntitlementKey, add: Vec<Holder>, remove: Vec<Holder>, intent: Intent) -> Result<Effect> {
        let mut whole = Effect::Already;
        for (holders, adds) in [(add, true), (remove, false)] {
            for holder in holders {
                let (key, intent) = (entitlement.clone(), intent.clone());
                let effect = if adds { self.grant(holder, key, intent)? } else { self.revoke(holder, key, intent)? };
                match effect {
                    Effect::Already => {}
                    Effect::Done => whole = Effect::Done,
                    // One answer cannot stand for several writes that are under way.
                    Effect::Pending(_) | Effect::ActionRequired(_) => return unsupported("entitlements.amend for this kind"),
                }
            }
        }
        Ok(whole)
    }

    /// How a write that answered `pending` is going.
    fn poll(&self, token: &str) -> Result<Effect> {
        let _ = token;
        unsupported("entitlements.poll")
    }
}

/// Where an account is signed in.
pub trait Sessions: Connector {
    /// Ends every session of the account and makes its tokens worthless.
    fn revoke_all(&self, account: &str, intent: Intent) -> Result<Effect> {
        let _ = (account, intent);
        unsupported("sessions.revoke-all")
    }
}

/// What an account owns.
pub trait Ownership: Connector {
    /// Gives everything that `from` owns to `to`. Both are account ids.
    fn transfer(&self, from: &str, to: &str, intent: Intent) -> Result<Effect> {
        let _ = (from, to, intent);
        unsupported("ownership.transfer")
    }

    /// How a transfer that answered `pending` is going.
    fn poll(&self, token: &str) -> Result<Effect> {
        let _ = token;
        unsupported("ownership.poll")
    }
}

/// A source: where people come from.
pub trait People: Connector {
    /// One page of all people, those who have left included where the source still has them.
    fn list(&self, cursor: Option<String>) -> Result<PersonPage> {
        let _ = cursor;
        unsupported("people.list")
    }

    /// What changed since a mark.
    fn changes(&self, since: Option<String>, cursor: Option<String>) -> Result<ChangesPage> {
        let _ = (since, cursor);
        unsupported("people.changes")
    }
}

fn unsupported<T>(operation: &str) -> Result<T> {
    Err(Error::unsupported(format!("this connector has no {operation}")))
}
