//! Errors of the Web API: 200 with `ok: false`.

use serde_json::{Map, Value, json};

use crate::web::Answer;

/// What a method gives back: the answer without `ok`, or an error.
pub(super) type Outcome = Result<Map<String, Value>, Fault>;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault(Map<String, Value>);

impl Fault {
    pub(super) fn new(error: &str) -> Self {
        Self(object(json!({ "error": error })))
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Something that the method needs was not given.
    pub(super) fn missing(argument: &str) -> Self {
        let message = format!("[ERROR] missing required field: {argument}");
        Self::new("invalid_arguments").with("response_metadata", json!({ "messages": [message] }))
    }
}

/// The answer to a method, whatever came of it.
pub(super) fn answer(outcome: Outcome) -> Answer {
    let (ok, rest) = match outcome {
        Ok(body) => (true, body),
        Err(fault) => (false, fault.0),
    };
    let mut body = Map::from_iter([("ok".to_owned(), Value::Bool(ok))]);
    body.extend(rest);
    Answer::json(200, &body.into())
}

/// What was written as an object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
