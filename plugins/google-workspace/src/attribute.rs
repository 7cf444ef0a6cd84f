//! The attributes of a user: what they are called in SCIM, and where they are in Google's JSON.

use crate::typed::{self, Typed};
use crate::user::{Object, objects, strings};
use innkeeper_sdk::types::{Attribute as Read, AttributeSchema, AttributeType, Mutability, Scalar, Value};
use serde_json::Value as Json;

/// Where an attribute is in a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A text, or a text in an object.
    Text(&'static [&'static str]),
    /// A point in time.
    Time(&'static str),
    /// True or false.
    Flag(&'static str),
    /// A part of the primary organisation.
    Organization(&'static str),
    /// The one entry of this type in an array, others being of other types: who the manager is, the employee number.
    Entry { array: &'static str, kind: &'static str },
    /// All entries of an array, with their types as labels.
    Typed(Typed),
    /// Addresses beside the primary one, which have requests of their own.
    Aliases,
}

/// One attribute.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) field: Field,
    pub(crate) rule: Rule,
    description: &'static str,
}

/// What may be done with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Every user has one, and no two users the same.
    Unique,
    /// Every user has one.
    Required,
    Optional,
    /// Google's to say.
    ReadOnly,
    /// Every user has one; Google takes the highest where none is said.
    Always,
}

/// The attribute that is the unique name.
pub(crate) const USER_NAME: &str = "userName";
pub(crate) const ALIASES: &str = "aliases";
pub(crate) const EMAILS: &str = "emails";
pub(crate) const ORG_UNIT: &str = "orgUnitPath";

macro_rules! enterprise {
    ($name:literal) => {
        concat!("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:", $name)
    };
}
pub(crate) const EMPLOYEE_NUMBER: &str = enterprise!("employeeNumber");

const fn attribute(name: &'static str, field: Field, rule: Rule, description: &'static str) -> Attribute {
    Attribute { name, field, rule, description }
}

/// All attributes, those that a person reads first in front.
pub(crate) static ALL: &[Attribute] = &[
    attribute(USER_NAME, Field::Text(&["primaryEmail"]), Rule::Unique, "The primary address, with which the user signs in"),
    attribute("name.givenName", Field::Text(&["name", "givenName"]), Rule::Required, "At most 60 characters"),
    attribute("name.familyName", Field::Text(&["name", "familyName"]), Rule::Required, "At most 60 characters"),
    attribute(
        "name.formatted",
        Field::Text(&["name", "fullName"]),
        Rule::ReadOnly,
        "Given and family name, as Google joins them",
    ),
    attribute("displayName", Field::Text(&["name", "displayName"]), Rule::Optional, "At most 256 characters"),
    attribute(ORG_UNIT, Field::Text(&["orgUnitPath"]), Rule::Always, "The organisational unit, such as /Engineering/Backend"),
    attribute(ALIASES, Field::Aliases, Rule::Optional, "Other addresses at which mail arrives"),
    attribute(
        EMAILS,
        Field::Typed(typed::EMAILS),
        Rule::Optional,
        "Addresses elsewhere; the primary one is userName, and aliases are aliases",
    ),
    attribute("phoneNumbers", Field::Typed(typed::PHONES), Rule::Optional, "Telephone numbers"),
    attribute("title", Field::Organization("title"), Rule::Optional, "In the primary organisation"),
    attribute(enterprise!("department"), Field::Organization("department"), Rule::Optional, "In the primary organisation"),
    attribute(enterprise!("costCenter"), Field::Organization("costCenter"), Rule::Optional, "In the primary organisation"),
    attribute(enterprise!("organization"), Field::Organization("name"), Rule::Optional, "The primary organisation's name"),
    attribute(
        enterprise!("manager"),
        Field::Entry { array: "relations", kind: "manager" },
        Rule::Optional,
        "The manager's address: Google keeps no id here",
    ),
    attribute(
        EMPLOYEE_NUMBER,
        Field::Entry { array: "externalIds", kind: "organization" },
        Rule::Optional,
        "The external id of the type organization",
    ),
    attribute("recoveryEmail", Field::Text(&["recoveryEmail"]), Rule::Optional, "Where the user recovers a lost password"),
    attribute("recoveryPhone", Field::Text(&["recoveryPhone"]), Rule::Optional, "In the form of E.164, such as +16506661212"),
    attribute(
        "includeInGlobalAddressList",
        Field::Flag("includeInGlobalAddressList"),
        Rule::Optional,
        "Whether colleagues find the user in the address list",
    ),
    attribute(
        "suspensionReason",
        Field::Text(&["suspensionReason"]),
        Rule::ReadOnly,
        "Whether an admin or Google suspended the user",
    ),
    attribute("archived", Field::Flag("archived"), Rule::ReadOnly, "Whether the user is archived"),
    attribute("isAdmin", Field::Flag("isAdmin"), Rule::ReadOnly, "Whether the user is a super administrator"),
    attribute("isDelegatedAdmin", Field::Flag("isDelegatedAdmin"), Rule::ReadOnly, "Whether the user has another admin role"),
    attribute("isEnrolledIn2Sv", Field::Flag("isEnrolledIn2Sv"), Rule::ReadOnly, "Whether the user has a second factor"),
    attribute("lastLoginTime", Field::Time("lastLoginTime"), Rule::ReadOnly, "The last sign-in"),
    attribute("creationTime", Field::Time("creationTime"), Rule::ReadOnly, "When the user was made"),
    attribute("deletionTime", Field::Time("deletionTime"), Rule::ReadOnly, "When the user was deleted"),
];

/// The attribute of this name, in any case (RFC 7643, section 2.1).
pub(crate) fn find(name: &str) -> Option<&'static Attribute> {
    ALL.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// What Google says of somebody who never signed in.
const NEVER: &str = "1970-01-01T00:00:00.000Z";

impl Attribute {
    /// Whether a user can have several values.
    pub(crate) fn is_multi_valued(&self) -> bool {
        matches!(self.field, Field::Typed(_) | Field::Aliases)
    }

    pub(crate) fn schema(&self) -> AttributeSchema {
        let kind = match self.field {
            Field::Flag(_) => AttributeType::Boolean,
            Field::Time(_) => AttributeType::DateTime,
            _ => AttributeType::Text,
        };
        let mut schema = AttributeSchema::new(self.name, kind);
        schema.description = Some(self.description.to_owned());
        schema.multi_valued = self.is_multi_valued();
        // Identifiers from elsewhere, and paths that other systems may write so.
        schema.case_exact = self.name == EMPLOYEE_NUMBER;
        match self.rule {
            Rule::Unique => schema.required().unique(),
            Rule::Required => schema.required(),
            Rule::ReadOnly => Self::read_only(schema),
            Rule::Optional | Rule::Always => schema,
        }
    }

    fn read_only(mut schema: AttributeSchema) -> AttributeSchema {
        schema.mutability = Mutability::ReadOnly;
        schema
    }

    /// The attribute as a user has it. What Google does not send is empty: it sends all that there is.
    pub(crate) fn read(&self, user: &Object) -> Read {
        Read::new(self.name, self.values(user))
    }

    /// The values that a user has.
    pub(crate) fn values(&self, user: &Object) -> Vec<Value> {
        let one = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Value::text).into_iter().collect();
        match self.field {
            Field::Text(path) => one(text_at(user, path)),
            Field::Time(name) => {
                let time = user.get(name).and_then(Json::as_str).filter(|time| !time.is_empty() && *time != NEVER);
                time.map(|time| Value::new(Scalar::DateTime(time.to_owned()))).into_iter().collect()
            }
            Field::Flag(name) => {
                let flag = user.get(name).and_then(Json::as_bool);
                flag.map(|flag| Value::new(Scalar::Boolean(flag))).into_iter().collect()
            }
            Field::Organization(part) => {
                let all = objects(user, "organizations");
                one(primary(&all).and_then(|position| all[position].get(part)).and_then(Json::as_str))
            }
            Field::Entry { array, kind } => {
                let all = objects(user, array);
                one(all.iter().find(|entry| is_of(entry, kind)).and_then(|entry| entry.get("value")).and_then(Json::as_str))
            }
            Field::Typed(typed) => typed.values(user),
            Field::Aliases => strings(user, "aliases").into_iter().map(Value::text).collect(),
        }
    }
}

fn text_at<'a>(user: &'a Object, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(user.get(*first)?, |value, name| value.get(*name))?.as_str()
}

/// Where the organisation is that counts: the primary one, or the first.
pub(crate) fn primary(organizations: &[Object]) -> Option<usize> {
    let is_primary = |entry: &Object| entry.get("primary").and_then(Json::as_bool).unwrap_or_default();
    organizations.iter().position(is_primary).or((!organizations.is_empty()).then_some(0))
}

/// Whether an entry of an array is of this type.
pub(crate) fn is_of(entry: &Object, kind: &str) -> bool {
    entry.get("type").and_then(Json::as_str).is_some_and(|text| text.eq_ignore_ascii_case(kind))
}
