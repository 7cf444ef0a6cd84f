//! `[rate]`: what a system bears, and how it says that it was too much.

use super::Method;
use crate::Template;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use toml::Spanned;

mod signal;
mod words;

pub use signal::{Condition, Exhausted, Expectation, Form, Place, Signal, Wait};
use signal::{ExhaustedFile, SignalFile};

/// What a connector says of the rate of its system.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rate {
    /// For all requests of an app together.
    #[serde(flatten)]
    pub budget: Option<Budget>,
    /// Beside it, for some of them: each that matches a request is spent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<RequestBudget>,
    /// The answers that mean too many requests, beside 429: the first that matches counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// The answers after which nothing remains for a while.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exhausted: Vec<Exhausted>,
}

/// How many requests may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Budget {
    /// Requests a second, in the long run.
    pub requests_per_second: f64,
    /// Requests at once after a rest.
    pub burst: u32,
}

/// A budget for some requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RequestBudgetFile")]
pub struct RequestBudget {
    /// The requests at and below this URL.
    pub url: Template,
    /// The methods.
    pub methods: Vec<Method>,
    /// How many of them may be sent.
    #[serde(flatten)]
    pub budget: Budget,
}

/// The rate that a system bears, and how it says that it was too much.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Rate")]
pub(super) struct RateFile {
    /// Requests a second of one app, in the long run.
    #[schemars(extend("exclusiveMinimum" = 0))]
    requests_per_second: Option<f64>,
    /// Requests at once after a rest; 1 if it is left out.
    #[schemars(range(min = 1))]
    burst: Option<u32>,
    /// Beside it, for some of the requests: each that matches a request is spent.
    #[serde(default)]
    #[schemars(with = "Vec<RequestBudgetFile>")]
    budgets: Vec<Spanned<RequestBudget>>,
    /// The answers that mean too many requests, beside 429: the first that matches counts.
    #[serde(default)]
    #[schemars(with = "Vec<SignalFile>")]
    signals: Vec<Signal>,
    /// The answers after which nothing remains for a while.
    #[serde(default)]
    #[schemars(with = "Vec<ExhaustedFile>")]
    exhausted: Vec<Exhausted>,
}

/// A budget for some requests.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "RequestBudget")]
struct RequestBudgetFile {
    /// The requests at and below this URL.
    url: Template,
    /// The methods.
    #[schemars(length(min = 1))]
    methods: Vec<Method>,
    /// Requests a second, in the long run.
    #[schemars(extend("exclusiveMinimum" = 0))]
    requests_per_second: f64,
    /// Requests at once after a rest.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    burst: u32,
}

fn one() -> u32 {
    1
}

impl RateFile {
    /// What is wrong with the budget of the whole app.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match (self.requests_per_second, self.burst) {
            (Some(requests_per_second), burst) => Budget::new(requests_per_second, burst.unwrap_or(1)).map(|_| ()),
            (None, Some(_)) => Err("burst belongs to requests-per-second: give both, or none"),
            (None, None) => Ok(()),
        }
    }

    /// The URLs of the further budgets, with their places.
    pub(super) fn urls(&self) -> impl Iterator<Item = (Range<usize>, &Template)> {
        self.budgets.iter().map(|budget| (budget.span(), &budget.get_ref().url))
    }
}

impl From<RateFile> for Rate {
    fn from(file: RateFile) -> Self {
        let budget = |requests_per_second| Budget { requests_per_second, burst: file.burst.unwrap_or(1) };
        Self {
            budget: file.requests_per_second.map(budget),
            budgets: file.budgets.into_iter().map(Spanned::into_inner).collect(),
            signals: file.signals,
            exhausted: file.exhausted,
        }
    }
}

impl Budget {
    fn new(requests_per_second: f64, burst: u32) -> Result<Self, &'static str> {
        match requests_per_second.is_finite() && requests_per_second > 0.0 && burst > 0 {
            true => Ok(Self { requests_per_second, burst }),
            false => Err("requests-per-second must be more than 0, and burst at least 1"),
        }
    }
}

impl TryFrom<RequestBudgetFile> for RequestBudget {
    type Error = &'static str;

    fn try_from(file: RequestBudgetFile) -> Result<Self, Self::Error> {
        if file.methods.is_empty() {
            return Err("name at least one method, such as methods = [\"POST\"]");
        }
        let budget = Budget::new(file.requests_per_second, file.burst)?;
        Ok(Self { url: file.url, methods: file.methods, budget })
    }
}

#[cfg(test)]
mod tests;
