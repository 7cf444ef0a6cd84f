//! The user of RFC 7643, sections 4.1 and 4.3: what a server has that does not say what it has.

use crate::definition::{Definition, Kind};
use crate::schema::split;

/// The core schema of users.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The message of a PATCH.
pub(crate) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// All attributes of a standard user.
pub(crate) fn definitions() -> Vec<Definition> {
    let mut all = vec![
        Definition::text("userName").required().unique(),
        Definition::text("externalId").case_exact(),
        Definition::complex(
            "name",
            &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"],
        ),
    ];
    all.extend(["displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"].map(Definition::text));
    all.push(Definition::of("profileUrl", Kind::Reference));
    all.push(Definition::text("password").write_only());
    for name in ["emails", "phoneNumbers", "ims", "photos", "entitlements", "roles", "x509Certificates"] {
        let mut attribute = Definition::complex(name, &["value", "display"]).multi_valued();
        attribute.sub_attributes[0].kind = match name {
            "photos" => Kind::Reference,
            "x509Certificates" => Kind::Binary,
            _ => Kind::String,
        };
        all.push(attribute);
    }
    let address = ["formatted", "streetAddress", "locality", "region", "postalCode", "country"];
    all.push(Definition::complex("addresses", &address).multi_valued());

    let mut manager = Definition::complex("manager", &["value", "displayName"]);
    manager.sub_attributes[1].mutability = "readOnly".to_owned();
    let enterprise = ["employeeNumber", "costCenter", "organization", "division", "department"].map(Definition::text);
    for attribute in enterprise.into_iter().chain([manager]) {
        all.push(attribute.in_extension(ENTERPRISE));
    }
    all
}

/// Standard attributes by their paths: `name` with all its parts, `name.givenName` with this one alone, `emails`,
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
///
/// # Panics
/// For a path that the standard does not have: a mistake in the connector, which its first test sees.
pub fn standard(paths: &[&str]) -> Vec<Definition> {
    let all = definitions();
    let mut chosen: Vec<Definition> = Vec::new();
    for path in paths {
        let (urn, attribute, part) = split(path);
        let is_it = |definition: &Definition| definition.name == attribute && definition.extension.as_deref() == urn;
        let found = all.iter().find(|definition| is_it(definition));
        let mut definition = found.unwrap_or_else(|| panic!("the standard has no attribute `{path}`")).clone();
        if let Some(part) = part {
            definition.sub_attributes.retain(|other| other.name == part);
            assert!(!definition.sub_attributes.is_empty(), "the standard has no attribute `{path}`");
        }
        match chosen.iter_mut().find(|other| is_it(other)) {
            Some(other) => other.sub_attributes.append(&mut definition.sub_attributes),
            None => chosen.push(definition),
        }
    }
    chosen
}
