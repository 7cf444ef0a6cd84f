//! The limits of a client.

use crate::resolve::Lookup;
use crate::{Proxy, Resolve, SystemResolver};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Says why nothing may be sent just now; none while it may. Asked before every request.
pub type Hold = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The limits of a client and what it is built on.
#[derive(Clone)]
pub struct Options {
    /// How long making a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// How long one request may take from sending to the last byte of the answer.
    pub timeout: Duration,
    /// How long a request may wait for the rate budget.
    pub budget_wait: Duration,
    /// The longest rest that is believed when a system asks for one.
    pub longest_retry_after: Duration,
    /// The most bytes that a request's content may have.
    pub request_bytes: usize,
    /// The most bytes that a response's content may have, after decompression.
    pub response_bytes: usize,
    /// How long a looked-up and checked address is used for new connections.
    pub resolution_lifetime: Duration,
    /// Connections that are kept open to a host while nobody uses them.
    pub idle_connections: usize,
    /// What the host calls itself when the connector does not say.
    pub user_agent: String,
    /// Certificate authorities beside those of the operating system, as PEM.
    pub certificate_authorities: Vec<Vec<u8>>,
    /// The proxy for hosts that are not in the operator's own network; none for none. The environment is not asked.
    pub proxy: Option<Proxy>,
    /// The operator's kill switch; none for none.
    pub hold: Option<Hold>,
    /// Who looks names up.
    pub resolver: Arc<dyn Resolve>,
    /// The time that signed assertions say and access tokens end by.
    pub clock: Clock,
}

impl Options {
    /// How names are looked up, with a wait that ends then.
    pub(crate) fn lookup(&self, deadline: Instant) -> Lookup<'_> {
        Lookup { resolver: &*self.resolver, lifetime: self.resolution_lifetime, deadline }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            budget_wait: Duration::from_secs(60),
            longest_retry_after: Duration::from_secs(24 * 60 * 60),
            request_bytes: 16 * 1024 * 1024,
            response_bytes: 16 * 1024 * 1024,
            resolution_lifetime: Duration::from_secs(30),
            idle_connections: 64,
            user_agent: concat!("innkeeper/", env!("CARGO_PKG_VERSION")).to_owned(),
            certificate_authorities: Vec::new(),
            proxy: None,
            hold: None,
            resolver: Arc::new(SystemResolver),
            clock: Arc::new(SystemTime::now),
        }
    }
}
