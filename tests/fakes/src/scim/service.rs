//! From a request to an answer: the whole protocol, without a wire.

use serde_json::Value;

use super::answer::{Answer, Object, Refusal};
use super::directory::{Directory, Members, Stored};
use super::discovery;
use super::listing::{self, Query};
use super::patch;
use super::projection::Projection;
use super::quirks::{PatchSupport, Quirks};
use super::request::Request;
use super::resource;
use super::schema::ResourceType;

pub(super) struct Service {
    pub(super) directory: Directory,
    pub(super) quirks: Quirks,
    base: String,
    token: String,
}

impl Service {
    pub(super) fn new(base: String, token: String, quirks: Quirks) -> Self {
        Self { directory: Directory::new(quirks.case_sensitive), quirks, base, token }
    }

    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        let known = request.authorization.as_deref().and_then(|value| value.split_once(' '));
        if !known.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token == self.token) {
            let mut answer = Answer::from(Refusal::new(401, "the bearer token is missing or wrong"));
            answer.headers.push(("www-authenticate", "Bearer realm=\"SCIM\"".to_owned()));
            return answer;
        }
        self.routed(request).unwrap_or_else(Answer::from)
    }

    fn routed(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let path: Vec<_> = request.path.split('/').filter(|part| !part.is_empty()).collect();
        if !self.quirks.no_discovery
            && let Some(found) = discovery::get(&path, &self.quirks, &self.base)
        {
            return match (request.method.as_str(), request.parameter("filter")) {
                ("GET", None) => Ok(Answer::json(200, found?)),
                ("GET", Some(_)) => Err(Refusal::new(403, "discovery takes no filter")),
                _ => Err(method_not_allowed()),
            };
        }
        match path.as_slice() {
            ["Me"] => return Err(Refusal::new(501, "/Me is not supported")),
            ["Bulk"] => return Err(Refusal::new(501, "/Bulk is not supported")),
            _ => {}
        }
        let kind = ResourceType::ALL.into_iter().find(|kind| path.first() == Some(&kind.endpoint()));
        let kind = kind.ok_or_else(|| Refusal::new(404, format!("there is nothing at `{}`", request.path)))?;
        match (request.method.as_str(), &path[1..]) {
            ("GET", []) => self.list(kind, &Query::of_url(request)),
            ("POST", []) => self.create(kind, request),
            ("POST", [".search"]) => self.list(kind, &Query::of_search(&request.json()?)),
            ("GET", [id]) => self.get(kind, id, request),
            ("PUT", [id]) => self.put(kind, id, request),
            ("PATCH", [id]) => self.patch(kind, id, request),
            ("DELETE", [id]) => self.delete(kind, id, request),
            _ => Err(method_not_allowed()),
        }
    }

    fn list(&self, kind: ResourceType, query: &Query) -> Result<Answer, Refusal> {
        listing::list(&self.directory, kind, query, &self.quirks, &self.base).map(|body| Answer::json(200, body))
    }

    fn get(&self, kind: ResourceType, id: &str, request: &Request) -> Result<Answer, Refusal> {
        let stored = self.directory.get(kind, id)?;
        if self.quirks.etags && names(request.if_none_match.as_deref(), stored) {
            return Ok(self.with_version(Answer::empty(304), kind, stored));
        }
        Ok(self.shown(200, kind, stored, request))
    }

    fn create(&mut self, kind: ResourceType, request: &Request) -> Result<Answer, Refusal> {
        let (object, members) = split(kind, resource::read(kind, request.json()?)?);
        let id = self.directory.create(kind, object, members)?.id.clone();
        Ok(self.shown(201, kind, self.directory.get(kind, &id)?, request))
    }

    fn put(&mut self, kind: ResourceType, id: &str, request: &Request) -> Result<Answer, Refusal> {
        self.check_version(kind, id, request)?;
        let (object, members) = split(kind, resource::read(kind, request.json()?)?);
        self.directory.replace(kind, id, object, Some(members))?;
        Ok(self.shown(200, kind, self.directory.get(kind, id)?, request))
    }

    fn patch(&mut self, kind: ResourceType, id: &str, request: &Request) -> Result<Answer, Refusal> {
        if self.quirks.patch == PatchSupport::None {
            return Err(Refusal::new(501, "PATCH is not supported"));
        }
        self.check_version(kind, id, request)?;
        let folds = self.directory.folds();
        let patched = patch::apply(kind, &self.directory.get(kind, id)?.object, &request.json()?, folds)?;
        self.directory.replace(kind, id, patched.object, None)?;
        if !patched.members.is_empty() {
            self.directory.edit_members(id, |members| patch::edit_members(members, patched.members, folds))?;
        }
        let stored = self.directory.get(kind, id)?;
        match self.quirks.patch {
            PatchSupport::Body => Ok(self.shown(200, kind, stored, request)),
            PatchSupport::NoContent | PatchSupport::None => Ok(self.with_version(Answer::empty(204), kind, stored)),
        }
    }

    fn delete(&mut self, kind: ResourceType, id: &str, request: &Request) -> Result<Answer, Refusal> {
        self.check_version(kind, id, request)?;
        self.directory.delete(kind, id)?;
        Ok(Answer::empty(204))
    }

    fn check_version(&self, kind: ResourceType, id: &str, request: &Request) -> Result<(), Refusal> {
        let stored = self.directory.get(kind, id)?;
        if self.quirks.etags && request.if_match.is_some() && !names(request.if_match.as_deref(), stored) {
            return Err(Refusal::new(412, "the resource has another version"));
        }
        Ok(())
    }

    fn shown(&self, status: u16, kind: ResourceType, stored: &Stored, request: &Request) -> Answer {
        let projection =
            Projection::new(kind, request.parameter("attributes").as_deref(), request.parameter("excludedAttributes").as_deref());
        let whole = stored.shown(kind, &self.base, self.quirks.etags, projection.wants_members());
        self.with_version(Answer::json(status, Value::Object(projection.of(whole))), kind, stored)
    }

    fn with_version(&self, mut answer: Answer, kind: ResourceType, stored: &Stored) -> Answer {
        answer.etag = self.quirks.etags.then(|| stored.etag());
        answer.location = Some(stored.location(kind, &self.base));
        answer
    }
}

fn method_not_allowed() -> Refusal {
    Refusal::new(405, "this endpoint does not have this method")
}

/// Whether a conditional header names this version. Weak comparison, because SCIM's tags are weak (RFC 7644, section 3.14).
fn names(header: Option<&str>, stored: &Stored) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    header.is_some_and(|header| header.trim() == "*" || header.split(',').any(|tag| opaque(tag) == opaque(&stored.etag())))
}

/// Takes the members out of a group.
pub(super) fn split(kind: ResourceType, mut object: Object) -> (Object, Members) {
    let members = match (kind, object.remove("members")) {
        (ResourceType::Group, Some(Value::Array(members))) => {
            let objects = members.into_iter().filter_map(|member| match member {
                Value::Object(member) => Some(member),
                _ => None,
            });
            patch::by_value(objects.collect())
        }
        _ => Members::new(),
    };
    (object, members)
}
