//! A system to send requests to, without a network.

use crate::{Outgoing, Sent};
use innkeeper_egress::{Code, EgressError, Exchange, Request, Response};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the system does with a request.
pub(super) enum Reply {
    /// Answers.
    Answer(u16, Vec<u8>),
    /// Takes the request and never says anything more.
    Silence,
    /// Takes the request and the connection breaks.
    Break,
    /// The request never leaves the host.
    Refuse,
    /// Answers with more than the host takes.
    TooLarge,
    /// Neither answers nor breaks: the call waits.
    Hang,
}

impl Reply {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::Answer(status, body.to_string().into_bytes())
    }
}

type Behaviour = dyn Fn(&Request) -> Reply + Send + Sync;

/// A system that answers as a function says, and remembers what it was asked.
#[derive(Clone)]
pub(super) struct Peer {
    behaviour: Arc<Behaviour>,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Peer {
    pub(super) fn new(behaviour: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self { behaviour: Arc::new(behaviour), seen: Arc::default() }
    }

    pub(super) fn silent() -> Self {
        Self::new(|_| Reply::Silence)
    }

    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("no test panics while it holds this").clone()
    }
}

impl Outgoing for Peer {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>> {
        Box::pin(async move {
            let reply = (self.behaviour)(&request);
            let exchange = |status, error, sent| Exchange {
                method: request.method,
                url: format!("https://api.example.com{}", request.target),
                status,
                error,
                sent,
                waited: 0,
                millis: 1,
                request_bytes: 0,
                response_bytes: 0,
            };
            let host = "api.example.com:443".to_owned();
            self.seen.lock().expect("no test panics while it holds this").push(request.clone());
            match reply {
                Reply::Answer(status, body) => {
                    (exchange(Some(status), None, true), Ok(Response { status, headers: vec![], body, rate_limited: None }))
                }
                Reply::Silence => {
                    let error = EgressError::Timeout { host, after: Duration::from_secs(60), phase: "waiting", sent: true };
                    (exchange(None, Some(Code::Timeout), true), Err(error))
                }
                Reply::Break => {
                    let error = EgressError::Protocol { host, reason: "it broke".to_owned() };
                    (exchange(None, Some(Code::Protocol), true), Err(error))
                }
                Reply::Refuse => {
                    let error = EgressError::Connection { host, reason: "refused".to_owned() };
                    (exchange(None, Some(Code::Connection), false), Err(error))
                }
                Reply::TooLarge => {
                    let error = EgressError::TooLarge { host, limit: 1 << 20 };
                    (exchange(Some(200), Some(Code::TooLarge), true), Err(error))
                }
                Reply::Hang => std::future::pending().await,
            }
        })
    }
}
