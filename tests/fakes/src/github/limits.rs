//! Primary and secondary rate limits, on the clock of the service.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::quirks::Quirks;
use super::refusal::Refusal;
use crate::web::Answer;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// What SCIM has in an hour, apart from the rest (the example of `GET /rate_limit`).
const SCIM_PER_HOUR: u32 = 15_000;

/// A budget of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Core,
    Graphql,
    Scim,
}

impl Resource {
    fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
            Self::Scim => "scim",
        }
    }

    fn limit(self, quirks: &Quirks) -> u32 {
        match self {
            Self::Core | Self::Graphql => quirks.requests_per_hour,
            Self::Scim => SCIM_PER_HOUR,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    reset: Timestamp,
    used: u32,
}

#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: BTreeMap<Resource, Window>,
    writes: Vec<Timestamp>,
}

impl Limits {
    fn window(&self, resource: Resource, now: Timestamp) -> Window {
        let current = self.windows.get(&resource).filter(|window| now < window.reset);
        current.copied().unwrap_or(Window { reset: now + HOUR, used: 0 })
    }

    /// Counts a request. None where it may go on.
    pub(super) fn spend(&mut self, resource: Resource, writes: bool, now: Timestamp, quirks: &Quirks) -> Option<Answer> {
        let mut window = self.window(resource, now);
        if window.used >= resource.limit(quirks) {
            let message = "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID.";
            return Some(Refusal::new(quirks.limit_status.code(), message).into());
        }
        window.used += 1;
        self.windows.insert(resource, window);
        if !writes {
            return None;
        }
        self.writes.retain(|at| now.duration_since(*at) < MINUTE);
        if quirks.secondary_after.is_some_and(|most| self.writes.len() >= most) {
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            let answer: Answer = Refusal::new(quirks.limit_status.code(), message).into();
            return Some(match quirks.secondary_retry_after {
                Some(seconds) => answer.header("retry-after", seconds.to_string()),
                None => answer,
            });
        }
        self.writes.push(now);
        None
    }

    /// The headers that every answer has.
    pub(super) fn headers(&self, resource: Resource, now: Timestamp, quirks: &Quirks, answer: Answer) -> Answer {
        let window = self.window(resource, now);
        let limit = resource.limit(quirks);
        answer
            .header("x-ratelimit-limit", limit.to_string())
            .header("x-ratelimit-remaining", limit.saturating_sub(window.used).to_string())
            .header("x-ratelimit-reset", window.reset.as_second().to_string())
            .header("x-ratelimit-used", window.used.to_string())
            .header("x-ratelimit-resource", resource.name())
    }

    /// The body of `GET /rate_limit`.
    pub(super) fn overview(&self, now: Timestamp, quirks: &Quirks) -> Value {
        let shown = |resource: Resource| {
            let window = self.window(resource, now);
            let limit = resource.limit(quirks);
            json!({
                "limit": limit,
                "remaining": limit.saturating_sub(window.used),
                "reset": window.reset.as_second(),
                "used": window.used,
            })
        };
        // Search is not served here; its budget stays whole.
        let search = json!({ "limit": 30, "remaining": 30, "reset": (now + MINUTE).as_second(), "used": 0 });
        json!({
            "resources": {
                "core": shown(Resource::Core),
                "graphql": shown(Resource::Graphql),
                "scim": shown(Resource::Scim),
                "search": search,
            },
            "rate": shown(Resource::Core),
        })
    }
}
