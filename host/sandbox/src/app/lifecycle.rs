use super::ConnectedApp;
use super::call::{Operation, call};
use crate::answer::Answer;
use crate::convert;
use innkeeper_domain::{AccountId, Effect, IntentId};

impl ConnectedApp {
    /// Ends every session of the account and makes its tokens worthless.
    pub async fn revoke_sessions(&self, account: &AccountId, intent: &IntentId) -> Answer<Effect> {
        let (account, intent) = (account.as_str(), convert::intent(intent, None));
        let operation = Operation::write("sessions.revoke-all");
        call!(self, sessions, operation, |guest, store| guest.call_revoke_all(store, account, &intent)).map(convert::effect)
    }

    /// Gives everything that `from` owns to `to`.
    pub async fn transfer_ownership(&self, from: &AccountId, to: &AccountId, intent: &IntentId) -> Answer<Effect> {
        let (from, to, intent) = (from.as_str(), to.as_str(), convert::intent(intent, None));
        let operation = Operation::write("ownership.transfer");
        call!(self, ownership, operation, |guest, store| guest.call_transfer(store, from, to, &intent)).map(convert::effect)
    }

    /// How a transfer that answered `pending` is going.
    pub async fn poll_ownership(&self, token: &str) -> Answer<Effect> {
        call!(self, ownership, Operation::read("ownership.poll"), |guest, store| guest.call_poll(store, token))
            .map(convert::effect)
    }
}
