//! Pages, and the tokens that continue them. A token is good for three days and for the same question only.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::refusal::{invalid, out_of_range};
use crate::token::digest;
use crate::web::{Answer, Request};

/// How long a token is good for: three days.
const LIFETIME: i64 = 3 * 24 * 60 * 60;

/// How large a page is without `maxResults`, and at most.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) default: usize,
    pub(super) maximum: usize,
}

/// The next rows of a listing whose rows are in order and have keys of their own.
pub(super) fn page<T>(
    rows: Vec<(String, T)>,
    descending: bool,
    request: &Request,
    size: Size,
    now: Timestamp,
) -> Result<(Vec<T>, Option<String>), Answer> {
    let size = match request.parameter("maxResults") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|size_asked| (1..=size.maximum).contains(size_asked))
            .ok_or_else(|| out_of_range("maxResults", &text, (1, size.maximum)))?,
        None => size.default,
    };
    let question = question(request);
    let after = match request.parameter("pageToken") {
        Some(token) => Some(place(&token, &question, now).ok_or_else(|| invalid("Invalid Input: pageToken"))?),
        None => None,
    };
    let beyond = |key: &String| after.as_ref().is_none_or(|after| if descending { key < after } else { key > after });
    let mut rows = rows.into_iter().filter(|(key, _)| beyond(key)).peekable();
    let (mut taken, mut last) = (Vec::new(), String::new());
    while let Some((key, row)) = if taken.len() < size { rows.next() } else { None } {
        taken.push(row);
        last = key;
    }
    let next = rows.peek().is_some().then(|| {
        BASE64_URL_SAFE_NO_PAD.encode(json!({"after": last, "question": question, "issued": now.as_second()}).to_string())
    });
    Ok((taken, next))
}

fn place(token: &str, question: &str, now: Timestamp) -> Option<String> {
    let token: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let fresh = now.as_second() <= token["issued"].as_i64()? + LIFETIME;
    (fresh && token["question"] == question).then(|| token["after"].as_str().map(str::to_owned)).flatten()
}

fn question(request: &Request) -> String {
    let mut pairs: Vec<String> = form_urlencoded::parse(request.query.as_bytes())
        .filter(|(name, _)| name != "pageToken" && name != "maxResults")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.sort();
    digest(std::iter::once(request.path.as_str()).chain(pairs.iter().map(String::as_str)))
}
