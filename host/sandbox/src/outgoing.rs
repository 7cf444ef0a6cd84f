//! What sends the requests of connectors.

use innkeeper_egress::{Client, EgressError, Exchange, Request, Response};
use std::future::Future;
use std::pin::Pin;

/// What becomes of one request: its record, and the response or why there is none.
pub type Sent = (Exchange, Result<Response, EgressError>);

/// Sends the requests of one app's connector. A program uses [`innkeeper_egress::Client`]; a test may answer itself.
pub trait Outgoing: Send + Sync {
    /// Sends one request, if policy and budget allow, and waits for its whole response.
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>>;
}

impl Outgoing for Client {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>> {
        Box::pin(self.exchange(request))
    }
}
