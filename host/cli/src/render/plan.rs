//! A plan as it is reviewed: grouped by app and account, old and new values, the reason in a few words.

use super::style::{bad, change as changed, count, faint, good, strong};
use super::terminal::plain;
use innkeeper_domain::{AppPlan, Change, Class, Cost, Costs, Delta, Edit, Operation, Plan, SeatUse, Seats, Summary, Value};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many accounts of one app are shown before the rest is only counted.
const SHOWN: usize = 40;

/// How many things to come are shown for each app.
const LATER: usize = 10;

/// The widest that the columns for names and for what happens may become.
const WIDEST: (usize, usize) = (32, 48);

/// How a plan is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Detail {
    /// Every account, and the attributes of new ones.
    pub(crate) full: bool,
}

/// The changes of a plan, app by app, and what needs a look.
pub(crate) fn render(plan: &Plan, detail: Detail) -> String {
    let mut text = String::new();
    for app in plan.apps() {
        render_app(&mut text, app, detail);
    }
    let priced: Vec<&AppPlan> = plan.apps().iter().filter(|app| !app.cost.is_empty()).collect();
    if priced.len() > 1 {
        let mut total = Costs::default();
        priced.iter().flat_map(|app| &app.cost).for_each(|cost| total.add(cost));
        let _ = writeln!(text, "{} {}", strong("Cost in all:"), difference(&total.sums()));
    }
    let orphans: usize = plan.apps().iter().map(|app| app.orphans.len()).sum();
    let drift: usize = plan.apps().iter().map(|app| app.drift.len()).sum();
    let cases: usize = plan.apps().iter().map(|app| app.cases.len()).sum();
    let mut looks = Vec::new();
    let mut commands = Vec::new();
    for (number, words, command) in [
        (orphans, ("orphan", "orphans"), "innkeeper orphans"),
        (drift, ("grant by somebody else", "grants by somebody else"), "innkeeper drift"),
        (cases, ("case for a decision", "cases for a decision"), "innkeeper cases"),
    ] {
        if number > 0 {
            looks.push(count(number, words.0, words.1));
            commands.push(command);
        }
    }
    if !looks.is_empty() {
        let _ = writeln!(text, "{}: {}", changed(looks.join(", ")), commands.join(", "));
    }
    text
}

fn render_app(text: &mut String, app: &AppPlan, detail: Detail) {
    let groups = group(&app.changes);
    let lines: Vec<Line> =
        groups.iter().take(if detail.full { usize::MAX } else { SHOWN }).flat_map(|group| lines(group, app, detail)).collect();
    let head = format!("{} ({})", app.app, app.mode);
    let name_width = lines.iter().map(|line| line.indent + 2 + width(&line.name)).max().unwrap_or(0).min(WIDEST.0);
    let reasons = lines.iter().map(|line| line.used(name_width)).max().unwrap_or(0).min(WIDEST.0 + WIDEST.1) + 2;
    let pad = (reasons + 2).saturating_sub(width(&head)).max(2);
    let _ = writeln!(text, "{}{:pad$}{}", strong(&head), "", summary(&app.summary()));
    for line in &lines {
        line.write(text, name_width, reasons);
    }
    for seats in &app.seats {
        let _ = writeln!(text, "  {}", seat_use(seats));
    }
    later(text, app, detail);
    if !app.cost.is_empty() {
        let _ = writeln!(text, "  cost: {}", difference(&app.cost));
    }
    if groups.len() > SHOWN && !detail.full {
        let rest = count(groups.len() - SHOWN, "account", "accounts");
        let _ = writeln!(text, "  {}", faint(format!("... and {rest} more: --full shows all")));
    }
}

/// What follows on a day to come. Deletions stand with the suspensions that they follow.
fn later(text: &mut String, app: &AppPlan, detail: Detail) {
    let most = if detail.full { usize::MAX } else { LATER };
    let coming = || app.upcoming.iter().filter(|later| later.class != Class::Delete);
    for later in coming().take(most) {
        let what = later.what.as_ref().map_or(String::new(), |what| format!(" {what}"));
        let line = format!("on {}: {}{what} for {}", later.on, later.class, later.label);
        let _ = writeln!(text, "  {}", faint(plain(&line)));
    }
    if coming().count() > most {
        let _ = writeln!(text, "  {}", faint(format!("... and {} more to come: --full shows all", coming().count() - most)));
    }
}

/// `+25.00 EUR a month, -8.33 USD a month`.
fn difference(costs: &[Cost]) -> String {
    let signed = |cost: &Cost| if cost.is_negative() { cost.to_string() } else { format!("+{cost}") };
    costs.iter().map(signed).collect::<Vec<_>>().join(", ")
}

/// `licence Plus: 3 given, 1 taken back, each costs money; 12 of 20 seats used before`.
fn seat_use(seats: &SeatUse) -> String {
    let mut text = format!("{} {}: ", seats.entitlement.kind, seats.name);
    let numbers = [(seats.given, "given"), (seats.taken, "taken back")].into_iter().filter(|(number, _)| *number > 0);
    text += &numbers.map(|(number, what)| format!("{number} {what}")).collect::<Vec<_>>().join(", ");
    if seats.costs_money && seats.given > 0 {
        text += ", each costs money";
    }
    match seats.seats {
        Some(Seats { total: Some(total), used }) => text += &format!("; {used} of {total} seats used before"),
        Some(Seats { total: None, used }) => text += &format!("; {used} used before"),
        None => {}
    }
    text
}

/// `1 to create, 1 to change`, or that there is nothing.
pub(crate) fn summary(summary: &Summary) -> String {
    let parts: Vec<String> = [
        Class::Create,
        Class::Adopt,
        Class::Update,
        Class::Reactivate,
        Class::Suspend,
        Class::Delete,
        Class::Grant,
        Class::Revoke,
    ]
    .into_iter()
    .filter(|class| summary.count(*class) > 0)
    .map(|class| format!("{} to {class}", summary.count(class)))
    .collect();
    if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
}

/// The changes of each account, in the order in which accounts first appear.
fn group(changes: &[Change]) -> Vec<Vec<&Change>> {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let at = *index.entry(change.person.as_str()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(change);
    }
    groups
}

struct Line {
    indent: usize,
    sign: Sign,
    /// Whose account; empty on the lines below it.
    name: String,
    what: String,
    reason: String,
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Tilde,
    Minus,
    Equal,
}

impl Sign {
    fn of(class: Class) -> Self {
        match class {
            Class::Create | Class::Grant | Class::Reactivate => Self::Plus,
            Class::Update => Self::Tilde,
            Class::Suspend | Class::Delete | Class::Revoke => Self::Minus,
            Class::Adopt => Self::Equal,
        }
    }

    fn paint(self, text: &str) -> String {
        match self {
            Self::Plus => good(format!("+ {text}")),
            Self::Tilde => changed(format!("~ {text}")),
            Self::Minus => bad(format!("- {text}")),
            Self::Equal => format!("= {text}"),
        }
    }
}

impl Line {
    /// How wide the line is before its reason, without the margin on the left.
    fn used(&self, name_width: usize) -> usize {
        let start = self.indent + 2;
        match (self.name.is_empty(), self.what.is_empty()) {
            (true, _) => start + width(&self.what),
            (false, true) => start + width(&self.name),
            (false, false) => (start + width(&self.name)).max(name_width) + 2 + width(&self.what),
        }
    }

    fn write(&self, text: &mut String, name_width: usize, reasons: usize) {
        let margin = 2 + self.indent;
        // Below its account a line has no name: what happens stands where the names stand.
        let first = if self.name.is_empty() { &self.what } else { &self.name };
        let mut line = format!("{:margin$}{}", "", self.sign.paint(first));
        if !self.name.is_empty() && !self.what.is_empty() {
            let pad = name_width.saturating_sub(self.indent + 2 + width(&self.name)) + 2;
            let _ = write!(line, "{:pad$}{}", "", self.what);
        }
        if !self.reason.is_empty() {
            let pad = reasons.saturating_sub(self.used(name_width)).max(2);
            let _ = write!(line, "{:pad$}{}", "", faint(&self.reason));
        }
        let _ = writeln!(text, "{line}");
    }
}

fn lines(changes: &[&Change], app: &AppPlan, detail: Detail) -> Vec<Line> {
    let Some(first) = changes.first() else { return Vec::new() };
    // The change that says most about the account stands on its line; the others below.
    let rank = |change: &Change| match change.operation {
        Operation::CreateAccount { .. } => 0,
        Operation::DeleteAccount => 1,
        Operation::Suspend => 2,
        Operation::Reactivate => 3,
        Operation::Adopt => 4,
        _ => 5,
    };
    let mut rest: Vec<&Change> = changes.to_vec();
    let at = rest.iter().enumerate().min_by_key(|(_, change)| rank(change)).map_or(0, |(at, _)| at);
    let head = rest.remove(at);
    let mut lines = Vec::new();
    let mut entries: Vec<(Sign, String, String)> = entries(head, app).into_iter().collect();
    let sole = entries.len() == 1 && (rank(head) < 5 || rest.is_empty());
    if sole {
        let (sign, what, reason) = entries.remove(0);
        lines.push(Line { indent: 0, sign, name: first.label.clone(), what, reason });
    } else {
        lines.push(Line { indent: 0, sign: Sign::Tilde, name: first.label.clone(), what: String::new(), reason: String::new() });
    }
    let mut below = |(sign, what, reason)| lines.push(Line { indent: 4, sign, name: String::new(), what, reason });
    entries.into_iter().for_each(&mut below);
    if let (true, Operation::CreateAccount { attributes, .. }) = (detail.full, &head.operation) {
        for (name, values) in attributes {
            // Without the schema's URN, which says nothing to the eye.
            let path = name.as_str().rsplit(':').next().unwrap_or(name.as_str());
            below((Sign::Plus, format!("{path}: {}", show(values)), String::new()));
        }
    }
    for change in rest {
        self::entries(change, app).into_iter().for_each(&mut below);
    }
    for line in &mut lines {
        for text in [&mut line.name, &mut line.what, &mut line.reason] {
            *text = plain(text);
        }
    }
    lines
}

/// What a change does, a line each.
fn entries(change: &Change, app: &AppPlan) -> Vec<(Sign, String, String)> {
    let reason = change.reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ");
    let sign = Sign::of(change.operation.class());
    let what = match &change.operation {
        Operation::CreateAccount { grants, .. } if grants.is_empty() => "create account".into(),
        Operation::CreateAccount { grants, .. } => {
            let names = grants.iter().map(|grant| format!("{} {}", grant.entitlement.kind, grant.name)).collect::<Vec<_>>();
            format!("create account, invited to {}", names.join(", "))
        }
        Operation::UpdateAccount { deltas } => {
            return deltas
                .iter()
                .enumerate()
                .map(|(at, delta)| {
                    (sign, edit(delta), change.reasons.get(at).map_or(String::new(), |reason| reason.text.to_string()))
                })
                .collect();
        }
        Operation::Suspend => {
            let delete = app.upcoming.iter().find(|later| later.person == change.person && later.class == Class::Delete);
            let later = delete.map_or(String::new(), |later| format!("; delete on {}", later.on));
            return vec![(sign, "suspend".into(), format!("{reason}{later}"))];
        }
        Operation::Reactivate => "reactivate".into(),
        Operation::RevokeSessions => "end all sessions".into(),
        Operation::TransferOwnership { to } => format!("hand over what it owns to {to}"),
        Operation::DeleteAccount => "delete account".into(),
        Operation::Grant { entitlement, name } => {
            let paid = app.seats.iter().any(|seats| seats.costs_money && seats.entitlement == *entitlement);
            format!("{} {name}{}", entitlement.kind, if paid { " (costs money)" } else { "" })
        }
        Operation::Revoke { entitlement, name } => format!("{} {name}", entitlement.kind),
        Operation::Adopt => "adopt the account that exists".into(),
        Operation::AssumeGrant { entitlement, name } => format!("{} {name}, which it holds already", entitlement.kind),
    };
    vec![(sign, what, reason)]
}

/// `title: "Clerk" -> "Boss"`.
pub(crate) fn edit(delta: &Delta) -> String {
    let name = delta.name.short();
    match &delta.edit {
        Edit::Replace(values) => format!("{name}: {} -> {}", show(&delta.before), show(values)),
        Edit::Clear => format!("{name}: {} -> empty", show(&delta.before)),
        Edit::Amend { add, remove } => {
            let sign =
                |sign: &str, values: &[Value]| values.iter().map(|value| format!("{sign}{}", one(value))).collect::<Vec<_>>();
            format!("{name}: {}", [sign("-", remove), sign("+", add)].concat().join(" "))
        }
    }
}

/// Values as a person reads them.
pub(crate) fn show(values: &[Value]) -> String {
    if values.is_empty() { "empty".into() } else { values.iter().map(one).collect::<Vec<_>>().join(", ") }
}

fn one(value: &Value) -> String {
    match &value.scalar {
        innkeeper_domain::Scalar::Text(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests;
