//! `innkeeper status`

use super::run::lines;
use crate::arguments::General;
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::moment;
use crate::render::run::{title, trouble};
use crate::render::style::{bad, change, count, strong};
use crate::render::table::table;
use crate::reply::{Exit, Reply};
use innkeeper_domain::{Completeness, RunState};
use innkeeper_engine::{Health, Paused, SERVICE, TaskFilter};
use innkeeper_store::Listing;
use jiff::Timestamp;
use std::fmt::Write;

/// How many runs are shown.
const RUNS: usize = 5;

pub(crate) fn run(general: &General) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let (store, configuration) = (engine.store(), engine.configuration());
        let mut rows = Vec::new();
        let mut listings = Vec::new();
        for source in configuration.sources() {
            let last = store.counts(&Listing::People(source.name.clone()), 1).await?.into_iter().next();
            rows.push(["source".to_owned(), source.name.to_string(), "-".into(), counted(&last, "people"), seen(&last)]);
            listings.push(serde_json::json!({ "source": source.name, "last": last }));
        }
        for app in configuration.apps() {
            let last = store.counts(&Listing::Accounts(app.name.clone()), 1).await?.into_iter().next();
            let managed = store.links(&app.name).await?.values().filter(|link| link.deleted_on.is_none()).count();
            let what = format!("{}, {managed} managed", counted(&last, "accounts"));
            rows.push(["app".to_owned(), app.name.to_string(), app.mode.to_string(), what, seen(&last)]);
            listings.push(serde_json::json!({ "app": app.name, "mode": app.mode, "last": last, "managed": managed }));
        }
        let mut text = table(["", "NAME", "MODE", "HAS", "READ"], rows);
        let paused = Paused::load(&places.state)?;
        for line in pauses(&paused, engine.now()) {
            let _ = writeln!(text, "{}", bad(line));
        }
        let service = SERVICE.get(store, "engine").await?;
        if let Some(health) = &service {
            text.push_str(&service_lines(health));
        }
        let runs = store.runs(RUNS).await?;
        if !runs.is_empty() {
            let _ = writeln!(text, "\n{}", strong("Last runs"));
            let rows = runs.iter().map(|run| {
                let state = match (run.state, run.finished) {
                    (RunState::Finished, Some(at)) => format!("finished {}", moment(at)),
                    _ => "open".to_owned(),
                };
                [moment(run.started), run.by.clone(), format!("plan {}", run.plan.short()), state, run.id.to_string()]
            });
            text.push_str(&table(["STARTED", "BY", "WHAT", "STATE", "RUN"], rows));
        }
        let ending = super::ending::ending(&engine).await?;
        text.push_str(&ending.text());
        let swaps = engine.swap_progress().await?;
        text.push_str(&super::swap::status(&swaps));
        let open = store.open_changes().await?;
        if !open.is_empty() {
            let _ = writeln!(
                text,
                "\n{}",
                bad(format!(
                    "{} not settled; the next apply settles what it can:",
                    count(open.len(), "change is", "changes are")
                ))
            );
            for record in &open {
                let why = trouble(record).unwrap_or_default();
                let since = moment(record.at);
                let what = title(&record.change.operation);
                let _ = writeln!(
                    text,
                    "  {} {} on {}: {what}, since {since}: {why}",
                    change(record.state.name()),
                    record.change.label,
                    record.app
                );
            }
        }
        let tasks = engine.tasks(&TaskFilter::default()).await?;
        let (with_people, overdue) =
            (tasks.iter().filter(|task| task.is_open()).count(), tasks.iter().filter(|task| task.overdue).count());
        if with_people > 0 {
            let overdue = if overdue > 0 { format!(", {overdue} overdue") } else { String::new() };
            let tasks = count(with_people, "task is", "tasks are");
            let _ = writeln!(text, "\n{}: innkeeper tasks", change(format!("{tasks} open with people{overdue}")));
        }
        let tasks = serde_json::json!({ "open": with_people, "overdue": overdue });
        let exit = if open.is_empty() { Exit::Done } else { Exit::Pending };
        Ok(Reply::new(
            text,
            &serde_json::json!({ "listings": listings, "runs": runs, "open": open, "ending": ending, "tasks": tasks, "swaps": swaps, "service": service, "paused": paused }),
            exit,
        ))
    })
}

/// Who is paused, a line each.
fn pauses(paused: &Paused, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(pause) = paused.of("", now) {
        lines.push(format!("everything is {pause}; go on with `innkeeper resume`"));
    }
    for (app, pause) in paused.app.iter().filter(|(_, pause)| pause.until.is_none_or(|until| now < until)) {
        let name = app.strip_prefix("source.").unwrap_or(app);
        lines.push(format!("{name} is {pause}; go on with `innkeeper resume {name}`"));
    }
    lines
}

/// The engine as a process: what it does, and what is not as it should be.
fn service_lines(health: &Health) -> String {
    let mut text = String::new();
    let next = health.next.map_or(String::new(), |next| format!(", next at {}", moment(next)));
    let since = moment(health.started);
    let _ = match health.doing.as_str() {
        "stopped" | "finished" => writeln!(text, "\n{} ended {}", strong("innkeeper run"), moment(health.at)),
        doing => writeln!(text, "\n{} {doing}, pid {}, since {since}{next}", strong("innkeeper run"), health.pid),
    };
    for line in lines(health) {
        let _ = writeln!(text, "  {}", bad(line));
    }
    text
}

fn counted(last: &Option<innkeeper_store::Count>, what: &str) -> String {
    last.as_ref().map_or("never read".into(), |last| format!("{} {what}", last.count))
}

fn seen(last: &Option<innkeeper_store::Count>) -> String {
    match last {
        None => "-".into(),
        Some(last) => match &last.completeness {
            Completeness::Complete => moment(last.taken),
            Completeness::Incomplete { why } => format!("{}, not completely: {why}", moment(last.taken)),
        },
    }
}
