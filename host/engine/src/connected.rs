//! A connector connected to an app, as a target: the sandbox's words into the engine's.

use crate::target::{Answer, Capabilities, Draft, Page, Scope, Target};
use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Delta, Description, Effect, Entitlement, EntitlementKey, Failure, Grant,
    Holder, IntentId, Outcome, PersonRecord,
};
use innkeeper_sandbox as sandbox;

/// A connector connected to an app.
pub(crate) struct Connected(pub(crate) sandbox::ConnectedApp);

impl<T> From<sandbox::Answer<T>> for Answer<T> {
    fn from(answer: sandbox::Answer<T>) -> Self {
        Self { result: answer.result.map_err(Failure::from), exchanges: answer.exchanges }
    }
}

fn page<T>(answer: sandbox::Answer<sandbox::Page<T>>) -> Answer<Page<T>> {
    answer.map(|sandbox::Page { items, next, total }| Page { items, next, total }).into()
}

#[async_trait]
impl Target for Connected {
    fn capabilities(&self) -> Capabilities {
        *self.0.capabilities()
    }

    async fn describe(&self) -> Answer<Description> {
        self.0.describe().await.into()
    }

    async fn probe(&self) -> Answer<String> {
        self.0.probe().await.map(sentence).into()
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        page(self.0.list_accounts(cursor).await)
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        self.0.get_account(id).await.into()
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        self.0.get_accounts(ids).await.into()
    }

    async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        self.0.find_accounts(attribute, value).await.into()
    }

    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome> {
        self.0.create_account(&draft.unique_name, &draft.attributes, &draft.grants, intent).await.into()
    }

    async fn update_account(
        &self,
        id: &AccountId,
        deltas: &[Delta],
        intent: &IntentId,
        version: Option<&str>,
    ) -> Answer<Outcome> {
        self.0.update_account(id, deltas, intent, version).await.into()
    }

    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome> {
        self.0.set_status(id, status, intent, None).await.into()
    }

    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.0.delete_account(id, intent, None).await.into()
    }

    async fn poll_account(&self, token: &str) -> Answer<Outcome> {
        self.0.poll_account(token).await.into()
    }

    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        page(self.0.list_entitlements(cursor).await)
    }

    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>> {
        let scope = match scope {
            Scope::All => sandbox::Scope::All,
            Scope::Entitlement(key) => sandbox::Scope::Entitlement(key),
            Scope::Account(id) => sandbox::Scope::Account(id),
        };
        page(self.0.list_grants(scope, cursor).await)
    }

    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        self.0.grant(&Holder::Account(account.clone()), entitlement, intent).await.into()
    }

    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        self.0.revoke(&Holder::Account(account.clone()), entitlement, intent).await.into()
    }

    async fn amend(
        &self,
        entitlement: &EntitlementKey,
        add: &[AccountId],
        remove: &[AccountId],
        intent: &IntentId,
    ) -> Answer<Effect> {
        let holders = |ids: &[AccountId]| ids.iter().cloned().map(Holder::Account).collect::<Vec<_>>();
        self.0.amend(entitlement, &holders(add), &holders(remove), intent).await.into()
    }

    async fn poll_grant(&self, token: &str) -> Answer<Effect> {
        self.0.poll_entitlement(token).await.into()
    }

    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.0.revoke_sessions(account, intent).await.into()
    }

    async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, intent: &IntentId) -> Answer<Effect> {
        self.0.transfer_ownership(from, to, intent).await.into()
    }

    async fn poll_transfer(&self, token: &str) -> Answer<Effect> {
        self.0.poll_ownership(token).await.into()
    }

    async fn list_people(&self, cursor: Option<&str>) -> Answer<Page<PersonRecord>> {
        page(self.0.list_people(cursor).await)
    }
}

/// What a probe says, in a sentence.
fn sentence(status: sandbox::Status) -> String {
    let system = status.system.unwrap_or_else(|| "the system".into());
    let profile = status.profile.map_or(String::new(), |profile| format!(" (profile {profile})"));
    let missing: Vec<String> = status
        .abilities
        .into_iter()
        .filter(|ability| !ability.available)
        .map(|ability| match ability.reason {
            Some(reason) => format!("{} ({reason})", ability.operation),
            None => ability.operation,
        })
        .collect();
    let but = if missing.is_empty() { String::new() } else { format!("; not available: {}", missing.join(", ")) };
    format!("{system} answers{profile}{but}")
}
