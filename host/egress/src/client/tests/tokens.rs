//! Credentials that are exchanged for access tokens.

use super::token_server::{Asked, PKCS1, PKCS8, Safe, Stage, key_file, pem, runtime_passes, stored, token, verified};
use super::*;
use crate::{ClientAuthentication, GithubApp, OauthClient, ServiceAccount};
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::json;

fn account(subject: Option<&str>) -> Credential {
    Credential::ServiceAccount(ServiceAccount {
        secret: stored("key"),
        subject: subject.map(str::to_owned),
        scopes: vec!["https://scopes.example/users".into(), "https://scopes.example/groups".into()],
        token_url: None,
    })
}

fn oauth_client(stage: &Stage) -> Credential {
    Credential::OauthClient(OauthClient {
        secret: stored("key"),
        client_id: "innkeeper".into(),
        client_auth: ClientAuthentication::Basic,
        token_url: stage.idp.url("/token").parse().expect("a URL"),
        scopes: vec![],
    })
}

/// A client with an OAuth client's secret, and where the secret is.
fn with_secret(stage: &Stage) -> (Client, Arc<Safe>) {
    let safe = Safe::with("key", TOKEN);
    (stage.client(oauth_client(stage), safe.clone()), safe)
}

async fn status(client: &Client) -> u16 {
    client.send(get_request("/users")).await.expect("an answer").status
}

#[tokio::test]
async fn a_service_account_signs_for_its_subject_and_scopes() {
    let (sender, asked) = std::sync::mpsc::channel();
    let stage = Stage::new(move |asked: Asked| {
        sender.send(asked.form).expect("the test listens");
        token(asked.number)
    })
    .await;
    let url = stage.idp.url("/token");
    let client = stage.client(account(Some("admin@acme.example")), Safe::with("key", &key_file(&url)));
    assert_eq!(status(&client).await, 200);
    let form = asked.recv().expect("asked");
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (header, claims) = verified(&form["assertion"]);
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" }));
    let wanted = json!({
        "iss": "innkeeper@acme.iam.example",
        "sub": "admin@acme.example",
        "aud": url,
        "scope": "https://scopes.example/users https://scopes.example/groups",
        "iat": 1_795_341_600,
        "exp": 1_795_345_200,
    });
    assert_eq!(claims, wanted);
    assert_eq!(stage.tokens(), ["access/1"]);

    let client = stage.client(account(None), Safe::with("key", &key_file(&url)));
    assert_eq!(status(&client).await, 200);
    let (_, claims) = verified(&asked.recv().expect("asked")["assertion"]);
    assert_eq!(claims.get("sub"), None);
}

#[tokio::test]
async fn a_configured_token_url_goes_before_the_keys_own() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let Credential::ServiceAccount(account) = account(None) else { panic!("a service account") };
    let account = ServiceAccount { token_url: Some(stage.idp.url("/token").parse().expect("a URL")), ..account };
    let key = key_file("https://elsewhere.example/token");
    let client = stage.client(Credential::ServiceAccount(account), Safe::with("key", &key));
    assert_eq!((status(&client).await, stage.asked()), (200, 1));
}

#[tokio::test]
async fn an_oauth_client_says_who_it_is_in_the_header_or_in_the_body() {
    for (authentication, header, field) in [
        (ClientAuthentication::Basic, Some("Basic aW5ua2VlcGVyOnMzY3IzdCUyRnQwa2VuJTJCMQ=="), None),
        (ClientAuthentication::Body, None, Some(TOKEN)),
    ] {
        let stage = Stage::new(move |asked: Asked| {
            assert_eq!(asked.form["grant_type"], "client_credentials");
            assert_eq!(asked.form["scope"], "users.read groups.read");
            assert_eq!(asked.headers.get("authorization").and_then(|value| value.to_str().ok()), header);
            assert_eq!(asked.form.get("client_secret").map(String::as_str), field);
            assert_eq!(asked.form.get("client_id").map(String::as_str), field.map(|_| "innkeeper"));
            token(asked.number)
        })
        .await;
        let Credential::OauthClient(client) = oauth_client(&stage) else { panic!("an OAuth client") };
        let scopes = vec!["users.read".into(), "groups.read".into()];
        let credential = Credential::OauthClient(OauthClient { client_auth: authentication, scopes, ..client });
        assert_eq!(status(&stage.client(credential, Safe::with("key", TOKEN))).await, 200);
    }
}

#[tokio::test]
async fn a_github_app_signs_for_an_installation_with_a_key_in_either_form() {
    for key in [pem("RSA PRIVATE KEY", PKCS1), pem("PRIVATE KEY", PKCS8)] {
        let tokens = async |headers: HeaderMap| {
            let jwt = headers["authorization"].to_str().expect("text").strip_prefix("Bearer ").expect("a JWT").to_owned();
            let (_, claims) = verified(&jwt);
            assert_eq!(claims, json!({ "iss": "4711", "iat": 1_795_341_540, "exp": 1_795_342_140 }));
            (StatusCode::CREATED, r#"{"token":"ghs_1","expires_at":"2099-01-01T00:00:00Z","permissions":{"members":"write"}}"#)
        };
        let router = Router::new()
            .route("/api/v3/app/installations/42/access_tokens", post(tokens))
            .fallback(any(async |headers: HeaderMap| headers["authorization"].to_str().expect("text").to_owned()));
        let server = Server::start(router).await;
        let credential = Credential::GithubApp(GithubApp { secret: stored("key"), app_id: "4711".into(), installation_id: 42 });
        let options = Stage::new(|asked: Asked| token(asked.number)).await.options();
        let policy = policy(&[&server.url("/api/v3/")]);
        let client = token_server::open(credential, Safe::with("key", &key), policy, options).expect("a client");
        let response = client.send(get_request("/orgs/acme")).await.expect("an answer");
        assert_eq!(response.body, b"Bearer [redacted]");
        assert_eq!(server.seen()[1].header("authorization"), Some("Bearer ghs_1"));
    }
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    for _ in 0..3 {
        assert_eq!(status(&client).await, 200);
    }
    stage.pass(Duration::from_secs(3479));
    assert_eq!((status(&client).await, stage.asked()), (200, 1));
    stage.pass(Duration::from_secs(1));
    assert_eq!((status(&client).await, stage.asked()), (200, 2));
    assert_eq!(stage.tokens(), ["access/1", "access/1", "access/1", "access/1", "access/2"]);
}

#[tokio::test]
async fn one_token_is_fetched_for_all_who_wait() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    let all = futures::future::join_all((0..20).map(|_| status(&client))).await;
    assert_eq!(all, [200; 20]);
    assert_eq!((stage.asked(), stage.tokens()), (1, vec!["access/1".to_owned(); 20]));
}

#[tokio::test]
async fn a_secret_that_is_changed_or_removed_counts_at_once() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, safe) = with_secret(&stage);
    assert_eq!((status(&client).await, stage.asked()), (200, 1));
    safe.set("key", "s3cond-s3cr3t");
    assert_eq!((status(&client).await, stage.asked()), (200, 2));
    safe.remove("key");
    let error = client.send(get_request("/users")).await.expect_err("no secret");
    assert_eq!((error.code(), stage.asked()), (Code::NoCredential, 2));
    assert!(error.to_string().contains("innkeeper secret set key"), "{error}");
}

#[tokio::test]
async fn a_token_that_the_system_turns_down_is_replaced_once_and_the_request_sent_again() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    assert_eq!(status(&client).await, 200);
    stage.turn_down(1);
    let request = Request { body: Some(b"{\"name\":\"Ada\"}".to_vec()), ..Request::new(Method::Post, "/users") };
    let (exchange, response) = client.exchange(request.clone()).await;
    assert_eq!(response.expect("an answer").status, 200);
    assert_eq!((exchange.status, exchange.sent, stage.asked()), (Some(200), true, 2));
    assert_eq!(stage.tokens(), ["access/1", "access/1", "access/2"]);
    let seen = stage.api.seen();
    assert_eq!((&seen[1].body, &seen[2].body), (&seen[2].body, request.body.as_ref().expect("a body")));

    // Turned down again with the new token: that is the answer.
    stage.turn_down(2);
    stage.turn_down(3);
    assert_eq!((status(&client).await, stage.asked()), (401, 3));
    assert_eq!(stage.tokens().len(), 5);
}

#[tokio::test]
async fn many_who_are_turned_down_at_once_share_the_new_token() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    assert_eq!(status(&client).await, 200);
    stage.turn_down(1);
    let all = futures::future::join_all((0..20).map(|_| status(&client))).await;
    assert_eq!((all, stage.asked()), (vec![200; 20], 2));
}

#[tokio::test]
async fn a_system_that_turns_every_token_down_does_not_make_for_a_token_a_request() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    (1..5).for_each(|number| stage.turn_down(number));
    for _ in 0..10 {
        assert_eq!(status(&client).await, 401);
    }
    assert_eq!((stage.asked(), stage.tokens().len()), (1, 10));
    runtime_passes(Duration::from_secs(61)).await;
    assert_eq!((status(&client).await, stage.asked()), (401, 2));
}

#[tokio::test]
async fn a_request_that_was_turned_down_and_gets_no_new_token_was_not_carried_out() {
    let stage = Stage::new(|asked: Asked| match asked.number {
        1 => token(1),
        _ => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
    })
    .await;
    let (client, _) = with_secret(&stage);
    assert_eq!(status(&client).await, 200);
    stage.turn_down(1);
    let (exchange, result) = client.exchange(Request::new(Method::Post, "/users")).await;
    let error = result.expect_err("no token");
    assert_eq!((error.sent(), exchange.sent, exchange.status), (false, false, None));
}

#[tokio::test]
async fn a_connector_does_not_reach_the_token_endpoint() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    assert_eq!(status(&client).await, 200);
    for credential in [CredentialSlot::Default, CredentialSlot::Anonymous] {
        let request = Request { credential, ..Request::new(Method::Post, stage.idp.url("/token")) };
        assert_eq!(client.send(request).await.expect_err("not granted").code(), Code::Denied);
    }
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn a_client_is_made_without_asking_for_a_token() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    let anonymous = Request { credential: CredentialSlot::Anonymous, ..get_request("/") };
    assert_eq!(client.send(anonymous).await.expect("an answer").status, 401);
    assert_eq!((stage.asked(), stage.idp.connections()), (0, 0));
}

#[tokio::test]
async fn echoes_of_secret_and_token_do_not_come_back() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let (client, _) = with_secret(&stage);
    let response = client.send(get_request("/")).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&response.body), "you sent Bearer [redacted]; the key was [redacted]");
}
