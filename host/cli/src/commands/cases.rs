//! `innkeeper cases`: who could be whose, written for a spreadsheet and read back.

use super::last_plan;
use crate::arguments::{Cases, CasesCommand, Decide, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::count;
use crate::reply::Reply;
use innkeeper_engine::CaseDecisions;
use innkeeper_store::SqliteStore;
use serde_json::json;
use std::path::Path;

pub(crate) fn run(general: &General, asked: &Cases) -> Result<Reply, CliError> {
    match (&asked.command, &asked.out) {
        (Some(CasesCommand::Decide(decide)), _) => take(general, decide),
        (None, Some(out)) => write(general, asked.app.as_deref(), out),
        (None, None) => last_plan::cases(general, asked.app.as_deref()),
    }
}

fn write(general: &General, app: Option<&str>, out: &Path) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let open = engine.open_cases(app).await?;
        // What somebody may be filling in is never written over.
        write_new(out, &open.to_csv())?;
        let people = count(open.people(), "person", "people");
        let rows = count(open.0.len(), "row", "rows");
        let text = format!(
            "{}: {rows}, for {people} of whom it is not clear which account is theirs.\n\
             Write `link`, `new` or `ignore` into the column `decision`; then: innkeeper cases decide {}\n",
            out.display(),
            out.display()
        );
        Ok(Reply::done(text, &json!({ "file": out, "people": open.people(), "rows": open })))
    })
}

fn write_new(path: &Path, text: &str) -> Result<(), CliError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
    // It has people's attributes in it.
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(CliError::InTheWay { path: path.to_owned() }),
        opened => opened.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed),
    }
}

fn take(general: &General, asked: &Decide) -> Result<Reply, CliError> {
    let path = &asked.file;
    let bytes = std::fs::read(path).map_err(|error| CliError::File { what: "read", path: path.clone(), error })?;
    let (decided, places) = context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let decided = engine.read_case_decisions(&bytes, &path.display().to_string()).await?;
        Ok((decided.map_err(|problems| CliError::Decisions { problems })?, places))
    })?;
    let summary = summary(&decided);
    let json = json!({
        "linked": decided.linked, "new": decided.new, "ignored": decided.ignored, "known": decided.known, "blank": decided.blank,
    });
    if decided.decisions.is_empty() {
        return Ok(Reply::done(format!("{summary}Nothing new was decided.\n"), &json));
    }
    if !asked.yes {
        anstream::eprint!("{summary}");
    }
    context::confirm(general, asked.yes, "taking the decisions", "Take these decisions?")?;
    context::make_private(&places.state)?;
    SqliteStore::decide_all_beside(places.store(), decided.decisions)?;
    Ok(Reply::done(format!("{summary}The next plan carries it out: innkeeper plan\n"), &json))
}

fn summary(decided: &CaseDecisions) -> String {
    let CaseDecisions { linked, new, ignored, known, blank, .. } = decided;
    let mut lines = vec![
        (*linked, count(*linked, "account is its person's", "accounts are their people's")),
        (*new, count(*new, "person gets a new account", "people get new accounts")),
        (*ignored, count(*ignored, "person's case is ignored", "people's cases are ignored")),
        (*known, count(*known, "row says what was decided already", "rows say what was decided already")),
        (*blank, count(*blank, "row decides nothing", "rows decide nothing")),
    ];
    lines.retain(|(number, _)| *number > 0);
    lines.into_iter().map(|(_, line)| format!("{line}\n")).collect()
}
