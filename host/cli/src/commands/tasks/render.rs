//! Tasks as people read them.

use crate::render::style::{bad, change, faint, good, strong};
use crate::render::table::table;
use crate::render::terminal::plain;
use crate::render::{age, moment};
use innkeeper_engine::{Evidence, Task, TaskAnswer, Verdict};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn list(tasks: &[Task], now: Timestamp) -> String {
    if tasks.is_empty() {
        return "Nobody has anything to do by hand.\n".to_owned();
    }
    let rows = tasks.iter().map(|task| {
        let owner = task.owner.clone().unwrap_or_else(|| "-".into());
        [task.id.clone(), state(task, now), task.app.to_string(), task.account.clone(), owner, task.what.clone()]
    });
    table(["TASK", "STATE", "APP", "ACCOUNT", "OWNER", "WHAT TO DO"], rows)
}

/// `open for 3 days, due 2026-11-24`.
fn state(task: &Task, now: Timestamp) -> String {
    match &task.answer {
        Some(answer) => verdict(&answer.verdict).to_owned(),
        None if task.overdue => format!("overdue, open for {}", age(task.opened, now)),
        None => format!("open for {}, due {}", age(task.opened, now), task.due.strftime("%Y-%m-%d")),
    }
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Done { .. } => "done",
        Verdict::Refused { .. } => "refused",
        Verdict::Seen => "seen to be done",
        Verdict::Reopened => "asked again",
        Verdict::Withdrawn => "not asked for any more",
    }
}

pub(super) fn one(task: &Task, now: Timestamp) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} {}: {}", strong(format!("Task {}", task.id)), task.app, plain(&task.account));
    let _ = writeln!(text, "  {}", plain(&task.instructions));
    let owner = task.owner.as_deref().unwrap_or("nobody is named");
    let _ = writeln!(text, "{} {}", strong("Owner:"), plain(owner));
    let due = match (&task.answer, task.leaver) {
        (None, true) => bad(format!("due at once, open for {}", age(task.opened, now))),
        (None, false) if task.overdue => bad(format!("overdue since {}, open for {}", moment(task.due), age(task.opened, now))),
        (None, false) => change(format!("due {}, open for {}", moment(task.due), age(task.opened, now))),
        (Some(answer), _) => good(answered(answer)),
    };
    let _ = writeln!(text, "{} {due}", strong("State:"));
    for reason in &task.change.reasons {
        let _ = writeln!(text, "{} {}", strong("Why:"), plain(&reason.text));
    }
    let asked = format!("asked {} for {} by run {}, change {}", moment(task.opened), task.person, task.run, task.change.id);
    let _ = writeln!(text, "{}", faint(asked));
    if task.is_open() {
        let _ = writeln!(text, "{}", faint(format!("innkeeper tasks done {} --evidence TEXT-or-FILE", task.id)));
    }
    text
}

fn answered(answer: &TaskAnswer) -> String {
    let TaskAnswer { at, by, verdict: how } = answer;
    let more = match how {
        Verdict::Done { evidence: Some(Evidence::Text(text)) } => format!(": {}", plain(text)),
        Verdict::Done { evidence: Some(Evidence::File { name, sha256 }) } => format!(": {} (SHA-256 {sha256})", plain(name)),
        Verdict::Refused { reason } => format!(": {}", plain(reason)),
        Verdict::Done { evidence: None } | Verdict::Seen | Verdict::Reopened | Verdict::Withdrawn => String::new(),
    };
    format!("{} {} by {}{more}", verdict(how), moment(*at), plain(by))
}

/// A paragraph for each owner.
pub(super) fn reminders(owners: &BTreeMap<Option<String>, Vec<Task>>, now: Timestamp) -> String {
    if owners.is_empty() {
        return "Nothing is overdue.\n".to_owned();
    }
    let mut text = String::new();
    for (owner, tasks) in owners {
        let _ = writeln!(text, "{}", strong(owner.as_deref().unwrap_or("nobody is named")));
        for task in tasks {
            let _ = writeln!(text, "  {} {} (open for {})", task.id, plain(task.instructions.trim_end()), age(task.opened, now));
        }
    }
    text
}
