//! HTTP through the host: `http::get("/Users").query("count", 100).send()?.error_for_status()?.json::<T>()?`.
//!
//! The host knows the base URL, checks the request against what the operator granted, and puts the credential in.

mod date;
mod failure;
mod response;

use crate::bindings::base::innkeeper::connector::http as wire;
use crate::{Error, Result, host};
use serde::Serialize;

pub use response::Response;
pub use wire::{Body, Credential, Field, HttpError, HttpErrorCode, Method};

/// A request that is being put together.
#[derive(Clone, Debug)]
pub struct Request {
    wire: wire::Request,
    /// Whether it may change something on the system, which decides what an unanswered one means.
    writes: bool,
    /// A body that could not be written, told when the request is sent.
    fault: Option<Error>,
}

/// Reads. `target` is a path below the app's base URL, starting with `/`, or an absolute URL on a granted host.
pub fn get(target: impl Into<String>) -> Request {
    Request::new(Method::Get, target)
}

/// Creates, usually.
pub fn post(target: impl Into<String>) -> Request {
    Request::new(Method::Post, target)
}

/// Replaces.
pub fn put(target: impl Into<String>) -> Request {
    Request::new(Method::Put, target)
}

/// Edits (RFC 5789).
pub fn patch(target: impl Into<String>) -> Request {
    Request::new(Method::Patch, target)
}

/// Deletes.
pub fn delete(target: impl Into<String>) -> Request {
    Request::new(Method::Delete, target)
}

/// One path segment with everything percent-encoded that is not unreserved (RFC 3986, section 2.3): an id in a path.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

impl Request {
    /// A request of any method, sent with the slot `default`.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        let writes = !matches!(method, Method::Get | Method::Head | Method::Options);
        let wire = wire::Request {
            method,
            target: target.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            credential: Credential::Default,
            keep_for: None,
        };
        Self { wire, writes, fault: None }
    }

    /// One more query parameter; the host percent-encodes it.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.wire.query.push(Field { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// One more query parameter, if there is a value.
    #[must_use]
    pub fn query_if(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// One more header. Reserved ones, such as `authorization`, are the host's: a request that has them is refused.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.wire.headers.push(Field { name: name.to_owned(), value: value.into() });
        self
    }

    /// A JSON body, with `content-type: application/json` unless the request has a content type already.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => self.wire.body = Some(Body::Text(text)),
            Err(cause) => self.fault = Some(Error::internal(format!("the request's body cannot be written as JSON: {cause}"))),
        }
        if self.wire.headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
            return self;
        }
        self.header("content-type", "application/json")
    }

    /// A body of `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value))).collect();
        self.wire.body = Some(Body::Text(pairs.join("&")));
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// The credential slot of the manifest to use instead of `default`.
    #[must_use]
    pub fn slot(mut self, name: impl Into<String>) -> Self {
        self.wire.credential = Credential::Slot(name.into());
        self
    }

    /// Sends no credential: a public endpoint.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.wire.credential = Credential::Anonymous;
        self
    }

    /// Lets the host give the answer again for so many seconds, to any call that asks the same and says so too: what the system is
    /// like, which every call needs. Only for GET, and never for what a write changes.
    #[must_use]
    pub fn keep_for(mut self, seconds: u32) -> Self {
        self.wire.keep_for = Some(seconds);
        self
    }

    /// Says that the request changes nothing although it is no GET: a search by POST. Then no answer means `unavailable` and not
    /// `outcome-unknown`.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.writes = false;
        self
    }

    /// Sends the request and waits for its whole response. A response of any status is a success; see
    /// [`Response::error_for_status`].
    ///
    /// # Errors
    /// What kept the request from being answered. A write that may have reached the system is `outcome-unknown`.
    pub fn send(self) -> Result<Response> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        match host::send(&self.wire) {
            Ok(answer) => Ok(Response::new(answer, self.wire.method, self.wire.target, self.writes)),
            Err(error) => Err(failure::of_transport(error, self.writes)),
        }
    }
}

#[cfg(test)]
mod tests;
