//! Answers that refuse, in the shapes of GitHub's `basic-error` and `validation-error`.

use serde_json::{Value, json};

use crate::web::Answer;

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// What an operation gives back: an answer, or one that refuses.
pub(super) type Outcome = Result<Answer, Refusal>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, message: &str) -> Self {
        let body = json!({ "message": message, "documentation_url": DOCUMENTATION, "status": status.to_string() });
        Self { status, body }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(403, message)
    }

    /// A 422 about one field.
    pub(super) fn invalid(resource: &str, field: &str, message: &str) -> Self {
        let mut refusal = Self::new(422, "Validation Failed");
        refusal.body["errors"] = json!([{ "resource": resource, "code": "unprocessable", "field": field, "message": message }]);
        refusal
    }

    /// A 422 about the request as a whole, such as a body that is not what the schema says.
    pub(super) fn unprocessable(message: &str) -> Self {
        Self::new(422, message)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &refusal.body)
    }
}
