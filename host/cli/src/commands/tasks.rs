//! `innkeeper tasks`

mod render;

use super::plan::known_app;
use crate::arguments::{Done, General, Refuse, Tasks, TasksCommand, Which};
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::render::style::good;
use crate::reply::{Exit, Reply};
use innkeeper_engine::{Answered, Engine, Evidence, Response, Task, TaskFilter};
use innkeeper_store::{SqliteStore, StoreError};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(general: &General, asked: &Tasks) -> Result<Reply, CliError> {
    context::wait(async {
        match &asked.command {
            None => list(general, &asked.which).await,
            Some(TasksCommand::List(which)) => list(general, which).await,
            Some(TasksCommand::Show { task }) => {
                let (engine, _) = context::engine(general, Access::Read)?;
                let task = engine.task(task).await?;
                Ok(Reply::done(render::one(&task, engine.now()), &task))
            }
            Some(TasksCommand::Done(asked)) => done(general, asked).await,
            Some(TasksCommand::Refuse(asked)) => refuse(general, asked).await,
            Some(TasksCommand::Reopen { task }) => reopen(general, task).await,
            Some(TasksCommand::Remind) => remind(general).await,
        }
    })
}

async fn list(general: &General, which: &Which) -> Result<Reply, CliError> {
    let (engine, _) = context::engine(general, Access::Read)?;
    let app = which.app.as_deref().map(|app| known_app(engine.configuration(), app)).transpose()?;
    let filter = TaskFilter { answered: which.all, overdue: which.overdue, app, person: which.person.clone() };
    let mut tasks = engine.tasks(&filter).await?;
    tasks.retain(|task| !which.open || task.is_open());
    Ok(Reply::done(render::list(&tasks, engine.now()), &serde_json::json!({ "tasks": tasks })))
}

async fn done(general: &General, asked: &Done) -> Result<Reply, CliError> {
    let (engine, places) = context::engine(general, Access::Read)?;
    let evidence = asked.evidence.as_deref().map(evidence).transpose()?;
    let mut tasks = Vec::new();
    for task in &asked.tasks {
        let response = Response::Done { evidence: evidence.clone(), unchecked: asked.unchecked };
        tasks.push(settle(&engine, &places, task, asked.by.clone(), response).await?);
    }
    drop(engine);
    look_again(general, &tasks).await?;
    let mut text = String::new();
    for task in &tasks {
        let _ = writeln!(text, "{} {} on {}: {}", good("Done:"), task.account, task.app, task.what);
    }
    Ok(Reply::done(text, &serde_json::json!({ "tasks": tasks })))
}

async fn refuse(general: &General, asked: &Refuse) -> Result<Reply, CliError> {
    let (engine, places) = context::engine(general, Access::Read)?;
    let response = Response::Refused { reason: asked.reason.clone() };
    let task = settle(&engine, &places, &asked.task, asked.by.clone(), response).await?;
    let text = format!(
        "Refused: {} on {}: {}. It is a case in every plan, and is not asked again until: innkeeper tasks reopen {}\n",
        task.account, task.app, task.what, task.id
    );
    Ok(Reply::done(text, &task))
}

async fn reopen(general: &General, asked: &str) -> Result<Reply, CliError> {
    let (engine, places) = context::engine(general, Access::Read)?;
    let task = settle(&engine, &places, asked, None, Response::Reopened).await?;
    Ok(Reply::done(format!("The next plan asks again: {} on {}, {}\n", task.account, task.app, task.what), &task))
}

/// Writes an answer down, also while another process runs the engine.
async fn settle(engine: &Engine, places: &Places, task: &str, by: Option<String>, response: Response) -> Result<Task, CliError> {
    let Answered { task, record, effects, event } = engine.answer(task, by, response).await?;
    match record {
        Some(record) => SqliteStore::settle_beside(places.store(), &record, &effects, event)?,
        None => SqliteStore::decide_beside(places.store(), &effects, event)?,
    };
    Ok(task)
}

/// Takes what was confirmed into what is remembered of the apps without a connector. Whoever runs the engine at the moment does it with
/// its next plan.
async fn look_again(general: &General, tasks: &[Task]) -> Result<(), CliError> {
    let engine = match context::engine(general, Access::Write) {
        Ok((engine, _)) => engine,
        Err(CliError::Store(StoreError::Busy { .. })) => return Ok(()),
        Err(error) => return Err(error),
    };
    let apps: std::collections::BTreeSet<_> = tasks.iter().map(|task| &task.app).collect();
    for app in apps {
        engine.look_again(app).await?;
    }
    Ok(())
}

/// A file's name and digest, or the text itself.
fn evidence(given: &str) -> Result<Evidence, CliError> {
    let path = Path::new(given);
    if !path.is_file() {
        return Ok(Evidence::Text(given.to_owned()));
    }
    let content = std::fs::read(path).map_err(|error| CliError::File { what: "read", path: path.to_owned(), error })?;
    let name = path.file_name().map_or_else(|| given.to_owned(), |name| name.to_string_lossy().into_owned());
    let sha256 = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Evidence::File { name, sha256 })
}

async fn remind(general: &General) -> Result<Reply, CliError> {
    let (engine, _) = context::engine(general, Access::Read)?;
    let tasks = engine.tasks(&TaskFilter { overdue: true, ..TaskFilter::default() }).await?;
    let mut owners: BTreeMap<Option<String>, Vec<Task>> = BTreeMap::new();
    for task in tasks {
        owners.entry(task.owner.clone()).or_default().push(task);
    }
    let exit = if owners.is_empty() { Exit::Done } else { Exit::Pending };
    let text = render::reminders(&owners, engine.now());
    let owners: Vec<_> = owners.into_iter().map(|(owner, tasks)| serde_json::json!({ "owner": owner, "tasks": tasks })).collect();
    Ok(Reply::new(text, &serde_json::json!({ "owners": owners }), exit))
}
