//! What the service answers, before anything about the wire.

use serde_json::{Map, Value, json};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A SCIM error (RFC 7644, section 3.12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) scim_type: Option<&'static str>,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// A 400 with one of the words of RFC 7644, table 9.
    pub(super) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    pub(super) fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad("invalidValue", detail)
    }

    pub(super) fn invalid_path(path: &str) -> Self {
        Self::bad("invalidPath", format!("`{path}` is no path of this schema"))
    }

    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        Self::new(404, format!("{kind} `{id}` not found"))
    }

    pub(super) fn uniqueness(attribute: &str) -> Self {
        Self { status: 409, scim_type: Some("uniqueness"), detail: format!("`{attribute}` is taken") }
    }
}

/// An answer of the service.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    pub(super) etag: Option<String>,
    pub(super) location: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), etag: None, location: None, headers: Vec::new() }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: None, etag: None, location: None, headers: Vec::new() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": refusal.status.to_string(),
            "detail": refusal.detail,
        });
        if let Some(scim_type) = refusal.scim_type {
            body["scimType"] = scim_type.into();
        }
        Self::json(refusal.status, body)
    }
}
