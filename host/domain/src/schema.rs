//! What a connector says of its system: the host's form of `connector.description` in the contract.

use crate::AttributeName;
use serde::{Deserialize, Serialize};

/// The type of an attribute's values (RFC 7643, section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeType {
    /// Any text.
    Text,
    /// true or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// An RFC 3339 date or date and time, as text.
    DateTime,
    /// The id of another resource or a URI, as text.
    Reference,
}

/// Who may write an attribute, and when (RFC 7643, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mutability {
    /// The system writes it.
    ReadOnly,
    /// Anybody, any time.
    ReadWrite,
    /// Only when the account is created.
    Immutable,
    /// Never read back.
    WriteOnly,
}

/// Within what a value may not appear twice (RFC 7643, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uniqueness {
    /// It may.
    None,
    /// Within the system.
    Server,
    /// Anywhere.
    Global,
}

/// One attribute of an app's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AttributeSchema {
    /// Its path.
    pub name: AttributeName,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Whether it can have several values.
    pub multi_valued: bool,
    /// Whether an account must have it.
    pub required: bool,
    /// Whether values that differ only in case are different.
    pub case_exact: bool,
    /// Who may write it.
    pub mutability: Mutability,
    /// Within what a value is unique.
    pub uniqueness: Uniqueness,
    /// The only values that the system takes; empty where it takes any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
}

/// One kind of thing that an account can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct EntitlementKind {
    /// One word: `group`.
    pub name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the connector can grant and revoke it.
    pub assignable: bool,
    /// Whether seats are limited.
    pub has_seats: bool,
    /// Whether a grant costs money.
    pub costs_money: bool,
    /// Whether other entitlements can be holders.
    pub nests: bool,
    /// How its holders are written.
    #[serde(default)]
    pub holder_writes: HolderWrites,
}

/// How holders of an entitlement are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderWrites {
    /// A request writes one holder; several requests at once do not disturb each other.
    #[default]
    Each,
    /// One request writes as many holders as it is given.
    Many,
    /// A request writes the list of all holders, so that two at once undo each other.
    All,
}

/// What suspending or deleting an account means on an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LifecycleEffect {
    /// Whether the account can be had back as it was.
    pub reversible: bool,
    /// Whether what the person made stays.
    pub keeps_data: bool,
    /// Whether the licence becomes free.
    pub frees_seat: bool,
    /// Whether the account keeps its grants.
    pub keeps_grants: bool,
    /// What else an admin should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a caller has to know to use the system well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Quirks {
    /// An update sends the whole account.
    pub needs_full_object: bool,
    /// What was written cannot be read back at once.
    pub eventually_consistent: bool,
    /// A create makes an invitation.
    pub invites: bool,
    /// Suspended accounts are missing from listings.
    pub hides_suspended: bool,
    /// `find` walks the whole listing.
    pub find_lists: bool,
    /// Listings do not say how many items there are.
    pub no_total: bool,
    /// An accepted invitation becomes an account with another id.
    pub invitation_has_own_id: bool,
    /// An invited account can be granted nothing.
    pub invited_holds_nothing: bool,
}

/// For which scopes grants can be listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct GrantScopes {
    /// All grants at once.
    pub all: bool,
    /// The holders of one entitlement.
    pub entitlement: bool,
    /// What one account holds.
    pub account: bool,
}

/// What an app is like, as its connector describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Description {
    /// The attributes of its accounts.
    pub accounts: Vec<AttributeSchema>,
    /// The attribute that is the unique name.
    pub unique_name: AttributeName,
    /// The attributes by which accounts can be found.
    pub searchable: Vec<AttributeName>,
    /// What accounts can hold.
    pub entitlement_kinds: Vec<EntitlementKind>,
    /// How grants can be listed.
    pub grant_scopes: GrantScopes,
    /// Whether accounts can be suspended and reactivated, and what suspending means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<LifecycleEffect>,
    /// Whether accounts can be deleted, and what that means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<LifecycleEffect>,
    /// What else a caller has to know.
    pub quirks: Quirks,
}

impl Description {
    /// The schema of one attribute; names are compared without case (RFC 7643, section 2.1). An attribute of an extension answers to
    /// its path alone as well, `department`, where no other attribute has that name.
    pub fn attribute(&self, name: &AttributeName) -> Option<&AttributeSchema> {
        let wanted = name.as_str();
        let whole = self.accounts.iter().find(|schema| schema.name.as_str().eq_ignore_ascii_case(wanted));
        whole.or_else(|| {
            let is_path = |schema: &&AttributeSchema| {
                schema.name.as_str().rsplit_once(':').is_some_and(|(_, path)| path.eq_ignore_ascii_case(wanted))
            };
            let mut found = self.accounts.iter().filter(is_path);
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// Whether two values of the attribute that differ only in case are different.
    pub fn is_case_exact(&self, name: &AttributeName) -> bool {
        self.attribute(name).is_some_and(|schema| schema.case_exact)
    }

    /// The entitlement kind of this name.
    pub fn kind(&self, name: &str) -> Option<&EntitlementKind> {
        self.entitlement_kinds.iter().find(|kind| kind.name == name)
    }
}
