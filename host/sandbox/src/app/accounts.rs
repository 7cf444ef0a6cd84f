use super::ConnectedApp;
use super::call::{Operation, call};
use crate::answer::{Answer, CallError, Page};
use crate::convert;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Attributes, Delta, Effect, EntitlementKey, ErrorCode, Failure, IntentId,
    Outcome,
};

impl ConnectedApp {
    /// One page of all accounts, the suspended and the invited included. Starts at the first without a cursor.
    pub async fn list_accounts(&self, cursor: Option<&str>) -> Answer<Page<Account>> {
        call!(self, accounts, Operation::read("accounts.list"), |guest, store| guest.call_list(store, cursor)).map(Page::from)
    }

    /// One account; `not-found` where there is none.
    pub async fn get_account(&self, id: &AccountId) -> Answer<Account> {
        let answer = call!(self, accounts, Operation::read("accounts.get"), |guest, store| guest.call_get(store, id.as_str()));
        let mut answer = answer.map(convert::account);
        check(&mut answer, |account| {
            (account.id != *id).then(|| format!("asked for account {id}, the connector answered with {}", account.id))
        });
        answer
    }

    /// Several accounts, in the order of the ids; none for those that do not exist.
    pub async fn get_accounts(&self, ids: &[AccountId]) -> Answer<Vec<Option<Account>>> {
        let wanted: Vec<String> = ids.iter().map(|id| id.as_str().to_owned()).collect();
        let answer =
            call!(self, accounts, Operation::read("accounts.get-many"), |guest, store| guest.call_get_many(store, &wanted));
        let mut answer = answer.map(convert::accounts_if_any);
        check(&mut answer, |accounts| {
            if accounts.len() != ids.len() {
                return Some(format!("asked for {} accounts, the connector answered with {}", ids.len(), accounts.len()));
            }
            let other = ids.iter().zip(accounts).find_map(|(id, found)| found.as_ref().filter(|found| found.id != *id));
            other.map(|other| format!("the connector answered with account {} in the place of another", other.id))
        });
        answer
    }

    /// The accounts whose attribute has this value, compared as the attribute's schema says.
    pub async fn find_accounts(&self, attribute: &AttributeName, value: &str) -> Answer<Vec<Account>> {
        let attribute = attribute.as_str();
        call!(self, accounts, Operation::read("accounts.find"), |guest, store| guest.call_find(store, attribute, value))
            .map(convert::accounts)
    }

    /// Makes an account, or invites somebody; `grants` are for apps where the invitation says what it is for. A unique value that is taken is a `conflict`.
    pub async fn create_account(
        &self,
        unique_name: &str,
        attributes: &Attributes,
        grants: &[EntitlementKey],
        intent: &IntentId,
    ) -> Answer<Outcome> {
        let draft = convert::draft(unique_name, attributes, grants, &self.attribute_types());
        let intent = convert::intent(intent, None);
        call!(self, accounts, Operation::write("accounts.create"), |guest, store| guest.call_create(store, &draft, &intent))
            .map(convert::outcome)
    }

    /// Edits attributes and touches nothing else. With an expected version: `conflict` if the account has another.
    pub async fn update_account(
        &self,
        id: &AccountId,
        deltas: &[Delta],
        intent: &IntentId,
        expected_version: Option<&str>,
    ) -> Answer<Outcome> {
        let (id, deltas) = (id.as_str(), convert::deltas_out(deltas, &self.attribute_types()));
        let intent = convert::intent(intent, expected_version);
        call!(self, accounts, Operation::write("accounts.update"), |guest, store| guest.call_update(store, id, &deltas, &intent))
            .map(convert::outcome)
    }

    /// Suspends or reactivates; the other statuses cannot be set.
    pub async fn set_status(
        &self,
        id: &AccountId,
        status: AccountStatus,
        intent: &IntentId,
        expected_version: Option<&str>,
    ) -> Answer<Outcome> {
        let (id, status) = (id.as_str(), convert::status_out(status));
        let intent = convert::intent(intent, expected_version);
        let operation = Operation::write("accounts.set-status");
        call!(self, accounts, operation, |guest, store| guest.call_set_status(store, id, status, &intent)).map(convert::outcome)
    }

    /// Removes the account as far as the system can; one that does not exist is `already`.
    pub async fn delete_account(&self, id: &AccountId, intent: &IntentId, expected_version: Option<&str>) -> Answer<Effect> {
        let (id, intent) = (id.as_str(), convert::intent(intent, expected_version));
        call!(self, accounts, Operation::write("accounts.delete"), |guest, store| guest.call_delete(store, id, &intent))
            .map(convert::effect)
    }

    /// How a write to an account that answered `pending` is going.
    pub async fn poll_account(&self, token: &str) -> Answer<Outcome> {
        call!(self, accounts, Operation::read("accounts.poll"), |guest, store| guest.call_poll(store, token))
            .map(convert::outcome)
    }
}

/// Refuses an answer that is not one to the question: what it would lead to is worse than a failure.
fn check<T>(answer: &mut Answer<T>, problem: impl FnOnce(&T) -> Option<String>) {
    if let Ok(value) = &answer.result
        && let Some(problem) = problem(value)
    {
        answer.result = Err(CallError::Failure(Failure::new(ErrorCode::Internal, problem)));
    }
}
