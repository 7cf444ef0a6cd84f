//! A service without a network: the transport of a connector that runs natively in a test.

use std::cell::RefCell;
use std::rc::Rc;

use innkeeper_sdk::testing::{Body, Field, HttpError, Method, Request as Sent, Response, Transport};

use crate::web::{Request, Service};

/// Hands every request of a connector to a service. Clones share the service, so that a test can look at it meanwhile.
///
/// There is no host in between: no credential is added, and no answer is recognised as a rate limit.
#[derive(Debug)]
pub struct Direct<S> {
    service: Rc<RefCell<S>>,
    /// The path of the base URL, without a slash at the end.
    base: String,
}

impl<S> Clone for Direct<S> {
    fn clone(&self) -> Self {
        Self { service: Rc::clone(&self.service), base: self.base.clone() }
    }
}

impl<S: Service> Direct<S> {
    /// A service whose base URL has this path, such as `/admin/directory/v1`; empty where it has none.
    pub fn new(service: S, base: &str) -> Self {
        Self { service: Rc::new(RefCell::new(service)), base: base.to_owned() }
    }

    /// Looks at the state, or does something by hand.
    pub fn with<R>(&self, use_it: impl FnOnce(&mut S) -> R) -> R {
        use_it(&mut self.service.borrow_mut())
    }
}

impl<S: Service> Transport for Direct<S> {
    fn send(&mut self, request: &Sent) -> Result<Response, HttpError> {
        let answer = self.service.borrow_mut().answer(&received(request, &self.base));
        let field = |(name, value): (String, String)| Field { name: name.to_lowercase(), value };
        Ok(Response {
            status: answer.status,
            headers: answer.headers.into_iter().map(field).collect(),
            body: match String::from_utf8(answer.body) {
                Ok(text) => Body::Text(text),
                Err(error) => Body::Bytes(error.into_bytes()),
            },
            rate_limited: None,
        })
    }
}

/// The request as it arrives at the service: the path of an absolute URL as it is, any other below the base.
fn received(sent: &Sent, base: &str) -> Request {
    let absolute = sent.target.split_once("://").map(|(_, rest)| rest);
    let (host, target) = match absolute {
        Some(rest) => {
            let start = rest.find('/').unwrap_or(rest.len());
            (Some(rest[..start].to_owned()), rest[start..].to_owned())
        }
        None => (None, format!("{base}{}", sent.target)),
    };
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut pairs = form_urlencoded::Serializer::new(query.to_owned());
    pairs.extend_pairs(sent.query.iter().map(|field| (&field.name, &field.value)));
    let headers = sent.headers.iter().map(|field| (field.name.to_lowercase(), field.value.clone()));
    Request {
        method: method(sent.method).to_owned(),
        path: path.to_owned(),
        query: pairs.finish(),
        headers: headers.chain(host.map(|host| ("host".to_owned(), host))).collect(),
        body: match &sent.body {
            Some(Body::Text(text)) => text.clone().into_bytes(),
            Some(Body::Bytes(bytes)) => bytes.clone(),
            None => Vec::new(),
        },
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
        Method::Options => "OPTIONS",
    }
}
