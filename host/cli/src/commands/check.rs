//! `innkeeper check`

use crate::arguments::{Check, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{bad, count, faint, good};
use crate::reply::{Exit, Reply};
use innkeeper_engine::AppFailure;
use std::fmt::Write;

pub(crate) fn run(general: &General, check: &Check) -> Result<Reply, CliError> {
    context::wait(async {
        let access = if check.online { Access::Write } else { Access::Read };
        let (engine, _) = context::engine(general, access)?;
        let configuration = engine.configuration();
        let mut problems = innkeeper_policy::Problems::default();
        let mut unseen = Vec::new();
        let mut failures: Vec<AppFailure> = Vec::new();
        for app in configuration.apps() {
            match engine.description(app, check.online).await? {
                Ok(Some(description)) => problems.append(configuration.check_app(&app.name, &description)),
                Ok(None) => unseen.push(app.name.clone()),
                Err(failure) => failures.push(failure),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut text = String::new();
        for failure in &failures {
            let _ = writeln!(text, "{} {} could not be asked: {}", bad("failed:"), failure.app, failure.message);
        }
        let (sources, apps, roles) = (configuration.sources().len(), configuration.apps().len(), configuration.roles().len());
        let _ = writeln!(
            text,
            "{} {}, {}, {}.",
            good("The configuration is sound:"),
            count(sources, "source", "sources"),
            count(apps, "app", "apps"),
            count(roles, "role", "roles"),
        );
        if !unseen.is_empty() {
            let names: Vec<&str> = unseen.iter().map(|name| name.as_str()).collect();
            let hint = format!(
                "What accounts look like on {} is not known yet, so its attributes were not checked: innkeeper check --online",
                names.join(", ")
            );
            let _ = writeln!(text, "{}", faint(hint));
        }
        let exit = if failures.is_empty() { Exit::Done } else { Exit::Failed };
        let value = serde_json::json!({
            "sources": sources, "apps": apps, "roles": roles, "not-described": unseen, "failures": failures,
        });
        Ok(Reply::new(text, &value, exit))
    })
}
