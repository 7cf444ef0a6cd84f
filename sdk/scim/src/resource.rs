//! A SCIM resource as it came, and what is read from it whatever its schema.

use innkeeper_sdk::http::Response;
use innkeeper_sdk::{Error, Result};
use serde_json::{Map, Value};

/// A JSON object whose names are compared without case (RFC 7643, section 2.1).
pub(crate) type Object = Map<String, Value>;

/// The member of this name.
pub(crate) fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The name as the object writes it already, or as it is given.
pub(crate) fn spelling(object: &Object, name: &str) -> String {
    object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

/// The member of this name as text; a number counts as its digits.
pub(crate) fn text(object: &Object, name: &str) -> Option<String> {
    match member(object, name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A boolean, also one that is written as a string: real servers send `"False"`.
pub(crate) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// One resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) object: Object,
    /// Its `id`, never empty.
    pub(crate) id: String,
    /// `ETag` or `meta.version`, as it is sent back in `If-Match`.
    pub(crate) version: Option<String>,
}

impl Resource {
    /// Takes a resource from a listing.
    ///
    /// # Errors
    /// `malformed-response` for a resource without an id: leaving it out would make somebody look as if they were gone.
    pub(crate) fn new(object: Object) -> Result<Self> {
        let id = text(&object, "id").ok_or_else(|| Error::malformed("the server answered a resource without an `id`"))?;
        let version = member(&object, "meta").and_then(Value::as_object).and_then(|meta| text(meta, "version"));
        Ok(Self { object, id, version })
    }

    /// Takes the resource that a response is.
    ///
    /// # Errors
    /// `malformed-response` for anything else.
    pub(crate) fn of_response(response: &Response) -> Result<Self> {
        let mut resource = Self::new(response.json()?)?;
        if let Some(etag) = response.header("etag") {
            resource.version = Some(etag.to_owned());
        }
        Ok(resource)
    }

    /// Whether the user can be used; a server that does not say has no way to suspend.
    pub(crate) fn active(&self) -> Option<bool> {
        member(&self.object, "active").and_then(boolean)
    }
}
