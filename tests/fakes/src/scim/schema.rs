//! The attributes that the server knows (RFC 7643, sections 4 and 8.7).

use serde_json::{Value, json};

/// The core schema of users.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The enterprise extension of users.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The core schema of groups.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex(&'static [Attribute]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) multi_valued: bool,
    pub(super) required: bool,
    pub(super) case_exact: bool,
    pub(super) read_only: bool,
    /// Taken and never given back: a password.
    pub(super) write_only: bool,
    pub(super) unique: bool,
}

impl Attribute {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            read_only: false,
            write_only: false,
            unique: false,
        }
    }

    const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    const fn complex(name: &'static str, parts: &'static [Self]) -> Self {
        Self::new(name, Kind::Complex(parts))
    }

    const fn multi(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    pub(super) fn parts(&self) -> &'static [Self] {
        match self.kind {
            Kind::Complex(parts) => parts,
            _ => &[],
        }
    }

    pub(super) fn part(&self, name: &str) -> Option<&'static Self> {
        named(self.parts(), name)
    }
}

/// Attribute names are compared without regard to case (RFC 7643, section 2.1).
pub(super) fn named(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// The sub-attributes that multi-valued attributes have (RFC 7643, section 2.4).
const PLURAL: &[Attribute] = &[
    Attribute::text("value"),
    Attribute::text("display"),
    Attribute::text("type"),
    Attribute::new("primary", Kind::Boolean),
    Attribute::new("$ref", Kind::Reference),
];

const META: Attribute = Attribute::complex(
    "meta",
    &[
        Attribute::text("resourceType").exact(),
        Attribute::new("created", Kind::DateTime),
        Attribute::new("lastModified", Kind::DateTime),
        Attribute::new("location", Kind::Reference),
        Attribute::text("version").exact(),
    ],
)
.read_only();

const USER_ATTRIBUTES: &[Attribute] = &[
    Attribute::text("userName").required().unique(),
    Attribute::complex(
        "name",
        &[
            Attribute::text("formatted"),
            Attribute::text("familyName"),
            Attribute::text("givenName"),
            Attribute::text("middleName"),
            Attribute::text("honorificPrefix"),
            Attribute::text("honorificSuffix"),
        ],
    ),
    Attribute::text("displayName"),
    Attribute::text("nickName"),
    Attribute::new("profileUrl", Kind::Reference),
    Attribute::text("title"),
    Attribute::text("userType"),
    Attribute::text("preferredLanguage"),
    Attribute::text("locale"),
    Attribute::text("timezone"),
    Attribute::new("active", Kind::Boolean),
    Attribute::text("password").write_only(),
    Attribute::complex("emails", PLURAL).multi(),
    Attribute::complex("phoneNumbers", PLURAL).multi(),
    Attribute::complex("ims", PLURAL).multi(),
    Attribute::complex("photos", PLURAL).multi(),
    Attribute::complex(
        "addresses",
        &[
            Attribute::text("formatted"),
            Attribute::text("streetAddress"),
            Attribute::text("locality"),
            Attribute::text("region"),
            Attribute::text("postalCode"),
            Attribute::text("country"),
            Attribute::text("type"),
            Attribute::new("primary", Kind::Boolean),
        ],
    )
    .multi(),
    Attribute::complex("groups", PLURAL).multi().read_only(),
    Attribute::complex("entitlements", PLURAL).multi(),
    Attribute::complex("roles", PLURAL).multi(),
    Attribute::complex(
        "x509Certificates",
        &[
            Attribute::new("value", Kind::Binary),
            Attribute::text("display"),
            Attribute::text("type"),
            Attribute::new("primary", Kind::Boolean),
        ],
    )
    .multi(),
];

const ENTERPRISE_ATTRIBUTES: &[Attribute] = &[
    Attribute::text("employeeNumber"),
    Attribute::text("costCenter"),
    Attribute::text("organization"),
    Attribute::text("division"),
    Attribute::text("department"),
    Attribute::complex(
        "manager",
        &[Attribute::text("value"), Attribute::new("$ref", Kind::Reference), Attribute::text("displayName").read_only()],
    ),
];

const GROUP_ATTRIBUTES: &[Attribute] = &[
    Attribute::text("displayName").required(),
    Attribute::complex(
        "members",
        &[Attribute::text("value"), Attribute::new("$ref", Kind::Reference), Attribute::text("type"), Attribute::text("display")],
    )
    .multi(),
];

/// What every resource has (RFC 7643, section 3.1).
const COMMON_ATTRIBUTES: &[Attribute] = &[
    Attribute::text("schemas").multi().required().exact(),
    Attribute::text("id").read_only().exact(),
    Attribute::text("externalId").exact(),
    META,
];

/// A kind of resource and its schemas (RFC 7643, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourceType {
    User,
    Group,
}

impl ResourceType {
    pub(super) const ALL: [Self; 2] = [Self::User, Self::Group];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Self::User => "User Account",
            Self::Group => "Group",
        }
    }

    pub(super) fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    pub(super) fn schema(self) -> &'static str {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
        }
    }

    pub(super) fn extension(self) -> Option<&'static str> {
        match self {
            Self::User => Some(ENTERPRISE_USER),
            Self::Group => None,
        }
    }

    /// The attributes of a schema, this type's own or its extension's.
    pub(super) fn attributes(self, schema: &str) -> &'static [Attribute] {
        match self {
            Self::User if schema == ENTERPRISE_USER => ENTERPRISE_ATTRIBUTES,
            Self::User => USER_ATTRIBUTES,
            Self::Group => GROUP_ATTRIBUTES,
        }
    }

    /// An attribute of the core schema, or one that every resource has.
    pub(super) fn core(self, name: &str) -> Option<&'static Attribute> {
        named(self.attributes(self.schema()), name).or_else(|| named(COMMON_ATTRIBUTES, name))
    }
}

/// The documents of `/Schemas` (RFC 7643, section 7).
pub(super) fn documents(base: &str) -> Vec<Value> {
    let document = |id: &str, name: &str, attributes: &'static [Attribute]| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": name,
            "attributes": attributes.iter().map(described).collect::<Vec<_>>(),
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    vec![
        document(USER, "User", USER_ATTRIBUTES),
        document(GROUP, "Group", GROUP_ATTRIBUTES),
        document(ENTERPRISE_USER, "Enterprise User", ENTERPRISE_ATTRIBUTES),
    ]
}

fn described(attribute: &Attribute) -> Value {
    let kind = match attribute.kind {
        Kind::Text => "string",
        Kind::Boolean => "boolean",
        Kind::DateTime => "dateTime",
        Kind::Reference => "reference",
        Kind::Binary => "binary",
        Kind::Complex(_) => "complex",
    };
    let mutability = match (attribute.read_only, attribute.write_only) {
        (true, _) => "readOnly",
        (false, true) => "writeOnly",
        (false, false) => "readWrite",
    };
    let mut value = json!({
        "name": attribute.name,
        "type": kind,
        "multiValued": attribute.multi_valued,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": mutability,
        "returned": if attribute.write_only { "never" } else { "default" },
        "uniqueness": if attribute.unique { "server" } else { "none" },
    });
    if let Kind::Complex(parts) = attribute.kind {
        value["subAttributes"] = parts.iter().map(described).collect();
    }
    value
}
