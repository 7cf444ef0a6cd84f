//! Listings that do not end well, through the engine as the program has it.

use innkeeper_domain::ErrorCode;
use innkeeper_engine::Planned;
use innkeeper_hostile::{Company, Ground, Held, attack};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

async fn plan(ground: &Ground, pages: &str) -> Planned {
    let planned = Company::found(ground, &json!({ "deed": "pages", "kind": pages })).await.plan().await;
    let intruder = planned.plan.apps().iter().find(|plan| plan.app.as_str() == "intruder");
    assert!(intruder.is_none_or(|plan| plan.changes.is_empty()), "nothing follows from it: {intruder:?}");
    planned
}

#[test]
fn a_cursor_that_never_ends() {
    // By itself it is cut when its pages, its memory or its time are used up, which takes longer than a test may: here the host has enough
    // of it before.
    attack(async |ground| Held::cut_off(timeout(Duration::from_secs(1), plan(ground, "endless")).await));
}

#[test]
fn pages_with_nothing_on_them() {
    attack(async |ground| Held::incomplete(&plan(ground, "hollow").await, "intruder", "without anything on them"));
}

#[test]
fn a_cursor_that_is_too_long() {
    attack(async |ground| Held::unread(&plan(ground, "heavy").await, "intruder", ErrorCode::MalformedResponse));
}

#[test]
fn the_same_page_again_and_again() {
    attack(async |ground| Held::incomplete(&plan(ground, "repeated").await, "intruder", "not on an earlier one"));
}

#[test]
fn cursors_that_lead_in_a_circle() {
    attack(async |ground| Held::incomplete(&plan(ground, "circle").await, "intruder", "leads back"));
}

#[test]
fn a_cursor_that_is_not_valid() {
    attack(async |ground| Held::unread(&plan(ground, "invalid").await, "intruder", ErrorCode::Invalid));
}
