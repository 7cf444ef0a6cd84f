//! What an admin waits for all day: `cli_version`, and `cli_plan_small`, a plan with nothing to do for ten people with fifteen connectors
//! installed and an app on each. The systems answer at once, so that what is measured is not theirs.

use std::process::{Command, Stdio};

use crate::company::Company;
use crate::estate::{App, Estate};
use crate::measured::time;
use crate::saas::Saas;
use crate::{Failure, Measured, Setting};

const CONNECTORS: usize = 15;
const PEOPLE: usize = 10;
const VERSIONS: usize = 40;
const PLANS: usize = 10;

/// Measures.
///
/// # Errors
/// When the program fails.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let mut versions = Vec::new();
    for round in 0..=VERSIONS {
        let mut command = Command::new(setting.programs.join("innkeeper"));
        command.arg("--version").stdout(Stdio::null()).stdin(Stdio::null());
        let (status, taken) = time(|| command.status());
        if !status.map_err(Failure::of("innkeeper --version"))?.success() {
            return Err(Failure::new("innkeeper --version", "it failed"));
        }
        // The first one reads the program from the disk.
        if round > 0 {
            versions.push(taken.as_secs_f64() * 1e3);
        }
    }
    let company = Company::of(PEOPLE, setting.seed);
    let saas = Saas::start(setting, 0, CONNECTORS)?;
    let app = |(number, (base_url, token)): (usize, &(String, String))| App {
        name: format!("app{number}"),
        connector: format!("c{number}@0.1"),
        base_url: base_url.clone(),
        token: token.clone(),
    };
    let apps: Vec<App> = saas.servers.iter().enumerate().map(app).collect();
    let estate = Estate::new(setting, &company, &apps, 8, false)?;
    estate.install_many(setting, CONNECTORS)?;
    estate.plan(3)?;
    estate.apply()?;
    // The first one warms up.
    estate.plan(0)?;
    let plans = (0..PLANS).map(|_| estate.plan(0).map(|run| run.time.as_secs_f64() * 1e3)).collect::<Result<Vec<f64>, _>>()?;
    Ok(vec![Measured::new("cli_version", "ms", versions), Measured::new("cli_plan_small", "ms", plans)])
}
