//! GraphQL: one POST for every question, and errors inside answers of status 200.

use crate::api;
use crate::failure;
use crate::settings::Organization;
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result, http};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
}

/// Where a connection goes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// The cursor of the next page.
    ///
    /// # Errors
    /// `malformed-response` where there is a next page and no cursor for it.
    pub(crate) fn next(self) -> Result<Option<String>> {
        match (self.has_next_page, self.end_cursor) {
            (false, _) => Ok(None),
            (true, Some(cursor)) => Ok(Some(cursor)),
            (true, None) => Err(Error::malformed("GitHub says that there is a next page and not where")),
        }
    }
}

impl Organization {
    /// Asks. An answer with an error in it is an error, also if it has data beside it: half of an answer proves nothing.
    pub(crate) fn ask<T: DeserializeOwned>(&self, query: &str, variables: &Value) -> Result<T> {
        let request = http::post(self.graphql_url.as_str()).json(&json!({ "query": query, "variables": variables })).reads();
        let response = request.header(api::VERSION.0, api::VERSION.1).send()?;
        if !response.is_success() {
            return Err(failure::of_response(&response));
        }
        let answer: Answer = response.json()?;
        if let Some(fault) = answer.errors.into_iter().next() {
            return Err(fault.into_error(response.status()));
        }
        let data = answer.data.ok_or_else(|| Error::malformed("GraphQL was answered without data"))?;
        serde_json::from_value(data)
            .map_err(|cause| Error::malformed(format!("GraphQL was answered with data of another form: {cause}")))
    }
}

impl Fault {
    fn into_error(self, status: u16) -> Error {
        let code = match self.kind.as_deref() {
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => ErrorCode::PermissionDenied,
            Some("NOT_FOUND") => ErrorCode::NotFound,
            Some("RATE_LIMITED" | "RATE_LIMIT") => ErrorCode::RateLimited,
            Some("MAX_NODE_LIMIT_EXCEEDED" | "RESOURCE_LIMITS_EXCEEDED" | "UNPROCESSABLE") => ErrorCode::Invalid,
            // "Something went wrong while executing your query", and timeouts, have no type or one of their own.
            _ => ErrorCode::Unavailable,
        };
        Error::new(code, self.message).with_status(status)
    }
}
