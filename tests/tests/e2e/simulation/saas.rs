//! A system in memory that misbehaves by chance, and remembers all that it was asked: the judge.

use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, AttributeSchema, AttributeType, Delta, Description, Edit, Effect,
    Entitlement, EntitlementKey, EntitlementKind, ErrorCode, Failure, Grant, GrantScopes, Holder, IntentId, LifecycleEffect,
    Mutability, Outcome, PersonRecord, Quirks, Uniqueness, Value,
};
use innkeeper_engine::{Answer, Capabilities, Draft, Page, Scope, Target};
use innkeeper_tests::dice::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// How many items a page has: small, so that even a small company has several.
const PAGE: usize = 7;

/// One request as the system saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// What a write does, and to whom; none for a read.
    pub(super) write: Option<String>,
    /// The mark of the write.
    pub(super) intent: Option<IntentId>,
    /// Whether the client knows what came of it.
    pub(super) answered: bool,
    /// Whether it was carried out.
    pub(super) applied: bool,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) held: BTreeSet<Grant>,
    pub(super) journal: Vec<Seen>,
    /// One request in so many goes wrong; 0: none.
    trouble: u64,
    /// How many more requests are refused for their credential.
    locked_out: u64,
    /// After so many more requests the client is dead: no answer ever comes.
    dies_in: Option<u64>,
    made: u64,
    dice: Option<Dice>,
}

/// The system.
#[derive(Default)]
pub(super) struct Saas(Mutex<State>);

/// How one request goes wrong.
enum Fate {
    Well,
    Refused(Failure),
    AnswerLost,
    RequestLost,
}

impl Saas {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(State { dice: Some(Dice::new(seed)), ..State::default() }))
    }

    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on one request in so many goes wrong.
    pub(super) fn misbehave(&self, one_in: u64) {
        let mut state = self.state();
        (state.trouble, state.locked_out) = (one_in, 0);
    }

    /// The client dies while its n-th request from now on is under way.
    pub(super) fn die_in(&self, requests: Option<u64>) {
        self.state().dies_in = requests;
    }

    /// Whether the client has died.
    pub(super) fn is_dead(&self) -> bool {
        self.state().dies_in == Some(0)
    }

    /// Waits for ever if the client is to die now; what it asked for is carried out or not.
    async fn perhaps_die(&self) -> bool {
        let mut state = self.state();
        match &mut state.dies_in {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        }
    }

    fn fate(state: &mut State, writes: bool) -> Fate {
        if state.locked_out > 0 {
            state.locked_out -= 1;
            return Fate::Refused(Failure::new(ErrorCode::Unauthenticated, "the token has expired"));
        }
        let trouble = state.trouble;
        let Some(dice) = state.dice.as_mut().filter(|_| trouble > 0) else { return Fate::Well };
        if !dice.once_in(trouble) {
            return Fate::Well;
        }
        match dice.below(if writes { 7 } else { 4 }) {
            0 => Fate::Refused(Failure { retry_after: Some(30), ..Failure::new(ErrorCode::RateLimited, "429") }),
            1 => Fate::Refused(Failure::new(ErrorCode::Unavailable, "503, and nothing was done")),
            2 => {
                state.locked_out = 2;
                Fate::Refused(Failure::new(ErrorCode::Unauthenticated, "the token has expired"))
            }
            3 => Fate::Refused(Failure::new(ErrorCode::RateLimited, "429 without a word on when")),
            4 | 5 => Fate::AnswerLost,
            _ => Fate::RequestLost,
        }
    }

    async fn read<T>(&self, look: impl FnOnce(&mut State) -> Result<T, Failure>) -> Answer<T> {
        if self.perhaps_die().await {
            std::future::pending::<()>().await;
        }
        let mut state = self.state();
        let result = match Self::fate(&mut state, false) {
            Fate::Refused(failure) => Err(failure),
            _ => look(&mut state),
        };
        state.journal.push(Seen { write: None, intent: None, answered: result.is_ok(), applied: false });
        Answer::of(result)
    }

    async fn write<T>(&self, what: String, intent: &IntentId, act: impl FnOnce(&mut State) -> Result<T, Failure>) -> Answer<T> {
        let dies = self.perhaps_die().await;
        let lost = || Failure::new(ErrorCode::OutcomeUnknown, "the connection broke");
        let (result, applied) = {
            let mut state = self.state();
            let fate = match dies {
                true if state.dice.as_mut().is_some_and(|dice| dice.once_in(2)) => Fate::AnswerLost,
                true => Fate::RequestLost,
                false => Self::fate(&mut state, true),
            };
            match fate {
                Fate::Well => (act(&mut state), true),
                Fate::Refused(failure) => (Err(failure), false),
                Fate::AnswerLost => (act(&mut state).and_then(|_| Err(lost())), true),
                Fate::RequestLost => (Err(lost()), false),
            }
        };
        let answered = !dies && result.as_ref().err().is_none_or(|failure| failure.code != ErrorCode::OutcomeUnknown);
        self.state().journal.push(Seen { write: Some(what), intent: Some(intent.clone()), answered, applied });
        if dies {
            std::future::pending::<()>().await;
        }
        Answer::of(result)
    }

    /// A page, now and then a short one, one that comes twice, or none at all.
    async fn page<T: Clone>(&self, cursor: Option<&str>, items: impl FnOnce(&State) -> Vec<T>) -> Answer<Page<T>> {
        let from: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        self.read(|state| {
            let all = items(state);
            let trouble = state.trouble;
            let mut odd = |times: u64| trouble > 0 && state.dice.as_mut().is_some_and(|dice| dice.once_in(times * trouble));
            if odd(4) {
                // Suddenly nobody is there, and it is said with a total that knows better.
                return Ok(Page { items: Vec::new(), next: None, total: u32::try_from(all.len()).ok() });
            }
            let from = if from > 0 && odd(4) { 0 } else { from };
            let length = if odd(2) { 2 } else { PAGE };
            let page: Vec<T> = all.iter().skip(from).take(length).cloned().collect();
            let next = (from + page.len() < all.len()).then(|| (from + page.len()).to_string());
            Ok(Page { items: page, next, total: u32::try_from(all.len()).ok() })
        })
        .await
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

pub(super) fn description() -> Description {
    let effect = LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: true, note: None };
    Description {
        accounts: vec![attribute("userName", true, Uniqueness::Server), attribute("title", false, Uniqueness::None)],
        unique_name: "userName".into(),
        searchable: vec!["userName".into()],
        entitlement_kinds: vec![EntitlementKind {
            name: "group".into(),
            description: None,
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            replaces_holders: false,
        }],
        grant_scopes: GrantScopes { all: true, entitlement: true, account: true },
        suspend: Some(effect.clone()),
        delete: Some(effect),
        quirks: Quirks::default(),
    }
}

pub(super) fn group(name: &str) -> EntitlementKey {
    EntitlementKey { kind: "group".into(), id: name.to_lowercase().into() }
}

fn missing() -> Failure {
    Failure::new(ErrorCode::NotFound, "no such account")
}

#[async_trait]
impl Target for Saas {
    fn capabilities(&self) -> Capabilities {
        Capabilities { accounts: true, entitlements: true, sessions: true, ownership: false, people: false }
    }

    async fn describe(&self) -> Answer<Description> {
        Answer::of(Ok(description()))
    }

    async fn probe(&self) -> Answer<String> {
        Answer::of(Ok("well".into()))
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        self.page(cursor, |state| state.accounts.values().cloned().collect()).await
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        self.read(|state| state.accounts.get(id).cloned().ok_or_else(missing)).await
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        self.read(|state| Ok(ids.iter().map(|id| state.accounts.get(id).cloned()).collect())).await
    }

    async fn find_accounts(&self, _: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        let named = |account: &&Account| account.unique_name.eq_ignore_ascii_case(value);
        self.read(|state| Ok(state.accounts.values().filter(named).cloned().collect())).await
    }

    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome> {
        let name = draft.unique_name.clone();
        self.write(format!("create {name}"), intent, |state| {
            if state.accounts.values().any(|account| account.unique_name.eq_ignore_ascii_case(&name)) {
                return Err(Failure::new(ErrorCode::Conflict, "taken"));
            }
            state.made += 1;
            let id = AccountId::new(format!("id{:05}", state.made));
            let account = Account {
                id: id.clone(),
                unique_name: name.as_str().into(),
                status: AccountStatus::Active,
                attributes: draft.attributes.clone(),
                version: None,
                invitation: None,
            };
            state.accounts.insert(id, account.clone());
            Ok(Outcome::Done(account))
        })
        .await
    }

    async fn update_account(&self, id: &AccountId, deltas: &[Delta], intent: &IntentId, _: Option<&str>) -> Answer<Outcome> {
        let names: Vec<&str> = deltas.iter().map(|delta| delta.name.as_str()).collect();
        self.write(format!("update {id} {}", names.join("+")), intent, |state| {
            let account = state.accounts.get_mut(id).ok_or_else(missing)?;
            for delta in deltas {
                let values = match &delta.edit {
                    Edit::Replace(values) => values.clone(),
                    Edit::Clear | Edit::Amend { .. } => Vec::new(),
                };
                if delta.name.as_str() == "userName" {
                    account.unique_name = values.first().map(|value: &Value| value.scalar.to_string()).unwrap_or_default().into();
                } else {
                    account.attributes.insert(delta.name.clone(), values);
                }
            }
            Ok(Outcome::Done(account.clone()))
        })
        .await
    }

    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome> {
        self.write(format!("{status} {id}"), intent, |state| {
            let account = state.accounts.get_mut(id).ok_or_else(missing)?;
            account.status = status;
            Ok(Outcome::Done(account.clone()))
        })
        .await
    }

    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.write(format!("delete {id}"), intent, |state| {
            state.held.retain(|grant| grant.holder != Holder::Account(id.clone()));
            Ok(if state.accounts.remove(id).is_some() { Effect::Done } else { Effect::Already })
        })
        .await
    }

    async fn poll_account(&self, _: &str) -> Answer<Outcome> {
        Answer::of(Err(missing()))
    }

    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        let listed = |name: &&str| Entitlement {
            key: group(name),
            name: (*name).to_owned(),
            description: None,
            assignable: true,
            parent: None,
            seats: None,
        };
        self.page(cursor, |_| super::GROUPS.iter().map(listed).collect()).await
    }

    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>> {
        let wanted = |grant: &&Grant| match scope {
            Scope::All => true,
            Scope::Entitlement(key) => grant.entitlement == *key,
            Scope::Account(id) => grant.holder == Holder::Account(id.clone()),
        };
        self.page(cursor, |state| state.held.iter().filter(wanted).cloned().collect()).await
    }

    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(format!("grant {account} {}", entitlement.id), intent, |state| {
            Ok(if state.held.insert(grant) { Effect::Done } else { Effect::Already })
        })
        .await
    }

    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(format!("revoke {account} {}", entitlement.id), intent, |state| {
            Ok(if state.held.remove(&grant) { Effect::Done } else { Effect::Already })
        })
        .await
    }

    async fn amend(&self, _: &EntitlementKey, _: &[AccountId], _: &[AccountId], _: &IntentId) -> Answer<Effect> {
        Answer::of(Err(Failure::new(ErrorCode::Unsupported, "one by one")))
    }

    async fn poll_grant(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.write(format!("sign out {account}"), intent, |_| Ok(Effect::Done)).await
    }

    async fn transfer_ownership(&self, _: &AccountId, _: &AccountId, _: &IntentId) -> Answer<Effect> {
        Answer::of(Err(Failure::new(ErrorCode::Unsupported, "nobody owns anything")))
    }

    async fn poll_transfer(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn list_people(&self, _: Option<&str>) -> Answer<Page<PersonRecord>> {
        Answer::of(Ok(Page { items: Vec::new(), next: None, total: None }))
    }
}
