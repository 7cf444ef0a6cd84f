//! A whole company on one system that answers at once: planned, applied, planned again.
//!
//! `apply_changes_per_second` is all changes by the whole time of `innkeeper apply`: reading the plan, checking every precondition,
//! the journal, the requests, and reading everything back at the end. The system is a process of its own on the same cores.

use std::time::Duration;

use crate::company::Company;
use crate::estate::{App, Estate, groups};
use crate::saas::Saas;
use crate::{Failure, Measured, Setting};

const PEOPLE: usize = 10_000;
const CONCURRENCY: u32 = 16;

/// Measures.
///
/// # Errors
/// When the program fails.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let alone = Saas::start(setting, 0, 1)?.limit(CONCURRENCY as usize, Duration::from_secs(3))?;
    let company = Company::of(setting.people(PEOPLE), setting.seed);
    let mut saas = Saas::start(setting, 0, 1)?;
    for group in groups(&company) {
        saas.ask(&format!("group {}", group.name))?;
    }
    let (base_url, token) = saas.servers[0].clone();
    let app = App { name: "directory".to_owned(), connector: "scim@0.1".to_owned(), base_url, token };
    let estate = Estate::new(setting, &company, &[app], CONCURRENCY, true)?;
    estate.install_scim(setting)?;
    let new = estate.plan(3)?;
    let changes = changes(&estate, company.employees.len())?;
    let apply = estate.apply()?;
    let again = estate.plan(0)?;
    let peak = new.peak.max(apply.peak).max(again.peak);
    Ok(vec![
        Measured::new("company_plan_new", "s", vec![new.time.as_secs_f64()]),
        Measured::new("apply_changes_per_second", "/s", vec![changes / apply.time.as_secs_f64()])
            .against("users that the system makes for a client that does nothing else", vec![alone]),
        Measured::new("company_plan_noop", "s", vec![again.time.as_secs_f64()]),
        Measured::new("company_memory", "MiB", vec![peak]),
    ])
}

/// How many changes the plan has: more than one for everybody.
fn changes(estate: &Estate, people: usize) -> Result<f64, Failure> {
    let text = std::fs::read(estate.folder().join("plan.json")).map_err(Failure::of("plan.json"))?;
    let plan: serde_json::Value = serde_json::from_slice(&text).map_err(Failure::of("plan.json"))?;
    let changes = plan["content"]["apps"][0]["changes"].as_array().map_or(0, Vec::len);
    if changes < people { Err(Failure::new("plan.json", format!("{changes} changes"))) } else { Ok(f64::from(changes as u32)) }
}
