//! How long somebody who leaves at once stays: `leaver_latency_under_load`.
//!
//! A run of 10,000 changes is under way in another process: 500 people on 20 apps get another title. Meanwhile `innkeeper offboard` is
//! typed for one of them after the other. The figure is from the start of that command to its end, when every account of the person on
//! all twenty apps has been closed and read back.

use std::time::Duration;
use std::{thread, time::Instant};

use crate::company::Company;
use crate::estate::{App, Estate};
use crate::saas::Saas;
use crate::{Failure, Measured, Setting};

/// Milliseconds.
const LATENCY: u64 = 20;
const APPS: usize = 20;
const PEOPLE: usize = 500;
const LEAVERS: usize = 3;
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures.
///
/// # Errors
/// When a run fails, or is over before somebody left.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let mut company = Company::of(setting.people(PEOPLE), setting.seed);
    let mut saas = Saas::start(setting, 0, APPS)?;
    let app = |(number, (base_url, token)): (usize, &(String, String))| App {
        name: format!("app{number}"),
        connector: "scim@0.1".to_owned(),
        base_url: base_url.clone(),
        token: token.clone(),
    };
    let apps: Vec<App> = saas.servers.iter().enumerate().map(app).collect();
    let estate = Estate::new(setting, &company, &apps, 8, false)?;
    estate.install_scim(setting)?;
    estate.plan(3)?;
    estate.apply()?;
    for person in &mut company.employees {
        person.title.push_str(" II");
    }
    estate.write("people.csv", &company.people_csv())?;
    estate.plan(3)?;
    saas.ask(&format!("latency {LATENCY}"))?;
    saas.ask("forget")?;
    let mut run = estate.start(&["apply", "plan.json", "--yes"])?;
    let begun = Instant::now();
    while saas.requests("PATCH", "/Users")? < APPS && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
    // Those who come last in the plan: their change is not made yet.
    let leavers: Vec<String> = company
        .employees
        .iter()
        .rev()
        .filter(|person| person.works_here())
        .take(LEAVERS)
        .map(|it| it.user_name.clone())
        .collect();
    let mut samples = Vec::new();
    for leaver in &leavers {
        let taken = estate.run(&["offboard", leaver, "--yes"], &[0])?;
        if run.is_over()? {
            break;
        }
        samples.push(taken.time.as_secs_f64() * 1e3);
    }
    if samples.is_empty() {
        return Err(Failure::new("innkeeper apply", "it was over before the first leaver was closed"));
    }
    Ok(vec![Measured::new("leaver_latency_under_load", "ms", samples)])
}
