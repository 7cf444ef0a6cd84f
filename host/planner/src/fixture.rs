//! A small app and its people, for tests, and what happens to them when a plan is carried out.

use crate::{AppInput, ClosingStep, CorrelationRules, DriftRules, Link, Shield, plan_app};
use innkeeper_domain::*;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const TODAY: Date = date(2026, 11, 22);

/// Everything that a plan depends on, owned.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) app: AppName,
    pub(crate) mode: AppMode,
    pub(crate) snapshot: AppSnapshot,
    pub(crate) desired: Vec<DesiredAccount>,
    pub(crate) matchers: Vec<AttributeName>,
    pub(crate) links: BTreeMap<AccountId, Link>,
    pub(crate) owned: BTreeSet<(AccountId, EntitlementKey)>,
    pub(crate) correlation: CorrelationRules,
    pub(crate) drift: DriftRules,
    pub(crate) delete_after: Option<u16>,
    pub(crate) revoke_from_leavers: bool,
    pub(crate) unfinished: BTreeSet<(AccountId, ClosingStep)>,
    pub(crate) last_login: Option<AttributeName>,
    pub(crate) can_revoke_sessions: bool,
    pub(crate) can_transfer: bool,
    pub(crate) people_complete: bool,
    pub(crate) known_leavers: BTreeSet<PersonId>,
    pub(crate) protect: Vec<Glob>,
    pub(crate) service_accounts: Vec<Glob>,
    pub(crate) privileged: Vec<Glob>,
    pub(crate) held_elsewhere: BTreeSet<EntitlementKey>,
}

pub(crate) fn snapshot<T>(content: T) -> Snapshot<T> {
    Snapshot { taken: Timestamp::UNIX_EPOCH, completeness: Completeness::Complete, content }
}

pub(crate) fn incomplete() -> Completeness {
    Completeness::Incomplete { why: "page 2 came twice".into() }
}

fn attribute(name: &str) -> AttributeSchema {
    AttributeSchema {
        name: name.into(),
        description: None,
        kind: AttributeType::Text,
        multi_valued: false,
        required: false,
        case_exact: false,
        mutability: Mutability::ReadWrite,
        uniqueness: Uniqueness::None,
        canonical_values: Vec::new(),
    }
}

fn kind(name: &str, assignable: bool) -> EntitlementKind {
    EntitlementKind {
        name: name.into(),
        description: None,
        assignable,
        has_seats: false,
        costs_money: false,
        nests: true,
        holder_writes: HolderWrites::Each,
    }
}

pub(crate) fn effect() -> LifecycleEffect {
    LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: true, note: None }
}

pub(crate) fn description() -> Description {
    Description {
        accounts: vec![
            AttributeSchema { required: true, uniqueness: Uniqueness::Server, ..attribute("userName") },
            AttributeSchema { multi_valued: true, ..attribute("emails") },
            AttributeSchema { case_exact: true, uniqueness: Uniqueness::Server, ..attribute("externalId") },
            attribute("title"),
            attribute("nickName"),
            AttributeSchema { mutability: Mutability::WriteOnly, ..attribute("password") },
            AttributeSchema { mutability: Mutability::ReadOnly, ..attribute("meta.created") },
            AttributeSchema { mutability: Mutability::Immutable, ..attribute("employeeNumber") },
        ],
        unique_name: "userName".into(),
        searchable: vec!["userName".into(), "emails".into()],
        entitlement_kinds: vec![kind("group", true), kind("role", true), kind("fixed", false)],
        grant_scopes: GrantScopes { all: true, entitlement: true, account: true },
        suspend: Some(effect()),
        delete: Some(effect()),
        quirks: Quirks::default(),
    }
}

impl World {
    /// The app without accounts, and nobody.
    pub(crate) fn empty() -> Self {
        Self {
            app: "chat".into(),
            mode: AppMode::Enforce,
            snapshot: AppSnapshot {
                description: description(),
                accounts: snapshot(Vec::new()),
                entitlements: snapshot(Vec::new()),
                grants: snapshot(Vec::new()),
            },
            desired: Vec::new(),
            matchers: vec!["emails".into(), "userName".into()],
            links: BTreeMap::new(),
            owned: BTreeSet::new(),
            correlation: CorrelationRules::default(),
            drift: DriftRules::default(),
            delete_after: None,
            revoke_from_leavers: true,
            unfinished: BTreeSet::new(),
            last_login: None,
            can_revoke_sessions: false,
            can_transfer: false,
            people_complete: true,
            known_leavers: BTreeSet::new(),
            protect: Vec::new(),
            service_accounts: Vec::new(),
            privileged: Vec::new(),
            held_elsewhere: BTreeSet::new(),
        }
    }

    pub(crate) fn input(&self) -> AppInput<'_> {
        AppInput {
            app: &self.app,
            mode: self.mode,
            snapshot: &self.snapshot,
            desired: &self.desired,
            matchers: &self.matchers,
            links: &self.links,
            owned: &self.owned,
            correlation: &self.correlation,
            drift: &self.drift,
            delete_after: self.delete_after,
            revoke_from_leavers: self.revoke_from_leavers,
            unfinished: &self.unfinished,
            reclaim: crate::ReclaimRule { last_login: self.last_login.as_ref(), after_days: 60 },
            can_revoke_sessions: self.can_revoke_sessions,
            can_transfer: self.can_transfer,
            people_complete: self.people_complete,
            known_leavers: &self.known_leavers,
            shield: Shield {
                protect: &self.protect,
                service_accounts: &self.service_accounts,
                privileged: &self.privileged,
                held_elsewhere: Some(&self.held_elsewhere),
            },
            today: TODAY,
        }
    }

    pub(crate) fn plan(&self) -> AppPlan {
        plan_app(&self.input())
    }

    pub(crate) fn with_account(mut self, account: Account) -> Self {
        self.snapshot.accounts.content.push(account);
        self
    }

    pub(crate) fn with_person(mut self, desired: DesiredAccount) -> Self {
        self.desired.push(desired);
        self
    }

    /// An account that is a person's, with the person's values.
    pub(crate) fn with_linked(self, id: &str, desired: DesiredAccount, status: AccountStatus) -> Self {
        let mut account = Account { status, ..account(id, id) };
        for wanted in &desired.attributes {
            match (wanted.name.as_str(), wanted.values.first()) {
                ("userName", Some(value)) => account.unique_name = value.scalar.to_string().into(),
                _ => drop(account.attributes.insert(wanted.name.clone(), wanted.values.to_vec())),
            }
        }
        let person = desired.person.clone();
        let mut world = self.with_account(account).with_person(desired);
        world.links.insert(id.into(), Link::new(person));
        world
    }

    pub(crate) fn with_entitlement(mut self, kind: &str, id: &str, name: &str) -> Self {
        let key = key(kind, id);
        let entitlement = Entitlement { key, name: name.into(), description: None, assignable: true, parent: None, seats: None };
        self.snapshot.entitlements.content.push(entitlement);
        self
    }

    pub(crate) fn with_grant(mut self, account: &str, kind: &str, id: &str, owned: bool) -> Self {
        self.snapshot.grants.content.push(Grant { entitlement: key(kind, id), holder: Holder::Account(account.into()) });
        if owned {
            self.owned.insert((account.into(), key(kind, id)));
        }
        self
    }

    pub(crate) fn account(&self, id: &str) -> &Account {
        self.snapshot.accounts.content.iter().find(|account| account.id.as_str() == id).expect("the account exists")
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> &mut Account {
        self.snapshot.accounts.content.iter_mut().find(|account| account.id.as_str() == id).expect("the account exists")
    }
}

pub(crate) fn key(kind: &str, id: &str) -> EntitlementKey {
    EntitlementKey { kind: kind.into(), id: id.into() }
}

pub(crate) fn account(id: &str, unique_name: &str) -> Account {
    Account {
        id: id.into(),
        unique_name: unique_name.into(),
        status: AccountStatus::Active,
        attributes: Attributes::new(),
        version: None,
        invitation: None,
    }
}

/// Somebody who should have the account `name` with the address `name@x`.
pub(crate) fn person(id: &str, name: &str) -> DesiredAccount {
    DesiredAccount {
        person: id.into(),
        label: format!("{name}@x").into(),
        app: "chat".into(),
        presence: Presence::Active,
        reason: Reason::new(ReasonKind::Joiner, "starts today"),
        attributes: Vec::new(),
        attribute_reasons: Shared::default(),
        grants: Vec::new(),
        enable_on: None,
        transfer_to: None,
    }
    .having("userName", &[name])
    .having("emails", &[&format!("{name}@x")])
}

pub(crate) fn leaver(id: &str, name: &str) -> DesiredAccount {
    let reason = Reason::new(ReasonKind::Leaver, "left on 2026-11-21");
    DesiredAccount { presence: Presence::Closed { since: None }, reason, ..person(id, name) }
}

/// What tests say of people.
pub(crate) trait Wishes: Sized {
    fn having_values(self, name: &str, values: Values, strength: Strength) -> Self;
    fn holding(self, entitlement: &str) -> Self;

    fn having(self, name: &str, texts: &[&str]) -> Self {
        self.having_values(name, texts.iter().map(|text| Value::plain(*text)).collect(), Strength::Enforced)
    }
}

impl Wishes for DesiredAccount {
    fn having_values(mut self, name: &str, values: Values, strength: Strength) -> Self {
        self.attributes.retain(|attribute| attribute.name.as_str() != name);
        self.attributes.push(DesiredAttribute { name: name.into(), values: values.into(), strength });
        self.attribute_reasons = self
            .attributes
            .iter()
            .map(|wanted| Reason::new(ReasonKind::Mapping, format!("mapping of {}", wanted.name)).into())
            .collect();
        self
    }

    fn holding(mut self, entitlement: &str) -> Self {
        let reason = Reason::new(ReasonKind::Role, format!("role that gives {entitlement}"));
        let entitlement = format!("chat:{entitlement}").parse().expect("a reference");
        self.grants.push(DesiredGrant { entitlement, reason: reason.into() }.into());
        self
    }
}

/// The operations of a plan, each in a line.
pub(crate) fn lines(plan: &AppPlan) -> Vec<String> {
    plan.changes.iter().map(line).collect()
}

fn line(change: &Change) -> String {
    let after: Vec<&str> = change.after.iter().map(ChangeId::as_str).collect();
    let after = if after.is_empty() { String::new() } else { format!(" after {}", after.join(" ")) };
    let what = match &change.operation {
        Operation::CreateAccount { .. } => "create".to_owned(),
        Operation::UpdateAccount { deltas } => deltas.iter().map(delta_text).collect::<Vec<_>>().join(", "),
        Operation::Suspend => "suspend".to_owned(),
        Operation::Reactivate => "reactivate".to_owned(),
        Operation::RevokeSessions => "revoke sessions".to_owned(),
        Operation::TransferOwnership { to } => format!("transfer to {to}"),
        Operation::DeleteAccount => "delete".to_owned(),
        Operation::Grant { name, .. } => format!("grant {name}"),
        Operation::Revoke { name, .. } => format!("revoke {name}"),
        Operation::Adopt => "adopt".to_owned(),
        Operation::AssumeGrant { name, .. } => format!("assume {name}"),
    };
    format!("{} {}: {what}{after}", change.id, change.label)
}

fn delta_text(delta: &Delta) -> String {
    let texts = |values: &Values| values.iter().map(|value| value.scalar.to_string()).collect::<Vec<_>>().join("+");
    let edit = match &delta.edit {
        Edit::Replace(values) => format!("= {}", texts(values)),
        Edit::Clear => "cleared".to_owned(),
        Edit::Amend { add, remove } => format!("+ {} - {}", texts(add), texts(remove)),
    };
    format!("{} {edit}", delta.name)
}
