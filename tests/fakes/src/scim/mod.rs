//! A SCIM 2.0 server of our own (RFC 7643, RFC 7644, RFC 9865), in this process, that can misbehave on demand.
//!
//! What it does without [`Quirks`] is compared, request by request, with a server that somebody else wrote: see the end to end
//! test `peers`. So a connector that works here does not work by our own wishful thinking only.

mod answer;
mod directory;
mod discovery;
mod embedded;
mod fault;
mod filter;
mod listing;
mod patch;
mod path;
mod projection;
mod quirks;
mod request;
mod resource;
mod schema;
mod server;
mod service;
mod trap;

pub(crate) use embedded::{Embedded, Reply, rules};
pub use fault::Fault;
pub use quirks::{Answers, FilterSupport, Paging, PatchSupport, Quirks, TotalResults};
pub use request::Seen;
pub use schema::{ENTERPRISE_USER, GROUP, USER};
pub use server::ScimServer;
pub use trap::{Moment, Trap};

/// A plan: which requests go wrong, and how.
pub type Failure = crate::plan::Failure<Fault>;
