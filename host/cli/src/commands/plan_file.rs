//! Plan files: read, shown (`innkeeper plan show`) and compared (`innkeeper plan diff`).

use crate::error::CliError;
use crate::render;
use crate::render::plan::Detail;
use crate::render::style::faint;
use crate::reply::{Exit, Reply};
use innkeeper_domain::Plan;
use innkeeper_planner::difference::difference;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Reads a plan file.
pub(crate) fn read(path: &Path) -> Result<Plan, CliError> {
    let failed = |error| CliError::File { what: "read", path: path.to_owned(), error };
    let bytes = std::fs::read(path).map_err(failed)?;
    Plan::read(&bytes).map_err(|error| CliError::PlanFile { path: path.to_owned(), error })
}

pub(super) fn show(path: &Path, full: bool) -> Result<Reply, CliError> {
    let plan = read(path)?;
    let mut text = head(&plan);
    text.push_str(&render::plan::render(&plan, Detail { full }));
    if plan.is_empty() {
        text.push_str("It is empty: there is nothing to do.\n");
    }
    Ok(Reply::of(text, BTreeMap::from([("plan", plan)]), Exit::Done))
}

pub(super) fn diff(before: &Path, after: &Path) -> Result<Reply, CliError> {
    let (first, second) = (read(before)?, read(after)?);
    let differences = difference(&first, &second);
    let text = render::difference::render(&first, &second, &differences);
    let value = json!({ "before": first.id(), "after": second.id(), "differences": differences });
    let exit = if differences.is_empty() { Exit::Done } else { Exit::Pending };
    Ok(Reply::new(text, &value, exit))
}

/// Where the plan comes from.
fn head(plan: &Plan) -> String {
    let mut text = format!("Plan {} by {}, made {} for {}\n", plan.id().short(), plan.by(), plan.created(), plan.today());
    let inputs = plan.inputs();
    for (source, seen) in &inputs.sources {
        let people = if seen.people == 1 { "person" } else { "people" };
        let _ = writeln!(text, "{}", faint(format!("  from {source}: {} {people}", seen.people)));
    }
    for (app, seen) in &inputs.apps {
        let by = seen.connector.as_ref().map_or(String::new(), |connector| {
            format!(", through {} {} ({})", connector.name, connector.version, connector.sha256.get(..12).unwrap_or_default())
        });
        let _ = writeln!(text, "{}", faint(format!("  {app}: read {}{by}", seen.taken)));
    }
    text
}
