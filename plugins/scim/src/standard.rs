//! The user of RFC 7643, sections 4.1 and 4.3: what a server has that does not say what it has.

use crate::schema::{Definition, Kind};

/// The core schema of users.
pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The enterprise extension.
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The message of a PATCH.
pub(crate) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// All attributes of a standard user.
pub(crate) fn definitions() -> Vec<Definition> {
    let mut all = vec![
        Definition { required: true, uniqueness: "server".to_owned(), ..text("userName") },
        Definition { case_exact: true, ..text("externalId") },
        complex("name", &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]),
    ];
    all.extend(["displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"].map(text));
    all.push(Definition { kind: Kind::Reference, ..text("profileUrl") });
    all.push(Definition { mutability: "writeOnly".to_owned(), returned: "never".to_owned(), ..text("password") });
    for name in ["emails", "phoneNumbers", "ims", "photos", "entitlements", "roles", "x509Certificates"] {
        let mut attribute = Definition { multi_valued: true, ..complex(name, &["value", "display"]) };
        attribute.sub_attributes[0].kind = match name {
            "photos" => Kind::Reference,
            "x509Certificates" => Kind::Binary,
            _ => Kind::String,
        };
        all.push(attribute);
    }
    let address = ["formatted", "streetAddress", "locality", "region", "postalCode", "country"];
    all.push(Definition { multi_valued: true, ..complex("addresses", &address) });

    let mut manager = complex("manager", &["value", "displayName"]);
    manager.sub_attributes[1].mutability = "readOnly".to_owned();
    let enterprise = ["employeeNumber", "costCenter", "organization", "division", "department"].map(text);
    for attribute in enterprise.into_iter().chain([manager]) {
        all.push(Definition { extension: Some(ENTERPRISE.to_owned()), ..attribute });
    }
    all
}

fn text(name: &str) -> Definition {
    Definition { name: name.to_owned(), ..Definition::default() }
}

fn complex(name: &str, parts: &[&str]) -> Definition {
    Definition { kind: Kind::Complex, sub_attributes: parts.iter().map(|part| text(part)).collect(), ..text(name) }
}
