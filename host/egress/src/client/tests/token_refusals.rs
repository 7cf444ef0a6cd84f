//! What a token endpoint can do wrong, or say no to.

use super::token_server::{
    Answer, Asked, PKCS8, Safe, Stage, key_file, open, pem, runtime_passes, shown, stored, token, verified,
};
use super::*;
use crate::{ClientAuthentication, EgressError, GithubApp, OauthClient, OauthRefresh, ServiceAccount, SetupError};
use axum::routing::post;
use serde_json::json;
use std::io::Write;
use url::Url;

fn url(text: &str) -> Url {
    text.parse().expect("a URL")
}

fn oauth_client(token_url: &str) -> OauthClient {
    OauthClient {
        secret: stored("key"),
        client_id: "innkeeper".into(),
        client_auth: ClientAuthentication::Basic,
        token_url: url(token_url),
        scopes: vec!["users.read".into()],
    }
}

fn service_account(subject: Option<&str>) -> ServiceAccount {
    ServiceAccount {
        secret: stored("key"),
        subject: subject.map(str::to_owned),
        scopes: vec!["https://scopes.example/users".into(), "https://scopes.example/groups".into()],
        token_url: None,
    }
}

fn refresh(token_url: &str) -> OauthRefresh {
    OauthRefresh {
        secret: stored("key"),
        client_id: "innkeeper".into(),
        client_secret: None,
        client_auth: ClientAuthentication::Basic,
        token_url: url(token_url),
        scopes: vec![],
    }
}

fn oauth_error(error: &str, description: &str) -> Answer {
    (StatusCode::BAD_REQUEST, json!({ "error": error, "error_description": description }).to_string())
}

/// The error of a request whose token endpoint answers this.
async fn refused(credential: impl Fn(&str) -> Credential, secret: impl Fn(&str) -> String, answer: Answer) -> String {
    let stage = Stage::new(move |_: Asked| answer.clone()).await;
    let url = stage.idp.url("/token");
    let client = stage.client(credential(&url), Safe::with("key", &secret(&url)));
    let error = client.send(get_request("/")).await.expect_err("no token");
    assert_eq!((error.sent(), error.code()), (false, Code::NoCredential), "{error}");
    assert!(stage.api.seen().is_empty());
    shown(&error, &[&stage.idp])
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    let google = |subject: Option<&'static str>| move |_: &str| Credential::ServiceAccount(service_account(subject));
    let admin = Some("admin@acme.example");
    let client = |url: &str| Credential::OauthClient(oauth_client(url));
    let refresh_token = |url: &str| Credential::OauthRefresh(refresh(url));
    let plain = |_: &str| TOKEN.to_owned();
    let unauthorized = oauth_error("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method.");
    let refusals = [
        refused(google(admin), key_file, unauthorized.clone()).await,
        refused(google(None), key_file, unauthorized).await,
        refused(google(admin), key_file, oauth_error("invalid_grant", "Invalid email or User ID")).await,
        refused(google(None), key_file, oauth_error("invalid_grant", "Invalid JWT Signature.")).await,
        refused(google(admin), key_file, oauth_error("invalid_scope", "Some requested scopes were invalid.")).await,
        refused(client, plain, oauth_error("invalid_client", "Client authentication failed")).await,
        refused(client, plain, (StatusCode::UNAUTHORIZED, String::new())).await,
        refused(client, plain, oauth_error("unauthorized_client", "")).await,
        refused(client, plain, oauth_error("invalid_scope", "no")).await,
        refused(client, plain, (StatusCode::NOT_FOUND, "<html>".into())).await,
        refused(client, plain, (StatusCode::OK, "<html>".into())).await,
        refused(refresh_token, plain, oauth_error("invalid_grant", "Token has been expired or revoked.")).await,
        refused(refresh_token, plain, (StatusCode::OK, json!({ "ok": false, "error": "invalid_refresh_token" }).to_string()))
            .await,
        refused(refresh_token, plain, oauth_error("invalid_client", "Unauthorized")).await,
        refused(client, plain, oauth_error("something_new", "line\nbreak \u{1b}[31m")).await,
    ];
    insta::assert_snapshot!(refusals.join("\n\n"));
}

#[tokio::test]
async fn a_github_app_that_is_refused_says_what_to_do() {
    let mut refusals = Vec::new();
    for (status, message) in [
        (StatusCode::UNAUTHORIZED, "A JSON web token could not be decoded"),
        (StatusCode::NOT_FOUND, "Not Found"),
        (StatusCode::FORBIDDEN, "This installation has been suspended"),
    ] {
        let answer = async move || (status, json!({ "message": message, "status": status.as_u16().to_string() }).to_string());
        let server = Server::start(Router::new().fallback(post(answer))).await;
        let app = GithubApp { secret: stored("key"), app_id: "4711".into(), installation_id: 42 };
        let safe = Safe::with("key", &pem("PRIVATE KEY", PKCS8));
        let client = open(Credential::GithubApp(app), safe, policy(&[&server.url("")]), Options::default()).expect("a client");
        let error = client.send(get_request("/orgs/acme")).await.expect_err("no token");
        refusals.push(shown(&error, &[&server]));
    }
    insta::assert_snapshot!(refusals.join("\n\n"));
}

#[tokio::test]
async fn a_key_that_is_none_is_told_without_showing_it() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let key = |text: &str| key_file(&stage.idp.url("/token")).replace("BEGIN PRIVATE", text);
    let mut errors = Vec::new();
    for secret in [
        TOKEN.to_owned(),
        json!({ "type": "authorized_user", "refresh_token": TOKEN }).to_string(),
        json!({ "type": "service_account", "private_key": TOKEN }).to_string(),
        json!({ "client_email": "a@b.example", "private_key": TOKEN, "token_uri": "https://t.example" }).to_string(),
        key("BEGIN ENCRYPTED PRIVATE"),
        key_file("http://token.example/token"),
    ] {
        let client = stage.client(Credential::ServiceAccount(service_account(None)), Safe::with("key", &secret));
        let error = client.send(get_request("/")).await.expect_err("no key");
        assert_eq!((error.code(), stage.asked()), (Code::NoCredential, 0));
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        errors.push(error.to_string());
    }
    let app = GithubApp { secret: stored("key"), app_id: "4711".into(), installation_id: 42 };
    let client = stage.client(Credential::GithubApp(app), Safe::with("key", TOKEN));
    errors.push(client.send(get_request("/")).await.expect_err("no key").to_string());
    insta::assert_snapshot!(errors.join("\n\n"));
}

#[tokio::test]
async fn a_failure_that_may_pass_can_be_tried_again() {
    let stage = Stage::new(|_: Asked| (StatusCode::SERVICE_UNAVAILABLE, String::new())).await;
    let gone = stage.idp.url("/token").replace(&stage.idp.port().to_string(), "1");
    for token_url in [stage.idp.url("/token"), gone] {
        let client = stage.client(Credential::OauthClient(oauth_client(&token_url)), Safe::with("key", TOKEN));
        let error = client.send(Request::new(Method::Post, "/")).await.expect_err("no token");
        assert_eq!((error.code(), error.sent()), (Code::Connection, false), "{error}");
    }
    let busy = Router::new().fallback(post(async || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")], "")));
    let busy = Server::start(busy).await;
    let client = stage.client(Credential::OauthClient(oauth_client(&busy.url("/"))), Safe::with("key", TOKEN));
    for _ in 0..3 {
        let error = client.send(get_request("/")).await.expect_err("no token");
        let rest = error.retry_after().expect("the endpoint asked for a rest");
        assert!(rest > Duration::from_secs(25) && rest <= Duration::from_secs(30), "{error}: {rest:?}");
    }
    assert_eq!(busy.seen().len(), 1);
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_waited_and_the_endpoint_is_left_alone_for_a_while() {
    let stage = Stage::new(|asked: Asked| match asked.number {
        1 => oauth_error("invalid_client", "no"),
        number => token(number),
    })
    .await;
    let client = stage.client(Credential::OauthClient(oauth_client(&stage.idp.url("/token"))), Safe::with("key", TOKEN));
    let all = futures::future::join_all((0..20).map(|_| client.send(get_request("/")))).await;
    assert!(all.iter().all(Result::is_err));
    assert!(client.send(get_request("/")).await.is_err());
    assert_eq!(stage.asked(), 1);
    runtime_passes(Duration::from_secs(6)).await;
    assert_eq!(client.send(get_request("/")).await.expect("an answer").status, 200);
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn the_endpoint_is_reached_with_the_same_checks_as_the_system() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    // Only this one address is granted, and the endpoint has another one.
    let mut policy = policy(&[&stage.api.url("")]);
    policy.networks = vec!["127.0.0.1/32".parse().expect("a network")];
    let elsewhere = Credential::OauthClient(oauth_client("http://127.0.0.2:1/token"));
    let client = stage.client_with(elsewhere, Safe::with("key", TOKEN), policy, stage.options());
    let error = client.send(get_request("/")).await.expect_err("not granted");
    assert_eq!(error.code(), Code::NoCredential);
    assert!(error.to_string().contains("networks = [\"127.0.0.2/32\"]"), "{error}");

    let large = Server::start(Router::new().fallback(any(async || "x".repeat(70_000)))).await;
    let client = stage.client(Credential::OauthClient(oauth_client(&large.url("/"))), Safe::with("key", TOKEN));
    let error = client.send(get_request("/")).await.expect_err("too large");
    assert!(error.to_string().contains("more than 65536 bytes"), "{error}");
}

#[tokio::test]
async fn the_secret_does_not_follow_a_redirect() {
    let other = ok().await;
    for status in [StatusCode::TEMPORARY_REDIRECT, StatusCode::FOUND] {
        let location = other.url("/token");
        let redirect = async move || (status, [("location", location)]);
        let server = Server::start(Router::new().fallback(any(redirect))).await;
        let credential = Credential::OauthClient(oauth_client(&server.url("/token")));
        let client = open(credential, Safe::with("key", TOKEN), policy(&[&other.url("")]), Options::default());
        let error = client.expect("a client").send(get_request("/")).await.expect_err("a redirect");
        assert!(error.to_string().contains("a redirect, which is not followed"), "{error}");
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_start() {
    let refuse = |credential| {
        let policy = policy(&["https://crm.example"]);
        let Err(error) = open(credential, Safe::with("key", TOKEN), policy, Options::default()) else {
            panic!("it must be refused")
        };
        error
    };
    let plain = refuse(Credential::OauthClient(oauth_client("http://token.example/")));
    assert!(matches!(plain, SetupError::TokenUrl { .. }), "{plain}");
    let in_variable = OauthRefresh { secret: SecretRef::Env("REFRESH".into()), ..refresh("https://token.example") };
    insta::assert_snapshot!(refuse(Credential::OauthRefresh(in_variable)));
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_in_a_log_or_an_error() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // An endpoint that repeats everything that it was sent.
    let stage = Stage::new(|asked: Asked| match asked.number {
        1 | 2 => token(asked.number),
        _ => {
            let sent = format!("{:?} {:?}", asked.form, asked.headers.get("authorization"));
            oauth_error("invalid_request", &sent)
        }
    })
    .await;
    let key = key_file(&stage.idp.url("/token"));
    let mut texts = Vec::new();
    let oauth = OauthClient { client_auth: ClientAuthentication::Body, ..oauth_client(&stage.idp.url("/token")) };
    let credentials = [
        (Credential::ServiceAccount(service_account(None)), key.as_str()),
        (Credential::OauthClient(oauth_client(&stage.idp.url("/token"))), TOKEN),
        (Credential::OauthClient(oauth), TOKEN),
        (Credential::OauthRefresh(refresh(&stage.idp.url("/token"))), TOKEN),
        (Credential::ServiceAccount(service_account(None)), key.as_str()),
    ];
    for (credential, secret) in credentials {
        texts.push(format!("{credential:?}"));
        let client = stage.client(credential, Safe::with("key", secret));
        match client.exchange(get_request("/")).await {
            (exchange, Ok(response)) => texts.push(format!("{exchange:?} {response:?}")),
            (exchange, Err(error)) => texts.push(format!("{exchange:?} {error} {error:?}")),
        }
    }
    let assertion = |seen: &server::Seen| {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(&seen.body).into_owned().collect();
        form.get("assertion").cloned()
    };
    let assertions: Vec<String> = stage.idp.seen().iter().filter_map(assertion).collect();
    assert_eq!(assertions.len(), 2);
    assertions.iter().for_each(|jwt| drop(verified(jwt)));
    texts.push(String::from_utf8(log.0.lock().expect("unpoisoned").clone()).expect("text"));
    let all = texts.concat();
    assert!(all.contains("access token") && all.contains("invalid_request"), "{all}");
    for secret in [TOKEN, "access/1", "access/2", "s3cr3t%2Ft0ken%2B1", "aW5ua2VlcGVyOnMzY3IzdC"] {
        assert!(!all.contains(secret), "{secret} is in\n{all}");
    }
    let line = pem("PRIVATE KEY", PKCS8).lines().nth(1).expect("a line").to_owned();
    assert!(!all.contains(&line));
    assert!(assertions.iter().all(|jwt| !all.contains(jwt.as_str())));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_given_up() {
    let silent = Server::start(Router::new().fallback(any(std::future::pending::<()>))).await;
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let options = Options { timeout: Duration::from_millis(100), ..stage.options() };
    let credential = Credential::OauthClient(oauth_client(&silent.url("/")));
    let client = stage.client_with(credential, Safe::with("key", TOKEN), policy(&[&stage.api.url("")]), options);
    let error = client.send(get_request("/")).await.expect_err("silence");
    assert!(matches!(error, EgressError::Token { code: Code::Connection | Code::Timeout, .. }), "{error:?}");
    assert!(!error.sent());
}
