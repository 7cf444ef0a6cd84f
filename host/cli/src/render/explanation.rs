//! Why somebody has what they have, and why not: as it is read aloud.

use super::plan::show;
use super::run::{title as step, trouble};
use super::style::{bad, change, faint, good, strong};
use super::terminal::plain;
use super::{lifecycle, moment};
use crate::commands::access::{because, status, title};
use innkeeper_domain::{Presence, Reason, Strength, Swap, SwapStage};
use innkeeper_engine::{AppExplanation, ExplainedChange, ExplainedSwap, Explanation};
use innkeeper_policy::{Judgement, Read, RoleMode, RoleStanding, Verdict};
use std::fmt::Write;

/// How many changes of the past are shown.
const HISTORY: usize = 20;

/// How much is told of each app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Whether there is an account, what is to be done and what stands in the way.
    Short,
    /// Everything.
    Whole,
}

/// The person, and app by app what they have and why.
pub(crate) fn render(explanation: &Explanation, detail: Detail) -> String {
    let mut text = String::new();
    let Explanation { label, person, .. } = explanation;
    let standing = lifecycle(explanation.lifecycle);
    let _ = match explanation.at {
        Some(at) => writeln!(text, "{} ({}) at {}: {standing}", strong(plain(label)), plain(person.as_str()), moment(at)),
        None => writeln!(text, "{} ({}): {standing}", strong(plain(label)), plain(person.as_str())),
    };
    for record in &explanation.records {
        let _ = writeln!(text, "  known from {record} (source {}, record {})", record.source, plain(&record.record));
    }
    for app in &explanation.apps {
        let past = explanation.at.is_some();
        match detail {
            Detail::Whole => whole(&mut text, app, past),
            Detail::Short => short(&mut text, app, past),
        }
    }
    for unknown in &explanation.unknown {
        let _ = writeln!(text, "{} {unknown}", change("note:"));
    }
    if detail == Detail::Short && !explanation.apps.is_empty() {
        let _ = writeln!(text, "{}", faint("For the rules, the values and every request: innkeeper explain PERSON APP"));
    }
    text
}

fn whole(text: &mut String, app: &AppExplanation, past: bool) {
    account(text, app);
    roles(text, app);
    swaps(text, app);
    attributes(text, app);
    grants(text, app);
    hindrances(text, app);
    pending(text, app, past);
    history(text, &app.history);
    let name = &app.app;
    let _ = match app.seen {
        Some(seen) => writeln!(text, "{}", faint(format!("{name} was read {}.", moment(seen)))),
        None => writeln!(text, "{}", faint(format!("{name} was never read: innkeeper plan"))),
    };
}

fn short(text: &mut String, app: &AppExplanation, past: bool) {
    account(text, app);
    let held = app.grants.iter().filter(|grant| grant.held).map(|grant| grant.desired.entitlement.to_string());
    let held: Vec<String> = held.chain(app.others.iter().map(title)).collect();
    if !held.is_empty() {
        let _ = writeln!(text, "  holds {}", plain(&held.join(", ")));
    }
    hindrances(text, app);
    pending(text, app, past);
    if let Some(last) = app.history.first() {
        let _ = writeln!(
            text,
            "  last: {} {} {}",
            moment(last.record.at),
            step(&last.record.change.operation),
            last.record.state.name()
        );
    }
}

fn account(text: &mut String, app: &AppExplanation) {
    let should = match app.presence {
        Presence::Active => "should have an account",
        Presence::Awaited { .. } => "will get an account later",
        Presence::NotEntitled => "should have no account",
        Presence::OnLeave => "should have an account that is suspended",
        Presence::Closed { .. } => "should have no open account",
    };
    let _ = writeln!(text, "{} ({}): {should}", strong(app.app.as_str()), app.mode);
    let _ = writeln!(text, "  because {}", because_of(&app.reason));
    let _ = match &app.account {
        Some(held) => {
            let (name, since) = (plain(&held.link.unique_name), moment(held.link.since));
            writeln!(text, "  has {name} (id {}), {}, managed since {since}", held.id, status(held))
        }
        None => writeln!(text, "  has none that is managed"),
    };
}

fn roles(text: &mut String, app: &AppExplanation) {
    if app.roles.is_empty() {
        let _ = writeln!(text, "  no role gives anything on {}", app.app);
        return;
    }
    let _ = writeln!(text, "{}", strong("Roles:"));
    for role in &app.roles {
        let _ = writeln!(text, "  {}", verdict(role));
        let _ = writeln!(text, "    {}", faint(reading(&role.judgement)));
    }
}

/// Where the person stands in the swaps of roles that they have.
fn swaps(text: &mut String, app: &AppExplanation) {
    let has = |swap: &ExplainedSwap| {
        app.roles.iter().any(|role| role.role == swap.swap.role && role.judgement.verdict == Verdict::Applies)
    };
    for explained in app.swaps.iter().filter(|swap| has(swap)) {
        let Swap { old, new, role, by, reason, .. } = &explained.swap;
        let why = reason.as_ref().map_or(String::new(), |reason| format!(": {}", plain(reason)));
        let stands = swap_stage(&explained.swap, explained.stage);
        let _ = writeln!(text, "{} {old} for {new} in {role}, decided by {by}{why}; {stands}", change("swapped"));
    }
}

/// Where somebody stands in a swap, in words.
fn swap_stage(swap: &Swap, stage: SwapStage) -> String {
    let Swap { old, new, .. } = swap;
    match stage {
        SwapStage::Ahead { from } => format!("begins {from}"),
        SwapStage::Waiting => format!("waits for a usable account on {new}; {old} is kept until then, by whoever has it"),
        SwapStage::Overlap { ends } => format!("{old} ends {ends}"),
        SwapStage::Over { since } => format!("{old} ended {since}"),
    }
}

fn verdict(role: &RoleStanding) -> String {
    let name = &role.role;
    match (&role.judgement.verdict, role.mode) {
        (Verdict::Applies, RoleMode::Enforce) => format!("{} {name}", good("has")),
        (Verdict::Applies, RoleMode::Observe) => {
            format!("{} {name}, which is in observe mode and gives nothing", change("would have"))
        }
        (Verdict::DoesNotApply, _) => format!("{} {name}", bad("has not")),
        (Verdict::Undecided { why }, _) => format!("{} {name}: {}", change("nobody can tell of"), plain(why)),
    }
}

/// `person.department == 'Sales' at innkeeper.toml:4:8; person.department is "Engineering"`.
fn reading(judgement: &Judgement) -> String {
    let mut text = format!("{} at {}", one_line(&judgement.expression), judgement.place);
    let reads: Vec<String> = judgement.reads.iter().map(read).collect();
    if !reads.is_empty() {
        let _ = write!(text, "; {}", reads.join(", "));
    }
    plain(&text)
}

fn read(read: &Read) -> String {
    match &read.values {
        None => format!("person.{} is not known", read.path),
        Some(values) => format!("person.{} is {}", read.path, show(values)),
    }
}

fn attributes(text: &mut String, app: &AppExplanation) {
    if app.attributes.is_empty() || app.presence != Presence::Active {
        return;
    }
    let _ = writeln!(text, "{}", strong("Attributes:"));
    for attribute in &app.attributes {
        let desired = &attribute.desired;
        let initial = if desired.strength == Strength::Initial { ", written once" } else { "" };
        let _ = writeln!(text, "  {} = {}{initial}", desired.name, plain(&show(&desired.values)));
        let _ = writeln!(text, "    {}", faint(format!("from {}", source(&attribute.reason))));
    }
}

fn grants(text: &mut String, app: &AppExplanation) {
    if app.grants.is_empty() && app.others.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", strong("Entitlements:"));
    for grant in &app.grants {
        let sign = if grant.held { good("has") } else { change("to get") };
        let _ = writeln!(text, "  {sign} {}", grant.desired.entitlement);
        let _ = writeln!(text, "    {}", faint(format!("because {}", because_of(&grant.desired.reason))));
    }
    for grant in &app.others {
        let _ = writeln!(text, "  {} {}: {}", change("also has"), plain(&title(grant)), because(grant));
    }
}

fn hindrances(text: &mut String, app: &AppExplanation) {
    if app.hindrances.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", strong("What stands in the way:"));
    for hindrance in &app.hindrances {
        let _ = writeln!(text, "  {} {}", change("-"), plain(&hindrance.text));
        if let Some(judgement) = &hindrance.judgement {
            let _ = writeln!(text, "    {}", faint(reading(judgement)));
        }
    }
}

fn pending(text: &mut String, app: &AppExplanation, past: bool) {
    if past || app.seen.is_none() {
        return;
    }
    if app.pending.is_empty() {
        let _ = writeln!(text, "  nothing is to be done, as far as the last reading shows");
        return;
    }
    let _ = writeln!(text, "{}", strong("To be done, as far as the last reading shows:"));
    for one in &app.pending {
        let why: Vec<&str> = one.reasons.iter().map(|reason| reason.text.as_str()).collect();
        let _ = writeln!(text, "  {}  {}", plain(&step(&one.operation)), faint(plain(&why.join("; "))));
    }
}

fn history(text: &mut String, history: &[ExplainedChange]) {
    if history.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", strong("What was done, newest first:"));
    for explained in history.iter().take(HISTORY) {
        let record = &explained.record;
        let state = if trouble(record).is_none() { good(record.state.name()) } else { bad(record.state.name()) };
        let _ = writeln!(text, "  {} {} {state}", moment(record.at), plain(&step(&record.change.operation)));
        for reason in &record.change.reasons {
            let _ = writeln!(text, "    {}", faint(format!("because {}", because_of(reason))));
        }
        if let Some(trouble) = trouble(record) {
            let _ = writeln!(text, "    {}", plain(&trouble));
        }
        for attempt in &record.attempts {
            for exchange in &attempt.exchanges {
                let answer = exchange.status.map_or("no answer".into(), |status| status.to_string());
                let line = format!("{} {} -> {answer}, {} ms", exchange.method, exchange.url, exchange.millis);
                let _ = writeln!(text, "    {}", faint(format!("{} {}", moment(attempt.at), plain(&line))));
            }
        }
        let whose = match (&explained.plan, &explained.by) {
            (Some(plan), Some(by)) => format!("plan {} carried out by {by}, ", plan.short()),
            _ => String::new(),
        };
        let line = format!("{whose}run {}, change {}, intent {}", record.run, record.id, record.intent);
        let _ = writeln!(text, "    {}", faint(line));
    }
    if history.len() > HISTORY {
        let _ =
            writeln!(text, "  {}", faint(format!("... and {} changes before: --output json has all", history.len() - HISTORY)));
    }
}

fn because_of(reason: &Reason) -> String {
    match (&reason.expression, &reason.place) {
        (Some(_), _) | (_, Some(_)) => plain(&format!("{} ({})", reason.text, source(reason))),
        _ => plain(&reason.text),
    }
}

/// The expression, where it stands, and the record that it was applied to.
fn source(reason: &Reason) -> String {
    let mut parts = Vec::new();
    if let Some(expression) = &reason.expression {
        parts.push(one_line(expression));
    }
    if let Some(place) = &reason.place {
        parts.push(format!("at {place}"));
    }
    if let Some(origin) = &reason.origin {
        parts.push(format!("for {origin}"));
    }
    parts.join(" ")
}

fn one_line(expression: &str) -> String {
    expression.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
