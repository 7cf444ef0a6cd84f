//! One operation of a description.

use crate::exchange::{Exchange, Place};
use crate::parameter::Parameter;
use crate::path::Template;
use crate::rule::Rule;
use serde_json::{Map, Value};

/// One operation of a description.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// `GET /users/{id}`.
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: Template,
    pub(crate) in_path: Vec<Parameter>,
    pub(crate) in_query: Vec<Parameter>,
    pub(crate) content: Content,
    /// By status, `2XX` or `default`; with the schema of its JSON, where it has some.
    pub(crate) responses: Vec<(String, Option<Rule>)>,
    /// Whether statuses beyond those described are usual: Discovery documents describe success alone.
    pub(crate) only_success: bool,
}

/// What a request may have as content.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// None.
    None,
    /// A JSON document, or the fields of a form.
    Schema { schema: Rule, required: bool },
    /// Anything, by a content type that is not judged.
    Any,
}

impl Operation {
    /// What is not as described.
    pub(crate) fn check(&self, exchange: &Exchange, placeholders: &[(String, String)]) -> Vec<(Place, String)> {
        let mut found = Vec::new();
        for parameter in &self.in_path {
            if let Some((_, value)) = placeholders.iter().find(|(name, _)| *name == parameter.name) {
                found.extend(parameter.check(&[value]).map(|text| (Place::Path, text)));
            }
        }
        self.check_query(exchange, &mut found);
        self.check_content(exchange, &mut found);
        if exchange.status != 0 {
            self.check_response(exchange, &mut found);
        }
        found
    }

    fn check_query(&self, exchange: &Exchange, found: &mut Vec<(Place, String)>) {
        let given: Vec<(String, String)> = form_urlencoded::parse(exchange.query.as_bytes()).into_owned().collect();
        for (name, _) in &given {
            if !self.in_query.iter().any(|parameter| parameter.is_named(name)) {
                found.push((Place::Query, format!("there is no parameter {name}")));
            }
        }
        for parameter in &self.in_query {
            let of = given.iter().filter(|(name, _)| parameter.is_named(name));
            let values: Vec<&str> = of.map(|(_, value)| value.as_str()).collect();
            if values.is_empty() {
                if parameter.required {
                    found.push((Place::Query, format!("{} is missing", parameter.name)));
                }
                continue;
            }
            found.extend(parameter.check(&values).map(|text| (Place::Query, text)));
        }
    }

    fn check_content(&self, exchange: &Exchange, found: &mut Vec<(Place, String)>) {
        match (&self.content, &exchange.request) {
            (Content::Any, _) | (Content::None, None) => {}
            (Content::None, Some((_, content))) if content.is_empty() => {}
            (Content::None, Some(_)) => found.push((Place::Request, "the operation takes no content".to_owned())),
            (Content::Schema { required, .. }, None) => {
                if *required {
                    found.push((Place::Request, "the content is missing".to_owned()));
                }
            }
            (Content::Schema { schema, .. }, Some((kind, content))) => {
                let document = if kind.starts_with("application/x-www-form-urlencoded") {
                    Ok(form(content, schema.schema()))
                } else {
                    serde_json::from_slice(content).map_err(|error| error.to_string())
                };
                match document {
                    Ok(document) => found.extend(schema.errors(&document).into_iter().map(|text| (Place::Request, text))),
                    Err(text) => found.push((Place::Request, format!("the content is not JSON: {text}"))),
                }
            }
        }
    }

    fn check_response(&self, exchange: &Exchange, found: &mut Vec<(Place, String)>) {
        let status = exchange.status.to_string();
        let class = format!("{}XX", &status[..1]);
        let wanted = [status.as_str(), class.as_str(), "default"];
        let of = wanted.iter().find_map(|wanted| self.responses.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted)));
        let Some((_, schema)) = of else {
            if !(self.only_success && exchange.status >= 300) {
                found.push((Place::Status, format!("{status} is not described")));
            }
            return;
        };
        let Some(schema) = schema else { return };
        match serde_json::from_slice::<Value>(&exchange.response) {
            Ok(document) => found.extend(schema.errors(&document).into_iter().map(|text| (Place::Response, text))),
            Err(error) => found.push((Place::Response, format!("it is not JSON: {error}"))),
        }
    }
}

/// The fields of a form as a document: what is a list in the schema is one here.
fn form(content: &[u8], schema: &Value) -> Value {
    let mut document = Map::new();
    for (name, value) in form_urlencoded::parse(content).into_owned() {
        let kind = schema["properties"][&name]["type"].as_str().unwrap_or_default();
        let value = match kind {
            "boolean" => value.parse().map_or(Value::String(value), Value::Bool),
            "integer" | "number" => serde_json::from_str(&value).unwrap_or(Value::String(value)),
            _ => Value::String(value),
        };
        document.insert(name, value);
    }
    Value::Object(document)
}
