//! A configuration for a company on one SCIM server, and what the server needs before.

use std::fmt::Write as _;

use crate::company::DEPARTMENTS;

/// The variable in which runs of the program find the server's token.
pub const TOKEN: &str = "SCIM_TOKEN";
/// The app's name.
pub const APP: &str = "directory";
/// The group that everybody is in.
pub const EVERYBODY: &str = "Everybody";

/// The names of the groups that the roles of [`configuration`] give. They have to be there: a group is not made by a grant.
#[must_use]
pub fn groups() -> Vec<&'static str> {
    std::iter::once(EVERYBODY).chain(DEPARTMENTS.iter().map(|(name, ..)| *name)).collect()
}

/// `innkeeper.toml`: people from `people.csv`, one app named [`APP`] on this server, a role for everybody and one a department.
#[must_use]
pub fn configuration(base_url: &str) -> String {
    let mut text = format!(
        r#"[source.hr]
connector = "csv"
path = "people.csv"
# Tests do not wait a day.
vanish-after = "0s"

[app.{APP}]
connector = "scim@0.1"
config = {{ base-url = "{base_url}" }}
credential.default = {{ env = "{TOKEN}" }}
networks = ["127.0.0.0/8"]
mode = "enforce"
match = ["userName"]
leaver = {{ delete-after = "30d" }}

[app.{APP}.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
displayName = "person.displayName"
emails = "person.emails"
title = "person.title"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber" = "person.employeeNumber"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "person.department"

[role.everybody]
when = "true"
grants = ["{APP}:group/{EVERYBODY}"]
"#
    );
    for (department, ..) in DEPARTMENTS {
        let role = department.to_lowercase();
        write!(
            text,
            "\n[role.{role}]\nwhen = \"person.department == '{department}'\"\ngrants = [\"{APP}:group/{department}\"]\n"
        )
        .expect("a string can be written to");
    }
    text
}
