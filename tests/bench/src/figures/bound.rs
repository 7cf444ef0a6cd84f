//! How near the engine comes to what a system allows: `apply_vs_bound`, in percent of concurrency / latency.
//!
//! A system that answers in 20 ms gets new accounts, sixteen requests at a time: 800 a second and no more. What counts is every request
//! that the system got between the first and the last tenth of the accounts: the beginning and the end of a run are not full. Each
//! change is in the journal before its request leaves.

use std::thread;
use std::time::{Duration, Instant};

use crate::company::Company;
use crate::estate::{App, Estate};
use crate::saas::Saas;
use crate::{Failure, Measured, Setting};

/// Milliseconds.
const LATENCY: u64 = 20;
const CONCURRENCY: u32 = 16;
const PEOPLE: usize = 4_000;
/// How often the system is asked how far it is.
const LOOK: Duration = Duration::from_millis(20);

/// Measures.
///
/// # Errors
/// When the run fails.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let bound = f64::from(CONCURRENCY) * 1_000.0 / LATENCY as f64;
    // Whom nothing keeps: what the system and this machine allow at most.
    let alone = Saas::start(setting, LATENCY, 1)?.limit(CONCURRENCY as usize, Duration::from_secs(3))?;
    let company = Company::of(setting.people(PEOPLE), setting.seed);
    let mut saas = Saas::start(setting, 0, 1)?;
    let (base_url, token) = saas.servers[0].clone();
    let app = App { name: "directory".to_owned(), connector: "scim@0.1".to_owned(), base_url, token };
    let estate = Estate::new(setting, &company, &[app], CONCURRENCY, false)?;
    estate.install_scim(setting)?;
    estate.plan(3)?;
    saas.ask(&format!("latency {LATENCY}"))?;
    saas.ask("forget")?;
    let mut run = estate.start(&["apply", "plan.json", "--yes"])?;
    let mut seen: Vec<(Instant, usize, usize)> = Vec::new();
    while !run.is_over()? {
        let made = saas.requests("POST", "/Users")?;
        let others = saas.requests("GET", "/")? + saas.requests("PATCH", "/")?;
        seen.push((Instant::now(), made, made + others));
        thread::sleep(LOOK);
    }
    let made = seen.last().map_or(0, |(_, made, _)| *made);
    if made < company.employees.len() / 2 {
        return Err(Failure::new("innkeeper apply", format!("{made} accounts were made")));
    }
    let at = |part: usize| seen.iter().find(|(_, so_far, _)| *so_far >= made * part / 10);
    let (Some((from, _, before)), Some((to, _, after))) = (at(1), at(9)) else {
        return Err(Failure::new("innkeeper apply", "it was over before it was looked at"));
    };
    let requests = f64::from(u32::try_from(after - before).unwrap_or(u32::MAX));
    let reached = requests / (*to - *from).as_secs_f64();
    let percent = vec![reached / bound * 100.0];
    Ok(vec![
        Measured::new("apply_vs_bound", "%", percent).against("a client that does nothing else", vec![alone / bound * 100.0]),
    ])
}
