//! A system and its token endpoint, on this machine.

use super::server::Server;
use super::{Client, Credentials, Options, TOKEN, policy};
use crate::{Credential, EgressError, Policy};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{any, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use innkeeper_secrets::{Secret, SecretError, SecretRef, Vault};
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Made for these tests and used nowhere else.
pub(super) const PKCS8: &[u8] = include_bytes!("keys/test-only-rsa.pkcs8.der");
/// The same key as RSA keys are written by themselves.
pub(super) const PKCS1: &[u8] = include_bytes!("keys/test-only-rsa.pkcs1.der");

/// When the tests take place.
pub(super) const NOW: Duration = Duration::from_secs(1_795_341_600);

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A service account's key as it is handed out.
pub(super) fn key_file(token_uri: &str) -> String {
    json!({
        "type": "service_account",
        "project_id": "innkeeper",
        "private_key_id": "key-1",
        "private_key": pem("PRIVATE KEY", PKCS8),
        "client_email": "innkeeper@acme.iam.example",
        "client_id": "1048",
        "token_uri": token_uri,
    })
    .to_string()
}

/// The header and the claims of a token that the test key signed.
pub(super) fn verified(jwt: &str) -> (Value, Value) {
    let (signed, signature) = jwt.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let key = KeyPair::from_pkcs8(PKCS8).expect("the test key");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public());
    public.verify(signed.as_bytes(), &signature).expect("signed with the test key");
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON");
    let (header, claims) = signed.split_once('.').expect("two parts");
    (part(header), part(claims))
}

/// Secrets by name, and whether they can be written.
#[derive(Default)]
pub(super) struct Safe {
    secrets: Mutex<BTreeMap<String, String>>,
    full: Mutex<bool>,
}

impl Safe {
    pub(super) fn with(name: &str, secret: &str) -> Arc<Self> {
        let safe = Arc::new(Self::default());
        safe.set(name, secret);
        safe
    }

    pub(super) fn set(&self, name: &str, secret: &str) {
        self.secrets.lock().expect("unpoisoned").insert(name.to_owned(), secret.to_owned());
    }

    pub(super) fn remove(&self, name: &str) {
        self.secrets.lock().expect("unpoisoned").remove(name);
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.secrets.lock().expect("unpoisoned").get(name).cloned()
    }

    /// From now on nothing can be written, or it can again.
    pub(super) fn set_full(&self, full: bool) {
        *self.full.lock().expect("unpoisoned") = full;
    }
}

impl Vault for Safe {
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        let SecretRef::Secret(name) = reference else { panic!("only stored secrets: {reference}") };
        self.get(name.as_str()).map(Secret::new).ok_or_else(|| SecretError::Missing { name: name.clone() })
    }

    fn replace(&self, reference: &SecretRef, old: &Secret, new: &Secret) -> Result<bool, SecretError> {
        let SecretRef::Secret(name) = reference else { panic!("only stored secrets: {reference}") };
        if *self.full.lock().expect("unpoisoned") {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(SecretError::Io { action: "write", path: "values/refresh".into(), source });
        }
        let unchanged = self.get(name.as_str()).as_deref() == Some(old.expose());
        if unchanged {
            self.set(name.as_str(), new.expose());
        }
        Ok(unchanged)
    }
}

pub(super) fn stored(name: &str) -> SecretRef {
    SecretRef::Secret(name.parse().expect("a name"))
}

/// What the token endpoint was asked, the how many-th time.
pub(super) struct Asked {
    pub(super) number: usize,
    pub(super) headers: HeaderMap,
    pub(super) form: BTreeMap<String, String>,
}

/// The status and content of an answer.
pub(super) type Answer = (StatusCode, String);

/// A token that is good for an hour.
pub(super) fn token(number: usize) -> Answer {
    let body = json!({ "access_token": format!("access/{number}"), "token_type": "Bearer", "expires_in": 3600 });
    (StatusCode::OK, body.to_string())
}

/// A system that takes the tokens of its endpoint, except those that it has turned against.
pub(super) struct Stage {
    pub(super) api: Server,
    pub(super) idp: Server,
    turned_down: Arc<Mutex<BTreeSet<String>>>,
    time: Arc<Mutex<SystemTime>>,
}

impl Stage {
    pub(super) async fn new(answer: impl Fn(Asked) -> Answer + Clone + Send + Sync + 'static) -> Self {
        let turned_down: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let idp = endpoint(answer).await;
        let refused = turned_down.clone();
        let api = Router::new().fallback(any(async move |headers: HeaderMap| {
            let authorization = headers.get("authorization").map(|value| value.to_str().expect("text").to_owned());
            let token = authorization.as_deref().and_then(|value| value.strip_prefix("Bearer access/"));
            match token {
                Some(token) if !refused.lock().expect("unpoisoned").contains(token) => {
                    (StatusCode::OK, format!("you sent {}; the key was {TOKEN}", authorization.unwrap_or_default()))
                }
                _ => (StatusCode::UNAUTHORIZED, "who are you?".to_owned()),
            }
        }));
        let api = Server::start(api).await;
        Self { api, idp, turned_down, time: Arc::new(Mutex::new(UNIX_EPOCH + NOW)) }
    }

    /// The system does not take this token (any more).
    pub(super) fn turn_down(&self, number: usize) {
        self.turned_down.lock().expect("unpoisoned").insert(number.to_string());
    }

    pub(super) fn pass(&self, time: Duration) {
        *self.time.lock().expect("unpoisoned") += time;
    }

    pub(super) fn options(&self) -> Options {
        let time = self.time.clone();
        Options { clock: Arc::new(move || *time.lock().expect("unpoisoned")), ..Options::default() }
    }

    pub(super) fn client(&self, credential: Credential, vault: Arc<dyn Vault>) -> Client {
        self.client_with(credential, vault, policy(&[&self.api.url("/api")]), self.options())
    }

    pub(super) fn client_with(&self, credential: Credential, vault: Arc<dyn Vault>, policy: Policy, options: Options) -> Client {
        open(credential, vault, policy, options).expect("a client")
    }

    /// How often a token was asked for.
    pub(super) fn asked(&self) -> usize {
        self.idp.seen().len()
    }

    /// The tokens that the system was sent, in order.
    pub(super) fn tokens(&self) -> Vec<String> {
        let token = |seen: &super::server::Seen| seen.header("authorization").unwrap_or("-").replace("Bearer ", "");
        self.api.seen().iter().map(token).collect()
    }
}

/// A client with one credential.
pub(super) fn open(
    credential: Credential,
    vault: Arc<dyn Vault>,
    policy: Policy,
    options: Options,
) -> Result<Client, crate::SetupError> {
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), vault);
    Client::new(policy, None, credentials, options)
}

/// A token endpoint.
async fn endpoint(answer: impl Fn(Asked) -> Answer + Clone + Send + Sync + 'static) -> Server {
    let count = Arc::new(AtomicUsize::new(0));
    let handler = async move |headers: HeaderMap, body: Bytes| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let form = url::form_urlencoded::parse(&body).into_owned().collect();
        let (status, body) = answer(Asked { number, headers, form });
        (status, [("content-type", "application/json")], body)
    };
    Server::start(Router::new().route("/token", post(handler))).await
}

/// Time passes for everything that waits in the runtime.
pub(super) async fn runtime_passes(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The error without the ports of this run.
pub(super) fn shown(error: &EgressError, servers: &[&Server]) -> String {
    servers.iter().fold(error.to_string(), |text, server| text.replace(&server.port().to_string(), "PORT"))
}
