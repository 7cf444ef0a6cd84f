//! Requests: who asks, whether it is too often, and what for.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

use super::answer::refused;
use super::company::BambooHr;
use crate::web::{Answer, Request, Server, Service};

impl BambooHr {
    /// Starts a server with an account without people.
    #[must_use]
    pub fn start(api_key: &str, now: Timestamp) -> Server<Self> {
        let api_key = api_key.to_owned();
        Server::start(move |base_url| Self::new(base_url, &api_key, now))
    }

    /// Too many requests are refused before anybody looks at the key.
    fn throttle_one(&mut self) -> Option<Answer> {
        let (left, wait) = self.throttled.take()?;
        if left == 0 {
            return None;
        }
        self.throttled = Some((left - 1, wait));
        let status = if self.quirks.throttles_with_503 { 503 } else { 429 };
        Some(refused(status, "Limit exceeded").header("retry-after", wait.to_string()))
    }

    /// The API key is the user name of `Basic`, with any password.
    fn is_known(&self, request: &Request, listing: bool) -> bool {
        let Some((scheme, value)) = request.header("authorization").and_then(|value| value.split_once(' ')) else { return false };
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.access_tokens.contains(value.trim());
        }
        let refused = listing && self.quirks.listing_refuses_api_keys;
        let basic = scheme.eq_ignore_ascii_case("basic") && !refused;
        let pair = BASE64_STANDARD.decode(value.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
        basic && pair.as_deref().and_then(|pair| pair.split_once(':')).is_some_and(|(key, _)| self.api_keys.contains(key))
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["api", "v1", rest @ ..] = segments.as_slice() else { return Err(refused(404, "Not found")) };
        if !self.is_known(request, rest == ["employees"]) {
            return Err(refused(401, "Invalid API key or access token"));
        }
        if request.method != "GET" {
            return Err(refused(405, "Method not allowed"));
        }
        match rest {
            ["employees"] => self.list(request),
            ["employees", "directory"] => self.directory(request),
            ["employees", "changed"] => self.changed(request),
            ["employees", "changed", "tables", table] => self.changed_table(table, request),
            ["employees", id, "tables", table] => self.table(id, table, request),
            ["employees", id] => self.get(id, request),
            ["meta", "fields"] => Ok(self.meta_fields(request)),
            ["meta", "users"] => Ok(self.meta_users(request)),
            ["meta", "lists"] => Ok(self.meta_lists(request)),
            _ => Err(refused(404, "Not found")),
        }
    }
}

impl Service for BambooHr {
    fn answer(&mut self, request: &Request) -> Answer {
        match self.throttle_one() {
            Some(answer) => answer,
            None => self.route(request).unwrap_or_else(|refusal| refusal),
        }
    }
}
