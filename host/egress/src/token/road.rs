//! How token endpoints are reached: as the app's system is, with connections apart from its own.

use super::Failure;
use crate::credential::TokenRequest;
use crate::target::{check_parsed, check_path, without_query};
use crate::transport::Transport;
use crate::{EgressError, Method, Options, Policy, Response, SetupError, answer};
use bytes::Bytes;
use tokio::time::Instant;
use url::Url;

/// The most that a token endpoint may answer. Tokens with many claims have a few KiB.
const LARGEST: usize = 64 * 1024;

/// The way to token endpoints, with the app's networks, certificate authorities and limits.
pub(super) struct Road {
    pub(super) policy: Policy,
    pub(super) options: Options,
    transport: Transport,
}

impl Road {
    pub(super) fn new(policy: &Policy, options: &Options) -> Result<Self, SetupError> {
        let transport = Transport::for_any_scheme(&policy.app, options)?;
        Ok(Self { policy: policy.clone(), options: options.clone(), transport })
    }

    /// Sends the request and waits for the whole answer. It is not redacted.
    pub(super) async fn post(&self, request: TokenRequest) -> Result<Response, Failure> {
        let TokenRequest { url, headers, body, .. } = request;
        let url = &url;
        usable(url).map_err(|reason| Failure::lasting(format!("`{}` cannot be requested: {reason}", without_query(url))))?;
        // Wiped when the HTTP library is done with it.
        let body = body.map(Bytes::from_owner);
        self.send(url, headers, body).await.map_err(|error| match error {
            EgressError::Resolution { .. }
            | EgressError::Connection { .. }
            | EgressError::Timeout { .. }
            | EgressError::Protocol { .. } => Failure::passing(error.to_string(), None),
            error => Failure::lasting(error.to_string()),
        })
    }

    async fn send(&self, url: &Url, headers: http::HeaderMap, body: Option<Bytes>) -> Result<Response, EgressError> {
        let Self { policy, options, transport } = self;
        let wire = transport.wire(url)?;
        wire.prepare(url, policy, &options.lookup(Instant::now() + options.connect_timeout)).await?;
        let deadline = Instant::now() + options.timeout;
        // A redirect is an answer like any other: the secret never goes on to another place.
        let response = transport.send(Method::Post, url, headers, body, deadline).await?;
        answer::read(response, transport, url, LARGEST, None, deadline).await
    }
}

/// Whether a URL can be a token endpoint's.
pub(super) fn usable(url: &Url) -> Result<(), &'static str> {
    check_parsed(url).and_then(|()| check_path(url.path()))
}
