//! `innkeeper apply`

use super::plan_file;
use crate::arguments::{Apply, General};
use crate::context;
use crate::error::CliError;
use crate::handover;
use crate::progress::Bars;
use crate::render;
use crate::render::plan::summary;
use crate::reply::{Exit, Reply};
use innkeeper_domain::{Class, Plan};
use innkeeper_engine::{Approval, Engine, Override, RunReport, Work};
use std::sync::Arc;

pub(crate) fn run(general: &General, asked: &Apply) -> Result<Reply, CliError> {
    let plan = plan_file::read(&asked.plan)?;
    let overriding = asked.overriding.as_ref().map(|reason| Override::new(reason, asked.allow.iter().cloned())).transpose()?;
    if plan.is_empty() {
        let text = format!("Plan {} is empty: there is nothing to do.\n", plan.id().short());
        return Ok(Reply::done(text, &serde_json::json!({ "plan": plan.id() })));
    }
    let approval = Approval { overriding, offboards: None };
    context::wait(async {
        let found = context::engine_unless_busy(general)?;
        context::confirm(general, asked.yes, "applying a plan", &question(&plan))?;
        let Some((engine, _)) = found else {
            let failed = |error| CliError::File { what: "find", path: asked.plan.clone(), error };
            let file = std::path::absolute(&asked.plan).map_err(failed)?;
            return handover::ask(general, Work::Apply { file, plan: plan.id().clone(), approval }).await;
        };
        execute(&engine, plan, approval).await.map_err(|error| error.of_plan(&asked.plan))
    })
}

/// Carries a plan out and says what came of it.
pub(crate) async fn execute(engine: &Engine, plan: Plan, approval: Approval) -> Result<Reply, CliError> {
    let approved = engine.approve(plan, approval).await?;
    let bars = Arc::new(Bars::new());
    let report = context::serving(engine, engine.apply(approved, bars.clone())).await;
    bars.clear();
    Ok(reply(report??))
}

pub(crate) fn reply(report: RunReport) -> Reply {
    let exit = match () {
        () if report.is_success() => Exit::Done,
        () if report.is_pending() => Exit::Pending,
        () => Exit::Failed,
    };
    Reply::of(render::run::render(&report), report, exit)
}

/// The question before a plan is applied: what it does, and what it takes away.
pub(crate) fn question(plan: &Plan) -> String {
    let apps: Vec<String> = plan
        .apps()
        .iter()
        .filter(|app| !app.changes.is_empty())
        .map(|app| format!("{}: {}", app.app, summary(&app.summary())))
        .collect();
    let destroys = plan.apps().iter().flat_map(|app| &app.changes).any(|change| change.operation.class() == Class::Delete);
    let warning = if destroys { " Deleted accounts may not come back." } else { "" };
    format!("Apply plan {}? {}.{warning}", plan.id().short(), apps.join("; "))
}
