use super::attribute::{Names, attributes_in, attributes_out};
use super::{AttributeTypes, text};
use crate::bindings::types;
use innkeeper_domain::{Account, AccountId, AccountStatus, Attributes, Effect, EntitlementKey, Invitation, Outcome, Text};

pub(crate) fn account(found: types::Account) -> Account {
    account_of(found, &mut Names::default())
}

/// Several accounts of one answer.
pub(crate) fn accounts(found: Vec<types::Account>) -> Vec<Account> {
    let mut names = Names::default();
    found.into_iter().map(|account| account_of(account, &mut names)).collect()
}

/// The accounts that were found of those that were asked for.
pub(crate) fn accounts_if_any(found: Vec<Option<types::Account>>) -> Vec<Option<Account>> {
    let mut names = Names::default();
    found.into_iter().map(|account| account.map(|account| account_of(account, &mut names))).collect()
}

fn account_of(account: types::Account, names: &mut Names) -> Account {
    Account {
        id: AccountId::new(account.id),
        unique_name: account.unique_name.into(),
        status: status_in(account.status),
        attributes: attributes_in(account.attributes, names),
        version: account.version.map(Text::from),
        invitation: account
            .invitation
            .map(|invitation| Invitation { expires: invitation.expires, failed: invitation.failed }.into()),
    }
}

pub(crate) fn draft(
    unique_name: &str,
    attributes: &Attributes,
    grants: &[EntitlementKey],
    known: &AttributeTypes,
) -> types::Draft {
    types::Draft {
        unique_name: unique_name.to_owned(),
        attributes: attributes_out(attributes, known),
        grants: grants.iter().map(super::key_out).collect(),
        extra: Vec::new(),
    }
}

fn status_in(status: types::AccountStatus) -> AccountStatus {
    match status {
        types::AccountStatus::Invited => AccountStatus::Invited,
        types::AccountStatus::Active => AccountStatus::Active,
        types::AccountStatus::Suspended => AccountStatus::Suspended,
        types::AccountStatus::Gone => AccountStatus::Gone,
    }
}

pub(crate) fn status_out(status: AccountStatus) -> types::AccountStatus {
    match status {
        AccountStatus::Invited => types::AccountStatus::Invited,
        AccountStatus::Active => types::AccountStatus::Active,
        AccountStatus::Suspended => types::AccountStatus::Suspended,
        AccountStatus::Gone => types::AccountStatus::Gone,
    }
}

pub(crate) fn outcome(outcome: types::Outcome) -> Outcome {
    match outcome {
        types::Outcome::Done(made) => Outcome::Done(account(made)),
        types::Outcome::Already(found) => Outcome::Already(account(found)),
        types::Outcome::Pending(token) => Outcome::Pending(token),
        types::Outcome::Invited(invited) => Outcome::Invited(account(invited)),
        types::Outcome::ActionRequired(task) => Outcome::ActionRequired(text(&task)),
    }
}

pub(crate) fn effect(effect: types::Effect) -> Effect {
    match effect {
        types::Effect::Done => Effect::Done,
        types::Effect::Already => Effect::Already,
        types::Effect::Pending(token) => Effect::Pending(token),
        types::Effect::ActionRequired(task) => Effect::ActionRequired(text(&task)),
    }
}
