//! A connector connected to an app, as a target: the sandbox's words into the engine's.

use crate::error::ConnectError;
use crate::installed::{Joined, Parts};
use crate::target::{Answer, Capabilities, Draft, Page, Scope, Target};
use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Delta, Description, Effect, Entitlement, EntitlementKey, ErrorCode,
    Failure, Grant, Holder, IntentId, Outcome, PersonRecord,
};
use innkeeper_policy::Connection;
use innkeeper_sandbox as sandbox;
use std::sync::{Arc, PoisonError, RwLock};

/// An app with its connector: from call to call the version that is in use, so that an upgrade or a rollback holds at once.
pub(crate) struct Connected {
    parts: Arc<Parts>,
    name: String,
    connection: Connection,
    joined: RwLock<Joined>,
    /// Held while another version takes over: those who come meanwhile wait for it.
    switching: tokio::sync::Mutex<()>,
}

impl Connected {
    /// Connects the app. Sends nothing.
    pub(crate) fn new(parts: Arc<Parts>, name: &str, connection: &Connection) -> Result<Self, ConnectError> {
        let joined = RwLock::new(parts.join(name, connection)?);
        Ok(Self {
            parts,
            name: name.to_owned(),
            connection: connection.clone(),
            joined,
            switching: tokio::sync::Mutex::default(),
        })
    }

    /// The app with the version in use. A version that has just come into use is asked first what the app is like, because it writes
    /// attributes by the types that it names.
    async fn app(&self) -> Result<sandbox::ConnectedApp, Failure> {
        let refused = |error: ConnectError| {
            let message = format!("the connector of {} cannot be used any more: {error}", self.name);
            Failure::new(ErrorCode::PermissionDenied, message)
        };
        if let Some(app) = self.parts.unchanged(&self.joined()).map_err(refused)? {
            return Ok(app);
        }
        let _turn = self.switching.lock().await;
        let before = self.joined();
        let joined = self.parts.rejoin(&before, &self.name, &self.connection).map_err(refused)?;
        if !joined.is(&before) {
            tracing::info!(app = %self.name, connector = %joined.label(), "another version of the connector, or another grant, is in use");
            joined.app.describe().await.result.map_err(Failure::from)?;
        }
        let app = joined.app.clone();
        *self.joined.write().unwrap_or_else(PoisonError::into_inner) = joined;
        Ok(app)
    }

    fn joined(&self) -> Joined {
        self.joined.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Calls the version in use.
macro_rules! ask {
    ($connected:expr, |$app:ident| $call:expr) => {
        match $connected.app().await {
            Ok($app) => $call,
            Err(failure) => return Answer::of(Err(failure)),
        }
    };
}

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
        *self.joined().app.capabilities()
    }

    async fn describe(&self) -> Answer<Description> {
        ask!(self, |app| app.describe().await).into()
    }

    async fn probe(&self) -> Answer<String> {
        ask!(self, |app| app.probe().await).map(sentence).into()
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        page(ask!(self, |app| app.list_accounts(cursor).await))
    }

    async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        ask!(self, |app| app.get_account(id).await).into()
    }

    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        ask!(self, |app| app.get_accounts(ids).await).into()
    }

    async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        ask!(self, |app| app.find_accounts(attribute, value).await).into()
    }

    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome> {
        ask!(self, |app| app.create_account(&draft.unique_name, &draft.attributes, &draft.grants, intent).await).into()
    }

    async fn update_account(
        &self,
        id: &AccountId,
        deltas: &[Delta],
        intent: &IntentId,
        version: Option<&str>,
    ) -> Answer<Outcome> {
        ask!(self, |app| app.update_account(id, deltas, intent, version).await).into()
    }

    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome> {
        ask!(self, |app| app.set_status(id, status, intent, None).await).into()
    }

    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect> {
        ask!(self, |app| app.delete_account(id, intent, None).await).into()
    }

    async fn poll_account(&self, token: &str) -> Answer<Outcome> {
        ask!(self, |app| app.poll_account(token).await).into()
    }

    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        page(ask!(self, |app| app.list_entitlements(cursor).await))
    }

    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>> {
        let scope = match scope {
            Scope::All => sandbox::Scope::All,
            Scope::Entitlement(key) => sandbox::Scope::Entitlement(key),
            Scope::Account(id) => sandbox::Scope::Account(id),
        };
        page(ask!(self, |app| app.list_grants(scope, cursor).await))
    }

    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        ask!(self, |app| app.grant(&Holder::Account(account.clone()), entitlement, intent).await).into()
    }

    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        ask!(self, |app| app.revoke(&Holder::Account(account.clone()), entitlement, intent).await).into()
    }

    async fn amend(
        &self,
        entitlement: &EntitlementKey,
        add: &[AccountId],
        remove: &[AccountId],
        intent: &IntentId,
    ) -> Answer<Effect> {
        let holders = |ids: &[AccountId]| ids.iter().cloned().map(Holder::Account).collect::<Vec<_>>();
        ask!(self, |app| app.amend(entitlement, &holders(add), &holders(remove), intent).await).into()
    }

    async fn poll_grant(&self, token: &str) -> Answer<Effect> {
        ask!(self, |app| app.poll_entitlement(token).await).into()
    }

    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        ask!(self, |app| app.revoke_sessions(account, intent).await).into()
    }

    async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, intent: &IntentId) -> Answer<Effect> {
        ask!(self, |app| app.transfer_ownership(from, to, intent).await).into()
    }

    async fn poll_transfer(&self, token: &str) -> Answer<Effect> {
        ask!(self, |app| app.poll_ownership(token).await).into()
    }

    async fn list_people(&self, cursor: Option<&str>) -> Answer<Page<PersonRecord>> {
        page(ask!(self, |app| app.list_people(cursor).await))
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
