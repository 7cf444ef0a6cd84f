//! `innkeeper undo`

use super::plan::{remarks, write};
use crate::arguments::{General, Undo};
use crate::context;
use crate::error::CliError;
use crate::progress::Bars;
use crate::render::plan::{Detail, render};
use crate::render::run::title;
use crate::render::style::{change, count, faint};
use crate::render::terminal::plain;
use crate::reply::{Exit, Reply};
use innkeeper_engine::{LeftOut, Obstacle, UndoRequest};
use std::fmt::Write;
use std::path::Path;

/// How many changes that stay are shown one by one.
const SHOWN: usize = 40;

pub(crate) fn run(general: &General, asked: &Undo) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine_to_look(general)?;
        let request = UndoRequest { run: asked.run.clone(), only: asked.only.iter().cloned().collect(), delete: asked.delete };
        let bars = Bars::new();
        let undo = engine.undo(&request, &bars).await;
        bars.clear();
        let undo = undo?;
        let plan = &undo.planned.plan;
        // An empty plan is nothing that anybody could apply.
        let file = if plan.is_empty() { None } else { Some(write(&places, plan, asked.out.as_deref())?) };
        let mut value = serde_json::to_value(&undo).unwrap_or_default();
        value["file"] = serde_json::to_value(&file).unwrap_or_default();
        let exit = match (&file, undo.planned.failures.is_empty()) {
            (_, false) => Exit::Failed,
            (Some(_), true) => Exit::Pending,
            (None, true) => Exit::Done,
        };
        Ok(Reply::new(text(&undo, file.as_deref(), Detail { full: asked.full }), &value, exit))
    })
}

fn text(undo: &innkeeper_engine::Undo, file: Option<&Path>, detail: Detail) -> String {
    let plan = &undo.planned.plan;
    let mut text = if plan.is_empty() { String::new() } else { render(plan, detail) };
    left(&mut text, &undo.left);
    text.push_str(&remarks(&undo.planned));
    if !undo.again.is_empty() {
        let number = count(undo.again.len(), "of these changes is", "of these changes are");
        let _ = writeln!(
            text,
            "{} {number} done again by the next plan, for the rules still want it. Change the rule or the record first, or pause the \
             app: innkeeper pause",
            change("note:")
        );
    }
    let id = plan.id().short();
    let _ = match file.map(Path::display) {
        None => writeln!(text, "There is nothing of run {} that can be taken back. Nothing was written.", undo.run),
        Some(file) => {
            let _ = writeln!(
                text,
                "Plan {id}, the reverse of run {}, saved to {file}. Nothing was written. Apply exactly this: innkeeper apply {file}",
                undo.run
            );
            match undo.planned.approvals.is_empty() {
                true => Ok(()),
                false => writeln!(text, "It has to be approved first: innkeeper approve {file}"),
            }
        }
    };
    text
}

/// What stays as it is. What the run never did is only counted.
fn left(text: &mut String, left: &[LeftOut]) {
    let (never, rest): (Vec<&LeftOut>, Vec<&LeftOut>) = left.iter().partition(|left| left.obstacle == Obstacle::NotDone);
    if !rest.is_empty() {
        let _ = writeln!(text, "{}", change("Stays as it is:"));
    }
    for left in rest.iter().take(SHOWN) {
        let what = faint(format!("{} {} {}", left.app, left.change, title(&left.operation)));
        let _ = writeln!(text, "  {} {what}: {}", plain(&left.label), plain(&left.text));
    }
    if rest.len() > SHOWN {
        let _ = writeln!(text, "  {}", faint(format!("... and {} more: --output json has all", rest.len() - SHOWN)));
    }
    if !never.is_empty() {
        let number = count(never.len(), "change of the run was", "changes of the run were");
        let _ = writeln!(text, "{}", faint(format!("{number} not carried out: there is nothing to take back.")));
    }
}

#[cfg(test)]
mod tests;
