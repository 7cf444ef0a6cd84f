//! `innkeeper orphans`, `innkeeper drift` and `innkeeper cases`: what the last plan left to a human.

use super::plan::known_app;
use crate::arguments::{DriftList, General, Orphans};
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::render::style::faint;
use crate::render::table::table;
use crate::render::terminal::plain;
use crate::reply::Reply;
use innkeeper_domain::{AccountId, AppName, AppPlan, CaseKind, EntitlementKey, Plan};
use innkeeper_engine::{DriftDecision, DriftVerdict};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn orphans(general: &General, asked: &Orphans) -> Result<Reply, CliError> {
    let decided = Decided::read(general, asked.app.as_deref(), asked.all)?;
    let plan = decided.left(Places::of(general).recall()?);
    let mut rows = rows(&plan, |app| {
        app.orphans.iter().map(|orphan| {
            let could_be = orphan.person.as_ref().map_or(String::new(), ToString::to_string);
            [app.app.to_string(), orphan.unique_name.clone(), orphan.status.to_string(), orphan.id.to_string(), could_be]
        })
    });
    let known = decided.shown(|decision| decision.entitlement.is_none());
    rows.extend(known.iter().map(|decision| {
        [decision.app.to_string(), decision.label.clone(), verdict(decision), decision.account.to_string(), String::new()]
    }));
    let head = ["APP", "ACCOUNT", "STATUS", "ID", "COULD BE"];
    let (text, value) = answer(&plan, "orphans", head, rows, |app| &app.orphans, "No account belongs to nobody.");
    Ok(Reply::done(text, &with(value, &known)))
}

pub(crate) fn drift(general: &General, asked: &DriftList) -> Result<Reply, CliError> {
    let decided = Decided::read(general, asked.app.as_deref(), asked.all)?;
    let plan = decided.left(Places::of(general).recall()?);
    let mut rows = rows(&plan, |app| {
        app.drift.iter().map(|drift| {
            let held = format!("{} {}", drift.entitlement.kind, drift.name);
            [app.app.to_string(), drift.label.clone(), drift.person.to_string(), held, String::new()]
        })
    });
    let known = decided.shown(|decision| decision.entitlement.is_some());
    rows.extend(known.iter().map(|decision| {
        let kind = decision.entitlement.as_ref().map_or("", |entitlement| entitlement.kind.as_str());
        let held = format!("{kind} {}", decision.name.as_deref().unwrap_or_default());
        [decision.app.to_string(), decision.label.clone(), String::new(), held, verdict(decision)]
    }));
    let head = ["APP", "ACCOUNT", "PERSON", "HOLDS, AND NO RULE GIVES IT", "DECIDED"];
    let none = "Every grant of a managed account is one that the rules give.";
    let (text, value) = answer(&plan, "drift", head, rows, |app| &app.drift, none);
    Ok(Reply::done(text, &with(value, &known)))
}

/// What was decided by hand, for one app or for all.
struct Decided {
    app: Option<AppName>,
    today: Date,
    all: bool,
    decisions: Vec<DriftDecision>,
}

impl Decided {
    fn read(general: &General, app: Option<&str>, all: bool) -> Result<Self, CliError> {
        context::wait(async {
            let (engine, _) = context::engine(general, Access::Read)?;
            let app = app.map(|app| known_app(engine.configuration(), app)).transpose()?;
            let mut decisions = DriftDecision::all(engine.store()).await?;
            decisions.retain(|decision| app.as_ref().is_none_or(|app| decision.app == *app));
            Ok(Self { app, today: engine.today(), all, decisions })
        })
    }

    /// The plan's apps without what was decided since.
    fn left(&self, plan: Plan) -> LastPlan {
        let mut apps: Vec<AppPlan> =
            plan.apps().iter().filter(|app| self.app.as_ref().is_none_or(|name| app.app == *name)).cloned().collect();
        for app in &mut apps {
            let name = app.app.clone();
            let open = |account: &AccountId, entitlement: Option<&EntitlementKey>| {
                !self.decisions.iter().any(|one| one.holds(self.today) && one.is_about(&name, account, entitlement))
            };
            app.drift.retain(|drift| open(&drift.account, Some(&drift.entitlement)));
            app.orphans.retain(|orphan| open(&orphan.id, None));
        }
        LastPlan { plan, apps }
    }

    /// The decisions that are listed beside what is open.
    fn shown(&self, of: impl Fn(&DriftDecision) -> bool) -> Vec<&DriftDecision> {
        self.decisions.iter().filter(|decision| self.all && decision.holds(self.today) && of(decision)).collect()
    }
}

/// The last plan, with the apps that are shown of it.
struct LastPlan {
    plan: Plan,
    apps: Vec<AppPlan>,
}

/// `ignored until 2026-12-01 by ada: waits for the audit`.
fn verdict(decision: &DriftDecision) -> String {
    let what = match decision.verdict {
        DriftVerdict::Adopted => "adopted".to_owned(),
        DriftVerdict::Ignored { until: None } => "ignored".to_owned(),
        DriftVerdict::Ignored { until: Some(until) } => format!("ignored until {until}"),
    };
    let reason = decision.reason.as_ref().map_or(String::new(), |reason| format!(": {}", plain(reason)));
    format!("{what} by {}{reason}", decision.by)
}

fn with(mut value: Value, decisions: &[&DriftDecision]) -> Value {
    value["decisions"] = serde_json::to_value(decisions).unwrap_or_default();
    value
}

/// The cases of the last plan, without what was decided since.
pub(crate) fn cases(general: &General, app: Option<&str>) -> Result<Reply, CliError> {
    let plan = Decided::read(general, app, false)?.left(Places::of(general).recall()?);
    let plan = context::wait(async { without_decided(general, plan).await })?;
    let rows = rows(&plan, |app| {
        app.cases.iter().map(|case| {
            let whom = case.label.clone().or_else(|| case.person.as_ref().map(ToString::to_string)).unwrap_or_default();
            [app.app.to_string(), whom, case.text.clone()]
        })
    });
    let head = ["APP", "PERSON", "WHAT IS TO BE DECIDED"];
    let (text, value) = answer(&plan, "cases", head, rows, |app| &app.cases, "There is nothing to decide.");
    Ok(Reply::done(text, &value))
}

async fn without_decided(general: &General, mut plan: LastPlan) -> Result<LastPlan, CliError> {
    let unclear = |kind: &CaseKind| matches!(kind, CaseKind::AmbiguousAccount { .. } | CaseKind::AmbiguousPerson { .. });
    if plan.apps.iter().flat_map(|app| &app.cases).any(|case| unclear(&case.kind)) {
        let (engine, _) = context::engine(general, Access::Read)?;
        let open = engine.open_cases(None).await?;
        let open: BTreeSet<_> = open.0.iter().map(|one| (&one.app, &one.person, &one.account)).collect();
        for app in &mut plan.apps {
            let name = app.app.clone();
            app.cases.retain(|case| match (&case.kind, &case.person) {
                (CaseKind::AmbiguousAccount { accounts }, Some(person)) => {
                    accounts.iter().any(|account| open.contains(&(&name, person, account)))
                }
                (CaseKind::AmbiguousPerson { account, people }, _) => {
                    people.iter().any(|person| open.contains(&(&name, person, account)))
                }
                _ => true,
            });
        }
    }
    Ok(plan)
}

fn rows<'p, const N: usize, I: Iterator<Item = [String; N]>>(
    plan: &'p LastPlan,
    of: impl Fn(&'p AppPlan) -> I,
) -> Vec<[String; N]> {
    plan.apps.iter().flat_map(of).collect()
}

/// What people and what programs read.
fn answer<'p, const N: usize, T: Serialize + 'p>(
    last: &'p LastPlan,
    what: &str,
    head: [&str; N],
    rows: Vec<[String; N]>,
    of: impl Fn(&'p AppPlan) -> &'p Vec<T>,
    none: &str,
) -> (String, Value) {
    let plan = &last.plan;
    let as_of = faint(format!("As of plan {}, {}.", plan.id().short(), plan.created().strftime("%Y-%m-%d %H:%M UTC")));
    let text = if rows.is_empty() { format!("{none} {as_of}\n") } else { format!("{}{as_of}\n", table(head, rows)) };
    let apps: serde_json::Map<String, Value> =
        last.apps.iter().map(|app| (app.app.to_string(), serde_json::to_value(of(app)).unwrap_or_default())).collect();
    (text, serde_json::json!({ "plan": plan.id(), "created": plan.created(), what: apps }))
}
