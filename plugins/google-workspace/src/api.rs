//! Requests to the three APIs and their typed answers.

use crate::Workspace;
use crate::failure;
use innkeeper_sdk::http::{self, Request, Response, segment};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where a page says that the next one starts.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default, rename = "nextPageToken")]
    token: Option<String>,
}

impl Next {
    /// The token of the next page. Google ends some listings with an empty one.
    pub(crate) fn token(self) -> Option<String> {
        self.token.filter(|token| !token.is_empty())
    }
}

impl Workspace {
    /// A place in the Directory API.
    pub(crate) fn directory(&self, path: &str) -> String {
        format!("{}/admin/directory/v1{path}", self.settings.base_url.trim_end_matches('/'))
    }

    /// A place below the customer in the Directory API.
    pub(crate) fn of_customer(&self, path: &str) -> String {
        self.directory(&format!("/customer/{}{path}", segment(&self.settings.customer)))
    }

    /// A place in the Data Transfer API.
    pub(crate) fn data_transfer(&self, path: &str) -> String {
        format!("{}/admin/datatransfer/v1{path}", self.settings.base_url.trim_end_matches('/'))
    }

    /// A place in the Enterprise License Manager API.
    pub(crate) fn licensing(&self, path: &str) -> String {
        format!("{}/apps/licensing/v1{path}", self.settings.licensing_url.trim_end_matches('/'))
    }

    /// A listing of everything that the app is about: one domain, or all of the customer's.
    pub(crate) fn of_everybody(&self, path: &str) -> Request {
        let request = http::get(self.directory(path));
        match &self.settings.domain {
            Some(domain) => request.query("domain", domain),
            None => request.query("customer", &self.settings.customer),
        }
    }

    /// Sends a request and takes the answer only if it is a success.
    pub(crate) fn send(&self, request: Request) -> Result<Response> {
        let response = request.header("accept", "application/json").send()?;
        if response.is_success() { Ok(response) } else { Err(failure::of_response(&response)) }
    }

    /// One page of a listing, of at most `size` items, and the token of the next one.
    pub(crate) fn page<T: DeserializeOwned>(
        &self,
        request: Request,
        size: u32,
        token: Option<&str>,
    ) -> Result<(T, Option<String>)> {
        let response =
            self.send(request.query("maxResults", size).query_if("pageToken", token)).map_err(|error| match token {
                Some(_) if error.code == ErrorCode::Invalid && failure::contains(&error, "token") => Error {
                    message: format!(
                        "Google does not know the place in the listing any more (a page token lives three days): start the \
                         listing again. Google says: {}",
                        error.message
                    ),
                    ..error
                },
                _ => error,
            })?;
        let next = response.json::<Next>()?.token();
        if next.is_some() && next.as_deref() == token {
            return Err(Error::malformed("the listing leads from a page to the same page"));
        }
        Ok((response.json()?, next))
    }
}

/// What a delete came to: that the object is not there is as good.
pub(crate) fn deleted(answer: Result<Response>) -> Result<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(error) if error.code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
