//! Leavers as people read them.

use crate::render::style::{bad, change, count, faint, good, strong};
use crate::render::terminal::plain;
use crate::render::{age, span};
use innkeeper_engine::{Leaver, LeaverOnApp, LeaverReport};
use jiff::Timestamp;
use std::fmt::Write;

pub(super) fn render(report: &LeaverReport) -> String {
    let mut text = String::new();
    for leaver in &report.leavers {
        let since = leaver.since.map_or_else(|| "the day is not known".to_owned(), |day| format!("left, gone since {day}"));
        let _ = writeln!(text, "{} ({}), {since}", strong(plain(&leaver.label)), leaver.person);
        for app in &leaver.apps {
            on_app(&mut text, app, report.at);
        }
    }
    let open = report.leavers.iter().filter(|leaver| leaver.is_open()).count();
    let _ = match open {
        0 => writeln!(text, "{} Nothing is open for anybody who has left.", good("Closed.")),
        _ => writeln!(text, "{}", bad(format!("Something is still open for {}.", count(open, "leaver", "leavers")))),
    };
    let word_alone = |leaver: &Leaver| leaver.apps.iter().any(|app| !app.not_read_back.is_empty());
    if report.leavers.iter().any(word_alone) {
        let _ = writeln!(text, "{}", faint("* done, says whoever did it: nothing on the app can show it"));
    }
    text
}

fn on_app(text: &mut String, app: &LeaverOnApp, now: Timestamp) {
    let mut line = format!("  {} {}: ", app.app, plain(&app.account));
    line += &match (app.usable, app.closed, app.closed_after) {
        (true, ..) => bad("can still be used"),
        (false, Some(at), after) => {
            let after = after.map_or_else(String::new, |seconds| format!(", {}", lateness(seconds)));
            good(format!("closed {}{after}", at.strftime("%Y-%m-%d %H:%M UTC")))
        }
        (false, None, _) => good("closed by somebody else"),
    };
    if !app.not_read_back.is_empty() {
        let steps: Vec<String> = app.not_read_back.iter().map(|step| format!("{step}*")).collect();
        line += &format!("; {}", steps.join(", "));
    }
    if let Some(on) = app.delete_on {
        line += &format!("; delete on {on}");
    }
    let _ = writeln!(text, "{line}");
    for open in &app.open {
        let step = change(open.step.to_string());
        let _ = writeln!(text, "    {step}, open for {}: {}", age(open.since, now), plain(&open.why.to_string()));
    }
}

/// `3 minutes after they left`.
fn lateness(seconds: i64) -> String {
    match seconds {
        ..0 => format!("{} before they left", span(-seconds)),
        _ => format!("{} after they left", span(seconds)),
    }
}
