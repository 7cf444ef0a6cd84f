//! The plan: what is to change on each app, why, and what is left for a decision.

mod artefact;

pub use artefact::PlanError;

use crate::{AccountId, AccountStatus, AppName, Change, Class, Cost, EntitlementKey, Inputs, PersonId, PlanId, Seats};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether Innkeeper writes to an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppMode {
    /// Reads and plans, never writes.
    #[default]
    Observe,
    /// Plans, checks and reports as if it wrote, and never writes: what it would do counts as pending.
    Warn,
    /// Writes what is approved.
    Enforce,
}

impl std::fmt::Display for AppMode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Self::Observe => "observe",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        })
    }
}

/// Why a human has to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum CaseKind {
    /// Several accounts could be the person's.
    AmbiguousAccount {
        /// Their ids.
        accounts: Vec<AccountId>,
    },
    /// The account could belong to several people.
    AmbiguousPerson {
        /// The account.
        account: AccountId,
        /// The people.
        people: Vec<PersonId>,
    },
    /// A rule grants an entitlement that the app does not have, or has several times under this name.
    UnknownEntitlement {
        /// As in the configuration.
        entitlement: String,
    },
    /// A mapping gives no value, or not a usable one, to an attribute that an account must have.
    MissingValue {
        /// The attribute.
        attribute: String,
    },
    /// Two people would get the same unique value.
    Collision {
        /// The attribute.
        attribute: String,
        /// The value.
        value: String,
        /// The people.
        people: Vec<PersonId>,
    },
    /// An invitation was refused or could not be delivered.
    InvitationFailed {
        /// The account that it was to become.
        account: AccountId,
    },
    /// More people should hold an entitlement than the app has seats.
    SeatsShort {
        /// The entitlement.
        entitlement: EntitlementKey,
        /// How many people get none.
        short: usize,
        /// Who.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<PersonId>,
        /// From whom it could be taken, the clearest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reclaim: Vec<Reclaimable>,
    },
    /// A human was asked to do it and refused. It is not asked again until it is asked for differently, or by hand.
    Refused {
        /// The task.
        task: String,
    },
    /// The rules want something of an account that nobody may write to.
    Protected {
        /// The account; none for one that would have to be made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
    },
    /// Without the account nobody active would hold a privileged entitlement.
    LastHolder {
        /// The account.
        account: AccountId,
        /// The entitlement.
        entitlement: EntitlementKey,
    },
    /// Somebody changed an attribute on the app after we wrote it, and it is left so.
    AttributeDrift {
        /// The attribute.
        attribute: String,
    },
    /// The app cannot do what the rules want.
    Unsupported {
        /// What.
        operation: String,
    },
    /// A listing is not complete, so that nothing was planned that depends on absence.
    Incomplete {
        /// Which, and why.
        listing: String,
    },
}

/// Something that Innkeeper does not decide by itself. Whoever it is about is left alone until it is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// The person it is about, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// How they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it is.
    #[serde(flatten)]
    pub kind: CaseKind,
    /// What happened and what would settle it, in a sentence or two.
    pub text: String,
}

/// An account that belongs to no known person. It is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Orphan {
    /// Its key.
    pub id: AccountId,
    /// Its name.
    pub unique_name: String,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// A person whom it could belong to and who is not entitled to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// A grant that somebody else gave to an account that we manage. It is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Drift {
    /// Whose account.
    pub person: PersonId,
    /// The account's name.
    pub label: String,
    /// The account.
    pub account: AccountId,
    /// What it holds.
    pub entitlement: EntitlementKey,
    /// The entitlement's name.
    pub name: String,
}

/// Something that will be planned on a later day if nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Upcoming {
    /// Whose account.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// What.
    pub class: Class,
    /// Which entitlement, as the configuration names it, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// When.
    pub on: Date,
}

/// What a plan does to an entitlement that costs money or of which the app has a limited number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SeatUse {
    /// The entitlement.
    pub entitlement: EntitlementKey,
    /// Its name.
    pub name: String,
    /// Whether each grant costs money.
    pub costs_money: bool,
    /// How many accounts get it.
    pub given: usize,
    /// How many accounts lose it.
    pub taken: usize,
    /// How many there are and how many are used, as the app says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
}

/// An account that holds a licence and hardly needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reclaimable {
    /// Why.
    #[serde(flatten)]
    pub reason: ReclaimReason,
    /// The account's name.
    pub unique_name: String,
    /// The account.
    pub account: AccountId,
}

/// Why an account hardly needs what it holds, the clearest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum ReclaimReason {
    /// Nobody can use it.
    Suspended,
    /// It belongs to nobody known.
    Orphan,
    /// Nobody has used it for long.
    Unused {
        /// The day of the last sign-in.
        since: Date,
    },
}

impl std::fmt::Display for Reclaimable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.reason {
            ReclaimReason::Suspended => write!(formatter, "{} (suspended)", self.unique_name),
            ReclaimReason::Orphan => write!(formatter, "{} (nobody's)", self.unique_name),
            ReclaimReason::Unused { since } => write!(formatter, "{} (unused since {since})", self.unique_name),
        }
    }
}

/// The plan for one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppPlan {
    /// The app.
    pub app: AppName,
    /// Whether `apply` will write to it.
    pub mode: AppMode,
    /// In the order of execution: leavers first.
    pub changes: Vec<Change>,
    /// Accounts of nobody.
    pub orphans: Vec<Orphan>,
    /// Grants by somebody else.
    pub drift: Vec<Drift>,
    /// What a human has to decide.
    pub cases: Vec<Case>,
    /// What will follow later.
    pub upcoming: Vec<Upcoming>,
    /// What it costs: entitlements with seats or a price that it gives or takes away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatUse>,
    /// By how much the plan changes what the app costs, by currency; empty where no price is known or nothing changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost: Vec<Cost>,
}

/// How many people's accounts a plan touches, by class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Summary(pub BTreeMap<Class, usize>);

impl Summary {
    /// How many of one class.
    pub fn count(&self, class: Class) -> usize {
        self.0.get(&class).copied().unwrap_or(0)
    }
}

impl AppPlan {
    /// The plan that makes these changes, and of which nothing else is to be said.
    pub fn of(app: AppName, mode: AppMode, changes: Vec<Change>) -> Self {
        Self {
            app,
            mode,
            changes,
            orphans: Vec::new(),
            drift: Vec::new(),
            cases: Vec::new(),
            upcoming: Vec::new(),
            seats: Vec::new(),
            cost: Vec::new(),
        }
    }

    /// How many changes of each class. A suspension with its session and ownership steps counts once.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in &self.changes {
            use crate::Operation::{RevokeSessions, TransferOwnership};
            if !matches!(change.operation, RevokeSessions | TransferOwnership { .. }) {
                *summary.0.entry(change.operation.class()).or_insert(0) += 1;
            }
        }
        summary
    }
}

/// A plan: the ordered changes that take the observed state to the desired one.
///
/// Made by [`Plan::seal`] or [`Plan::read`] alone, so that the id always is the hash of the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    format: String,
    id: PlanId,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Content {
    created: Timestamp,
    today: Date,
    by: String,
    inputs: Inputs,
    apps: Vec<AppPlan>,
}

impl Plan {
    /// The hash of the content.
    pub fn id(&self) -> &PlanId {
        &self.id
    }

    /// When it was made.
    pub fn created(&self) -> Timestamp {
        self.content.created
    }

    /// The day for which it was made.
    pub fn today(&self) -> Date {
        self.content.today
    }

    /// Who made it: the user name that the operating system gave.
    pub fn by(&self) -> &str {
        &self.content.by
    }

    /// What it was computed from.
    pub fn inputs(&self) -> &Inputs {
        &self.content.inputs
    }

    /// The plan for each app, in the order of execution.
    pub fn apps(&self) -> &[AppPlan] {
        &self.content.apps
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.content.apps.iter().all(|app| app.changes.is_empty())
    }
}

#[cfg(test)]
mod tests;
