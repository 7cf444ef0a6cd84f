//! From the traits of this crate to the functions that the host calls.

use crate::bindings::{accounts, base, entitlements, ownership, people, sessions};
use crate::types::*;
use crate::{Accounts, Connector, Entitlements, Ownership, People, Result, Sessions};
use std::marker::PhantomData;

/// Carries a connector to the generated bindings; made by [`crate::export!`] only.
#[doc(hidden)]
pub struct Exported<C>(PhantomData<C>);

impl<C: Connector> base::exports::innkeeper::connector::connector::Guest for Exported<C> {
    fn describe() -> Result<Description> {
        C::open()?.describe()
    }
    fn probe() -> Result<Status> {
        C::open()?.probe()
    }
}

impl<C: Accounts> accounts::exports::innkeeper::connector::accounts::Guest for Exported<C> {
    fn list(cursor: Option<String>) -> Result<AccountPage> {
        C::open()?.list(cursor)
    }
    fn get(id: String) -> Result<Account> {
        C::open()?.get(&id)
    }
    fn get_many(ids: Vec<String>) -> Result<Vec<Option<Account>>> {
        C::open()?.get_many(&ids)
    }
    fn find(attribute: String, value: String) -> Result<Vec<Account>> {
        C::open()?.find(&attribute, &value)
    }
    fn create(draft: Draft, intent: Intent) -> Result<Outcome> {
        C::open()?.create(draft, intent)
    }
    fn update(id: String, deltas: Vec<Delta>, intent: Intent) -> Result<Outcome> {
        C::open()?.update(&id, deltas, intent)
    }
    fn set_status(id: String, status: AccountStatus, intent: Intent) -> Result<Outcome> {
        C::open()?.set_status(&id, status, intent)
    }
    fn delete(id: String, intent: Intent) -> Result<Effect> {
        C::open()?.delete(&id, intent)
    }
    fn poll(token: String) -> Result<Outcome> {
        C::open()?.poll(&token)
    }
}

impl<C: Entitlements> entitlements::exports::innkeeper::connector::entitlements::Guest for Exported<C> {
    fn list(cursor: Option<String>) -> Result<EntitlementPage> {
        C::open()?.list(cursor)
    }
    fn list_grants(scope: Scope, cursor: Option<String>) -> Result<GrantPage> {
        C::open()?.list_grants(scope, cursor)
    }
    fn grant(holder: Holder, entitlement: EntitlementKey, intent: Intent) -> Result<Effect> {
        C::open()?.grant(holder, entitlement, intent)
    }
    fn revoke(holder: Holder, entitlement: EntitlementKey, intent: Intent) -> Result<Effect> {
        C::open()?.revoke(holder, entitlement, intent)
    }
    fn amend(entitlement: EntitlementKey, add: Vec<Holder>, remove: Vec<Holder>, intent: Intent) -> Result<Effect> {
        C::open()?.amend(entitlement, add, remove, intent)
    }
    fn poll(token: String) -> Result<Effect> {
        C::open()?.poll(&token)
    }
}

impl<C: Sessions> sessions::exports::innkeeper::connector::sessions::Guest for Exported<C> {
    fn revoke_all(account: String, intent: Intent) -> Result<Effect> {
        C::open()?.revoke_all(&account, intent)
    }
}

impl<C: Ownership> ownership::exports::innkeeper::connector::ownership::Guest for Exported<C> {
    fn transfer(from: String, to: String, intent: Intent) -> Result<Effect> {
        C::open()?.transfer(&from, &to, intent)
    }
    fn poll(token: String) -> Result<Effect> {
        C::open()?.poll(&token)
    }
}

impl<C: People> people::exports::innkeeper::connector::people::Guest for Exported<C> {
    fn list(cursor: Option<String>) -> Result<PersonPage> {
        C::open()?.list(cursor)
    }
    fn changes(since: Option<String>, cursor: Option<String>) -> Result<ChangesPage> {
        C::open()?.changes(since, cursor)
    }
}

/// Makes the crate a connector that exports exactly the interfaces named, and `connector`, which every connector exports.
///
/// `export!(Example: Accounts, Entitlements);` The host reads a connector's capabilities from its exports, so name only what is
/// implemented. To be invoked once, in a crate of type `cdylib`.
#[macro_export]
macro_rules! export {
    ($connector:ty $(: $($interface:ident),* $(,)?)?) => {
        // On every target, so that a missing implementation is seen in native tests too.
        const _: () = {
            const fn implements<C: $crate::Connector $($(+ $crate::$interface)*)?>() {}
            implements::<$connector>()
        };
        // The symbols have colons in their names, which native linkers refuse.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::Exported<$connector>;
            $crate::bindings::base::export_world!(Component with_types_in $crate::bindings::base);
            $($($crate::export_interface!($interface Component);)*)?
        };
    };
}

/// One interface of [`export!`].
#[doc(hidden)]
#[macro_export]
macro_rules! export_interface {
    (Accounts $component:ident) => {
        $crate::bindings::accounts::export_world!($component with_types_in $crate::bindings::accounts);
    };
    (Entitlements $component:ident) => {
        $crate::bindings::entitlements::export_world!($component with_types_in $crate::bindings::entitlements);
    };
    (Sessions $component:ident) => {
        $crate::bindings::sessions::export_world!($component with_types_in $crate::bindings::sessions);
    };
    (Ownership $component:ident) => {
        $crate::bindings::ownership::export_world!($component with_types_in $crate::bindings::ownership);
    };
    (People $component:ident) => {
        $crate::bindings::people::export_world!($component with_types_in $crate::bindings::people);
    };
    ($other:ident $component:ident) => {
        compile_error!(concat!(
            "there is no interface `",
            stringify!($other),
            "`: expected Accounts, Entitlements, Sessions, Ownership or People"
        ));
    };
}
