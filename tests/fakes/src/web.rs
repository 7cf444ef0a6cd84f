//! A web server around a [`Service`]: its thread, its requests so far, and single requests that go wrong by plan.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::plan::Plans;
use crate::wire::{Door, Scissors};

pub use crate::plan::Failure;

/// Larger bodies are refused.
const BODY_LIMIT: usize = 64 << 20;

/// A request as a service sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Percent-encoded, as sent, starting with a slash.
    pub path: String,
    /// As sent, percent-encoded, without the question mark.
    pub query: String,
    /// With names in lower case.
    pub headers: Vec<(String, String)>,
    /// As sent.
    pub body: Vec<u8>,
}

impl Request {
    /// The segments of the path, percent-decoded: `/users/a%40b` is `["users", "a@b"]`.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect()
    }

    /// The first query parameter of this name, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).into_iter().next()
    }

    /// All query parameters of this name, decoded.
    #[must_use]
    pub fn parameters(&self, name: &str) -> Vec<String> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is that.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The fields of a body of `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// A percent-encoded path segment; `+` stands for itself there.
fn decoded(segment: &str) -> String {
    let text = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// What a service answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// As it is sent.
    pub body: Vec<u8>,
}

impl Answer {
    /// Without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::of(status, "application/json; charset=utf-8", body.to_string())
    }

    /// With a body of any content type.
    #[must_use]
    pub fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.into() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).expect("status and headers are good")
    }
}

/// A system: its state, and what it answers.
pub trait Service: Send + 'static {
    /// Carries a request out. Requests come one after the other.
    fn answer(&mut self, request: &Request) -> Answer;
}

/// How one request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done and this is answered.
    Answer(Answer),
    /// Nothing is done and the connection is closed without an answer.
    Refuse,
    /// It is done, and the connection is closed without an answer: the outcome is unknown to the client.
    LoseAnswer,
    /// It is done, and the answer is cut off in the middle.
    Truncated,
    /// It is done, and the answer comes so much later.
    Late(Duration),
}

/// A request that a server got, with what it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What was asked.
    pub request: Request,
    /// What was answered; none where the connection was closed instead.
    pub answer: Option<Answer>,
}

struct Inner<S> {
    service: S,
    plans: Plans<Fault>,
    latency: Duration,
    seen: Vec<Seen>,
}

struct Shared<S>(Mutex<Inner<S>>);

impl<S> Shared<S> {
    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server on a free port of loopback, on a thread of its own; stopped when dropped.
pub struct Server<S> {
    shared: Arc<Shared<S>>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl<S: Service> Server<S> {
    /// Starts a server; the service is made with the base URL, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn start(service: impl FnOnce(&str) -> S + Send + 'static) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
            runtime.block_on(serve(service, &ready, stopped));
        });
        let (shared, address) = started.recv().expect("the server says where it listens");
        Self { shared, base_url: format!("http://{address}"), stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Looks at the state, or does something by hand, without a request.
    pub fn with<R>(&self, use_it: impl FnOnce(&mut S) -> R) -> R {
        use_it(&mut self.shared.lock().service)
    }

    /// Plans requests that go wrong, instead of those that were planned before.
    pub fn fail(&self, failures: Vec<Failure>) {
        self.shared.lock().plans = Plans::new(failures);
    }

    /// Every answer takes at least so long from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.lock().latency = latency;
    }

    /// Every request so far with its answer, the oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// How many requests with this method came to paths that start so.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        let inner = self.shared.lock();
        inner.seen.iter().filter(|seen| seen.request.method == method && seen.request.path.starts_with(path)).count()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.shared.lock().seen.clear();
    }
}

impl<S> Drop for Server<S> {
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

async fn serve<S: Service>(
    service: impl FnOnce(&str) -> S,
    ready: &mpsc::Sender<(Arc<Shared<S>>, SocketAddr)>,
    stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let service = service(&format!("http://{address}"));
    let inner = Inner { service, plans: Plans::new(Vec::new()), latency: Duration::ZERO, seen: Vec::new() };
    let shared = Arc::new(Shared(Mutex::new(inner)));
    let app = Router::new().fallback(handle::<S>).with_state(Arc::clone(&shared));
    let door = Door::open(listener, None).expect("a bound socket has an address");
    // Whoever asked may be gone already; then the channel to stop is closed too.
    let _ = ready.send((shared, address));
    let serving = axum::serve(door, app.into_make_service_with_connect_info::<Scissors>());
    tokio::select! {
        _ = serving => {}
        _ = stopped => {}
    }
}

async fn handle<S: Service>(
    State(shared): State<Arc<Shared<S>>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: HttpRequest,
) -> Response {
    let Some(request) = read(request).await else { return Answer::of(413, "text/plain", "too large").response() };
    let (answer, latency, cut) = {
        let mut inner = shared.lock();
        let mut latency = inner.latency;
        let fault = inner.plans.next(&request.method, &request.path);
        let (answer, cut) = match fault {
            Some(Fault::Answer(answer)) => (answer, false),
            Some(Fault::Refuse) => (Answer::empty(503), true),
            Some(Fault::LoseAnswer) => (inner.service.answer(&request), true),
            Some(Fault::Truncated) => {
                let mut answer = inner.service.answer(&request);
                answer.body.truncate(answer.body.len() / 2);
                (answer, false)
            }
            Some(Fault::Late(by)) => {
                latency += by;
                (inner.service.answer(&request), false)
            }
            None => (inner.service.answer(&request), false),
        };
        inner.seen.push(Seen { request, answer: (!cut).then(|| answer.clone()) });
        (answer, latency, cut)
    };
    if cut {
        scissors.cut();
    }
    if latency > Duration::ZERO {
        tokio::time::sleep(latency).await;
    }
    answer.response()
}

async fn read(request: HttpRequest) -> Option<Request> {
    let (head, body) = request.into_parts();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(header).collect(),
        body: to_bytes(body, BODY_LIMIT).await.ok()?.to_vec(),
    })
}
