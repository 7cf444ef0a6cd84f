//! The operations of the contract, as this system carries them out.

use super::character::{group, licence};
use super::{Saas, State};
use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Delta, Description, Edit, Effect, Entitlement, EntitlementKey, ErrorCode,
    Failure, Grant, Holder, IntentId, Outcome, PersonRecord, Value,
};
use innkeeper_engine::{Answer, Capabilities, Draft, Page, Scope, Target};

fn missing() -> Failure {
    Failure::new(ErrorCode::NotFound, "no such account")
}

fn unsupported(why: &str) -> Failure {
    Failure::new(ErrorCode::Unsupported, why)
}

/// Writes edits into an account.
fn edit(account: &mut Account, deltas: &[Delta]) {
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
}

impl Saas {
    fn listed(&self, state: &mut State) -> Vec<Entitlement> {
        let listed = |key: EntitlementKey, name: &str, seats| Entitlement {
            key,
            name: name.to_owned(),
            description: None,
            assignable: true,
            parent: None,
            seats,
        };
        let groups = self.character.groups.iter().map(|name| listed(group(name), name, None));
        let licences =
            self.character.licence.iter().map(|name| listed(licence(name), name, Some(state.seats_of(&licence(name)))));
        groups.chain(licences).collect()
    }
}

#[async_trait]
impl Target for Saas {
    fn capabilities(&self) -> Capabilities {
        Capabilities { accounts: true, entitlements: true, sessions: true, ownership: false, people: false }
    }

    async fn describe(&self) -> Answer<Description> {
        Answer::of(Ok(self.character.description()))
    }

    async fn probe(&self) -> Answer<String> {
        Answer::of(Ok("well".into()))
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        self.page("accounts", cursor, |state| state.shown(self.time.now()).accounts.into_values().collect()).await
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        self.read(format!("get {id}"), |state| state.content.accounts.get(id).cloned().ok_or_else(missing)).await
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        self.read(format!("get {ids:?}"), |state| Ok(ids.iter().map(|id| state.content.accounts.get(id).cloned()).collect()))
            .await
    }

    async fn find_accounts(&self, _: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        let named = |account: &Account| account.unique_name.eq_ignore_ascii_case(value);
        self.read(format!("find {value}"), |state| {
            Ok(state.shown(self.time.now()).accounts.into_values().filter(named).collect())
        })
        .await
    }

    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome> {
        let name = &draft.unique_name;
        self.write(format!("create {name}"), intent, |state| {
            if let Some(taken) = state.named(name).map(|account| account.id.clone()) {
                if state.unseen.contains(&taken) {
                    state.count("an account was there that no listing showed");
                } else if state.repeating {
                    // The engine is told that somebody has it, and cannot know that it is itself.
                    state.ours.remove(&taken);
                } else if state.ours.contains(&taken) {
                    state.made_twice.push((self.time.now(), name.clone()));
                }
                return Err(Failure::new(ErrorCode::Conflict, "taken"));
            }
            let account = state.add(name, draft.attributes.clone());
            state.ours.insert(account.id.clone());
            Ok(Outcome::Done(account))
        })
        .await
    }

    async fn update_account(&self, id: &AccountId, deltas: &[Delta], intent: &IntentId, _: Option<&str>) -> Answer<Outcome> {
        let names: Vec<&str> = deltas.iter().map(|delta| delta.name.as_str()).collect();
        self.write(format!("update {id} {}", names.join("+")), intent, |state| {
            let account = state.content.accounts.get_mut(id).ok_or_else(missing)?;
            edit(account, deltas);
            Ok(Outcome::Done(account.clone()))
        })
        .await
    }

    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome> {
        self.write(format!("{status} {id}"), intent, |state| {
            let account = state.content.accounts.get_mut(id).ok_or_else(missing)?;
            account.status = status;
            Ok(Outcome::Done(account.clone()))
        })
        .await
    }

    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect> {
        let misses = self.character.misses_the_deleted;
        self.write(format!("delete {id}"), intent, |state| {
            let meanwhile = state.odd(1) && state.remove(id);
            match state.remove(id) {
                true => Ok(Effect::Done),
                false if misses => {
                    state.count(if meanwhile { "somebody else had deleted it" } else { "it was deleted already" });
                    Err(missing())
                }
                false => Ok(Effect::Already),
            }
        })
        .await
    }

    async fn poll_account(&self, _: &str) -> Answer<Outcome> {
        Answer::of(Err(missing()))
    }

    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        self.page("entitlements", cursor, |state| self.listed(state)).await
    }

    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>> {
        let wanted = |grant: &Grant| match scope {
            Scope::All => true,
            Scope::Entitlement(key) => grant.entitlement == *key,
            Scope::Account(id) => grant.holder == Holder::Account(id.clone()),
        };
        self.page(&format!("{scope:?}"), cursor, |state| state.shown(self.time.now()).held.into_iter().filter(wanted).collect())
            .await
    }

    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(format!("grant {account} {}", entitlement.id), intent, |state| {
            if !state.content.accounts.contains_key(account) {
                return Err(missing());
            }
            if state.content.held.contains(&grant) {
                return Ok(Effect::Already);
            }
            if state.odd(1) {
                state.strangers = 1 - state.strangers.min(1);
            }
            let seats = state.seats_of(entitlement);
            if entitlement.kind == "licence" && seats.total.is_some_and(|total| seats.used >= total) {
                state.count("there was no seat");
                return Err(Failure::new(ErrorCode::SeatsExhausted, "all seats are taken"));
            }
            state.content.held.insert(grant.clone());
            Ok(Effect::Done)
        })
        .await
    }

    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) };
        self.write(format!("revoke {account} {}", entitlement.id), intent, |state| {
            Ok(if state.content.held.remove(&grant) { Effect::Done } else { Effect::Already })
        })
        .await
    }

    async fn amend(&self, _: &EntitlementKey, _: &[AccountId], _: &[AccountId], _: &IntentId) -> Answer<Effect> {
        Answer::of(Err(unsupported("one by one")))
    }

    async fn poll_grant(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.write(format!("sign out {account}"), intent, |_| Ok(Effect::Done)).await
    }

    async fn transfer_ownership(&self, _: &AccountId, _: &AccountId, _: &IntentId) -> Answer<Effect> {
        Answer::of(Err(unsupported("nobody owns anything")))
    }

    async fn poll_transfer(&self, _: &str) -> Answer<Effect> {
        Answer::of(Err(missing()))
    }

    async fn list_people(&self, _: Option<&str>) -> Answer<Page<PersonRecord>> {
        Answer::of(Ok(Page { items: Vec::new(), next: None, total: None }))
    }
}
