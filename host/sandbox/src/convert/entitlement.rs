use crate::bindings::{entitlements, types};
use crate::{Page, Scope};
use innkeeper_domain::{AccountId, Entitlement, EntitlementKey, Grant, Holder, Seats};

fn key_in(key: types::EntitlementKey) -> EntitlementKey {
    EntitlementKey { kind: key.kind.into(), id: key.id.into() }
}

pub(crate) fn key_out(key: &EntitlementKey) -> types::EntitlementKey {
    types::EntitlementKey { kind: key.kind.to_string(), id: key.id.to_string() }
}

fn holder_in(holder: types::Holder) -> Holder {
    match holder {
        types::Holder::Account(id) => Holder::Account(AccountId::new(id)),
        types::Holder::Entitlement(key) => Holder::Entitlement(key_in(key)),
    }
}

pub(crate) fn holder_out(holder: &Holder) -> types::Holder {
    match holder {
        Holder::Account(id) => types::Holder::Account(id.as_str().to_owned()),
        Holder::Entitlement(key) => types::Holder::Entitlement(key_out(key)),
    }
}

pub(crate) fn scope_out(scope: Scope<'_>) -> entitlements::Scope {
    match scope {
        Scope::All => entitlements::Scope::All,
        Scope::Entitlement(key) => entitlements::Scope::Entitlement(key_out(key)),
        Scope::Account(id) => entitlements::Scope::Account(id.as_str().to_owned()),
    }
}

pub(crate) fn entitlement_page(page: entitlements::Page) -> Page<Entitlement> {
    let entitlement = |entitlement: types::Entitlement| Entitlement {
        key: key_in(entitlement.key),
        name: entitlement.name,
        description: entitlement.description,
        assignable: entitlement.assignable,
        parent: entitlement.parent.map(key_in),
        seats: entitlement.seats.map(|seats| Seats { total: seats.total, used: seats.used }),
    };
    Page { items: page.items.into_iter().map(entitlement).collect(), next: page.next, total: page.total }
}

pub(crate) fn grant_page(page: entitlements::GrantPage) -> Page<Grant> {
    let grant = |grant: types::Grant| Grant { entitlement: key_in(grant.entitlement), holder: holder_in(grant.holder) };
    Page { items: page.items.into_iter().map(grant).collect(), next: page.next, total: page.total }
}
