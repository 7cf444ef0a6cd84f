//! Refresh tokens that change when they are used.

use super::token_server::{Answer, Asked, Safe, Stage, stored};
use super::*;
use crate::{ClientAuthentication, OauthRefresh};
use axum::body::Bytes;
use axum::routing::post;
use innkeeper_secrets::{KeySource, SecretStore};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

fn refresh(token_url: &str) -> Credential {
    Credential::OauthRefresh(OauthRefresh {
        secret: stored("refresh"),
        client_id: "innkeeper".into(),
        client_secret: Some(stored("client")),
        client_auth: ClientAuthentication::Body,
        token_url: token_url.parse().expect("a URL"),
        scopes: vec![],
    })
}

fn safe() -> Arc<Safe> {
    let safe = Safe::with("refresh", "refresh-1");
    safe.set("client", "cl13nt-s3cr3t");
    safe
}

/// Takes the refresh token of this number and gives the next one.
fn next(asked: &Asked, number: usize) -> Answer {
    assert_eq!(asked.form["grant_type"], "refresh_token");
    assert_eq!((asked.form["client_id"].as_str(), asked.form["client_secret"].as_str()), ("innkeeper", "cl13nt-s3cr3t"));
    if asked.form["refresh_token"] != format!("refresh-{number}") {
        return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }).to_string());
    }
    let (access, refresh) = (format!("access/{number}"), format!("refresh-{}", number + 1));
    (StatusCode::OK, json!({ "access_token": access, "refresh_token": refresh, "expires_in": 3600 }).to_string())
}

async fn status(client: &Client) -> u16 {
    client.send(get_request("/")).await.expect("an answer").status
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_on_disk_and_used_by_the_next_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = || {
        let store = SecretStore::open(&folder.path().join("secrets"), KeySource::File);
        Arc::new(store.map_err(|error| error.to_string()).expect("a store"))
    };
    let SecretRef::Secret(refresh_name) = stored("refresh") else { panic!("a name") };
    let SecretRef::Secret(client_name) = stored("client") else { panic!("a name") };
    store().set(&refresh_name, &Secret::new("refresh-1")).expect("kept");
    store().set(&client_name, &Secret::new("cl13nt-s3cr3t")).expect("kept");
    let stage = Stage::new(|asked: Asked| next(&asked, asked.number)).await;
    for number in 1..=3 {
        let client = stage.client(refresh(&stage.idp.url("/token")), store());
        assert_eq!((status(&client).await, status(&client).await), (200, 200));
        let kept = store().get(&refresh_name).map_err(|error| error.to_string()).expect("there");
        assert_eq!(kept.expose(), format!("refresh-{}", number + 1));
        assert_eq!(stage.asked(), number);
    }
}

#[tokio::test]
async fn a_new_refresh_token_is_written_before_the_access_token_is_used() {
    let (safe, early) = (safe(), Arc::new(AtomicBool::new(false)));
    let answer = async |body: Bytes| {
        assert!(body.starts_with(b"grant_type=refresh_token"));
        json!({ "access_token": "access/1", "refresh_token": "refresh-2", "expires_in": 3600 }).to_string()
    };
    let (seen, too_early) = (safe.clone(), early.clone());
    let api = async move || too_early.fetch_or(seen.get("refresh").as_deref() != Some("refresh-2"), Ordering::SeqCst).to_string();
    let server = Server::start(Router::new().route("/token", post(answer)).fallback(any(api))).await;
    let client = token_server::open(refresh(&server.url("/token")), safe, policy(&[&server.url("/api")]), Options::default());
    assert_eq!(status(&client.expect("a client")).await, 200);
    assert_eq!((server.seen().len(), early.load(Ordering::SeqCst)), (2, false));
}

#[tokio::test]
async fn a_refresh_token_that_stays_is_not_written() {
    let safe = safe();
    safe.set_full(true);
    for answer in [
        json!({ "access_token": "access/1", "refresh_token": "refresh-1" }).to_string(),
        json!({ "access_token": "access/1" }).to_string(),
    ] {
        let stage = Stage::new(move |_: Asked| (StatusCode::OK, answer.clone())).await;
        let client = stage.client(refresh(&stage.idp.url("/token")), safe.clone());
        assert_eq!(status(&client).await, 200);
    }
}

#[tokio::test]
async fn a_new_refresh_token_that_cannot_be_written_is_not_lost() {
    let safe = safe();
    let stage = Stage::new(|asked: Asked| next(&asked, asked.number)).await;
    let client = stage.client(refresh(&stage.idp.url("/token")), safe.clone());
    safe.set_full(true);
    for _ in 0..3 {
        let error = client.send(get_request("/")).await.expect_err("not kept");
        assert_eq!((error.code(), error.sent()), (Code::Connection, false));
        assert!(error.to_string().contains("could not be kept") && !error.to_string().contains("refresh-"), "{error}");
    }
    assert!(stage.api.seen().is_empty());
    safe.set_full(false);
    assert_eq!(status(&client).await, 200);
    assert_eq!((stage.asked(), safe.get("refresh").as_deref()), (1, Some("refresh-2")));
    assert_eq!(stage.tokens(), ["access/1"]);
}

#[tokio::test]
async fn whoever_gives_up_waiting_does_not_take_the_new_refresh_token_along() {
    let (safe, arrived, go) = (safe(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, wait) = (arrived.clone(), go.clone());
    let answer = async move || {
        told.notify_one();
        wait.notified().await;
        json!({ "access_token": "access/1", "refresh_token": "refresh-2", "expires_in": 3600 }).to_string()
    };
    let server = Server::start(Router::new().route("/token", post(answer)).fallback(any(async || "ok"))).await;
    let client =
        token_server::open(refresh(&server.url("/token")), safe.clone(), policy(&[&server.url("/api")]), Options::default());
    let client = client.expect("a client");
    {
        let impatient = client.send(get_request("/"));
        tokio::select! {
            _ = impatient => panic!("nobody has answered yet"),
            () = arrived.notified() => {}
        }
    }
    go.notify_one();
    assert_eq!(status(&client).await, 200);
    assert_eq!(safe.get("refresh").as_deref(), Some("refresh-2"));
    let asked = server.seen().iter().filter(|seen| seen.target == "/token").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_refresh_token_that_another_process_has_just_used_is_read_again() {
    let safe = safe();
    let other = safe.clone();
    let stage = Stage::new(move |asked: Asked| match asked.number {
        1 => {
            other.set("refresh", "refresh-2");
            (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }).to_string())
        }
        number => next(&asked, number),
    })
    .await;
    let client = stage.client(refresh(&stage.idp.url("/token")), safe.clone());
    assert_eq!(status(&client).await, 200);
    assert_eq!((stage.asked(), safe.get("refresh").as_deref()), (2, Some("refresh-3")));
}

#[tokio::test]
async fn a_refresh_token_that_was_set_by_hand_in_the_meantime_stays() {
    let safe = safe();
    let (operator, asked_with) = (safe.clone(), Arc::new(Mutex::new(Vec::new())));
    let log = asked_with.clone();
    let stage = Stage::new(move |asked: Asked| {
        log.lock().expect("unpoisoned").push(asked.form["refresh_token"].clone());
        if asked.number == 1 {
            operator.set("refresh", "set-by-hand");
        }
        let (access, refresh) = (format!("access/{}", asked.number), format!("refresh-{}", asked.number + 1));
        (StatusCode::OK, json!({ "access_token": access, "refresh_token": refresh }).to_string())
    })
    .await;
    let client = stage.client(refresh(&stage.idp.url("/token")), safe.clone());
    assert_eq!(status(&client).await, 200);
    assert_eq!(safe.get("refresh").as_deref(), Some("set-by-hand"));
    assert_eq!(status(&client).await, 200);
    assert_eq!(*asked_with.lock().expect("unpoisoned"), ["refresh-1", "set-by-hand"]);
}
