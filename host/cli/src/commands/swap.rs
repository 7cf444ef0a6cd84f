//! `innkeeper swap`: one app in the place of another, for everybody who has a role.

use crate::arguments::{General, Pair, Swap as Asked, SwapCommand};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{change, count, faint, strong};
use crate::render::table::table;
use crate::render::terminal::plain;
use crate::reply::Reply;
use innkeeper_domain::{AppMode, EntitlementRef, Swap, SwapStage};
use innkeeper_engine::{Engine, SwapProgress, SwapRequest};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    match &asked.command {
        Some(SwapCommand::List) => list(general),
        Some(SwapCommand::Stop(pair)) => stop(general, pair),
        None => begin(general, asked),
    }
}

fn begin(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        // The three are there: the command line demands them.
        let (old, new, role) = (asked.old.clone(), asked.new.clone(), asked.role.clone());
        let request = SwapRequest {
            old: old.unwrap_or_default(),
            new: new.unwrap_or_default(),
            role: role.unwrap_or_default(),
            overlap: asked.overlap,
            from: asked.from,
            counterparts: asked.entitlements.clone(),
            reason: asked.reason.clone(),
        };
        let decision = engine.swap(&request).await?;
        if !decision.known {
            context::decide(&places, &decision.mutations, "swap.begun", subject(&decision.swap))?;
        }
        let Swap { old, new, role, from, overlap, .. } = &decision.swap;
        let already = if decision.known { "was decided already" } else { "is decided" };
        let mut text =
            format!("{}: {old} is swapped for {new}, for everybody with the role {role}, from {from}.\n", strong(already));
        text += &pairs(&decision.given);
        let _ = writeln!(
            text,
            "Who has {old} keeps it until {} after their account on {new} is there; nobody is given {old} any more.",
            count(usize::try_from(*overlap).unwrap_or(usize::MAX), "day", "days")
        );
        text += &caution(&engine, &decision.swap);
        text.push_str("The next plan carries it out: innkeeper plan\n");
        Ok(Reply::done(text, &decision))
    })
}

fn stop(general: &General, asked: &Pair) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let decision = engine.stop_swap(&asked.old, &asked.new, &asked.role).await?;
        context::decide(&places, &decision.mutations, "swap.stopped", subject(&decision.swap))?;
        let Swap { old, new, role, .. } = &decision.swap;
        let mut text = format!("{old} is not swapped for {new} in the role {role} any more.\n");
        if decision.given.is_empty() {
            let _ = writeln!(text, "The role gives nothing on {old}: what it gives is what the configuration says.");
        } else {
            let _ = writeln!(
                text,
                "The role gives {old} again, and {new} only where the configuration says so: look at the next plan."
            );
        }
        Ok(Reply::done(text, &decision))
    })
}

fn list(general: &General) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let swaps = engine.swap_progress().await?;
        if swaps.is_empty() {
            return Ok(Reply::done("No app is swapped for another.\n", &json!({ "swaps": [] })));
        }
        let rows = swaps.iter().map(|progress| {
            let Swap { old, new, role, from, overlap, by, reason, .. } = &progress.swap;
            let why = reason.as_ref().map_or(String::new(), |reason| format!(": {}", plain(reason)));
            [
                format!("{old} for {new}"),
                role.to_string(),
                from.to_string(),
                format!("{overlap}d"),
                stands(progress),
                format!("{by}{why}"),
            ]
        });
        let mut text = table(["SWAP", "ROLE", "FROM", "OVERLAP", "HOW FAR", "DECIDED BY"], rows);
        for progress in &swaps {
            if let Some(advice) = progress.advice() {
                let _ = writeln!(text, "{} {advice}", change("note:"));
            }
        }
        Ok(Reply::done(text, &json!({ "swaps": swaps })))
    })
}

/// What `status` says.
pub(super) fn status(swaps: &[SwapProgress]) -> String {
    let mut text = String::new();
    for progress in swaps {
        let Swap { old, new, role, .. } = &progress.swap;
        let _ = writeln!(text, "\n{} {old} for {new} in {role}: {}", strong("swap"), stands(progress));
        if let Some(advice) = progress.advice() {
            let _ = writeln!(text, "  {} {advice}", change("note:"));
        }
    }
    text
}

/// `3 wait for talk, 10 have both until 2026-12-06, 4 of 17 done`.
fn stands(progress: &SwapProgress) -> String {
    let Swap { new, .. } = &progress.swap;
    let mut parts = Vec::new();
    let ahead = progress.count(|member| matches!(member.stage, SwapStage::Ahead { .. }));
    if ahead > 0 {
        parts.push(format!("{ahead} to come"));
    }
    let waiting = progress.count(|member| member.stage == SwapStage::Waiting);
    if waiting > 0 {
        parts.push(format!("{waiting} without a usable account on {new}"));
    }
    let ends: Vec<_> = progress
        .members
        .iter()
        .filter_map(|member| match member.stage {
            SwapStage::Overlap { ends } if member.has_old => Some(ends),
            _ => None,
        })
        .collect();
    if let (Some(first), Some(last)) = (ends.iter().min(), ends.iter().max()) {
        let days = if first == last { first.to_string() } else { format!("{first} to {last}") };
        let have = count(ends.len(), "has", "have");
        parts.push(format!("{have} both, the old one ends {days}"));
    }
    let rest = progress.members.len() - ahead - waiting - ends.len();
    parts.push(format!("{rest} of {} done", progress.members.len()));
    parts.join(", ")
}

fn pairs(given: &[(EntitlementRef, EntitlementRef)]) -> String {
    given.iter().map(|(old, new)| format!("  {old} {} {new}\n", faint("becomes"))).collect()
}

/// What stands in the way of the new app being given.
fn caution(engine: &Engine, swap: &Swap) -> String {
    let Some(app) = engine.configuration().app(&swap.new) else { return String::new() };
    let mut text = String::new();
    if app.mode != AppMode::Enforce {
        let _ = writeln!(
            text,
            "{} {} is in {} mode: nobody gets it, and so nobody loses {}.",
            change("note:"),
            swap.new,
            app.mode,
            swap.old
        );
    } else if app.pilot().is_some() {
        let _ = writeln!(text, "{} who is outside of the pilot of {} keeps {}.", change("note:"), swap.new, swap.old);
    }
    text
}

fn subject(swap: &Swap) -> serde_json::Value {
    json!({ "app": swap.old, "swap": swap })
}
