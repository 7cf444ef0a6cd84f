//! The same code of the connector, compiled for this machine: nothing between it and the host.

use std::time::{Duration, Instant};

use innkeeper_sdk::testing::{self, Request};
use innkeeper_sdk::{Accounts as _, Connector as _};
use innkeeper_test_roster::Roster;

use super::ACCOUNTS;
use crate::Failure;

/// How long each of so many lists takes.
///
/// # Errors
/// When one fails.
pub fn lists(answer: &str, times: usize) -> Result<Vec<Duration>, Failure> {
    let body = answer.to_owned();
    let system = move |_: &Request| Ok(testing::text(200, "application/json", &body));
    testing::run(serde_json::json!({}), system, || {
        (0..times)
            .map(|_| {
                let start = Instant::now();
                let page = Roster::open().and_then(|roster| roster.list(None));
                let taken = start.elapsed();
                match page {
                    Ok(page) if page.items.len() == ACCOUNTS => Ok(taken),
                    Ok(_) => Err(Failure::new("the native list", "accounts are missing")),
                    Err(error) => Err(Failure::new("the native list", format!("{error:?}"))),
                }
            })
            .collect()
    })
}
