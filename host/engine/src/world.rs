//! For tests: an app in memory that does as it is told, and now and then does not.

use crate::target::{Answer, Capabilities, Draft, Page, Scope, Target};
use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Attributes, Delta, Description, Edit, Effect, Entitlement, EntitlementKey,
    ErrorCode, Exchange, Failure, Grant, GrantScopes, Holder, IntentId, Outcome, PersonRecord, Quirks,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

/// What goes wrong with one write.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// It is refused with this, and nothing is done.
    Refused(Failure),
    /// It is carried out, and the answer is lost.
    AnswerLost,
    /// It is lost on the way, and nobody can tell.
    RequestLost,
    /// It is answered as done, and nothing is done.
    Lied,
}

#[derive(Default)]
pub(crate) struct World {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// It says of itself that it shows late what was written.
    eventually_consistent: bool,
    accounts: BTreeMap<AccountId, Account>,
    held: BTreeSet<Grant>,
    troubles: VecDeque<Trouble>,
    writes: Vec<String>,
    /// A create makes an invitation that can hold nothing.
    invites: bool,
    /// The app has no API for a create: a human has to do it.
    by_hand: bool,
    /// Nor for a suspension.
    closed_by_hand: bool,
    /// The app cannot search.
    find_lists: bool,
    /// What is new is neither found nor listed.
    late: bool,
    /// The grants that are listed are none, and it is said that there are some.
    lists_no_grants: bool,
    /// How often all accounts were listed.
    listings: usize,
    /// Teams that can be given.
    teams: Vec<String>,
    /// How often a create is asked for before it is there; none where it is there at once.
    takes: Option<usize>,
    /// The account that is being made.
    made_later: Option<Account>,
    /// How often a create was asked for.
    polls: usize,
}

impl World {
    /// The next writes go wrong so.
    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.state.lock().unwrap().troubles.push_back(trouble);
    }

    /// From now on accounts are made by hand.
    pub(crate) fn create_by_hand(&self) {
        self.state.lock().unwrap().by_hand = true;
    }

    /// From now on accounts are suspended by hand.
    pub(crate) fn close_by_hand(&self) {
        self.state.lock().unwrap().closed_by_hand = true;
    }

    /// Whether what was written is neither found nor listed yet, but shown to whoever asks for it by its id.
    pub(super) fn show_late(&self, late: bool) {
        let mut state = self.state.lock().unwrap();
        (state.late, state.eventually_consistent) = (late, true);
    }

    /// Whether listings of grants are empty, with a number that knows better.
    pub(super) fn list_no_grants(&self, empty: bool) {
        self.state.lock().unwrap().lists_no_grants = empty;
    }

    /// From now on the app cannot search.
    pub(crate) fn cannot_search(&self) {
        self.state.lock().unwrap().find_lists = true;
    }

    /// How often all accounts were listed.
    pub(crate) fn listings(&self) -> usize {
        self.state.lock().unwrap().listings
    }

    /// From now on a create makes an invitation.
    pub(crate) fn invite(&self) {
        self.state.lock().unwrap().invites = true;
    }

    /// From now on a create is answered at once and done when it has been asked for so many times.
    pub(crate) fn take(&self, polls: usize) {
        self.state.lock().unwrap().takes = Some(polls);
    }

    /// How often a create was asked for.
    pub(crate) fn polls(&self) -> usize {
        self.state.lock().unwrap().polls
    }

    /// A team that can be given, by its name, which is its id, too.
    pub(crate) fn team(&self, name: &str) {
        self.state.lock().unwrap().teams.push(name.to_owned());
    }

    /// An account that is there.
    pub(crate) fn account(&self, name: &str, title: &str) -> AccountId {
        let id = AccountId::new(format!("id-{name}"));
        let attributes = Attributes::from([("title".into(), vec![innkeeper_domain::Value::plain(title)])]);
        let account = Account {
            id: id.clone(),
            unique_name: name.into(),
            status: AccountStatus::Active,
            attributes,
            version: None,
            invitation: None,
        };
        self.state.lock().unwrap().accounts.insert(id.clone(), account);
        id
    }

    /// Every write that arrived, carried out or not.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.state.lock().unwrap().writes.clone()
    }

    pub(crate) fn see(&self, id: &AccountId) -> Option<Account> {
        self.state.lock().unwrap().accounts.get(id).cloned()
    }

    pub(crate) fn held(&self) -> usize {
        self.state.lock().unwrap().held.len()
    }

    fn write<T>(&self, what: String, lie: impl FnOnce() -> T, act: impl FnOnce(&mut State) -> Result<T, Failure>) -> Answer<T> {
        let mut state = self.state.lock().unwrap();
        let trouble = state.troubles.pop_front();
        let lost = || Failure::new(ErrorCode::OutcomeUnknown, "the connection broke");
        let result = match trouble {
            Some(Trouble::Refused(failure)) => Err(failure),
            Some(Trouble::RequestLost) => Err(lost()),
            Some(Trouble::Lied) => Ok(lie()),
            Some(Trouble::AnswerLost) => act(&mut state).and_then(|_| Err(lost())),
            None => act(&mut state),
        };
        state.writes.push(what.clone());
        let exchanges = vec![Exchange { method: "POST".into(), url: what, status: None, millis: 0 }];
        Answer { result, exchanges }
    }
}

pub(crate) fn description() -> Description {
    Description {
        accounts: Vec::new(),
        unique_name: "userName".into(),
        searchable: vec!["userName".into()],
        entitlement_kinds: Vec::new(),
        grant_scopes: GrantScopes { all: true, entitlement: true, account: true },
        suspend: None,
        delete: None,
        quirks: Quirks::default(),
    }
}

fn missing() -> Failure {
    Failure::new(ErrorCode::NotFound, "no such account")
}

#[async_trait]
impl Target for World {
    fn capabilities(&self) -> Capabilities {
        Capabilities { accounts: true, entitlements: true, sessions: true, ownership: true, people: false }
    }

    async fn describe(&self) -> Answer<Description> {
        let state = self.state.lock().unwrap();
        let (invites, find_lists) = (state.invites, state.find_lists);
        let eventually_consistent = state.eventually_consistent;
        let quirks = Quirks { invites, invited_holds_nothing: invites, find_lists, eventually_consistent, ..Quirks::default() };
        Answer::of(Ok(Description { quirks, ..description() }))
    }

    async fn probe(&self) -> Answer<String> {
        Answer::of(Ok("well".into()))
    }

    async fn list_accounts(&self, _: Option<&str>) -> Answer<Page<Account>> {
        let mut state = self.state.lock().unwrap();
        state.listings += 1;
        let items = if state.late { Vec::new() } else { state.accounts.values().cloned().collect() };
        Answer::of(Ok(Page { items, next: None, total: None }))
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        Answer::of(self.see(id).ok_or_else(missing))
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        Answer::of(Ok(ids.iter().map(|id| self.see(id)).collect()))
    }

    async fn find_accounts(&self, _: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        let state = self.state.lock().unwrap();
        let found = state.accounts.values().filter(|account| account.unique_name == value && !state.late);
        Answer::of(Ok(found.cloned().collect()))
    }

    async fn create_account(&self, draft: &Draft, _: &IntentId) -> Answer<Outcome> {
        if self.state.lock().unwrap().by_hand {
            return Answer::of(Ok(Outcome::ActionRequired(format!("invite {} by hand", draft.unique_name))));
        }
        let id = AccountId::new(format!("id-{}", draft.unique_name));
        let invites = self.state.lock().unwrap().invites;
        let account = Account {
            id: id.clone(),
            unique_name: draft.unique_name.as_str().into(),
            status: if invites { AccountStatus::Invited } else { AccountStatus::Active },
            attributes: draft.attributes.clone(),
            version: None,
            invitation: None,
        };
        let lie = account.clone();
        self.write(
            format!("create {}", draft.unique_name),
            || Outcome::Done(lie),
            |state| {
                if state.accounts.contains_key(&id) {
                    return Err(Failure::new(ErrorCode::Conflict, "taken"));
                }
                if state.takes.is_some() {
                    state.made_later = Some(account);
                    return Ok(Outcome::Pending("being made".to_owned()));
                }
                state.accounts.insert(id, account.clone());
                Ok(if invites { Outcome::Invited(account) } else { Outcome::Done(account) })
            },
        )
    }

    async fn update_account(&self, id: &AccountId, deltas: &[Delta], _: &IntentId, _: Option<&str>) -> Answer<Outcome> {
        let before = self.see(id);
        self.write(
            format!("update {id}"),
            || Outcome::Done(before.expect("it is there")),
            |state| {
                let account = state.accounts.get_mut(id).ok_or_else(missing)?;
                for delta in deltas {
                    let values = match &delta.edit {
                        Edit::Replace(values) => values.clone(),
                        Edit::Clear | Edit::Amend { .. } => Vec::new(),
                    };
                    account.attributes.insert(delta.name.clone(), values);
                }
                Ok(Outcome::Done(account.clone()))
            },
        )
    }

    async fn set_status(&self, id: &AccountId, status: AccountStatus, _: &IntentId) -> Answer<Outcome> {
        if self.state.lock().unwrap().closed_by_hand {
            return Answer::of(Ok(Outcome::ActionRequired(format!("suspend {id} by hand"))));
        }
        let before = self.see(id);
        self.write(
            format!("{status} {id}"),
            || Outcome::Done(before.expect("it is there")),
            |state| {
                let account = state.accounts.get_mut(id).ok_or_else(missing)?;
                account.status = status;
                Ok(Outcome::Done(account.clone()))
            },
        )
    }

    async fn delete_account(&self, id: &AccountId, _: &IntentId) -> Answer<Effect> {
        self.write(
            format!("delete {id}"),
            || Effect::Done,
            |state| {
                state.accounts.remove(id);
                Ok(Effect::Done)
            },
        )
    }

    async fn poll_account(&self, token: &str) -> Answer<Outcome> {
        let mut state = self.state.lock().unwrap();
        state.polls += 1;
        if state.takes.is_some_and(|takes| state.polls < takes) {
            return Answer::of(Ok(Outcome::Pending(token.to_owned())));
        }
        let Some(account) = state.made_later.take() else { return Answer::of(Err(missing())) };
        state.accounts.insert(account.id.clone(), account.clone());
        Answer::of(Ok(Outcome::Done(account)))
    }

    async fn list_entitlements(&self, _: Option<&str>) -> Answer<Page<Entitlement>> {
        let state = self.state.lock().unwrap();
        let team = |name: &String| Entitlement {
            key: EntitlementKey { kind: "team".into(), id: name.as_str().into() },
            name: name.clone(),
            description: None,
            assignable: true,
            parent: None,
            seats: None,
        };
        Answer::of(Ok(Page { items: state.teams.iter().map(team).collect(), next: None, total: None }))
    }

    async fn list_grants(&self, scope: &Scope, _: Option<&str>) -> Answer<Page<Grant>> {
        let state = self.state.lock().unwrap();
        let wanted = |grant: &&Grant| match scope {
            _ if state.late => false,
            Scope::All => true,
            Scope::Entitlement(key) => grant.entitlement == *key,
            Scope::Account(id) => grant.holder == Holder::Account(id.clone()),
        };
        let mut items: Vec<Grant> = state.held.iter().filter(wanted).cloned().collect();
        let total = u32::try_from(items.len()).ok().filter(|_| state.lists_no_grants);
        items.truncate(if state.lists_no_grants { 0 } else { usize::MAX });
        Answer::of(Ok(Page { items, next: None, total }))
    }

    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, _: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(
            format!("grant {account}"),
            || Effect::Done,
            |state| Ok(if state.held.insert(grant) { Effect::Done } else { Effect::Already }),
        )
    }

    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, _: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(
            format!("revoke {account}"),
            || Effect::Done,
            |state| Ok(if state.held.remove(&grant) { Effect::Done } else { Effect::Already }),
        )
    }

    async fn amend(&self, entitlement: &EntitlementKey, add: &[AccountId], remove: &[AccountId], _: &IntentId) -> Answer<Effect> {
        let grant = |account: &AccountId| Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(
            format!("amend {} +{} -{}", entitlement.id, add.len(), remove.len()),
            || Effect::Done,
            |state| {
                let before = state.held.len();
                state.held.extend(add.iter().map(grant));
                let removed = remove.iter().filter(|account| state.held.remove(&grant(account))).count();
                Ok(if state.held.len() + removed > before || removed > 0 { Effect::Done } else { Effect::Already })
            },
        )
    }

    async fn poll_grant(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn revoke_sessions(&self, account: &AccountId, _: &IntentId) -> Answer<Effect> {
        self.write(format!("sign out {account}"), || Effect::Done, |_| Ok(Effect::Done))
    }

    async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, _: &IntentId) -> Answer<Effect> {
        self.write(format!("transfer {from} to {to}"), || Effect::Done, |_| Ok(Effect::Done))
    }

    async fn poll_transfer(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn list_people(&self, _: Option<&str>) -> Answer<Page<PersonRecord>> {
        Answer::of(Ok(Page { items: Vec::new(), next: None, total: None }))
    }
}
