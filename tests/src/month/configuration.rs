//! What Innkeeper is told about the company.

use std::fmt::Write as _;

use innkeeper_fakes::google::service_account_key;

use super::{DEPARTMENTS, DOMAIN, EVERYBODY, LICENCE, LICENCES, Month};

/// The name of the file with Google's key.
const GOOGLE_KEY: &str = "google-key.json";

impl Month {
    /// The files of the configuration: name and content. Keys lie beside it as a secret store would have them.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let key = service_account_key(self.google.base_url()).to_string();
        vec![("innkeeper.toml", self.systems()), ("roles.toml", roles()), (GOOGLE_KEY, key)]
    }

    /// The environment variables with the other secrets.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            // BambooHR takes the key as the user name, with any password.
            ("BAMBOOHR_KEY", format!("{}:x", self.key)),
            ("SLACK_TOKEN", self.slack.with(|slack| slack.token().to_owned())),
            ("GITHUB_TOKEN", self.github.with(|github| github.token().to_owned())),
            ("DIRECTORY_TOKEN", self.directory.1.clone()),
        ]
    }

    /// The connectors that it needs, by the names of their folders in `plugins/`.
    #[must_use]
    pub fn connectors() -> [&'static str; 5] {
        ["bamboohr", "google-workspace", "slack", "github", "scim"]
    }

    fn systems(&self) -> String {
        let (hr, google, slack) = (self.hr.base_url(), self.google.base_url(), self.slack.base_url());
        let (github, directory) = (self.github.base_url(), &self.directory.0);
        let (product, sku) = LICENCE;
        format!(
            r#"# A month goes by within a few minutes: what the guard adds up over 24 hours is all that happens in it.
[guard]
max-percent = 40
[guard.delete]
max-count = 50
min-count = 5

# Everything is played on this machine, and answers at once: the vendors' rates would make hours of it.
[source.hr]
# A day of the month takes seconds.
vanish-after = "0s"
connector = "bamboohr@0.1"
config = {{ base-url = "{hr}" }}
credential.default = {{ env = "BAMBOOHR_KEY", scheme = "basic" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 1000, burst = 1000 }}

[app.google]
connector = "google-workspace@0.1"
config = {{ base-url = "{google}", licensing-url = "{google}", products = ["{product}/{sku}"], seats = {{ "{product}/{sku}" = {LICENCES} }} }}
credential.default = {{ file = "{GOOGLE_KEY}", scheme = "service-account", subject = "admin@{DOMAIN}" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 1000, burst = 1000 }}
mode = "enforce"
match = ["userName"]
leaver = {{ delete-after = "30d", transfer-to = "person.manager" }}

[app.google.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
title = "person.title"
department = "person.department"
orgUnitPath = "'/' + person.department"

[app.slack]
connector = "slack@0.1"
config = {{ base-url = "{slack}/api", scim-url = "{slack}/scim/v2" }}
credential.default = {{ env = "SLACK_TOKEN" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 1000, burst = 1000 }}
mode = "enforce"
needs = ["google"]
match = ["emails"]

[app.slack.account]
userName = {{ value = "replace(person.userName, '@{DOMAIN}', '')", strength = "initial" }}
emails = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
displayName = "person.name.givenName + ' ' + person.name.familyName"
title = "person.title"

[app.github]
connector = "github@0.1"
config = {{ organization = "acme", base-url = "{github}", graphql-url = "{github}/graphql", identity = "verified-domain-email" }}
credential.default = {{ env = "GITHUB_TOKEN" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 1000, burst = 1000 }}
mode = "enforce"
needs = ["google"]
match = ["emails"]

[app.github.account]
userName = {{ value = "person.userName", strength = "initial" }}
emails = {{ value = "person.userName", strength = "initial" }}
role = {{ value = "'member'", strength = "initial" }}

[app.directory]
connector = "scim@0.1"
config = {{ base-url = "{directory}" }}
credential.default = {{ env = "DIRECTORY_TOKEN" }}
networks = ["127.0.0.0/8"]
mode = "enforce"
match = ["userName"]
leaver = {{ delete-after = "30d" }}

[app.directory.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
emails = "person.userName"
title = "person.title"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "person.department"
"#
        )
    }
}

fn roles() -> String {
    let mut text = format!(
        r#"[role.everybody]
when = "true"
grants = ["google:group/{EVERYBODY}", "slack", "directory"]

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["github:team/engineering", "github:copilot/seat"]

[role.seller]
when = "person.department == 'Sales'"
grants = ["google:licence/{}/{}"]
"#,
        LICENCE.0, LICENCE.1
    );
    for (department, ..) in DEPARTMENTS {
        let name = department.to_lowercase();
        write!(
            text,
            "\n[role.{name}-department]\nwhen = \"person.department == '{department}'\"\ngrants = [\"google:group/{name}@{DOMAIN}\", \
             \"slack:usergroup/{name}\"]\n"
        )
        .expect("a string can be written to");
    }
    text
}
