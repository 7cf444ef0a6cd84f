//! One item of a plan.

use crate::{
    AccountId, AccountStatus, AttributeName, Attributes, ChangeId, Delta, EntitlementKey, Origin, PersonId, RoleName, Scalar,
    Shared, Text,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which account a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountTarget {
    /// The account that this change makes.
    New,
    /// The account that another change of the plan makes.
    Created {
        /// That change.
        by: ChangeId,
    },
    /// One that was seen on the app.
    #[serde(rename_all = "kebab-case")]
    Existing {
        /// Its stable key.
        id: AccountId,
        /// Its name when the plan was made.
        unique_name: String,
    },
}

/// An entitlement as a plan shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NamedEntitlement {
    /// Its stable key.
    pub entitlement: EntitlementKey,
    /// Its name when the plan was made.
    pub name: String,
}

/// What to do. The first group writes to the app; `Adopt` and `AssumeGrant` write down here what is already there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Operation {
    /// Make an account.
    #[serde(rename_all = "kebab-case")]
    CreateAccount {
        /// Its unique name.
        unique_name: String,
        /// All its other attributes.
        attributes: Attributes,
        /// What it is to hold, where only the create itself can say so. Grants for all other apps are changes of their own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        grants: Vec<NamedEntitlement>,
    },
    /// Edit attributes.
    UpdateAccount {
        /// One for each attribute.
        deltas: Vec<Delta>,
    },
    /// Make the account unusable.
    Suspend,
    /// Make it usable again.
    Reactivate,
    /// End every session.
    RevokeSessions,
    /// Give what the account owns to another.
    TransferOwnership {
        /// The other account.
        to: AccountId,
    },
    /// Remove the account.
    DeleteAccount,
    /// Make the account hold an entitlement.
    Grant {
        /// The entitlement.
        entitlement: EntitlementKey,
        /// Its name when the plan was made.
        name: String,
    },
    /// Take an entitlement away.
    Revoke {
        /// The entitlement.
        entitlement: EntitlementKey,
        /// Its name when the plan was made.
        name: String,
    },
    /// Remember that an account that exists belongs to the person. Writes nothing to the app.
    Adopt,
    /// Remember that a grant that exists is one that the rules give. Writes nothing to the app.
    AssumeGrant {
        /// The entitlement.
        entitlement: EntitlementKey,
        /// Its name when the plan was made.
        name: String,
    },
}

/// The kinds of change that a guard counts and a summary names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Accounts made.
    Create,
    /// Accounts edited.
    Update,
    /// Accounts suspended, with what goes with it.
    Suspend,
    /// Accounts made usable again.
    Reactivate,
    /// Accounts removed.
    Delete,
    /// Entitlements given.
    Grant,
    /// Entitlements taken away.
    Revoke,
    /// What exists taken note of.
    Adopt,
}

impl Class {
    /// Whether somebody loses something.
    pub fn is_destructive(self) -> bool {
        matches!(self, Self::Suspend | Self::Delete | Self::Revoke)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Suspend => "suspend",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Adopt => "adopt",
        })
    }
}

impl Operation {
    /// The class that the operation counts in.
    pub fn class(&self) -> Class {
        match self {
            Self::CreateAccount { .. } => Class::Create,
            Self::UpdateAccount { .. } => Class::Update,
            Self::Suspend | Self::RevokeSessions | Self::TransferOwnership { .. } => Class::Suspend,
            Self::Reactivate => Class::Reactivate,
            Self::DeleteAccount => Class::Delete,
            Self::Grant { .. } => Class::Grant,
            Self::Revoke { .. } => Class::Revoke,
            Self::Adopt | Self::AssumeGrant { .. } => Class::Adopt,
        }
    }

    /// Whether carrying it out sends a write to the app.
    pub fn writes_to_app(&self) -> bool {
        self.class() != Class::Adopt
    }
}

/// What must still be so when the change is carried out; if it is not, the change is stale and refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "if")]
pub enum Precondition {
    /// No account has any of these values.
    NoAccount {
        /// Attribute and value.
        values: Vec<(AttributeName, Scalar)>,
    },
    /// The account is as it was in what the change touches.
    AccountIs {
        /// Its status.
        status: AccountStatus,
        /// The values of the attributes that the change touches.
        attributes: Attributes,
    },
    /// The change that makes the account has succeeded.
    Created,
}

/// Why, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// Somebody starts, or is entitled for the first time.
    Joiner,
    /// Somebody's attributes changed, or no longer agree with the app's.
    Mover,
    /// Somebody left.
    Leaver,
    /// Somebody came back.
    Returner,
    /// A role gives it.
    Role,
    /// No role gives it any more.
    NoRole,
    /// Somebody gave it by hand, for a time.
    Temporary,
    /// No role gives it any more, and it is kept for a while.
    Kept,
    /// Somebody is away for long.
    Leave,
    /// A mapping says so.
    Mapping,
    /// It exists already and belongs to somebody known.
    Adoption,
    /// An earlier run is taken back.
    Undo,
    /// It belongs to nobody known.
    Orphan,
}

/// Why a change is in the plan: enough to walk back to the rule and the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    /// In one word.
    pub kind: ReasonKind,
    /// In a few words, for the reader: `role engineer: department is Engineering`.
    pub text: Text,
    /// The role that gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// The CEL expression behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Text>,
    /// Where the expression stands: `innkeeper.toml:14:8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
    /// The record that it was applied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Reason {
    /// A reason of a kind and a text alone.
    pub fn new(kind: ReasonKind, text: impl Into<Text>) -> Self {
        Self { kind, text: text.into(), role: None, expression: None, place: None, origin: None }
    }
}

/// A reason that many have.
pub type SharedReason = Shared<Reason>;

/// One operation on one account or grant, with its reason and its precondition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// Unique within the plan.
    pub id: ChangeId,
    /// Whose account it is.
    pub person: PersonId,
    /// How the person is shown: the account's unique name, or what it will be.
    pub label: String,
    /// Which account.
    pub account: AccountTarget,
    /// What to do.
    pub operation: Operation,
    /// Why; at least one.
    pub reasons: Vec<Reason>,
    /// What must still be so.
    pub precondition: Precondition,
    /// Changes of this plan that must have succeeded before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<ChangeId>,
}
