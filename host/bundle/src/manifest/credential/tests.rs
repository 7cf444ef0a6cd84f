use super::*;
use crate::Manifest;

const GOOD: &str = r#"manifest = 1
name = "google-workspace"
version = "0.1.0"
publisher = "innkeeper"
description = "Google Workspace"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://admin.googleapis.com"
hosts = [{ url = "https://admin.googleapis.com", methods = ["GET"] }]

[credentials.default]
schemes = ["service-account", "oauth-client", "oauth-refresh", "github-app", "bearer", "header"]
header = "X-Key"
description = "A service account's key"
token-url = "https://{site}.example.com/token"

[[credentials.default.scopes]]
scope = "https://www.googleapis.com/auth/admin.directory.user"
for = ["accounts", "sessions"]

[[credentials.default.scopes]]
scope = "https://www.googleapis.com/auth/admin.directory.group"
for = ["entitlements"]

[configuration]
type = "object"
required = ["site"]
properties.site.type = "string"
"#;

/// What is wrong with the manifest where one text is in place of another.
fn broken(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    Manifest::parse(&GOOD.replacen(old, new, 1)).expect_err(new).to_string()
}

#[test]
fn schemes_token_url_and_scopes_are_read() {
    let manifest = Manifest::parse(GOOD).expect("good");
    let credential = &manifest.credentials["default"];
    let schemes = credential.schemes.iter().map(Scheme::to_string).collect::<Vec<_>>();
    assert_eq!(schemes, ["service-account", "oauth-client", "oauth-refresh", "github-app", "bearer", "header"]);
    let url = credential.token_url.as_ref().expect("there").fill(&serde_json::json!({ "site": "acme" }));
    assert_eq!(url.expect("fillable").as_str(), "https://acme.example.com/token");
    let (user, group) =
        ("https://www.googleapis.com/auth/admin.directory.user", "https://www.googleapis.com/auth/admin.directory.group");
    assert_eq!(credential.scopes().collect::<Vec<_>>(), [user, group]);
    let wanted = [(Interface::Accounts, vec![user]), (Interface::Entitlements, vec![group]), (Interface::Sessions, vec![user])];
    assert_eq!(credential.scopes_by_interface(), BTreeMap::from(wanted));
}

#[test]
fn mistakes_in_credentials_are_shown_where_they_are() {
    let all_schemes = "[\"service-account\", \"oauth-client\", \"oauth-refresh\", \"github-app\", \"bearer\", \"header\"]";
    let messages = [
        broken("\"github-app\"", "\"gitlab-app\""),
        broken(all_schemes, "[]"),
        broken(all_schemes, "[\"service-account\"]"),
        broken(all_schemes, "[\"bearer\", \"header\", \"github-app\"]"),
        broken("token-url", "token-uri"),
        broken("https://{site}.example.com/token", "http://example.com/token"),
        broken("https://{site}.example.com/token", "https://{region}.example.com/token"),
        broken("[\"accounts\", \"sessions\"]", "[\"account\"]"),
        broken("[\"accounts\", \"sessions\"]", "[]"),
        broken("for = [\"entitlements\"]", ""),
        broken("admin.directory.user", "admin.directory user"),
        broken("admin.directory.group", "admin.directory.user"),
        broken("scope = \"https", "name = \"https"),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}
