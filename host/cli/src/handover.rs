//! Asking the process that has the store to do something, and waiting for its answer.

use crate::arguments::General;
use crate::commands::apply;
use crate::context::{self, Places};
use crate::error::CliError;
use crate::render::style::bad;
use crate::reply::{Exit, Reply};
use indicatif::ProgressBar;
use innkeeper_engine::{ANSWERS, ERRANDS, Errand, ErrandAnswer, RunReport, Work};
use innkeeper_store::{SqliteStore, Store};
use jiff::Timestamp;
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often the store is looked at for the answer.
const LOOK: Duration = Duration::from_millis(25);

/// How often this process tries to do it alone, in case the other one has ended.
const TRY: Duration = Duration::from_secs(1);

/// Asks, waits, and answers as the command itself would have.
pub(crate) async fn ask(general: &General, work: Work) -> Result<Reply, CliError> {
    let places = Places::of(general);
    let (what, subject) = in_words(&work);
    let errand = Errand { by: context::user(), at: Timestamp::now(), work };
    let id = uuid::Uuid::now_v7().to_string();
    context::decide(
        &places,
        &[ERRANDS.put(&id, &errand)?],
        "errand.asked",
        serde_json::json!({ "errand": id, "for": what, "subject": subject }),
    )?;
    let waiting = ProgressBar::new_spinner().with_message(format!("Waiting for the process that runs the engine to {what}"));
    if std::io::stderr().is_terminal() {
        waiting.enable_steady_tick(Duration::from_millis(120));
    }
    let store = SqliteStore::open_read_only(places.store())?;
    let mut tried = Instant::now();
    let answered = loop {
        if let Some(answered) = ANSWERS.get(&store, &id).await? {
            break answered;
        }
        if tried.elapsed() >= TRY {
            tried = Instant::now();
            if let Some((engine, _)) = context::engine_unless_busy(general)? {
                engine.serve_once().await?;
            }
        }
        tokio::time::sleep(LOOK).await;
    };
    waiting.finish_and_clear();
    reply(&store, answered, &what).await
}

async fn reply(store: &dyn Store, answered: ErrandAnswer, what: &str) -> Result<Reply, CliError> {
    if let Some(message) = answered.refused {
        return Err(CliError::Refused { message });
    }
    let mut reply = match &answered.run {
        Some(run) => {
            let (run, changes) = store.run(run).await?.ok_or_else(|| CliError::Unanswered { what: what.to_owned() })?;
            apply::reply(RunReport { run, changes, findings: answered.findings })
        }
        None => Reply::done("There was nothing to do. Nothing was written.\n", &serde_json::json!({ "changes": [] })),
    };
    for failure in &answered.failures {
        let _ = writeln!(reply.text, "{} {} could not be read: {}", bad("failed:"), failure.app, failure.message);
        reply.exit = Exit::Failed;
    }
    Ok(reply)
}

fn in_words(work: &Work) -> (String, serde_json::Value) {
    match work {
        Work::Offboard { person } => (format!("offboard {person}"), serde_json::json!({ "person": person })),
        Work::Onboard { person } => (format!("onboard {person}"), serde_json::json!({ "person": person })),
        Work::Apply { plan, .. } => (format!("apply plan {}", plan.short()), serde_json::json!({ "plan": plan })),
    }
}
