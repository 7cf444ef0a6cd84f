//! Requests to the server and its typed answers.

use crate::Scim;
use crate::failure;
use crate::resource::{Object, Resource, member};
use innkeeper_sdk::Result;
use innkeeper_sdk::http::{self, Request, Response, segment};
use serde_json::Value;

/// Both are in use, and servers of either kind answer to this.
const ACCEPT: &str = "application/scim+json, application/json";

impl Scim {
    /// A path below the base.
    pub(crate) fn below(&self, path: &str) -> String {
        format!("{}{path}", self.dialect.base)
    }

    /// Where all users are.
    pub(crate) fn users(&self) -> String {
        self.below(&self.dialect.users)
    }

    /// Where one user is.
    pub(crate) fn user(&self, id: &str) -> String {
        format!("{}/{}", self.users(), segment(id))
    }

    /// Sends a request and takes the answer only if it is a success. `names` are the attributes that are sent.
    pub(crate) fn send(&self, request: Request, names: &[String]) -> Result<Response> {
        let mut request = request.header("accept", ACCEPT);
        for (name, value) in &self.dialect.headers {
            request = request.header(name, value.as_str());
        }
        if let Some(slot) = &self.dialect.slot {
            request = request.slot(slot.as_str());
        }
        let response = request.send()?;
        if response.is_success() { Ok(response) } else { Err(failure::of_response(&response, names, &self.dialect.taken)) }
    }

    /// A request with a SCIM body, and `If-Match` if there is a version to hold on to.
    pub(crate) fn with_body(&self, request: Request, body: &Value, version: Option<&str>) -> Request {
        self.if_match(request.header("content-type", self.dialect.content_type.as_str()), version).json(body)
    }

    /// The request on condition that the resource still has this version (RFC 7644, section 3.14).
    pub(crate) fn if_match(&self, request: Request, version: Option<&str>) -> Request {
        match version.filter(|_| self.dialect.etag) {
            Some(version) => request.header("if-match", version),
            None => request,
        }
    }

    /// Reads one whole resource.
    pub(crate) fn read(&self, path: &str) -> Result<Resource> {
        Resource::of_response(&self.send(http::get(path), &[])?)
    }

    /// The user after a write: what the server answered, or, since it may answer nothing, what it reads as now.
    pub(crate) fn after(&self, response: &Response, path: &str) -> Result<Resource> {
        if let Ok(object) = response.json::<Object>()
            // Some answer with what was changed only, and from that nothing may be concluded about the rest.
            && member(&object, "userName").is_some()
            && let Ok(resource) = Resource::of_response(response)
        {
            return Ok(resource);
        }
        self.read(path).map_err(failure::after_write)
    }
}
