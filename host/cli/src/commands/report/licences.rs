//! Licences as people read them.

use crate::render::style::{change, faint, strong};
use crate::render::table::table;
use crate::render::terminal::plain;
use innkeeper_domain::Cost;
use innkeeper_engine::{Licence, LicenceReport};
use std::fmt::Write;

/// How many of those are named who hardly need a licence.
const NAMED: usize = 20;

pub(super) fn render(report: &LicenceReport) -> String {
    if report.licences.is_empty() {
        return "No app has licences: nothing has seats or a price (innkeeper.toml: `[app.NAME.price]`).\n".to_owned();
    }
    let number = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let money = |cost: &Option<Cost>| cost.as_ref().map_or_else(|| "-".to_owned(), monthly);
    let rows = report.licences.iter().map(|licence| {
        [
            licence.app.to_string(),
            plain(&licence.licence),
            number(licence.total),
            licence.used.to_string(),
            number(licence.free),
            needed(licence),
            money(&licence.cost),
            money(&licence.unused_cost),
        ]
    });
    let mut text = table(["APP", "LICENCE", "TOTAL", "USED", "FREE", "NEEDED BY", "A MONTH", "UNUSED"], rows);
    for licence in report.licences.iter().filter(|licence| !licence.reclaim.is_empty()) {
        let names: Vec<String> = licence.reclaim.iter().take(NAMED).map(|one| plain(&one.to_string())).collect();
        let more = licence.reclaim.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = change(format!("{} {}", licence.app, plain(&licence.licence)));
        let _ = writeln!(text, "{what} could be taken from {}{more}", names.join(", "));
    }
    let sum = |costs: &[Cost]| costs.iter().map(monthly).collect::<Vec<_>>().join(", ");
    if !report.cost.is_empty() {
        let unused = if report.unused_cost.is_empty() { "nothing".to_owned() } else { sum(&report.unused_cost) };
        let _ = writeln!(text, "{} {} a month, of which unused: {unused}", strong("In all:"), sum(&report.cost));
    }
    if let Some(seen) = report.licences.iter().map(|licence| licence.seen).min() {
        let _ = writeln!(text, "{}", faint(format!("As of {}.", seen.strftime("%Y-%m-%d %H:%M UTC"))));
    }
    text
}

fn monthly(cost: &Cost) -> String {
    format!("{} {}", cost.per_month(), cost.currency())
}

/// `12: engineer 10, support 2`.
fn needed(licence: &Licence) -> String {
    let roles: Vec<String> = licence.needed_by.iter().map(|(role, people)| format!("{role} {people}")).collect();
    if roles.is_empty() { licence.needed.to_string() } else { format!("{}: {}", licence.needed, roles.join(", ")) }
}
