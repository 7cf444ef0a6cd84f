//! Apps without an API: people do what a connector would.

mod instructions;

pub use instructions::{Blank, Instructions};

use crate::app::{App, AppKind};
use crate::configuration::Configuration;
use crate::expression::Kind;
use innkeeper_domain::{
    AppName, AttributeName, AttributeSchema, AttributeType, Description, Entitlement, EntitlementKey, EntitlementKind,
    GrantScopes, HolderWrites, LifecycleEffect, Mutability, Quirks, Text, Uniqueness,
};
use std::collections::BTreeSet;

/// In how many days a task is done if the configuration does not say.
pub(crate) const DUE_DAYS: u32 = 2;

/// Who does by hand what an app has no API for.
#[derive(Clone, Debug)]
pub struct Manual {
    /// Who is asked: an e-mail address or a name.
    pub owner: String,
    /// In how many days; what closes a leaver is due at once.
    pub due_days: u32,
    /// What to do, in the owner's words; none: the change in plain words.
    pub instructions: Option<Instructions>,
    /// What accounts can hold besides what roles name: kind and name.
    pub entitlements: Vec<(String, String)>,
}

impl App {
    /// Who does it by hand, for an app without a connector.
    pub fn manual(&self) -> Option<&Manual> {
        match &self.kind {
            AppKind::Manual(manual) => Some(manual),
            AppKind::Connector(_) => None,
        }
    }

    /// The attribute that is the name of an account on an app without a connector: `userName` where it is mapped, otherwise what
    /// accounts are matched by, otherwise what is mapped first.
    fn manual_name(&self) -> AttributeName {
        let mapped = |name: &str| self.mapping(name).map(|mapping| mapping.attribute.clone());
        let first = || self.mappings.first().map(|mapping| mapping.attribute.clone());
        let matched = self.matchers.first().and_then(|matcher| mapped(matcher.as_str()));
        mapped("userName").or(matched).or_else(first).unwrap_or_else(|| "userName".into())
    }
}

impl Configuration {
    /// What an app without a connector is like: its accounts have what is mapped, and hold what roles give or the configuration
    /// lists. None for any other app.
    pub fn manual_description(&self, app: &AppName) -> Option<Description> {
        let app = self.app(app)?;
        app.manual()?;
        let unique_name = app.manual_name();
        let accounts = app.mappings.iter().map(|mapping| {
            let (item, multi_valued) = match mapping.value.kind() {
                Kind::List(item) => ((**item).clone(), true),
                single => (single.clone(), false),
            };
            let is_name = mapping.attribute == unique_name;
            AttributeSchema {
                name: mapping.attribute.clone(),
                description: None,
                kind: if item == Kind::Boolean { AttributeType::Boolean } else { AttributeType::Text },
                multi_valued: multi_valued && !is_name,
                required: is_name,
                case_exact: false,
                mutability: Mutability::ReadWrite,
                uniqueness: if is_name { Uniqueness::Server } else { Uniqueness::None },
                canonical_values: Vec::new(),
            }
        });
        let kinds: BTreeSet<Text> = self.manual_entitlements(&app.name).into_iter().map(|known| known.key.kind).collect();
        let kind = |name| EntitlementKind {
            name,
            description: None,
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            holder_writes: HolderWrites::Each,
        };
        // Whoever closes an account by hand takes all that it holds in one go: not a task for each.
        let closing = LifecycleEffect { reversible: true, keeps_data: true, frees_seat: false, keeps_grants: false, note: None };
        Some(Description {
            accounts: accounts.collect(),
            searchable: vec![unique_name.clone()],
            unique_name,
            entitlement_kinds: kinds.into_iter().map(String::from).map(kind).collect(),
            grant_scopes: GrantScopes { all: true, entitlement: true, account: true },
            suspend: Some(closing.clone()),
            delete: Some(LifecycleEffect { reversible: false, keeps_data: false, ..closing }),
            quirks: Quirks::default(),
        })
    }

    /// What accounts of an app without a connector can hold: what roles name and what the configuration lists, each once, sorted.
    pub fn manual_entitlements(&self, app: &AppName) -> Vec<Entitlement> {
        let Some(manual) = self.app(app).and_then(App::manual) else { return Vec::new() };
        let named = self.roles().flat_map(|role| &role.grants).filter(|grant| grant.app == *app);
        let named = named.filter_map(|grant| grant.entitlement.clone());
        let listed = manual.entitlements.iter().map(|(kind, name)| (kind.into(), name.into()));
        let all: BTreeSet<(Text, Text)> = named.chain(listed).collect();
        all.into_iter()
            .map(|(kind, name)| Entitlement {
                key: EntitlementKey { kind, id: name.clone() },
                name: name.into(),
                description: None,
                assignable: true,
                parent: None,
                seats: None,
            })
            .collect()
    }
}
