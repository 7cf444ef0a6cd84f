//! `innkeeper audit`

mod export;
mod ocsf;
mod verify;

use super::plan::known_app;
use crate::arguments::{Audit, AuditCommand, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::moment;
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_domain::RunId;
use innkeeper_store::{AuditEntry, AuditFilter};

pub(crate) fn run(general: &General, asked: &Audit) -> Result<Reply, CliError> {
    match &asked.command {
        None => list(general, asked),
        Some(AuditCommand::Verify { file: None, head, .. }) => context::wait(verify::store(general, head.as_deref())),
        Some(AuditCommand::Verify { file: Some(file), then, head, signed_by }) => {
            verify::files(general, file, then, head.as_deref(), signed_by.as_deref())
        }
        Some(AuditCommand::Export { format, since, out, key }) => {
            context::wait(export::export(general, *format, *since, out.as_deref(), key.as_deref()))
        }
        Some(AuditCommand::Prune { before, archive, key, yes }) => {
            context::wait(export::prune(general, *before, archive, key.as_deref(), *yes))
        }
    }
}

fn list(general: &General, asked: &Audit) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
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
