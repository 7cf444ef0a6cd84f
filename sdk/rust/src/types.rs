//! The words of the contract, with short ways to make them.

pub use crate::bindings::accounts::exports::innkeeper::connector::accounts::Page as AccountPage;
pub use crate::bindings::base::exports::innkeeper::connector::connector::{
    Ability, AttributeSchema, AttributeType, Description, EntitlementKind, GrantScopes, HolderWrites, LifecycleEffect,
    Mutability, Quirks, Status, Uniqueness,
};
pub use crate::bindings::base::innkeeper::connector::types::{
    Account, AccountStatus, Amendment, Attribute, Delta, Draft, Edit, Effect, Entitlement, EntitlementKey, ErrorCode, Extra,
    FieldError, Grant, Holder, Intent, Invitation, Outcome, Scalar, Seats, Value,
};
pub use crate::bindings::entitlements::exports::innkeeper::connector::entitlements::{GrantPage, Page as EntitlementPage, Scope};
pub use crate::bindings::people::exports::innkeeper::connector::people::{Change, ChangesPage, Page as PersonPage, Person};

impl Value {
    /// A value with no label that is not primary.
    pub fn new(scalar: Scalar) -> Self {
        Self { scalar, label: None, primary: false }
    }

    /// A text with no label that is not primary.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Scalar::Text(text.into()))
    }

    /// The same value with a label: SCIM's `type`.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same value, as the primary one.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.primary = true;
        self
    }
}

impl Attribute {
    /// An attribute with these values; with none it is known to be empty.
    pub fn new(name: impl Into<String>, values: Vec<Value>) -> Self {
        Self { name: name.into(), values }
    }

    /// An attribute with one text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name, vec![Value::text(text)])
    }
}

impl Account {
    /// An account with nothing known but its keys and whether it can be used.
    pub fn new(id: impl Into<String>, unique_name: impl Into<String>, status: AccountStatus) -> Self {
        Self {
            id: id.into(),
            unique_name: unique_name.into(),
            status,
            attributes: Vec::new(),
            version: None,
            invitation: None,
            extra: Vec::new(),
        }
    }

    /// The same account with one more attribute that has one text.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.attributes.push(Attribute::text(name, text));
        self
    }
}

impl AccountStatus {
    /// `active` or `suspended`.
    pub fn from_active(active: bool) -> Self {
        if active { Self::Active } else { Self::Suspended }
    }
}

impl AttributeSchema {
    /// An optional attribute with one value that can be read and written, compared without case.
    pub fn new(name: impl Into<String>, kind: AttributeType) -> Self {
        Self {
            name: name.into(),
            description: None,
            type_: kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            uniqueness: Uniqueness::None,
            canonical_values: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// As [`AttributeSchema::new`], for text.
    pub fn text(name: impl Into<String>) -> Self {
        Self::new(name, AttributeType::Text)
    }

    /// The same attribute, required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same attribute, unique on the system.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.uniqueness = Uniqueness::Server;
        self
    }

    /// The same attribute with several values.
    #[must_use]
    pub fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// The same attribute, read only.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.mutability = Mutability::ReadOnly;
        self
    }
}

impl Description {
    /// A system whose accounts have this unique name and these attributes, and of which nothing else is known.
    pub fn new(unique_name: impl Into<String>, accounts: Vec<AttributeSchema>) -> Self {
        Self {
            accounts,
            unique_name: unique_name.into(),
            searchable: Vec::new(),
            entitlement_kinds: Vec::new(),
            grant_scopes: GrantScopes::empty(),
            settable_statuses: Vec::new(),
            suspend: None,
            delete: None,
            quirks: Quirks::empty(),
            extra: Vec::new(),
        }
    }
}

impl EntitlementKind {
    /// A kind that can be granted and revoked one holder at a time, has no seats and costs nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            holder_writes: HolderWrites::Each,
            extra: Vec::new(),
        }
    }
}

impl EntitlementKey {
    /// The key of an entitlement.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

impl Entitlement {
    /// An entitlement that can be granted and revoked.
    pub fn new(key: EntitlementKey, name: impl Into<String>) -> Self {
        Self { key, name: name.into(), description: None, assignable: true, parent: None, seats: None, extra: Vec::new() }
    }
}

impl Grant {
    /// The holder holds the entitlement.
    pub fn new(entitlement: EntitlementKey, holder: Holder) -> Self {
        Self { entitlement, holder, extra: Vec::new() }
    }
}

impl Default for Status {
    /// All is well, as far as is known.
    fn default() -> Self {
        Self { profile: None, system: None, abilities: Vec::new(), extra: Vec::new() }
    }
}

impl Ability {
    /// The operation works.
    pub fn available(operation: impl Into<String>) -> Self {
        Self { operation: operation.into(), available: true, reason: None }
    }

    /// The operation does not work, and why.
    pub fn missing(operation: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { operation: operation.into(), available: false, reason: Some(reason.into()) }
    }
}
