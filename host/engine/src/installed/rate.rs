//! The rate of an app: what its connector says, unless the operator says otherwise.

use super::wiring::method;
use crate::error::ConnectError;
use innkeeper_bundle::{Manifest, rate as asked};
use innkeeper_egress::HostRule;
use innkeeper_egress::rate::{Budget, Condition, Exhausted, Expectation, Form, Place, Rate, RequestBudget, Signal, Wait};
use serde_json::Value;
use std::time::Duration;

/// The operator's rate stands in the place of all budgets of the connector; how its system says that it was too much, the connector
/// knows best. `settings` are those of the app, with defaults.
pub(super) fn rate(
    manifest: &Manifest,
    operator: Option<innkeeper_policy::Rate>,
    settings: &Value,
) -> Result<Rate, ConnectError> {
    let asked = manifest.rate.clone().unwrap_or_default();
    let (budget, budgets) = match operator {
        Some(rate) => (Some(Budget { requests_per_second: rate.requests_per_second, burst: rate.burst }), Vec::new()),
        None => {
            let budgets = asked.budgets.iter().map(|budget| request_budget(budget, settings)).collect::<Result<_, _>>()?;
            (asked.budget.map(budget), budgets)
        }
    };
    Ok(Rate {
        budget,
        budgets,
        signals: asked.signals.into_iter().map(signal).collect(),
        exhausted: asked.exhausted.into_iter().map(exhausted).collect(),
    })
}

fn budget(budget: asked::Budget) -> Budget {
    Budget { requests_per_second: budget.requests_per_second, burst: budget.burst }
}

fn request_budget(asked: &asked::RequestBudget, settings: &Value) -> Result<RequestBudget, ConnectError> {
    let url = asked.url.fill(settings).map_err(|error| ConnectError::Mismatch(error.to_string()))?;
    let methods = asked.methods.iter().copied().map(method).collect();
    let requests = HostRule::new(url, methods).map_err(|reason| ConnectError::Mismatch(reason.to_owned()))?;
    Ok(RequestBudget { requests, budget: budget(asked.budget) })
}

fn signal(asked: asked::Signal) -> Signal {
    Signal {
        status: asked.status,
        when: asked.when.map(condition),
        wait: asked.wait.into_iter().map(wait).collect(),
        otherwise: asked.otherwise.map(|seconds| Duration::from_secs(seconds.into())),
    }
}

fn exhausted(asked: asked::Exhausted) -> Exhausted {
    Exhausted { when: condition(asked.when), wait: asked.wait.into_iter().map(wait).collect() }
}

fn condition(asked: asked::Condition) -> Condition {
    let expected = match asked.expected {
        asked::Expectation::Present => Expectation::Present,
        asked::Expectation::OneOf(values) => Expectation::OneOf(values),
        asked::Expectation::Contains(part) => Expectation::Contains(part),
    };
    Condition { place: place(asked.place), expected }
}

fn wait(asked: asked::Wait) -> Wait {
    let form = match asked.form {
        asked::Form::RetryAfter => Form::RetryAfter,
        asked::Form::Seconds => Form::Seconds,
        asked::Form::EpochSeconds => Form::EpochSeconds,
        asked::Form::EpochMilliseconds => Form::EpochMilliseconds,
    };
    Wait { place: place(asked.place), form }
}

fn place(asked: asked::Place) -> Place {
    match asked {
        asked::Place::Header(name) => Place::Header(name),
        asked::Place::Json(pointer) => Place::Json(pointer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MANIFEST: &str = r#"manifest = 1
name = "demo"
version = "0.1.0"
publisher = "innkeeper"
description = "A demo"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "{api-url}"

[[hosts]]
url = "{api-url}"
methods = ["GET", "POST"]

[rate]
requests-per-second = 10
burst = 100
[[rate.budgets]]
url = "{api-url}/Users"
methods = ["POST"]
requests-per-second = 3
[[rate.signals]]
status = [403]
when = { header = "x-ratelimit-remaining", equals = "0" }
wait = [{ header = "x-ratelimit-reset", as = "epoch-seconds" }]
otherwise = 60
[[rate.exhausted]]
when = { json = "/left", equals = "0" }
wait = [{ json = "/seconds", as = "seconds" }]

[configuration]
type = "object"
[configuration.properties.api-url]
type = "string"
default = "https://api.example.com"
"#;

    fn of(operator: Option<innkeeper_policy::Rate>) -> Rate {
        let manifest = Manifest::parse(MANIFEST).expect("good");
        rate(&manifest, operator, &manifest.settings(&json!({}))).expect("it fits")
    }

    #[test]
    fn what_the_connector_says_is_heeded() {
        let rate = of(None);
        assert_eq!(rate.budget, Some(Budget { requests_per_second: 10.0, burst: 100 }));
        let users = &rate.budgets[0];
        assert_eq!((users.requests.url().as_str(), users.budget.requests_per_second), ("https://api.example.com/Users", 3.0));
        let place = Place::Header("x-ratelimit-remaining".to_owned());
        let when = Condition { place, expected: Expectation::OneOf(vec!["0".to_owned()]) };
        let wait = vec![Wait { place: Place::Header("x-ratelimit-reset".to_owned()), form: Form::EpochSeconds }];
        assert_eq!(
            rate.signals,
            [Signal { status: vec![403], when: Some(when), wait, otherwise: Some(Duration::from_secs(60)) }]
        );
        let when = Condition { place: Place::Json("/left".to_owned()), expected: Expectation::OneOf(vec!["0".to_owned()]) };
        let wait = vec![Wait { place: Place::Json("/seconds".to_owned()), form: Form::Seconds }];
        assert_eq!(rate.exhausted, [Exhausted { when, wait }]);
    }

    #[test]
    fn the_operator_replaces_all_budgets_and_no_signals() {
        let operator = of(Some(innkeeper_policy::Rate { requests_per_second: 0.5, burst: 2 }));
        assert_eq!(operator.budget, Some(Budget { requests_per_second: 0.5, burst: 2 }));
        assert!(operator.budgets.is_empty());
        let connector = of(None);
        assert_eq!((operator.signals, operator.exhausted), (connector.signals, connector.exhausted));
    }

    #[test]
    fn a_budget_for_a_url_that_cannot_be_is_named() {
        let manifest = Manifest::parse(MANIFEST).expect("good");
        let error = rate(&manifest, None, &json!({ "api-url": "ftp://x.example" })).expect_err("no https");
        assert!(error.to_string().contains("`{api-url}/Users`"), "{error}");
    }
}
