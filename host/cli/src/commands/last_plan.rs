//! `innkeeper orphans`, `innkeeper drift` and `innkeeper cases`: what the last plan left to a human.

use crate::arguments::General;
use crate::context::Places;
use crate::error::CliError;
use crate::render::style::faint;
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_domain::{AppPlan, Plan};
use serde::Serialize;

pub(crate) fn orphans(general: &General) -> Result<Reply, CliError> {
    let plan = Places::of(general).recall()?;
    let rows = rows(&plan, |app| {
        app.orphans.iter().map(|orphan| {
            let could_be = orphan.person.as_ref().map_or(String::new(), ToString::to_string);
            [app.app.to_string(), orphan.unique_name.clone(), orphan.status.to_string(), orphan.id.to_string(), could_be]
        })
    });
    let head = ["APP", "ACCOUNT", "STATUS", "ID", "COULD BE"];
    Ok(reply(&plan, "orphans", head, rows, |app| &app.orphans, "No account belongs to nobody."))
}

pub(crate) fn drift(general: &General) -> Result<Reply, CliError> {
    let plan = Places::of(general).recall()?;
    let rows = rows(&plan, |app| {
        app.drift.iter().map(|drift| {
            [
                app.app.to_string(),
                drift.label.clone(),
                drift.person.to_string(),
                format!("{} {}", drift.entitlement.kind, drift.name),
            ]
        })
    });
    let head = ["APP", "ACCOUNT", "PERSON", "HOLDS, AND NO RULE GIVES IT"];
    Ok(reply(&plan, "drift", head, rows, |app| &app.drift, "Every grant of a managed account is one that the rules give."))
}

pub(crate) fn cases(general: &General) -> Result<Reply, CliError> {
    let plan = Places::of(general).recall()?;
    let rows = rows(&plan, |app| {
        app.cases.iter().map(|case| {
            let whom = case.label.clone().or_else(|| case.person.as_ref().map(ToString::to_string)).unwrap_or_default();
            [app.app.to_string(), whom, case.text.clone()]
        })
    });
    let head = ["APP", "PERSON", "WHAT IS TO BE DECIDED"];
    Ok(reply(&plan, "cases", head, rows, |app| &app.cases, "There is nothing to decide."))
}

fn rows<'p, const N: usize, I: Iterator<Item = [String; N]>>(plan: &'p Plan, of: impl Fn(&'p AppPlan) -> I) -> Vec<[String; N]> {
    plan.apps().iter().flat_map(of).collect()
}

fn reply<'p, const N: usize, T: Serialize + 'p>(
    plan: &'p Plan,
    what: &str,
    head: [&str; N],
    rows: Vec<[String; N]>,
    of: impl Fn(&'p AppPlan) -> &'p Vec<T>,
    none: &str,
) -> Reply {
    let as_of = faint(format!("As of plan {}, {}.", plan.id().short(), plan.created().strftime("%Y-%m-%d %H:%M UTC")));
    let text = if rows.is_empty() { format!("{none} {as_of}\n") } else { format!("{}{as_of}\n", table(head, rows)) };
    let apps: serde_json::Map<String, serde_json::Value> =
        plan.apps().iter().map(|app| (app.app.to_string(), serde_json::to_value(of(app)).unwrap_or_default())).collect();
    Reply::done(text, &serde_json::json!({ "plan": plan.id(), "created": plan.created(), what: apps }))
}
