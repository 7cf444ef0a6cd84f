//! What one plan does that another does not.

use innkeeper_domain::{AccountTarget, AppName, Change, Operation, PersonId, Plan};
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing in which two plans differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// The app.
    pub app: AppName,
    /// Whose account.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// What is different.
    #[serde(flatten)]
    pub kind: DifferenceKind,
}

/// In what two plans differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum DifferenceKind {
    /// The second plan does something more.
    Added {
        /// What.
        change: Change,
    },
    /// The second plan does something no longer.
    Dropped {
        /// What.
        change: Change,
    },
    /// Both do something to the same thing, and not the same or not under the same condition.
    Changed {
        /// What the first does.
        before: Box<Change>,
        /// What the second does.
        after: Box<Change>,
    },
}

/// What a change is about, whatever its number: app, person, account, what it does, and to which entitlement.
type About<'a> = (&'a AppName, &'a PersonId, &'a str, u8, &'a str, &'a str);

/// What `after` adds, drops and changes, by app, person and operation. The numbers of changes, their order and the words of their reasons
/// are not compared: they say nothing of what is done.
pub fn difference(before: &Plan, after: &Plan) -> Vec<Difference> {
    let mut pairs: BTreeMap<About<'_>, (Vec<&Change>, Vec<&Change>)> = BTreeMap::new();
    for (plan, second) in [(before, false), (after, true)] {
        for app in plan.apps() {
            for change in &app.changes {
                let (first, other) = pairs.entry(about(&app.app, change)).or_default();
                if second { other.push(change) } else { first.push(change) }
            }
        }
    }
    let mut differences = Vec::new();
    for ((app, person, ..), (first, second)) in pairs {
        for at in 0..first.len().max(second.len()) {
            let (kind, label) = match (first.get(at), second.get(at)) {
                (Some(before), Some(after)) if same(before, after) => continue,
                (Some(before), Some(after)) => (
                    DifferenceKind::Changed { before: Box::new((*before).clone()), after: Box::new((*after).clone()) },
                    &after.label,
                ),
                (Some(change), None) => (DifferenceKind::Dropped { change: (*change).clone() }, &change.label),
                (None, Some(change)) => (DifferenceKind::Added { change: (*change).clone() }, &change.label),
                (None, None) => continue,
            };
            differences.push(Difference { app: app.clone(), person: person.clone(), label: label.clone(), kind });
        }
    }
    differences
}

fn about<'a>(app: &'a AppName, change: &'a Change) -> About<'a> {
    let account = match &change.account {
        AccountTarget::Existing { id, .. } => id.as_str(),
        AccountTarget::New | AccountTarget::Created { .. } => "",
    };
    let (rank, kind, id) = match &change.operation {
        Operation::CreateAccount { .. } => (0, "", ""),
        Operation::Adopt => (1, "", ""),
        Operation::Reactivate => (2, "", ""),
        Operation::UpdateAccount { .. } => (3, "", ""),
        Operation::Grant { entitlement, .. } => (4, entitlement.kind.as_str(), entitlement.id.as_str()),
        Operation::AssumeGrant { entitlement, .. } => (5, entitlement.kind.as_str(), entitlement.id.as_str()),
        Operation::Revoke { entitlement, .. } => (6, entitlement.kind.as_str(), entitlement.id.as_str()),
        Operation::Suspend => (7, "", ""),
        Operation::RevokeSessions => (8, "", ""),
        Operation::TransferOwnership { .. } => (9, "", ""),
        Operation::DeleteAccount => (10, "", ""),
    };
    (app, &change.person, account, rank, kind, id)
}

fn same(before: &Change, after: &Change) -> bool {
    let existing = |change: &Change| match &change.account {
        AccountTarget::Existing { id, unique_name } => Some((id.clone(), unique_name.clone())),
        AccountTarget::New | AccountTarget::Created { .. } => None,
    };
    before.operation == after.operation && before.precondition == after.precondition && existing(before) == existing(after)
}
