//! One outgoing request: policy, resolution, rate, credential, redaction.
//!
//! A [`Client`] belongs to one app and is shared by all its calls. What it does to a request, in this order, a module a step:
//!
//! 1. `target`: the URL is parsed and joined to the base URL;
//! 2. `headers`: headers that belong to the host are refused;
//! 3. `rule`: method, scheme, host, port and path must be asked for by the connector *and* granted by the operator;
//! 4. the request is logged, without the values in its query;
//! 5. `resolve` and `address`: the name is looked up once, refused addresses are taken out, the others are pinned;
//! 6. `rate`: the budgets are spent, and a rest that the system asked for is waited for;
//! 7. `credential`: only now the secret is fetched and put into a header; `token`: or exchanged for an access token that is;
//! 8. `transport` and `tls`: the request is sent; `redirect`: never to another host;
//! 9. `answer`: at most so many bytes are read, cookies are taken out, echoes of the secret are replaced; `rate`: what it says of the rate is
//!    heeded.
//!
//! Nothing here knows of connectors' components, plans or databases.

mod address;
mod answer;
mod client;
mod credential;
mod error;
mod headers;
mod message;
mod method;
mod options;
mod policy;
pub mod rate;
mod redirect;
mod resolve;
mod rule;
mod target;
mod tls;
mod token;
mod transport;

pub use client::Client;
pub use credential::{ClientAuthentication, Credential, Credentials, GithubApp, OauthClient, OauthRefresh, ServiceAccount};
pub use error::{Code, EgressError, SetupError};
pub use message::{CredentialSlot, Exchange, Request, Response};
pub use method::Method;
pub use options::{Clock, Options};
pub use policy::Policy;
pub use rate::Rate;
pub use resolve::{Resolve, SystemResolver};
pub use rule::HostRule;
