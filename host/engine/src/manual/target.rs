//! The target behind an app without an API.

use super::confirmed::{self, Confirmed};
use crate::target::{Answer, Capabilities, Draft, Page, Scope, Target};
use crate::tasks::words;
use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppName, AttributeName, Delta, Description, Effect, Entitlement, EntitlementKey,
    ErrorCode, Failure, Grant, Holder, IntentId, Outcome, PersonRecord, Scalar,
};
use innkeeper_store::Store;
use std::sync::Arc;

/// One app without an API.
pub(super) struct ManualApp {
    pub(super) app: AppName,
    pub(super) description: Description,
    pub(super) entitlements: Vec<Entitlement>,
    /// Whether what leavers own is handed on.
    pub(super) transfers: bool,
    pub(super) store: Arc<dyn Store>,
}

impl ManualApp {
    async fn accounts(&self) -> Result<Vec<Confirmed>, Failure> {
        confirmed::accounts(self.store.as_ref(), &self.app)
            .await
            .map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))
    }

    async fn account(&self, id: &AccountId) -> Result<Account, Failure> {
        let known = self.accounts().await?.into_iter().find(|known| known.account.id == *id);
        known.map(|known| known.account).ok_or_else(|| Failure::new(ErrorCode::NotFound, "nobody has confirmed this account"))
    }
}

fn everything<T>(items: Vec<T>) -> Page<T> {
    let total = u32::try_from(items.len()).ok();
    Page { items, next: None, total }
}

/// What every write is answered with.
fn outcome(text: impl Into<String>) -> Answer<Outcome> {
    Answer::of(Ok(Outcome::ActionRequired(text.into())))
}

fn effect(text: impl Into<String>) -> Answer<Effect> {
    Answer::of(Ok(Effect::ActionRequired(text.into())))
}

/// Nothing that people do is pending in a way that could be asked for.
fn nothing_pending<T>() -> Answer<T> {
    Answer::of(Err(Failure::new(ErrorCode::Unsupported, "a task is answered with `innkeeper tasks`")))
}

#[async_trait]
impl Target for ManualApp {
    fn capabilities(&self) -> Capabilities {
        Capabilities { accounts: true, entitlements: true, sessions: false, ownership: self.transfers, people: false }
    }

    async fn describe(&self) -> Answer<Description> {
        Answer::of(Ok(self.description.clone()))
    }

    async fn probe(&self) -> Answer<String> {
        Answer::of(self.accounts().await.map(|known| format!("done by hand; {} accounts are confirmed", known.len())))
    }

    async fn list_accounts(&self, _: Option<&str>) -> Answer<Page<Account>> {
        Answer::of(self.accounts().await.map(|known| everything(known.into_iter().map(|known| known.account).collect())))
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        Answer::of(self.account(id).await)
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        Answer::of(self.accounts().await.map(|known| {
            let account = |id: &AccountId| known.iter().find(|known| known.account.id == *id).map(|known| known.account.clone());
            ids.iter().map(account).collect()
        }))
    }

    async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        let wanted = Scalar::from(value);
        let has = |account: &Account| match *attribute == self.description.unique_name {
            true => wanted.same(&account.unique_name.as_str().into(), false),
            false => account.attributes.get(attribute).into_iter().flatten().any(|known| known.scalar.same(&wanted, false)),
        };
        let known = self.accounts().await;
        Answer::of(known.map(|known| known.into_iter().map(|known| known.account).filter(has).collect()))
    }

    async fn create_account(&self, draft: &Draft, _: &IntentId) -> Answer<Outcome> {
        outcome(format!("set up the account {}", draft.unique_name))
    }

    async fn update_account(&self, _: &AccountId, deltas: &[Delta], _: &IntentId, _: Option<&str>) -> Answer<Outcome> {
        outcome(format!("change {}", words::edits(deltas)))
    }

    async fn set_status(&self, _: &AccountId, status: AccountStatus, _: &IntentId) -> Answer<Outcome> {
        outcome(if status == AccountStatus::Active { words::REACTIVATE } else { words::SUSPEND })
    }

    async fn delete_account(&self, _: &AccountId, _: &IntentId) -> Answer<Effect> {
        effect(words::DELETE)
    }

    async fn poll_account(&self, _: &str) -> Answer<Outcome> {
        nothing_pending()
    }

    async fn list_entitlements(&self, _: Option<&str>) -> Answer<Page<Entitlement>> {
        Answer::of(Ok(everything(self.entitlements.clone())))
    }

    async fn list_grants(&self, scope: &Scope, _: Option<&str>) -> Answer<Page<Grant>> {
        let wanted = |grant: &Grant| match scope {
            Scope::All => true,
            Scope::Entitlement(key) => grant.entitlement == *key,
            Scope::Account(id) => grant.holder == Holder::Account(id.clone()),
        };
        Answer::of(self.accounts().await.map(|known| {
            let grants = known.into_iter().flat_map(|Confirmed { account, holds }| {
                let held = move |entitlement| Grant { entitlement, holder: Holder::Account(account.id.clone()) };
                holds.into_iter().map(held)
            });
            everything(grants.filter(wanted).collect())
        }))
    }

    async fn grant(&self, _: &AccountId, entitlement: &EntitlementKey, _: &IntentId) -> Answer<Effect> {
        effect(format!("give {} {}", entitlement.kind, entitlement.id))
    }

    async fn revoke(&self, _: &AccountId, entitlement: &EntitlementKey, _: &IntentId) -> Answer<Effect> {
        effect(format!("take {} {} away", entitlement.kind, entitlement.id))
    }

    async fn amend(&self, entitlement: &EntitlementKey, _: &[AccountId], _: &[AccountId], _: &IntentId) -> Answer<Effect> {
        effect(format!("change who holds {} {}", entitlement.kind, entitlement.id))
    }

    async fn poll_grant(&self, _: &str) -> Answer<Effect> {
        nothing_pending()
    }

    async fn revoke_sessions(&self, _: &AccountId, _: &IntentId) -> Answer<Effect> {
        effect(words::SESSIONS)
    }

    async fn transfer_ownership(&self, _: &AccountId, to: &AccountId, _: &IntentId) -> Answer<Effect> {
        effect(format!("hand over what it owns to {to}"))
    }

    async fn poll_transfer(&self, _: &str) -> Answer<Effect> {
        nothing_pending()
    }

    async fn list_people(&self, _: Option<&str>) -> Answer<Page<PersonRecord>> {
        Answer::of(Err(Failure::new(ErrorCode::Unsupported, "an app without a connector is no source")))
    }
}
