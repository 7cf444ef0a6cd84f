//! `innkeeper approve`

use super::plan_file;
use crate::arguments::{Approve, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{change, good};
use crate::reply::{Exit, Reply};
use innkeeper_bundle::SigningKey;
use innkeeper_engine::{GivenApproval, Standing};
use innkeeper_policy::Configuration;
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(general: &General, asked: &Approve) -> Result<Reply, CliError> {
    let plan = plan_file::read(&asked.plan)?;
    let key = asked.key.as_deref().map(SigningKey::read).transpose()?;
    let configuration = Configuration::read(&general.directory)?;
    let note = asked.note.clone().filter(|note| !note.trim().is_empty());
    let given = GivenApproval::give(&configuration, &plan, &context::user(), key.as_ref(), note, Timestamp::now())?;
    let places = context::Places::of(general);
    context::decide(&places, &[given.mutation()?], "plan.approved", json!(given))?;
    let standing = context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        Ok(engine.standing(&plan).await?)
    })?;
    let mut text = format!("{} approves plan {}.\n", given.by, plan.id().short());
    text.push_str(&render(&standing));
    let met = standing.iter().all(Standing::is_met);
    if met {
        let _ = writeln!(text, "Nothing is missing. Apply exactly this: innkeeper apply {}", asked.plan.display());
    }
    let value = json!({ "approval": given, "standing": standing, "approved": met });
    Ok(Reply::new(text, &value, if met { Exit::Done } else { Exit::Pending }))
}

/// Where the approvals stand, a line for each app that demands some.
pub(crate) fn render(standing: &[Standing]) -> String {
    let line = |one: &Standing| {
        let sign = if one.is_met() { good("approved:") } else { change("approval:") };
        format!("{sign} {one}\n")
    };
    standing.iter().map(line).collect()
}
