//! The connector in our sandbox: a fresh instance for each call, all limits on, the log written.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use innkeeper_domain::AppName;
use innkeeper_egress::{Exchange, Request, Response};
use innkeeper_sandbox::{AppSettings, ConnectedApp, Connector, Limits, Outgoing, Sent};

use super::ACCOUNTS;
use crate::Failure;

/// A system that answers everything with the same text, at once.
struct Canned(String);

impl Outgoing for Canned {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>> {
        Box::pin(async move {
            let exchange = Exchange {
                method: request.method,
                url: format!("https://api.example.com{}", request.target),
                status: Some(200),
                error: None,
                sent: true,
                waited: 0,
                millis: 0,
                request_bytes: 0,
                response_bytes: self.0.len() as u64,
            };
            let body = self.0.clone().into_bytes();
            (exchange, Ok(Response { status: 200, headers: Vec::new(), body, rate_limited: None }))
        })
    }
}

/// Connects to a system that gives this answer.
///
/// # Errors
/// When the settings do not fit.
pub fn connect(connector: &Connector, answer: &str) -> Result<ConnectedApp, Failure> {
    let app = AppSettings {
        name: AppName::new("directory"),
        configuration: serde_json::json!({}),
        http: Arc::new(Canned(answer.to_owned())),
        limits: Limits::default(),
    };
    connector.connect(app).map_err(Failure::of("connecting"))
}

/// How long one `describe` takes.
///
/// # Errors
/// When it fails.
pub async fn call(app: &ConnectedApp) -> Result<Duration, Failure> {
    let start = std::time::Instant::now();
    let answer = app.describe().await;
    let taken = start.elapsed();
    answer.result.map_err(|error| Failure::new("describe", format!("{error:?}"))).map(|_| taken)
}

/// How long one list takes.
///
/// # Errors
/// When it fails, or is not whole.
pub async fn list(app: &ConnectedApp) -> Result<Duration, Failure> {
    let start = std::time::Instant::now();
    let answer = app.list_accounts(None).await;
    let taken = start.elapsed();
    let page = answer.result.map_err(|error| Failure::new("list", format!("{error:?}")))?;
    if page.items.len() == ACCOUNTS { Ok(taken) } else { Err(Failure::new("list", "accounts are missing")) }
}
