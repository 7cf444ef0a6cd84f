//! What one app's plan is made from.

use crate::ReclaimRule;
use crate::Shield;
use innkeeper_domain::{
    AccountId, AppMode, AppName, AppSnapshot, AttributeName, DesiredAccount, DriftPolicy, EntitlementKey, PersonId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// That an account is managed: whose it is. Written when we made or adopted it, and kept when it is gone: a leaver whose account was
/// closed is done, and does not compete for the accounts of somebody new who has the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// Whose account it is.
    pub person: PersonId,
    /// The day on which we suspended it; none while it is not suspended, or if somebody else did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_on: Option<Date>,
    /// The day on which we deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_on: Option<Date>,
}

impl Link {
    /// The link of an account that can be used.
    pub fn new(person: PersonId) -> Self {
        Self { person, suspended_on: None, deleted_on: None }
    }
}

/// A step of closing an account that leaves no trace on the app: nothing that could be read tells whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingStep {
    /// All sessions are ended.
    EndSessions,
    /// What the account owns is handed over.
    TransferOwnership,
}

/// What is done about differences that somebody made on the app, and what was decided by hand of single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftRules {
    /// What is done where nobody decided.
    pub policy: DriftPolicy,
    /// Grants that stay, though no rule gives them.
    pub kept: BTreeSet<(AccountId, EntitlementKey)>,
    /// Grants by somebody else that are not spoken of.
    pub ignored: BTreeSet<(AccountId, EntitlementKey)>,
    /// Accounts of nobody that are not spoken of.
    pub ignored_accounts: BTreeSet<AccountId>,
}

/// What was decided by hand of who could be whose, on one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorrelationRules {
    /// Accounts that are not the person's, whatever the two have in common.
    pub apart: BTreeSet<(PersonId, AccountId)>,
    /// People whose undecided cases are not spoken of: they and the accounts that could be theirs are left alone.
    pub ignored: BTreeSet<PersonId>,
}

/// All that the plan for one app depends on.
///
/// `desired` must have everybody, also where only a few people shall be touched: who is ambiguous and which names collide can
/// only be said of all. Pick the changes of the few afterwards.
#[derive(Clone, Copy, Debug)]
pub struct AppInput<'a> {
    /// The app.
    pub app: &'a AppName,
    /// Whether `apply` will write to it. The plan is the same in both modes.
    pub mode: AppMode,
    /// What was seen there.
    pub snapshot: &'a AppSnapshot,
    /// What the rules want, one for each person; fastest when sorted by person.
    pub desired: &'a [DesiredAccount],
    /// The attributes by which an account is recognised as a person's, the best first.
    pub matchers: &'a [AttributeName],
    /// The accounts that we manage.
    pub links: &'a BTreeMap<AccountId, Link>,
    /// The grants that the rules gave, in this plan's past.
    pub owned: &'a BTreeSet<(AccountId, EntitlementKey)>,
    /// What was decided of who could be whose.
    pub correlation: &'a CorrelationRules,
    /// What is done about what somebody else did.
    pub drift: &'a DriftRules,
    /// How many days after its suspension an account is deleted; none: never.
    pub delete_after: Option<u16>,
    /// Whether leavers lose what the rules gave them, where their suspended accounts would keep it.
    pub revoke_from_leavers: bool,
    /// Steps that were tried when an account was closed and did not succeed: they are tried again.
    pub unfinished: &'a BTreeSet<(AccountId, ClosingStep)>,
    /// When a licence counts as unused.
    pub reclaim: ReclaimRule<'a>,
    /// Whether the connector can end sessions.
    pub can_revoke_sessions: bool,
    /// Whether the connector can transfer ownership.
    pub can_transfer: bool,
    /// Whether every source was read completely. If not, only what no unread record could change is planned.
    pub people_complete: bool,
    /// People who have left beyond doubt, whatever an incomplete source did not say: because the source that decides says so
    /// in a record that was read, or because somebody closed them by hand. Only asked when `people_complete` is false.
    pub known_leavers: &'a BTreeSet<PersonId>,
    /// What is never taken away or written to.
    pub shield: Shield<'a>,
    /// The day for which to plan.
    pub today: Date,
}
