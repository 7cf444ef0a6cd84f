//! The steps in their order.

use crate::credential::Injector;
use crate::rate::{Gate, Reading};
use crate::transport::Transport;
use crate::{Credentials, EgressError, Exchange, Options, Policy, Rate, Request, Response, SetupError};
use crate::{answer, headers, redirect, target};
use bytes::Bytes;
use http::HeaderName;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Sends the requests of one app. Cheap to clone; all clones share connections, budgets and policy.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    policy: Policy,
    credentials: Injector,
    credential_headers: Vec<HeaderName>,
    options: Options,
    gate: Gate,
    transport: Transport,
}

/// What is known of a request by the time it ends.
struct Trace {
    url: String,
    waited: Duration,
    sent_at: Option<Instant>,
    status: Option<u16>,
}

impl Client {
    /// A client for one app. Without a rate the app's system is sent as much as the connector asks for, and only the usual answers ask for a
    /// rest.
    ///
    /// # Errors
    ///
    /// When the policy has a URL that no request may have, the budget lets nothing through, a credential uses a header that it cannot
    /// use, has a token endpoint that cannot be asked or a refresh token that cannot be kept, or the certificate authorities cannot be
    /// read.
    pub fn new(policy: Policy, rate: Option<Rate>, credentials: Credentials, options: Options) -> Result<Self, SetupError> {
        policy.check()?;
        let gate = Gate::new(&policy.app, rate.unwrap_or_default(), options.longest_retry_after)?;
        let credential_headers = credentials.headers(&policy.app)?;
        let transport = Transport::new(&policy, &options)?;
        let credentials = Injector::new(credentials, &policy, &options)?;
        Ok(Self(Arc::new(Inner { policy, credentials, credential_headers, options, gate, transport })))
    }

    /// The policy that every request is checked against.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Sends one request and waits for its whole answer. An answer of any status is a success.
    ///
    /// # Errors
    ///
    /// [`EgressError`] says what, [`code`](EgressError::code) of which kind, and [`sent`](EgressError::sent) whether the request may have
    /// reached the system.
    pub async fn send(&self, request: Request) -> Result<Response, EgressError> {
        self.exchange(request).await.1
    }

    /// As [`send`](Self::send), with the record for the journal.
    pub async fn exchange(&self, request: Request) -> (Exchange, Result<Response, EgressError>) {
        let method = request.method;
        let request_bytes = request.body.as_ref().map_or(0, |body| body.len() as u64);
        let mut trace = Trace { url: target::shown(&request.target), waited: Duration::ZERO, sent_at: None, status: None };
        let result = self.0.run(request, &mut trace).await;
        let exchange = Exchange {
            method,
            url: trace.url,
            status: trace.status,
            error: result.as_ref().err().map(EgressError::code),
            // A redirect that was followed did reach the system, whatever became of what came after it.
            sent: trace.status.is_some() || result.as_ref().is_err_and(EgressError::sent),
            waited: millis(trace.waited),
            millis: trace.sent_at.map_or(0, |sent_at| millis(sent_at.elapsed())),
            request_bytes,
            response_bytes: result.as_ref().map_or(0, |response| response.body.len() as u64),
        };
        if let Err(error) = &result {
            let (app, url, code) = (&self.0.policy.app, &exchange.url, error.code());
            tracing::warn!(%app, %method, %url, ?code, sent = exchange.sent, "no response: {error}");
        }
        (exchange, result)
    }
}

impl Inner {
    async fn run(&self, request: Request, trace: &mut Trace) -> Result<Response, EgressError> {
        let method = request.method;
        let limit = self.options.request_bytes;
        if let Some(size) = request.body.as_ref().map(Vec::len).filter(|size| *size > limit) {
            return Err(EgressError::RequestTooLarge { size, limit });
        }
        let mut url = target::url(&self.policy.base, &request.target, &request.query)?;
        trace.url = target::redacted(&url);
        let headers = headers::check(&request.headers, &self.credential_headers)?;
        self.policy.allow(method, &url)?;
        let patience = request.deadline;
        let body = request.body.map(Bytes::from);
        let mut followed = 0;
        let (asked, mut refused) = (Instant::now(), None);
        loop {
            tracing::debug!(app = %self.policy.app, %method, url = %target::redacted(&url), followed, "request");
            let wire = self.transport.wire(&url)?;
            let deadline = before(self.options.connect_timeout, patience);
            wire.prepare(&url, &self.policy, &self.options.lookup(deadline)).await?;

            let arrived = Instant::now();
            let passed = self.gate.pass(method, &url, before(self.options.budget_wait, patience)).await;
            trace.waited += arrived.elapsed();
            passed?;
            if let Some(why) = self.options.hold.as_ref().and_then(|hold| hold()) {
                return Err(EgressError::Paused { app: self.policy.app.clone(), why });
            }

            let mut headers = headers.clone();
            let deadline = before(self.options.timeout, patience);
            let injected = self.credentials.inject(&request.credential, &mut headers, refused.as_ref(), deadline).await?;

            let sent_at = Instant::now();
            trace.sent_at.get_or_insert(sent_at);
            let deadline = before(self.options.timeout, patience);
            let redactor = injected.redactor();
            let response = self.transport.send(method, &url, headers, body.clone(), deadline).await;
            let response = response.map_err(|error| error.without_echo(redactor))?;
            let status = response.status().as_u16();
            if let Some(worn) = injected.judged(status, asked).filter(|_| refused.is_none()) {
                refused = Some(worn);
                continue;
            }
            trace.status = Some(status);
            match redirect::next(&self.policy, method, &url, status, response.headers(), followed, redactor) {
                Ok(None) => {
                    let limit = self.options.response_bytes;
                    let headers = response.headers().clone();
                    let result = answer::read(response, &self.transport, &url, limit, redactor, deadline).await;
                    let result = result.map_err(|error| error.without_echo(redactor));
                    // Headers tell even where the body could not be read.
                    let body = result.as_ref().ok().map(|response| response.body.as_slice());
                    let rate_limited = self.gate.heed(&Reading::new(status, &headers, body, (self.options.clock)()), sent_at);
                    return result.map(|response| Response { rate_limited, ..response });
                }
                Ok(Some(to)) => (url, followed) = (to, followed + 1),
                Err(error) => return Err(error.without_echo(redactor)),
            }
        }
    }
}

/// A limit from now on, or the caller's deadline where that comes first.
fn before(limit: Duration, deadline: Option<Instant>) -> Instant {
    let limit = Instant::now() + limit;
    deadline.map_or(limit, |deadline| deadline.min(limit))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
