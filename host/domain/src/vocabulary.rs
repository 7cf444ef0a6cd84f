//! The attributes of a person that have a name in SCIM, by the names that people use: without a schema's URN.

/// Single-valued attributes of RFC 7643, sections 3.1, 4.1.1 and 4.3, and the two dates beside them.
pub const SINGLE_VALUED: &[&str] = &[
    "id",
    "externalId",
    "userName",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "manager",
    "startDate",
    "endDate",
];

/// Multi-valued attributes of RFC 7643, section 4.1.2: always lists in expressions.
pub const MULTI_VALUED: &[&str] =
    &["emails", "phoneNumbers", "ims", "photos", "groups", "entitlements", "roles", "x509Certificates"];

/// Attributes with sub-attributes, RFC 7643, sections 4.1.1 and 4.1.2.
pub const COMPLEX: &[(&str, &[&str])] = &[
    ("name", &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]),
    ("addresses", &["formatted", "streetAddress", "locality", "region", "postalCode", "country", "type"]),
];
