//! A host for native tests: what the connector sends is answered by a [`Transport`], most often by a [`Script`].
//!
//! ```
//! use innkeeper_sdk::{http, testing::{self, Exchange, Script}};
//! use serde_json::json;
//!
//! let script = Script::new().then(Exchange::get("/users").query("page", 1).answers(200, json!([])));
//! let users: Vec<String> = testing::run(json!({}), script, || http::get("/users").query("page", 1).send()?.json()).unwrap();
//! assert!(users.is_empty());
//! ```

mod exchange;
#[cfg(test)]
mod tests;

use crate::bindings::base::innkeeper::connector::{http as wire, log};
use crate::http::HttpErrorCode;
use std::cell::RefCell;

pub use exchange::{Exchange, Script};
pub use wire::{Body, Credential, Field, HttpError, Method, Request, Response};

/// What answers the requests of the connector under test. A closure is one.
pub trait Transport {
    /// Answers one request.
    fn send(&mut self, request: &Request) -> Result<Response, HttpError>;

    /// Called after the test: the place to assert that nothing is left over.
    fn finish(&mut self) {}
}

impl<F: FnMut(&Request) -> Result<Response, HttpError>> Transport for F {
    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        self(request)
    }
}

struct Host {
    config: String,
    transport: Box<dyn Transport>,
    now: f64,
    log: Vec<(log::Level, String)>,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Takes the host away again, also when the test panics.
struct Installed;

impl Drop for Installed {
    fn drop(&mut self) {
        HOST.with_borrow_mut(|host| *host = None);
    }
}

/// Runs `test` with a host that has this configuration and this transport. The clock stands at 2026-11-23T00:00:00Z, and random
/// bytes count up from 0: what a test sees is the same every time.
///
/// # Panics
/// When the connector sends what the transport does not expect, and when the transport expected more.
pub fn run<R>(config: serde_json::Value, transport: impl Transport + 'static, test: impl FnOnce() -> R) -> R {
    run_with_log(config, transport, test).0
}

/// As [`run`], with the lines that the connector logged.
///
/// # Panics
/// As [`run`].
pub fn run_with_log<R>(
    config: serde_json::Value,
    transport: impl Transport + 'static,
    test: impl FnOnce() -> R,
) -> (R, Vec<(log::Level, String)>) {
    let host = Host { config: config.to_string(), transport: Box::new(transport), now: 1_795_392_000_000.0, log: Vec::new() };
    HOST.with_borrow_mut(|slot| {
        assert!(slot.is_none(), "testing::run inside testing::run");
        *slot = Some(host);
    });
    let installed = Installed;
    let result = test();
    let host = HOST.with_borrow_mut(Option::take);
    drop(installed);
    let mut host = host.expect("the host is there until `installed` is dropped");
    host.transport.finish();
    (result, host.log)
}

/// An answer with a JSON body.
pub fn json(status: u16, body: &serde_json::Value) -> Response {
    let headers = vec![Field { name: "content-type".to_owned(), value: "application/json".to_owned() }];
    Response { status, headers, body: Body::Text(body.to_string()), rate_limited: None }
}

/// An answer with a text body.
pub fn text(status: u16, content_type: &str, body: &str) -> Response {
    let headers = vec![Field { name: "content-type".to_owned(), value: content_type.to_owned() }];
    Response { status, headers, body: Body::Text(body.to_owned()), rate_limited: None }
}

/// A request that got no answer.
pub fn failure(code: HttpErrorCode, sent: bool) -> HttpError {
    HttpError { code, message: format!("{code:?}"), sent, retry_after: None }
}

fn with_host<R>(work: impl FnOnce(&mut Host) -> R) -> R {
    HOST.with_borrow_mut(|host| match host {
        Some(host) => work(host),
        None => panic!("there is no host here: wrap the test in innkeeper_sdk::testing::run"),
    })
}

pub(crate) fn send(request: &Request) -> Result<Response, HttpError> {
    with_host(|host| host.transport.send(request))
}

pub(crate) fn config() -> String {
    with_host(|host| host.config.clone())
}

pub(crate) fn log(level: log::Level, message: &str, fields: Vec<log::Field>) {
    let fields: String = fields.iter().map(|field| format!(" {}={}", field.name, field.value)).collect();
    with_host(|host| host.log.push((level, format!("{message}{fields}"))));
}

pub(crate) fn now() -> f64 {
    with_host(|host| host.now)
}

pub(crate) fn random(length: u32) -> Vec<u8> {
    (0..length.min(4096)).map(|index| (index % 256) as u8).collect()
}
