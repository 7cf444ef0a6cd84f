use super::ConnectedApp;
use super::call::{Operation, call};
use crate::answer::{Answer, Page, Scope};
use crate::convert;
use innkeeper_domain::{Effect, Entitlement, EntitlementKey, Grant, Holder, IntentId};

impl ConnectedApp {
    /// One page of all entitlements of all kinds.
    pub async fn list_entitlements(&self, cursor: Option<&str>) -> Answer<Page<Entitlement>> {
        call!(self, entitlements, Operation::read("entitlements.list"), |guest, store| guest.call_list(store, cursor))
            .map(convert::entitlement_page)
    }

    /// One page of the grants in a scope; `unsupported` for a scope that the description does not name.
    pub async fn list_grants(&self, scope: Scope<'_>, cursor: Option<&str>) -> Answer<Page<Grant>> {
        let (scope, operation) = (convert::scope_out(scope), Operation::read("entitlements.list-grants"));
        call!(self, entitlements, operation, |guest, store| guest.call_list_grants(store, &scope, cursor))
            .map(convert::grant_page)
    }

    /// Makes the holder hold the entitlement; one that it already holds is `already`.
    pub async fn grant(&self, holder: &Holder, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let (holder, key) = (convert::holder_out(holder), convert::key_out(entitlement));
        let intent = convert::intent(intent, None);
        let operation = Operation::write("entitlements.grant");
        call!(self, entitlements, operation, |guest, store| guest.call_grant(store, &holder, &key, &intent)).map(convert::effect)
    }

    /// Takes the entitlement away and no other; one that is not held is `already`.
    pub async fn revoke(&self, holder: &Holder, entitlement: &EntitlementKey, intent: &IntentId) -> Answer<Effect> {
        let (holder, key) = (convert::holder_out(holder), convert::key_out(entitlement));
        let intent = convert::intent(intent, None);
        let operation = Operation::write("entitlements.revoke");
        call!(self, entitlements, operation, |guest, store| guest.call_revoke(store, &holder, &key, &intent)).map(convert::effect)
    }

    /// Makes some holders hold the entitlement and takes it from others; touches nobody else.
    pub async fn amend(
        &self,
        entitlement: &EntitlementKey,
        add: &[Holder],
        remove: &[Holder],
        intent: &IntentId,
    ) -> Answer<Effect> {
        let holders = |holders: &[Holder]| holders.iter().map(convert::holder_out).collect::<Vec<_>>();
        let (key, add, remove) = (convert::key_out(entitlement), holders(add), holders(remove));
        let intent = convert::intent(intent, None);
        let operation = Operation::write("entitlements.amend");
        call!(self, entitlements, operation, |guest, store| guest.call_amend(store, &key, &add, &remove, &intent))
            .map(convert::effect)
    }

    /// How a grant or revoke that answered `pending` is going.
    pub async fn poll_entitlement(&self, token: &str) -> Answer<Effect> {
        call!(self, entitlements, Operation::read("entitlements.poll"), |guest, store| guest.call_poll(store, token))
            .map(convert::effect)
    }
}
