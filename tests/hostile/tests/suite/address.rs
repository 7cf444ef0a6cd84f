//! Guests that want to send a request to somebody else than whom they were granted.

use innkeeper_egress::{Code, Resolve};
use innkeeper_hostile::{Ground, Held, Seen, Server, answer, attack};
use serde_json::{Value, json};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn ok(_: &Seen) -> innkeeper_hostile::Reply {
    answer(200, &[], "ok")
}

fn send(targets: &[String]) -> Value {
    let requests: Vec<Value> = targets.iter().map(|target| json!({ "target": target })).collect();
    json!({ "deed": "send", "requests": requests })
}

/// The intruder is granted `/api` on one server and asks for these targets instead; `PORT` stands for the port of another server, which must
/// never hear of it.
async fn elsewhere(ground: &Ground, targets: &[&str], code: Code) -> Held {
    let (server, other) = (ground.server(ok).await, ground.stranger(ok).await);
    let port = other.address().port().to_string();
    let targets: Vec<String> = targets.iter().map(|target| target.replace("PORT", &port)).collect();
    let app = ground.intruder(send(&targets)).at(&server, "/api").limited(|limits| limits.requests = 100).connect();
    let told = app.names().await;
    assert_eq!(told.len(), targets.len());
    assert!(told.iter().all(|told| told.contains(&format!("{code:?}"))), "the guest is told why: {told:?}");
    assert_eq!((server.connections(), other.connections()), (0, 0), "nothing was sent: {told:?}");
    Held::refused(&app, code)
}

#[test]
fn an_address_in_the_place_of_a_name() {
    attack(async |ground| {
        elsewhere(ground, &["http://127.0.0.1:PORT/", "https://10.0.0.1/", "https://[::1]/"], Code::Denied).await
    });
}

#[test]
fn an_address_wrapped_in_version_six() {
    attack(async |ground| {
        let wrapped = ["https://[::ffff:127.0.0.1]:PORT/", "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/"];
        elsewhere(ground, &wrapped, Code::Denied).await
    });
}

#[test]
fn decimal_octal_and_hexadecimal_addresses() {
    attack(async |ground| {
        let odd = ["http://2130706433:PORT/", "http://0177.0.0.1:PORT/", "http://0x7f000001:PORT/", "http://127.1:PORT/"];
        elsewhere(ground, &odd, Code::Denied).await
    });
}

#[test]
fn the_metadata_service() {
    attack(async |ground| {
        let services =
            ["https://169.254.169.254/latest/meta-data/", "https://metadata.google.internal/", "https://100.100.100.200/"];
        elsewhere(ground, &services, Code::Denied).await
    });
}

#[test]
fn user_info_in_the_url() {
    attack(async |ground| {
        let targets =
            ["http://api.example.com@127.0.0.1:PORT/", "http://user:password@127.0.0.1:PORT/", "http://@127.0.0.1:PORT/"];
        elsewhere(ground, &targets, Code::InvalidRequest).await
    });
}

#[test]
fn an_encoded_way_out_of_the_path() {
    attack(async |ground| {
        let ways =
            ["/%2e%2e/admin", "/x/..%2fadmin", "/..%5cadmin", "/%252e%252e/admin", "/../admin", "/x/..;/admin", "/./admin"];
        elsewhere(ground, &ways, Code::InvalidRequest).await
    });
}

#[test]
fn a_sibling_of_the_path() {
    attack(async |ground| {
        let (server, other) = (ground.server(ok).await, ground.stranger(ok).await);
        let targets =
            [server.url("/apix"), server.url("/"), server.url("/API/users"), server.url("/%61pi/users"), other.url("/api")];
        let app = ground.intruder(send(&targets)).at(&server, "/api").connect();
        let told = app.names().await;
        assert_eq!((server.connections(), other.connections()), (0, 0), "nothing was sent: {told:?}");
        Held::refused(&app, Code::Denied)
    });
}

#[test]
fn an_absolute_url_in_the_place_of_a_path() {
    attack(async |ground| {
        let targets = [
            "//127.0.0.1:PORT/",
            "/\\127.0.0.1:PORT/",
            "\\\\127.0.0.1:PORT\\",
            "http:127.0.0.1:PORT",
            "127.0.0.1:PORT/x",
            "/a//b",
        ];
        elsewhere(ground, &targets, Code::InvalidRequest).await
    });
}

#[test]
fn another_scheme() {
    attack(async |ground| {
        let targets = ["file:///etc/passwd", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/_x", "http://api.example.com/"];
        elsewhere(ground, &targets, Code::InvalidRequest).await
    });
}

#[test]
fn a_method_that_was_not_granted() {
    attack(async |ground| {
        let server = ground.server(ok).await;
        let deed = json!({ "deed": "send", "requests": [{ "method": "DELETE" }, { "method": "PUT" }, { "method": "PATCH" }] });
        let app = ground.intruder(deed).at(&server, "").connect();
        let told = app.names().await;
        assert_eq!(server.connections(), 0, "nothing was sent: {told:?}");
        Held::refused(&app, Code::Denied)
    });
}

#[test]
fn what_is_asked_for_and_was_never_granted() {
    attack(async |ground| {
        let (server, other) = (ground.server(ok).await, ground.stranger(ok).await);
        let plot = ground.intruder(send(&[other.url("/")])).at(&server, "");
        let app = plot.asking_for(&other.url(""), &[innkeeper_egress::Method::Get]).connect();
        let told = app.names().await;
        assert_eq!(other.connections(), 0, "nothing was sent: {told:?}");
        assert!(app.refusals()[0].contains("grant"), "it says what would grant it: {:?}", app.refusals());
        Held::refused(&app, Code::Denied)
    });
}

/// Redirects the intruder from where it may go.
async fn redirected(ground: &Ground, to: String, other: Arc<Server>) -> Held {
    let server = ground.server(move |_| answer(302, &[("location", &to)], "")).await;
    let app = ground.intruder(send(&["/".to_owned()])).at(&server, "").connect();
    let told = app.names().await;
    assert_eq!((server.seen().len(), other.connections()), (1, 0), "it was not followed: {told:?}");
    assert_eq!(server.seen()[0].token(), ground.token.text, "the first request was in order");
    Held::refused(&app, Code::Denied)
}

#[test]
fn a_redirect_to_the_metadata_service() {
    attack(async |ground| {
        let other = ground.stranger(ok).await;
        redirected(ground, "http://169.254.169.254/latest/meta-data/".to_owned(), other).await
    });
}

#[test]
fn a_redirect_to_another_server() {
    attack(async |ground| {
        let other = ground.stranger(ok).await;
        redirected(ground, other.url("/"), other).await
    });
}

#[test]
fn a_redirect_that_carries_the_secret_along() {
    attack(async |ground| {
        let other = ground.stranger(ok).await;
        let (to, stranger) = (other.url("/"), other.clone());
        let server = ground.server(move |seen| answer(302, &[("location", &format!("{to}{}", encoded(seen.token())))], "")).await;
        let app = ground.intruder(send(&["/".to_owned()])).at(&server, "").connect();
        let told = app.names().await;
        assert_eq!((server.seen().len(), stranger.connections()), (1, 0), "it was not followed: {told:?}");
        Held::refused(&app, Code::Denied)
    });
}

/// A secret as it stands in a URL.
fn encoded(secret: &str) -> String {
    secret.replace('%', "%25").replace('"', "%22").replace('/', "%2F").replace('+', "%2B").replace('&', "%26")
}

/// Gives the first address, then the others, the last one for ever.
struct Rebinding {
    answers: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl Rebinding {
    fn new(answers: &[&str]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.parse().expect("an address")).collect();
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl Resolve for Rebinding {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(vec![self.answers[asked.min(self.answers.len() - 1)]])
    }
}

#[test]
fn a_name_that_turns_to_another_address() {
    attack(async |ground| {
        // The stranger listens on the same port of another address of this machine.
        let server = ground.server(ok).await;
        let port = server.address().port();
        let other = ground.stranger_at(([127, 0, 0, 2], port).into(), ok).await;
        let base = format!("http://app.localhost:{port}");
        let targets = ["/first".to_owned(), "/second".to_owned()];
        let app = ground.intruder(send(&targets)).network("127.0.0.1/32").based(&base);
        let app = app.sending(|options| {
            options.resolver = Rebinding::new(&["127.0.0.1", "127.0.0.2"]);
            options.resolution_lifetime = Duration::ZERO;
        });
        let app = app.connect();
        let told = app.names().await;
        assert_eq!((server.seen().len(), other.connections()), (1, 0), "only the first was sent: {told:?}");
        Held::refused_at_last(&app, Code::Resolution)
    });
}

#[test]
fn a_name_that_leads_inside() {
    attack(async |ground| {
        let addresses = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "169.254.169.254", "10.0.0.1", "100.64.0.1"];
        let other = ground.stranger(ok).await;
        let base = format!("https://api.example.com:{}", other.address().port());
        let mut held = None;
        for address in addresses {
            let plot = ground.intruder(send(&["/".to_owned()])).based(&base);
            let app = plot.sending(|options| options.resolver = Rebinding::new(&[address])).connect();
            let told = app.names().await;
            assert_eq!(other.connections(), 0, "{address}: {told:?}");
            held = Some(Held::refused(&app, Code::Resolution));
        }
        held.expect("several were tried")
    });
}

#[test]
fn a_name_that_carries_data_out() {
    attack(async |ground| {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let names = asked.clone();
        let plot = ground.intruder(send(&["https://what-i-know.example.org/".to_owned()]));
        let app = plot.sending(move |options| options.resolver = Arc::new(Listening(names))).connect();
        let told = app.names().await;
        assert!(asked.lock().expect("unpoisoned").is_empty(), "no name was looked up: {told:?}");
        Held::refused(&app, Code::Denied)
    });
}

/// Notes every name that it is asked for.
struct Listening(Arc<Mutex<Vec<String>>>);

#[async_trait::async_trait]
impl Resolve for Listening {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.0.lock().expect("unpoisoned").push(name.to_owned());
        Err(io::ErrorKind::NotFound.into())
    }
}
