//! Requests to the REST API and its typed answers.

use crate::failure;
use innkeeper_sdk::http::{self, Request, Response};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result};
use serde::de::DeserializeOwned;

const ACCEPT: &str = "application/vnd.github+json";
/// The version that the description is of; GitHub supports one for two years after the next has come.
pub(crate) const VERSION: (&str, &str) = ("x-github-api-version", "2022-11-28");
/// The largest page.
pub(crate) const PER_PAGE: u32 = 100;

/// Items of a listing, and where it goes on.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The next page's URL.
    pub(crate) next: Option<String>,
}

/// Sends a request and takes the answer only if it is a success.
pub(crate) fn send(request: Request) -> Result<Response> {
    let response = request.header("accept", ACCEPT).header(VERSION.0, VERSION.1).send()?;
    if response.is_success() { Ok(response) } else { Err(failure::of_response(&response)) }
}

/// What is there, or none where the answer is 404.
pub(crate) fn find<T: DeserializeOwned>(request: Request) -> Result<Option<T>> {
    match send(request) {
        Ok(response) => response.json().map(Some),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// One page: of `first`, or of the URL at which the listing goes on.
pub(crate) fn page<T: DeserializeOwned>(first: Request, next: Option<&str>) -> Result<Page<T>> {
    let (items, next) = body(first, next)?;
    Ok(Page { items, next })
}

/// As [`page`], for a listing whose items stand somewhere in an object.
pub(crate) fn body<B: DeserializeOwned>(first: Request, next: Option<&str>) -> Result<(B, Option<String>)> {
    let response = send(next.map_or(first, http::get))?;
    let body = response.json()?;
    // RFC 8288. GitHub says to follow the link as it is and not to make up page numbers.
    let following = response.link("next");
    if following.is_some() && following.as_deref() == next {
        return Err(Error::malformed("GitHub says that the page after this one is this one"));
    }
    Ok((body, following))
}

/// All pages.
pub(crate) fn all<T: DeserializeOwned>(first: impl Fn() -> Request) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let mut page = page(first(), next.as_deref())?;
        items.append(&mut page.items);
        match page.next {
            Some(following) => next = Some(following),
            None => return Ok(items),
        }
    }
}

/// A listing from its beginning, in pages as large as can be.
pub(crate) fn listing(path: impl Into<String>) -> Request {
    http::get(path).query("per_page", PER_PAGE)
}
