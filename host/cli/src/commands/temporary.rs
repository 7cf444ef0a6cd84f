//! `innkeeper grant`, `innkeeper revoke` and `innkeeper reinstate`

use crate::arguments::{General, Grant, Reinstate, Revoke};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_domain::TemporaryGrant;
use innkeeper_engine::{Decision, EngineError};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::fmt::Write;

pub(crate) fn grant(general: &General, asked: &Grant) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let zone = engine.configuration().time_zone();
        let until = match (asked.until, asked.length) {
            (Some(until), _) => until.end(zone),
            (None, length) => length.and_then(|length| engine.now().checked_add(length.duration()).ok()),
        };
        let until = until.ok_or(EngineError::NeverEnds)?;
        let decision = engine.lend(&asked.person, &asked.entitlement, until, asked.reason.clone()).await?;
        context::decide(&places, std::slice::from_ref(&decision.mutation), "access.granted", subject(&decision.grant))?;
        Ok(Reply::done(given(&decision, zone) + &next(&decision), &decision.grant))
    })
}

pub(crate) fn revoke(general: &General, asked: &Revoke) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let decision = engine.end_early(&asked.person, &asked.entitlement).await?;
        context::decide(&places, std::slice::from_ref(&decision.mutation), "access.revoked", subject(&decision.grant))?;
        let Decision { grant, label, .. } = &decision;
        let text = format!("{label} has {} no longer; what a role gives stays.\n{}", grant.entitlement, next(&decision));
        Ok(Reply::done(text, grant))
    })
}

pub(crate) fn reinstate(general: &General, asked: &Reinstate) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let zone = engine.configuration().time_zone();
        let decisions = engine.reinstate(&asked.person, asked.entitlement.as_ref(), asked.length).await?;
        let mutations: Vec<_> = decisions.iter().map(|decision| decision.mutation.clone()).collect();
        let grants: Vec<&TemporaryGrant> = decisions.iter().map(|decision| &decision.grant).collect();
        context::decide(
            &places,
            &mutations,
            "access.reinstated",
            serde_json::json!({ "person": grants[0].person, "grants": grants }),
        )?;
        let mut text: String = decisions.iter().map(|decision| given(decision, zone)).collect();
        text += &decisions.first().map(next).unwrap_or_default();
        Ok(Reply::done(text, &grants))
    })
}

fn subject(grant: &TemporaryGrant) -> serde_json::Value {
    serde_json::json!({ "person": grant.person, "app": grant.entitlement.app, "grant": grant })
}

fn given(decision: &Decision, zone: &TimeZone) -> String {
    let Decision { grant, label, .. } = decision;
    let mut text = format!("{label} has {} until {}", grant.entitlement, until(grant, zone));
    if let Some(reason) = &grant.reason {
        let _ = write!(text, ": {reason}");
    }
    text + ".\n"
}

fn next(decision: &Decision) -> String {
    format!("The next plan carries it out: innkeeper plan --person {}\n", decision.grant.person)
}

/// When something ends, in the configured zone; what ends at midnight ends with the day before.
pub(crate) fn until(grant: &TemporaryGrant, zone: &TimeZone) -> String {
    let end = grant.end().to_zoned(zone.clone());
    match end.time() == Time::midnight() {
        true => format!("the end of {}", end.date().yesterday().unwrap_or(end.date())),
        false => end.strftime("%Y-%m-%d %H:%M %Z").to_string(),
    }
}
