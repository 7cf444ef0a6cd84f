//! A request as the service sees it.

use serde_json::Value;

use super::answer::Refusal;

/// A request that the server got, for a test to look at afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Below the base URL, starting with a slash.
    pub path: String,
    /// As sent, percent-encoded, without the question mark.
    pub query: String,
    /// The text of the body; empty where there was none.
    pub body: String,
    /// The status that was answered; 0 where the connection was closed instead.
    pub status: u16,
    /// The status that the service gave, also where it was never sent; none where the request was not carried out.
    pub outcome: Option<u16>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Below the base URL, starting with a slash.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A query parameter, percent-decoded; the first of that name.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The body as JSON, if it is said to be JSON (RFC 7644, section 3.1).
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        let kind = self.content_type.as_deref().unwrap_or("application/scim+json");
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !["application/scim+json", "application/json"].contains(&kind) {
            return Err(Refusal::new(415, "the body must be application/scim+json"));
        }
        serde_json::from_slice(&self.body).map_err(|error| Refusal::bad("invalidSyntax", format!("not JSON: {error}")))
    }
}
