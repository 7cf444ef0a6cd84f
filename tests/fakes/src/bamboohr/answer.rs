//! Answers in JSON or XML, and refusals.

use serde_json::{Value, json};

use super::xml::Element;
use crate::web::{Answer, Request};

/// JSON where `Accept` asks for it, XML otherwise.
pub(super) fn represented(request: &Request, json: &Value, xml: &Element) -> Answer {
    if wants_json(request) { Answer::json(200, json) } else { Answer::of(200, "application/xml; charset=utf-8", xml.document()) }
}

fn wants_json(request: &Request) -> bool {
    let accept = request.header("accept").unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json"))
}

/// A refusal without a body: what is wrong is in the header `X-BambooHR-Error-Message`.
pub(super) fn refused(status: u16, message: &str) -> Answer {
    Answer::empty(status).header("x-bamboohr-error-message", message)
}

/// A refusal of `GET /employees`, which has a body.
pub(super) fn refused_listing(code: &str, message: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": code, "message": message}}))
}
