//! What the system answered.

use super::{Body, Method, date, failure, wire};
use crate::types::ErrorCode;
use crate::{Error, Result, system};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// How many characters of a body may stand in an error message.
const EXCERPT: usize = 120;

/// A response of any status.
#[derive(Clone, Debug)]
pub struct Response {
    wire: wire::Response,
    method: Method,
    target: String,
    writes: bool,
}

impl Response {
    pub(super) fn new(wire: wire::Response, method: Method, target: String, writes: bool) -> Self {
        Self { wire, method, target, writes }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.wire.status
    }

    /// Whether the status is 2xx, and the system did not say in its own way that too many requests came.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.wire.status) && self.wire.rate_limited.is_none()
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All headers of this name, in any case.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.wire.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.wire.body {
            Body::Text(text) => Cow::Borrowed(text),
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// The body as it is.
    pub fn bytes(&self) -> &[u8] {
        match &self.wire.body {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// `malformed-response` for a body that is not this JSON, with a short excerpt: an HTML page, half a document.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(self.bytes()).map_err(|cause| {
            let what = match cause.classify() {
                serde_json::error::Category::Data => format!("JSON of another form: {cause}"),
                serde_json::error::Category::Eof if self.bytes().is_empty() => "an empty body where JSON was expected".to_owned(),
                serde_json::error::Category::Eof => "JSON that breaks off".to_owned(),
                _ => self.kind_of_text(),
            };
            Error::malformed(format!("{} was answered with {what}{}", self.request(), self.excerpt())).with_status(self.status())
        })
    }

    /// The response itself if its status is 2xx.
    ///
    /// # Errors
    /// By status: 401 `unauthenticated`, 403 `permission-denied`, 404 `not-found`, 405 and 501 `unsupported`, 409 and 412 `conflict`,
    /// 429, and whatever else the manifest's `rate` says, `rate-limited` with `retry-after`, 5xx `unavailable`, or `outcome-unknown` if the request was a write; any
    /// other 4xx `invalid`.
    pub fn error_for_status(self) -> Result<Self> {
        if self.is_success() { Ok(self) } else { Err(self.to_error()) }
    }

    /// The error that the status means, whatever it is; for connectors that put the system's own words in its message.
    pub fn to_error(&self) -> Error {
        let message = format!("{} was answered with status {}{}", self.request(), self.status(), self.excerpt());
        let code = match self.wire.rate_limited {
            Some(_) => ErrorCode::RateLimited,
            None => failure::of_status(self.status(), self.writes),
        };
        Error::new(code, message).with_status(self.status()).with_retry_after(self.retry_after())
    }

    /// Seconds to wait: what the host made of the system's rate limit, or else `Retry-After` as a number or a date (RFC 9110,
    /// section 10.2.3).
    pub fn retry_after(&self) -> Option<u32> {
        if self.wire.rate_limited.is_some() {
            return self.wire.rate_limited;
        }
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(seconds);
        }
        let wait = date::parse(text)?.saturating_sub(system::now());
        u32::try_from(wait.div_ceil(1000)).ok()
    }

    /// The target of the `Link` header with this relation (RFC 8288), `next` for paging.
    pub fn link(&self, relation: &str) -> Option<String> {
        self.headers("link").find_map(|header| crate::paging::link(header, relation))
    }

    fn request(&self) -> String {
        let method = match self.method {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        };
        // A query can carry personal data, and it is not needed to find the place.
        let path = self.target.split('?').next().unwrap_or_default();
        format!("{method} {path}")
    }

    fn kind_of_text(&self) -> String {
        let text = self.text();
        let start = text.trim_start().as_bytes();
        if start.first() == Some(&b'<') { "an HTML or XML page".to_owned() } else { "text that is not JSON".to_owned() }
    }

    /// The beginning of the body on one line, without control characters; empty without a body.
    fn excerpt(&self) -> String {
        let text = self.text();
        let mut line = String::new();
        for word in
            text.split(|character: char| character.is_whitespace() || character.is_control()).filter(|word| !word.is_empty())
        {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            if line.chars().count() > EXCERPT {
                line = line.chars().take(EXCERPT).collect::<String>() + "...";
                break;
            }
        }
        if line.is_empty() { line } else { format!(": {line}") }
    }
}
