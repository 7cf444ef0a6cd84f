//! The SCIM service inside the fake of another system, which has its own door and its own manners.

use serde_json::Value;

use super::quirks::Quirks;
use super::request::Request;
use super::service::Service;

/// Nobody else knows it: the fake around it has checked the credentials already.
const TOKEN: &str = "embedded";

/// A SCIM service without a door.
pub(crate) struct Embedded(Service);

/// What it answers: the status, and a body where there is one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    pub(crate) location: Option<String>,
}

impl Embedded {
    pub(crate) fn new(base: String, quirks: Quirks) -> Self {
        Self(Service::new(base, TOKEN.to_owned(), quirks))
    }

    /// A request to a path below the base, decoded, such as `/Users`.
    pub(crate) fn answer(&mut self, method: &str, path: &str, query: &str, body: Option<&Value>) -> Reply {
        let answer = self.0.answer(&Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            authorization: Some(format!("Bearer {TOKEN}")),
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
            ..Request::default()
        });
        Reply { status: answer.status, body: answer.body, location: answer.location }
    }
}

/// SCIM's own rules on resources that another fake keeps. Refusals are a status and a sentence.
pub(crate) mod rules {
    use serde_json::{Map, Value};

    use crate::scim::answer::Refusal;
    use crate::scim::filter::Filter;
    use crate::scim::patch;
    use crate::scim::path::Scope;
    use crate::scim::resource;
    use crate::scim::schema::ResourceType;
    use crate::scim::service::split;

    type Object = Map<String, Value>;
    type Refused = (u16, String);

    fn refused(refusal: Refusal) -> Refused {
        (refusal.status, refusal.detail)
    }

    fn kind(users: bool) -> ResourceType {
        if users { ResourceType::User } else { ResourceType::Group }
    }

    /// A resource as a client sent it, checked and in canonical names.
    pub(crate) fn read(users: bool, body: Value) -> Result<Object, Refused> {
        resource::read(kind(users), body).map_err(refused)
    }

    /// The resource after a PATCH.
    pub(crate) fn patched(users: bool, object: &Object, body: &Value) -> Result<Object, Refused> {
        let kind = kind(users);
        let (object, mut members) = split(kind, object.clone());
        let patched = patch::apply(kind, &object, body, true).map_err(refused)?;
        let mut object = patched.object;
        patch::edit_members(&mut members, patched.members, true);
        if !members.is_empty() {
            object.insert("members".to_owned(), members.into_values().map(Value::Object).collect());
        }
        Ok(object)
    }

    /// Whether a filter picks a resource.
    pub(crate) fn filter(users: bool, text: &str) -> Result<impl Fn(&Object) -> bool + use<>, Refused> {
        let filter = Filter::parse(Scope::Resource(kind(users)), text).map_err(refused)?;
        Ok(move |object: &Object| filter.matches(object, true))
    }
}
