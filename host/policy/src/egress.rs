//! How the whole installation reaches other systems.

use url::Url;

/// `[egress]`: what is the same for every app and source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Egress {
    /// The proxy through which https goes to hosts outside of the operator's own network; none for none. `http://`, host and port, and
    /// nothing else. Variables of the environment name none.
    pub proxy: Option<Url>,
}
