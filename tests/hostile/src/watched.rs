//! The real outgoing side, with a note of everything that it hands to the guest.

use innkeeper_egress::{Client, EgressError, Exchange, Request, Response};
use innkeeper_sandbox::{Outgoing, Sent};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// What became of one request.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) exchange: Exchange,
    /// The error's text, where there was one.
    pub(crate) refusal: Option<String>,
    /// Status, headers and content, where there was an answer.
    pub(crate) response: Option<Response>,
}

/// A client and what passed through it.
#[derive(Clone)]
pub(crate) struct Watched {
    client: Client,
    passed: Arc<Mutex<Vec<Passed>>>,
}

impl Watched {
    pub(crate) fn new(client: Client, passed: Arc<Mutex<Vec<Passed>>>) -> Self {
        Self { client, passed }
    }
}

impl Outgoing for Watched {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>> {
        Box::pin(async move {
            let (exchange, result) = self.client.exchange(request).await;
            let passed = Passed {
                exchange: exchange.clone(),
                refusal: result.as_ref().err().map(EgressError::to_string),
                response: result.as_ref().ok().cloned(),
            };
            self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
            (exchange, result)
        })
    }
}
