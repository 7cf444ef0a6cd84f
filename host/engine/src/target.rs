//! What the engine needs of an app or a source. The sandbox's connected app is one; tests have others.

use async_trait::async_trait;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Attributes, Delta, Description, Effect, Entitlement, EntitlementKey,
    Exchange, Failure, Grant, IntentId, Outcome, PersonRecord,
};
pub use innkeeper_sandbox::Capabilities;

/// The result of an operation with the requests that it took.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// What came of it.
    pub result: Result<T, Failure>,
    /// The requests, in order.
    pub exchanges: Vec<Exchange>,
}

impl<T> Answer<T> {
    /// An answer that took no request.
    pub fn of(result: Result<T, Failure>) -> Self {
        Self { result, exchanges: Vec::new() }
    }
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts; none after the last.
    pub next: Option<String>,
    /// How many items there are in all, where the system says so.
    pub total: Option<u32>,
}

/// Whose grants to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every grant on the app.
    All,
    /// The holders of one entitlement.
    Entitlement(EntitlementKey),
    /// What one account holds.
    Account(AccountId),
}

/// An account that is to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its unique name.
    pub unique_name: String,
    /// Its other attributes.
    pub attributes: Attributes,
    /// What it is to hold, for apps where an invitation says so.
    pub grants: Vec<EntitlementKey>,
}

/// The operations of the contract, in the domain's types. Each call stands alone: nothing is kept between two.
#[async_trait]
pub trait Target: Send + Sync {
    /// What the connector exports.
    fn capabilities(&self) -> Capabilities;
    /// What the system is like.
    async fn describe(&self) -> Answer<Description>;
    /// Whether the credentials work, in a sentence; a failure where they do not.
    async fn probe(&self) -> Answer<String>;
    /// One page of accounts.
    async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>>;
    /// One account.
    async fn get_account(&self, id: &AccountId) -> Answer<Account>;
    /// Several accounts, none for those that do not exist.
    async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>>;
    /// The accounts with this value.
    async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>>;
    /// Makes an account.
    async fn create_account(&self, draft: &Draft, intent: &IntentId) -> Answer<Outcome>;
    /// Edits attributes.
    async fn update_account(&self, id: &AccountId, deltas: &[Delta], intent: &IntentId, version: Option<&str>)
    -> Answer<Outcome>;
    /// Suspends or reactivates.
    async fn set_status(&self, id: &AccountId, status: AccountStatus, intent: &IntentId) -> Answer<Outcome>;
    /// Removes an account.
    async fn delete_account(&self, id: &AccountId, intent: &IntentId) -> Answer<Effect>;
    /// Asks for a pending write to an account.
    async fn poll_account(&self, token: &str) -> Answer<Outcome>;
    /// One page of entitlements.
    async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>>;
    /// One page of grants.
    async fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Answer<Page<Grant>>;
    /// Makes an account hold an entitlement.
    async fn grant(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect>;
    /// Takes an entitlement away.
    async fn revoke(&self, account: &AccountId, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect>;
    /// Makes some accounts hold an entitlement and takes it from others.
    async fn amend(
        &self,
        entitlement: &EntitlementKey,
        add: &[AccountId],
        remove: &[AccountId],
        intent: &IntentId,
    ) -> Answer<Effect>;
    /// Asks for a pending grant or revoke.
    async fn poll_grant(&self, token: &str) -> Answer<Effect>;
    /// Ends every session.
    async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect>;
    /// Hands over what an account owns.
    async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, intent: &IntentId) -> Answer<Effect>;
    /// Asks for a pending transfer.
    async fn poll_transfer(&self, token: &str) -> Answer<Effect>;
    /// One page of people.
    async fn list_people(&self, cursor: Option<&str>) -> Answer<Page<PersonRecord>>;
}
