use super::*;

#[test]
fn what_is_asked_for_is_told_in_plain_words() {
    let manifest = Manifest::parse(
        r#"manifest = 1
name = "crm"
version = "0.1.0"
publisher = "innkeeper"
description = "A CRM"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://crm.example"
hosts = [{ url = "https://crm.example", methods = ["GET"] }]
[credentials.default]
schemes = ["service-account", "bearer"]
description = "A service account's key, with domain-wide delegation"
token-url = "https://token.crm.example"
[[credentials.default.scopes]]
scope = "crm.users"
for = ["accounts", "sessions"]
[[credentials.default.scopes]]
scope = "crm.groups"
for = ["entitlements"]
[[credentials.default.scopes]]
scope = "crm.members"
for = ["entitlements"]
[credentials.export]
schemes = ["bearer"]
description = "A token for the export"
[entitlements]
group = "Groups of people"
[limits]
memory-mb = 512
[configuration]
type = "object"
"#,
    );
    insta::assert_snapshot!(everything(&manifest.expect("a manifest")));
}
