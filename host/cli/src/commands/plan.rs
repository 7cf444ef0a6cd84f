//! `innkeeper plan`

use super::{approve, plan_file};
use crate::arguments::{General, Plan, PlanCommand};
use crate::context::{self, Places};
use crate::error::CliError;
use crate::progress::Bars;
use crate::render::plan::{Detail, render};
use crate::render::style::{bad, change, count, faint};
use crate::render::terminal::plain;
use crate::reply::{Exit, Reply};
use innkeeper_domain::{AppName, Case, CaseKind};
use innkeeper_engine::{AppFailure, Pilot, PlanRequest, Planned, Standing};
use innkeeper_policy::Would;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};

pub(crate) fn run(general: &General, asked: &Plan) -> Result<Reply, CliError> {
    match &asked.command {
        None => make(general, asked),
        Some(PlanCommand::Show { plan, full }) => plan_file::show(plan, *full),
        Some(PlanCommand::Diff { before, after }) => plan_file::diff(before, after),
    }
}

fn make(general: &General, asked: &Plan) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine_to_look(general)?;
        for app in &asked.apps {
            known_app(engine.configuration(), app)?;
        }
        let request = PlanRequest {
            apps: asked.apps.iter().map(|app| AppName::new(app.as_str())).collect(),
            person: asked.person.clone(),
            today: asked.today,
            accept_shrink: asked.accept_shrink.iter().cloned().collect(),
        };
        let bars = Bars::new();
        let planned = engine.plan(&request, &bars).await;
        bars.clear();
        let planned = planned?;
        let file = save(&places, &planned, asked.out.as_deref())?;
        Ok(reply(planned, file, Detail { full: asked.full }))
    })
}

/// That the configuration has the app.
pub(crate) fn known_app(configuration: &innkeeper_policy::Configuration, app: &str) -> Result<AppName, CliError> {
    let name = AppName::new(app);
    if configuration.app(&name).is_some() {
        return Ok(name);
    }
    Err(CliError::UnknownApp { asked: app.to_owned(), nearest: configuration.app_like(app).cloned() })
}

/// Writes the plan file, in one step, and remembers the plan as the last one.
pub(crate) fn save(places: &Places, planned: &Planned, out: Option<&Path>) -> Result<PathBuf, CliError> {
    write_whole(places.last_plan(), &planned.plan)?;
    write(places, &planned.plan, out)
}

/// Writes the plan file, in one step.
pub(crate) fn write(places: &Places, plan: &innkeeper_domain::Plan, out: Option<&Path>) -> Result<PathBuf, CliError> {
    match out {
        Some(path) => write_whole(path.to_owned(), plan),
        None => keep(places, plan),
    }
}

/// Writes a plan file where plans lie.
pub(crate) fn keep(places: &Places, plan: &innkeeper_domain::Plan) -> Result<PathBuf, CliError> {
    let folder = places.plans();
    std::fs::create_dir_all(&folder).map_err(|error| CliError::File { what: "make", path: folder.clone(), error })?;
    write_whole(folder.join(format!("{}.json", plan.id().short())), plan)
}

fn write_whole(path: PathBuf, plan: &innkeeper_domain::Plan) -> Result<PathBuf, CliError> {
    let partial = path.with_extension("partial");
    let written = File::create(&partial).and_then(|file| plan.write(file)).and_then(|()| std::fs::rename(&partial, &path));
    match written {
        Ok(()) => Ok(path),
        Err(error) => Err(CliError::File { what: "write", path, error }),
    }
}

fn reply(planned: Planned, file: PathBuf, detail: Detail) -> Reply {
    let plan = &planned.plan;
    let mut text = render(plan, detail);
    text.push_str(&remarks(&planned));
    // A listing that proves nothing is a reading that failed, even if there is something to do for the rest.
    let incomplete = |case: &Case| matches!(case.kind, CaseKind::Incomplete { .. });
    let unbelieved = !planned.spoiled.is_empty() || plan.apps().iter().flat_map(|app| &app.cases).any(incomplete);
    let shown = file.display();
    let id = plan.id().short();
    let _ = if plan.is_empty() && (!planned.failures.is_empty() || unbelieved) {
        writeln!(text, "Plan {id} has no change for what could be read and believed. Nothing was written.")
    } else if plan.is_empty() && plan.apps().iter().any(|app| !app.cases.is_empty()) {
        writeln!(text, "Plan {id} has no change. What has to be decided first is above. Nothing was written.")
    } else if plan.is_empty() {
        writeln!(text, "Plan {id} is empty: everything is as it should be. Nothing was written.")
    } else {
        let _ = writeln!(text, "Plan {id} saved to {shown}. Nothing was written. Apply exactly this: innkeeper apply {shown}");
        match planned.approvals.is_empty() {
            true => Ok(()),
            false => writeln!(text, "It has to be approved first: innkeeper approve {shown}"),
        }
    };
    let exit = if !planned.failures.is_empty() || unbelieved {
        Exit::Failed
    } else if plan.is_empty() {
        Exit::Done
    } else {
        Exit::Pending
    };
    let Planned { plan, failures, notes, breaches: guard, approvals, pilots, would, .. } = planned;
    Reply::of(text, Answer { plan, file, failures, notes, guard, approvals, pilots, would }, exit)
}

/// What programs read.
#[derive(Serialize)]
struct Answer {
    plan: innkeeper_domain::Plan,
    file: PathBuf,
    failures: Vec<AppFailure>,
    notes: Vec<String>,
    guard: Vec<String>,
    approvals: Vec<Standing>,
    pilots: Vec<Pilot>,
    would: Vec<Would>,
}

/// How many notes are shown before the rest is only counted.
const NOTES: usize = 20;

/// What the reader of a plan should know beside it.
pub(crate) fn remarks(planned: &Planned) -> String {
    let mut text = String::new();
    for note in planned.notes.iter().take(NOTES) {
        let _ = writeln!(text, "{} {note}", change("note:"));
    }
    if planned.notes.len() > NOTES {
        let _ = writeln!(text, "{}", faint(format!("... and {} notes more: --output json has all", planned.notes.len() - NOTES)));
    }
    for failure in &planned.failures {
        let _ =
            writeln!(text, "{} {} could not be read and is not in the plan: {}", bad("failed:"), failure.app, failure.message);
    }
    text.push_str(&limited(planned));
    for breach in &planned.breaches {
        let _ = writeln!(text, "{} {breach}", bad("guard:"));
    }
    text.push_str(&approve::render(&planned.approvals));
    text
}

/// What is left out on purpose: people outside of pilots, and what roles in observe mode would give.
fn limited(planned: &Planned) -> String {
    let mut text = String::new();
    for pilot in planned.pilots.iter().filter(|pilot| pilot.outside > 0) {
        let people = count(pilot.outside, "person is", "people are");
        let _ = writeln!(
            text,
            "{} {}: {people} outside of the pilot and not touched ({})",
            change("pilot:"),
            pilot.app,
            plain(&pilot.expression)
        );
    }
    let mut roles: BTreeMap<&str, Vec<&Would>> = BTreeMap::new();
    for would in &planned.would {
        roles.entry(would.role.as_str()).or_default().push(would);
    }
    for (role, would) in roles {
        let people: BTreeSet<_> = would.iter().map(|would| &would.person).collect();
        let people = count(people.len(), "person", "people");
        let _ = writeln!(text, "{} role {role} is in observe mode, and would give something to {people}", change("would:"));
        for one in would.iter().take(NOTES) {
            let grants: Vec<String> = one.grants.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "  {} ({}): {}", plain(&one.label), plain(one.person.as_str()), grants.join(", "));
        }
        if would.len() > NOTES {
            let rest = would.len() - NOTES;
            let _ = writeln!(text, "{}", faint(format!("  ... and {rest} more: --output json has all")));
        }
    }
    text
}
