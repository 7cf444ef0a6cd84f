//! `innkeeper audit`

use super::plan::known_app;
use crate::arguments::{Audit, AuditCommand, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::moment;
use crate::render::style::{bad, faint, good};
use crate::render::table::table;
use crate::reply::{Exit, Reply};
use innkeeper_domain::RunId;
use innkeeper_store::{AuditEntry, AuditFilter};

pub(crate) fn run(general: &General, asked: &Audit) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        if let Some(AuditCommand::Verify) = asked.command {
            return verify(&engine).await;
        }
        let person = match &asked.person {
            Some(asked) => Some(engine.person(asked).await?),
            None => None,
        };
        let app = asked.app.as_deref().map(|app| known_app(engine.configuration(), app)).transpose()?;
        let run = asked.run.as_deref().map(RunId::new);
        let entries = engine.store().audit(&AuditFilter { person, app, run }, asked.last).await?;
        if entries.is_empty() {
            return Ok(Reply::done("The audit log has no such entry.\n", &entries));
        }
        // The newest last, where the eye is when the command has ended.
        let rows = entries.iter().rev().map(|entry| {
            [entry.seq.to_string(), moment(entry.event.at), entry.event.who.clone(), entry.event.what.clone(), about(entry)]
        });
        Ok(Reply::done(table(["NO", "WHEN", "WHO", "WHAT", "ABOUT"], rows), &entries))
    })
}

async fn verify(engine: &innkeeper_engine::Engine) -> Result<Reply, CliError> {
    let verdict = engine.store().verify_audit().await?;
    let (text, exit) = match &verdict.broken {
        None => (
            format!(
                "{} {} entries, each with the hash of the one before. The last is {}\n{}\n",
                good("The audit log is whole:"),
                verdict.entries,
                verdict.head,
                faint("Keep this hash elsewhere to notice a log that was cut short or written anew."),
            ),
            Exit::Done,
        ),
        Some(broken) => {
            let text = format!(
                "{} entry {}: {}. The {} entries before it are whole.\n",
                bad("The audit log was altered:"),
                broken.seq,
                broken.why,
                verdict.entries
            );
            (text, Exit::Failed)
        }
    };
    Ok(Reply::new(text, &verdict, exit))
}

/// Whom and what an entry is about, in a few words.
fn about(entry: &AuditEntry) -> String {
    let subject = &entry.event.subject;
    let text = |member: &str| subject.get(member).and_then(|value| value.as_str()).map(str::to_owned);
    let operation = subject.get("operation").and_then(|operation| {
        let verb = operation.get("do")?.as_str()?;
        let name = operation.get("name").and_then(|name| name.as_str()).map_or(String::new(), |name| format!(" {name}"));
        Some(format!("{verb}{name}"))
    });
    let parts = [
        text("app"),
        text("label").or_else(|| text("person")),
        operation,
        text("name"),
        text("text"),
        text("plan").map(|plan| format!("plan {}", plan.get(..7).unwrap_or(&plan))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
