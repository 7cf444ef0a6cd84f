//! The running server and what a test can do to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::response::Response;
use http::{HeaderMap, header};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::answer::{Answer, Refusal};
use super::directory::Stored;
use super::fault::Fault;
use super::quirks::{Answers, Quirks};
use super::request::{Request, Seen};
use super::resource;
use super::schema::ResourceType;
use super::service::{Service, split};
use super::trap::{Moment, Trap};
use crate::plan::Plans;
use crate::token::random_token;
use crate::wire::{Door, Scissors};

const SIGN_IN: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>";
/// Larger bodies are refused.
const BODY_LIMIT: usize = 64 << 20;
/// Half of what the timer's wheel turns at a time.
const HALF_TICK: Duration = Duration::from_micros(500);

/// A running SCIM server of our own, on a thread of its own; stopped when dropped.
pub struct ScimServer {
    shared: Arc<Shared>,
    base_url: String,
    token: String,
    certificate: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    inner: Mutex<Inner>,
}

struct Inner {
    service: Service,
    plans: Plans<Fault>,
    seen: Vec<Seen>,
    trap: Option<Trap>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScimServer {
    /// A good server, empty, on a free port of loopback.
    #[must_use]
    pub fn start() -> Self {
        Self::with(Quirks::default())
    }

    /// A server with quirks.
    #[must_use]
    pub fn with(quirks: Quirks) -> Self {
        Self::launch(quirks, random_token(), 0, false)
    }

    /// A server behind TLS with a certificate that nobody signed but itself, for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn self_signed(quirks: Quirks) -> Self {
        Self::launch(quirks, random_token(), 0, true)
    }

    /// A server with a token and a port that the caller chose; port 0 is any free one.
    ///
    /// # Panics
    /// When the port is taken.
    #[must_use]
    pub fn launch(quirks: Quirks, token: String, port: u16, tls: bool) -> Self {
        let (acceptor, certificate) = if tls {
            let (acceptor, certificate) = self_signed();
            (Some(acceptor), Some(certificate))
        } else {
            (None, None)
        };
        let (stop, stopped) = oneshot::channel();
        let (ready, address) = mpsc::channel();
        let thread = thread::spawn({
            let token = token.clone();
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
                runtime.block_on(serve(quirks, token, port, acceptor, &ready, stopped));
            }
        });
        let (shared, address): (Arc<Shared>, SocketAddr) = address.recv().expect("the server says where it listens");
        let base_url = base_url(address, tls);
        Self { shared, base_url, token, certificate, stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT/scim/v2`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The bearer token that the server asks for.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The certificate in PEM, where the server speaks TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Changes how the server differs from a good one, from the next request on. Plans of failures start anew.
    pub fn set_quirks(&self, quirks: Quirks) {
        let mut inner = self.shared.lock();
        inner.plans = Plans::new(quirks.failures.clone());
        inner.service.quirks = quirks;
    }

    /// Every request so far, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// How many requests with this method came to paths that start so.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.shared.lock().seen.iter().filter(|seen| seen.method == method && seen.path.starts_with(path)).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.lock().seen.clear();
    }

    /// Sets a trap in the place of the one that was set; none takes it away.
    pub fn set_trap(&self, trap: Option<Trap>) {
        self.shared.lock().trap = trap;
    }

    /// All users as a client would see them, in the order in which they were made.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        self.all(ResourceType::User)
    }

    /// All groups with their members.
    #[must_use]
    pub fn groups(&self) -> Vec<Value> {
        self.all(ResourceType::Group)
    }

    fn all(&self, kind: ResourceType) -> Vec<Value> {
        let inner = self.shared.lock();
        inner.service.directory.all(kind).values().map(|stored| self.shown(kind, stored)).collect()
    }

    fn shown(&self, kind: ResourceType, stored: &Stored) -> Value {
        Value::Object(stored.shown(kind, &self.base_url, true, true))
    }

    /// The user of this `userName`.
    #[must_use]
    pub fn user(&self, user_name: &str) -> Option<Value> {
        let inner = self.shared.lock();
        inner.service.directory.user_named(user_name).map(|stored| self.shown(ResourceType::User, stored))
    }

    /// Makes a user by hand, without a request; gives its id.
    ///
    /// # Panics
    /// When a client could not make it either.
    pub fn create_user(&self, user: Value) -> String {
        self.create(ResourceType::User, user)
    }

    /// Makes a group by hand, without a request; gives its id.
    ///
    /// # Panics
    /// When a client could not make it either.
    pub fn create_group(&self, group: Value) -> String {
        self.create(ResourceType::Group, group)
    }

    fn create(&self, kind: ResourceType, body: Value) -> String {
        let object = resource::read(kind, body).unwrap_or_else(|refusal| panic!("{}", refusal.detail));
        let (object, members) = split(kind, object);
        let mut inner = self.shared.lock();
        let stored = inner.service.directory.create(kind, object, members);
        stored.unwrap_or_else(|refusal| panic!("{}", refusal.detail)).id.clone()
    }
}

impl Drop for ScimServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already; then nobody listens.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn base_url(address: SocketAddr, tls: bool) -> String {
    format!("{}://{address}/scim/v2", if tls { "https" } else { "http" })
}

type Ready = mpsc::Sender<(Arc<Shared>, SocketAddr)>;

async fn serve(
    quirks: Quirks,
    token: String,
    port: u16,
    tls: Option<TlsAcceptor>,
    ready: &Ready,
    stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free");
    let address = listener.local_addr().expect("a bound socket has an address");
    let plans = Plans::new(quirks.failures.clone());
    let service = Service::new(base_url(address, tls.is_some()), token, quirks);
    let shared = Arc::new(Shared { inner: Mutex::new(Inner { service, plans, seen: Vec::new(), trap: None }) });
    let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
    let door = Door::open(listener, tls).expect("a bound socket has an address");
    // Whoever asked may be gone already; then the channel to stop is closed too.
    let _ = ready.send((shared, address));
    let serving = axum::serve(door, app.into_make_service_with_connect_info::<Scissors>());
    tokio::select! {
        _ = serving => {}
        _ = stopped => {}
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: HttpRequest,
) -> Response {
    let arrived = Instant::now();
    let request = match read(request).await {
        Some(request) => request,
        None => return plain(413, "text/plain", "too large"),
    };
    let (response, latency, cut) = {
        let mut inner = shared.lock();
        let trap = inner.trap.take_if(Trap::counts);
        let moment = trap.as_ref().map(|trap| trap.moment);
        let fault = inner.plans.next(&request.method, &request.path);
        let mut latency = inner.service.quirks.latency;
        let answers = inner.service.quirks.answers.clone();
        let mut cut = matches!(moment, Some(Moment::Lost | Moment::CarriedOut));
        let is_lost = moment == Some(Moment::Lost) || matches!(fault, Some(Fault::Refuse));
        let response = match (fault, answers) {
            _ if moment == Some(Moment::Lost) => plain(503, "text/plain", ""),
            (Some(Fault::Status(status)), _) => sent(Refusal::new(status, "planned").into(), Part::All),
            (Some(Fault::RateLimited { retry_after }), _) => limited(retry_after.map(|seconds| seconds.to_string())),
            (Some(Fault::RateLimitedUntil(wait)), _) => limited(Some(httpdate::fmt_http_date(SystemTime::now() + wait))),
            (Some(Fault::Html), _) | (None, Answers::Html) => plain(200, "text/html; charset=utf-8", SIGN_IN),
            (Some(Fault::Refuse), _) => {
                cut = true;
                plain(503, "text/plain", "")
            }
            (None, Answers::Status(status)) => plain(status, "text/plain", "Something went wrong"),
            (Some(Fault::TruncatedJson), _) | (None, Answers::TruncatedJson) => {
                let answer = inner.service.answer(&request);
                sent(answer, Part::Half)
            }
            (Some(Fault::EmptyList), _) => {
                let before = std::mem::replace(&mut inner.service.quirks.empty_list, true);
                let answer = inner.service.answer(&request);
                inner.service.quirks.empty_list = before;
                sent(answer, Part::All)
            }
            (Some(Fault::LoseAnswer), _) => {
                cut = true;
                sent(inner.service.answer(&request), Part::All)
            }
            (Some(Fault::Late(by)), _) => {
                latency += by;
                sent(inner.service.answer(&request), Part::All)
            }
            (None, Answers::Scim) => sent(inner.service.answer(&request), Part::All),
        };
        inner.seen.push(Seen {
            method: request.method,
            path: request.path,
            query: request.query,
            body: String::from_utf8_lossy(&request.body).into_owned(),
            status: if cut { 0 } else { response.status().as_u16() },
            outcome: (!is_lost).then(|| response.status().as_u16()),
        });
        if let Some(trap) = trap {
            (trap.spring)();
        }
        (response, latency, cut)
    };
    if cut {
        scissors.cut();
    }
    if latency > Duration::ZERO {
        // A timer ends with the next tick, half a tick too late on average.
        tokio::time::sleep_until(arrived + latency.saturating_sub(HALF_TICK)).await;
    }
    response
}

async fn read(request: HttpRequest) -> Option<Request> {
    let (head, body) = request.into_parts();
    let text = |headers: &HeaderMap, name: header::HeaderName| {
        headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let path = percent_decoded(head.uri.path());
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: path.strip_prefix("/scim/v2").unwrap_or(&path).to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: text(&head.headers, header::AUTHORIZATION),
        if_match: text(&head.headers, header::IF_MATCH),
        if_none_match: text(&head.headers, header::IF_NONE_MATCH),
        content_type: text(&head.headers, header::CONTENT_TYPE),
        body: to_bytes(body, BODY_LIMIT).await.ok()?.to_vec(),
    })
}

/// A path is percent-encoded as a query is, but for `+`.
fn percent_decoded(path: &str) -> String {
    let path = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(path.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// How much of a body is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    /// As a proxy does that gives up in the middle: the length is right, the JSON is not.
    Half,
}

fn sent(answer: Answer, part: Part) -> Response {
    let mut response = Response::builder().status(answer.status).header(header::CACHE_CONTROL, "no-cache");
    if let Some(etag) = answer.etag {
        response = response.header(header::ETAG, etag);
    }
    if let Some(location) = answer.location {
        response = response.header(header::LOCATION, location);
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = match answer.body {
        Some(body) => {
            response = response.header(header::CONTENT_TYPE, "application/scim+json");
            let mut text = body.to_string();
            if part == Part::Half {
                text.truncate(text.floor_char_boundary(text.len() / 2));
            }
            Body::from(text)
        }
        None => Body::empty(),
    };
    response.body(body).expect("status and headers are good")
}

fn limited(retry_after: Option<String>) -> Response {
    let mut answer = Answer::from(Refusal::new(429, "too many requests"));
    answer.headers.extend(retry_after.map(|value| ("retry-after", value)));
    sent(answer, Part::All)
}

fn plain(status: u16, content_type: &str, body: &'static str) -> Response {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, content_type);
    response.body(Body::from(body)).expect("status and headers are good")
}

fn self_signed() -> (TlsAcceptor, String) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate can be made");
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("the key is the certificate's");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}
