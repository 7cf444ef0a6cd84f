//! Credentials that are exchanged for access tokens.

use super::fixture::{lines, load, problems, render};
use crate::{ClientAuthentication, CredentialReference, CredentialScheme, OauthClient};
use innkeeper_domain::AppName;
use insta::assert_snapshot;

/// The only problem of a credential.
fn credential(text: &str) -> String {
    let text = format!("[app.x]\nconnector = \"scim\"\ncredential.default = {{ {text} }}\n");
    let found = lines(&problems(&text));
    assert_eq!(found.len(), 1, "one problem in:\n{text}\nand not {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn every_scheme_is_read_as_written() {
    let configuration = load(
        r#"
[app.x]
connector = "scim"
credential.google = { file = "key.json", scheme = "service-account", subject = "admin@acme.example", scopes = ["a", "b"] }
credential.bare = { secret = "key", scheme = "service-account" }
credential.okta = { secret = "okta", scheme = "oauth-client", client-id = "0oa1", token-url = "https://acme.okta.example/token" }
credential.github = { secret = "pem", scheme = "github-app", app-id = 4711, installation-id = 5_000_000_000 }
credential.ghec = { secret = "pem", scheme = "github-app", app-id = "Iv23li", installation-id = "42" }
[app.x.credential.slack]
secret = "slack-refresh"
scheme = "oauth-refresh"
client-id = "12.34"
client-secret = { env = "SLACK_CLIENT_SECRET" }
client-auth = "body"
scopes = ["users:read"]
token-url = "http://localhost:8080/api/oauth.v2.access"
"#,
    );
    let app = configuration.app(&AppName::from("x")).expect("it is configured");
    let scheme = |slot: &str| app.connection().expect("it has a connector").credentials[slot].scheme.clone();
    let url = |text: &str| Some(text.parse().expect("a URL"));
    let client = |id: &str, authentication| OauthClient { id: id.to_owned(), authentication };
    let google = CredentialScheme::ServiceAccount {
        subject: Some("admin@acme.example".to_owned()),
        scopes: vec!["a".to_owned(), "b".to_owned()],
        token_url: None,
    };
    assert_eq!(scheme("google"), google);
    assert_eq!(scheme("bare"), CredentialScheme::ServiceAccount { subject: None, scopes: vec![], token_url: None });
    let okta = CredentialScheme::OauthClient {
        client: client("0oa1", ClientAuthentication::Basic),
        scopes: vec![],
        token_url: url("https://acme.okta.example/token"),
    };
    assert_eq!(scheme("okta"), okta);
    let slack = CredentialScheme::OauthRefresh {
        client: client("12.34", ClientAuthentication::Body),
        client_secret: Some(CredentialReference::Environment("SLACK_CLIENT_SECRET".to_owned())),
        scopes: vec!["users:read".to_owned()],
        token_url: url("http://localhost:8080/api/oauth.v2.access"),
    };
    assert_eq!(scheme("slack"), slack);
    let github = |app_id: &str, installation_id| CredentialScheme::GithubApp { app_id: app_id.to_owned(), installation_id };
    assert_eq!((scheme("github"), scheme("ghec")), (github("4711", 5_000_000_000), github("Iv23li", 42)));
}

#[test]
fn a_service_account_acts_for_a_user() {
    assert!(credential("secret = \"a\", scheme = \"service-acount\"").ends_with("did you mean `service-account`?"));
    let account = |text: &str| credential(&format!("secret = \"a\", scheme = \"service-account\", {text}"));
    assert!(account("subject = \"admin\"").contains("is not a user's address"));
    assert!(account("client-id = \"c\"").contains("belongs to the schemes `oauth-client` and `oauth-refresh`"));
}

#[test]
fn an_oauth_client_has_an_id_and_perhaps_scopes_and_an_endpoint() {
    assert!(credential("secret = \"a\", scheme = \"oauth-client\"").contains("needs `client-id`"));
    let client = |text: &str| credential(&format!("secret = \"a\", scheme = \"oauth-client\", client-id = \"c\", {text}"));
    assert!(client("client-secret = { secret = \"b\" }").ends_with("is the credential itself: `secret = \"NAME\"`"));
    assert!(client("client-auth = \"boddy\"").ends_with("did you mean `body`?"));
    assert!(client("scopes = []").contains("`scopes` names none"));
    assert!(client("scopes = [\"a b\"]").contains("`a b` is not one scope"));
    assert!(client("token-url = \"idp.example\"").contains("`idp.example` is not a URL"));
    assert!(client("token-url = \"http://idp.example\"").contains("only sent by https"));
    assert!(client("token-url = \"https://idp.example/#x\"").contains("no fragment"));
    assert!(client("installation-id = 3").contains("belongs to the scheme `github-app`"));
}

#[test]
fn a_refresh_token_is_in_the_store() {
    let refresh = |text: &str| credential(&format!("scheme = \"oauth-refresh\", client-id = \"c\", {text}"));
    assert!(refresh("env = \"A\"").contains("a refresh token is kept in innkeeper's own store"));
    assert!(refresh("file = \"a\"").contains("a refresh token is kept in innkeeper's own store"));
    assert!(refresh("secret = \"a\", client-secret = {}").contains("the client's secret does not say where it is"));
    assert!(refresh("secret = \"a\", client-secret = { secret = \"a\", nam = 1 }").contains("a client-secret has no `nam`"));
}

#[test]
fn a_github_app_has_two_numbers() {
    let github = |text: &str| credential(&format!("secret = \"a\", scheme = \"github-app\", {text}"));
    assert!(github("app-id = 1").contains("needs `installation-id`"));
    assert!(github("installation-id = 1").contains("needs `app-id`"));
    assert!(github("app-id = 1, installation-id = \"acme\"").contains("`installation-id` is a whole number"));
    assert!(github("app-id = -1, installation-id = 1").contains("`app-id` is a whole number"));
}

#[test]
fn secrets_in_the_keys_of_a_token_endpoint_are_not_shown() {
    let text = "[app.mail]\nconnector = \"scim\"\n[app.mail.credential.default]\nsecret = \"mail-refresh\"\n\
                scheme = \"oauth-refresh\"\nclient-id = \"innkeeper\"\nclient-secret = \"s3cr3t\"\n\
                token-url = \"https://innkeeper:s3cr3t@idp.example/token\"\nrefresh-token = \"s3cr3t\"\n";
    let shown = render(&problems(text));
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_snapshot!(shown);
}

#[test]
fn a_github_app_without_its_numbers() {
    assert_snapshot!(render(&problems(
        "[app.github]\nconnector = \"github\"\ncredential.default = { secret = \"github-key\", scheme = \"github-app\", app = 3 }\n"
    )));
}

#[test]
fn a_refresh_token_that_cannot_be_written_to() {
    assert_snapshot!(render(&problems(
        "[app.slack]\nconnector = \"slack\"\n\
         credential.default = { env = \"SLACK\", scheme = \"oauth-refresh\", client-id = \"12.34\", subject = \"ada@acme.example\" }\n"
    )));
}
