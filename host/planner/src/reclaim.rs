//! Who holds a licence and hardly needs it.

use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppSnapshot, AttributeName, EntitlementKey, Holder, ReclaimReason, Reclaimable, Scalar,
};
use jiff::Span;
use jiff::civil::Date;
use std::collections::HashSet;

/// When an account counts as unused.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReclaimRule<'a> {
    /// The attribute with the moment of the last sign-in; none: the app does not tell.
    pub last_login: Option<&'a AttributeName>,
    /// How many days ago that has to be.
    pub after_days: u32,
}

/// The accounts that hold an entitlement, or without one all accounts, and hardly need it: those that nobody can use, those of nobody,
/// and those that were not used for long, the longest first.
pub fn reclaimable(
    snapshot: &AppSnapshot,
    entitlement: Option<&EntitlementKey>,
    is_managed: impl Fn(&AccountId) -> bool,
    rule: &ReclaimRule<'_>,
    today: Date,
) -> Vec<Reclaimable> {
    let holders: Option<HashSet<&AccountId>> = entitlement.map(|entitlement| {
        let held = snapshot.grants.content.iter().filter(|grant| grant.entitlement == *entitlement);
        held.filter_map(|grant| match &grant.holder {
            Holder::Account(id) => Some(id),
            Holder::Entitlement(_) => None,
        })
        .collect()
    });
    let unused_before = today.checked_sub(Span::new().days(i64::from(rule.after_days))).unwrap_or(Date::MIN);
    let reason = |account: &Account| match account.status {
        AccountStatus::Gone => None,
        AccountStatus::Suspended => Some(ReclaimReason::Suspended),
        _ if !is_managed(&account.id) => Some(ReclaimReason::Orphan),
        _ => {
            let since = last_login(account, rule.last_login?)?;
            (since <= unused_before).then_some(ReclaimReason::Unused { since })
        }
    };
    let accounts = snapshot.accounts.content.iter();
    let held = accounts.filter(|account| holders.as_ref().is_none_or(|holders| holders.contains(&account.id)));
    let mut found: Vec<Reclaimable> = held
        .filter_map(|account| {
            let (unique_name, account_id) = (account.unique_name.to_string(), account.id.clone());
            Some(Reclaimable { reason: reason(account)?, unique_name, account: account_id })
        })
        .collect();
    found.sort();
    found
}

/// The day of the last sign-in, as far as the app tells.
fn last_login(account: &Account, attribute: &AttributeName) -> Option<Date> {
    let (_, values) = account.attributes.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case(attribute.as_str()))?;
    match &values.first()?.scalar {
        // The time of day does not matter here.
        Scalar::Text(text) => text.get(..10).unwrap_or(text).parse().ok(),
        _ => None,
    }
}
