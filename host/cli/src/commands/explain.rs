//! `innkeeper explain`

use super::access::{because, status, title};
use super::plan::known_app;
use crate::arguments::{Explain, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::plan::show;
use crate::render::run::{self, trouble};
use crate::render::style::{bad, change, faint, good, strong};
use crate::render::terminal::plain;
use crate::render::{lifecycle, moment};
use crate::reply::Reply;
use innkeeper_domain::{ChangeRecord, ChangeState, Presence, Reason, Strength};
use innkeeper_engine::{Explanation, task_id};
use std::fmt::Write;

/// How many changes of the past are shown.
const HISTORY: usize = 20;

pub(crate) fn run(general: &General, asked: &Explain) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        known_app(engine.configuration(), &asked.app)?;
        let explanation = engine.explain(&asked.person, &asked.app).await?;
        Ok(Reply::done(render(&explanation), &explanation))
    })
}

fn render(explanation: &Explanation) -> String {
    let mut text = String::new();
    let Explanation { label, person, app, .. } = explanation;
    let _ = writeln!(text, "{} ({person}) on {}: {}", strong(label), strong(app), lifecycle(explanation.lifecycle));
    for record in &explanation.records {
        let _ = writeln!(text, "  known from {record} (source {}, record {})", record.source, record.record);
    }
    let should = match explanation.presence {
        Presence::Active => "should have an account",
        Presence::Awaited { .. } => "will get an account later",
        Presence::NotEntitled => "should have no account",
        Presence::OnLeave => "should have an account that is suspended",
        Presence::Closed { .. } => "should have no open account",
    };
    let _ = writeln!(text, "{} {}", strong("Account:"), should);
    let _ = writeln!(text, "  because {}", because_of(&explanation.reason));
    match &explanation.account {
        Some(held) => {
            let since = moment(held.link.since);
            let _ = writeln!(
                text,
                "  has {} (id {}), {}, managed since {since}",
                plain(&held.link.unique_name),
                held.id,
                status(held)
            );
        }
        None => {
            let _ = writeln!(text, "  has none that is managed");
        }
    }
    attributes(&mut text, explanation);
    grants(&mut text, explanation);
    history(&mut text, &explanation.history);
    let _ = match explanation.seen {
        Some(seen) => writeln!(text, "{}", faint(format!("{app} was read {}.", moment(seen)))),
        None => writeln!(text, "{}", faint(format!("{app} was never read: innkeeper plan"))),
    };
    text
}

fn attributes(text: &mut String, explanation: &Explanation) {
    if explanation.attributes.is_empty() || explanation.presence != Presence::Active {
        return;
    }
    let _ = writeln!(text, "{}", strong("Attributes:"));
    for attribute in &explanation.attributes {
        let desired = &attribute.desired;
        let initial = if desired.strength == Strength::Initial { ", written once" } else { "" };
        let _ = writeln!(text, "  {} = {}{initial}", desired.name, show(&desired.values));
        let _ = writeln!(text, "    {}", faint(format!("from {}", source(&attribute.reason))));
    }
}

fn grants(text: &mut String, explanation: &Explanation) {
    if explanation.grants.is_empty() && explanation.others.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", strong("Entitlements:"));
    for grant in &explanation.grants {
        let sign = if grant.held { good("has") } else { change("to get") };
        let _ = writeln!(text, "  {sign} {}", grant.desired.entitlement);
        let _ = writeln!(text, "    {}", faint(format!("because {}", because_of(&grant.desired.reason))));
    }
    for grant in &explanation.others {
        let _ = writeln!(text, "  {} {}: {}", change("also has"), title(grant), because(grant));
    }
}

fn history(text: &mut String, history: &[ChangeRecord]) {
    if history.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", strong("What was done, newest first:"));
    for record in history.iter().take(HISTORY) {
        let state = if trouble(record).is_none() { good(record.state.name()) } else { bad(record.state.name()) };
        let _ = writeln!(text, "  {} {} {state}", moment(record.at), run::title(&record.change.operation));
        for reason in &record.change.reasons {
            let _ = writeln!(text, "    {}", faint(format!("because {}", because_of(reason))));
        }
        if let Some(trouble) = trouble(record) {
            let _ = writeln!(text, "    {trouble}");
        }
        if matches!(record.state, ChangeState::Manual { .. }) {
            let _ = writeln!(text, "    {}", faint(format!("innkeeper tasks show {}", task_id(&record.run, &record.id))));
        }
        for exchange in record.attempts.iter().flat_map(|attempt| &attempt.exchanges) {
            let answer = exchange.status.map_or("no answer".into(), |status| status.to_string());
            let _ = writeln!(
                text,
                "    {}",
                faint(format!("{} {} -> {answer}, {} ms", exchange.method, exchange.url, exchange.millis))
            );
        }
        let _ = writeln!(text, "    {}", faint(format!("run {}, change {}, intent {}", record.run, record.id, record.intent)));
    }
    if history.len() > HISTORY {
        let _ =
            writeln!(text, "  {}", faint(format!("... and {} changes before: --output json has all", history.len() - HISTORY)));
    }
}

fn because_of(reason: &Reason) -> String {
    match (&reason.expression, &reason.place) {
        (Some(_), _) | (_, Some(_)) => format!("{} ({})", reason.text, source(reason)),
        _ => reason.text.clone(),
    }
}

/// The expression, where it stands, and the record that it was applied to.
fn source(reason: &Reason) -> String {
    let mut parts = Vec::new();
    if let Some(expression) = &reason.expression {
        parts.push(expression.clone());
    }
    if let Some(place) = &reason.place {
        parts.push(format!("at {place}"));
    }
    if let Some(origin) = &reason.origin {
        parts.push(format!("for {origin}"));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests;
