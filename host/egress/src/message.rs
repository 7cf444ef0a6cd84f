//! What goes in and what comes out.

use crate::{Code, Method};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// Which credential of the app goes into a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum CredentialSlot {
    /// The slot named `default`.
    #[default]
    Default,
    /// The slot of this name.
    Slot(String),
    /// None: a public endpoint.
    Anonymous,
}

impl CredentialSlot {
    /// The slot's name in configuration; none for an anonymous request.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Default => Some("default"),
            Self::Slot(name) => Some(name),
            Self::Anonymous => None,
        }
    }
}

/// A request as a connector asks for it. Nothing in it is trusted.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// A path below the app's base URL, starting with `/`, or an absolute URL on a granted host.
    pub target: String,
    /// Appended to the target, percent-encoded.
    pub query: Vec<(String, String)>,
    /// Header fields, without the reserved ones.
    pub headers: Vec<(String, String)>,
    /// The content, if there is any.
    pub body: Option<Vec<u8>>,
    /// The credential to put in.
    pub credential: CredentialSlot,
    /// When the caller stops waiting; the options' own limits hold as well.
    pub deadline: Option<Instant>,
}

impl Request {
    /// A request without query, headers and body, with the default credential.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            credential: CredentialSlot::Default,
            deadline: None,
        }
    }
}

/// A response, with nothing in it that a connector must not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status. Any status is a success of sending.
    pub status: u16,
    /// Header fields without cookies; names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The content, decompressed.
    pub body: Vec<u8>,
    /// How long to wait, where this is how the system says that too many requests came. The request was not carried out.
    pub rate_limited: Option<Duration>,
}

/// The record of one request, for the journal: no headers, no bodies, no secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// The URL, with the values in the query left out; the target as it was asked for where it is no URL.
    pub url: String,
    /// The status of the response; none where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// Whether the request may have reached the system.
    pub sent: bool,
    /// How long it waited for the rate budget, in milliseconds.
    pub waited: u64,
    /// From sending to the last byte, in milliseconds.
    pub millis: u64,
    /// The size of the request's content in bytes.
    pub request_bytes: u64,
    /// The size of the response's content in bytes, decompressed.
    pub response_bytes: u64,
}
