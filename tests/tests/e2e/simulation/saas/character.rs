//! What a system is like, whether it is well or not.

use super::super::EVERYBODY;
use innkeeper_domain::{
    AttributeSchema, AttributeType, Description, EntitlementKey, EntitlementKind, GrantScopes, HolderWrites, LifecycleEffect,
    Mutability, Quirks, Uniqueness,
};

/// One kind of system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Character {
    /// The app's name in the configuration.
    pub(crate) name: &'static str,
    /// The groups that it has.
    pub(crate) groups: &'static [&'static str],
    /// A licence of which there are only so many.
    pub(crate) licence: Option<&'static str>,
    /// What was written is not in listings and searches at once.
    pub(crate) lags: bool,
    /// Listings say how many items there are.
    pub(crate) has_totals: bool,
    /// Who deletes what is gone is told that it is not found, and not that it is done.
    pub(crate) misses_the_deleted: bool,
}

impl Character {
    /// Tells the truth at once, and all of it.
    pub(crate) const CRM: Self = Self {
        name: "crm",
        groups: &[EVERYBODY, "Sales", "Engineering"],
        licence: None,
        lags: false,
        has_totals: true,
        misses_the_deleted: false,
    };

    /// Has seats, lags, and says little.
    pub(crate) const CHAT: Self = Self {
        name: "chat",
        groups: &[EVERYBODY],
        licence: Some("Pro"),
        lags: true,
        has_totals: false,
        misses_the_deleted: true,
    };

    pub(super) fn description(&self) -> Description {
        let effect = LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: true, note: None };
        let kind = |name: &str, has_seats: bool| EntitlementKind {
            name: name.into(),
            description: None,
            assignable: true,
            has_seats,
            costs_money: has_seats,
            nests: false,
            holder_writes: HolderWrites::Each,
        };
        Description {
            accounts: vec![attribute("userName", true, Uniqueness::Server), attribute("title", false, Uniqueness::None)],
            unique_name: "userName".into(),
            searchable: vec!["userName".into()],
            entitlement_kinds: vec![kind("group", false), kind("licence", true)],
            grant_scopes: GrantScopes { all: self.has_totals, entitlement: true, account: true },
            suspend: Some(effect.clone()),
            delete: Some(effect),
            quirks: Quirks { eventually_consistent: self.lags, no_total: !self.has_totals, ..Quirks::default() },
        }
    }
}

fn attribute(name: &str, required: bool, uniqueness: Uniqueness) -> AttributeSchema {
    AttributeSchema {
        name: name.into(),
        description: None,
        kind: AttributeType::Text,
        multi_valued: false,
        required,
        case_exact: false,
        mutability: Mutability::ReadWrite,
        uniqueness,
        canonical_values: Vec::new(),
    }
}

pub(crate) fn group(name: &str) -> EntitlementKey {
    EntitlementKey { kind: "group".into(), id: name.to_lowercase().into() }
}

pub(crate) fn licence(name: &str) -> EntitlementKey {
    EntitlementKey { kind: "licence".into(), id: name.to_lowercase().into() }
}
