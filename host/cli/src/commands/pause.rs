//! `innkeeper pause` and `innkeeper resume`

use crate::arguments::{General, Pause as Asked, Resume};
use crate::context::{self, Places};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_domain::{AppName, SourceName};
use innkeeper_engine::{Pause, Paused};
use innkeeper_policy::Configuration;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The switch is set before anything else is looked at, the audit log included: nobody who reaches for it waits for a database.
pub(crate) fn pause(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    let places = Places::of(general);
    let names = names(general, &asked.apps)?;
    context::make_private(&places.state)?;
    let now = Timestamp::now();
    let until = match asked.for_ {
        Some(long) => Some(now.checked_add(long).map_err(|error| CliError::Moment { why: error.to_string() })?),
        None => asked.until,
    };
    if until.is_some_and(|until| until <= now) {
        return Err(CliError::Moment { why: "it has to end later than now".to_owned() });
    }
    let pause = Pause { by: context::user(), since: now, reason: asked.reason.clone(), until };
    let mut paused = Paused::load(&places.state).unwrap_or_default();
    if names.is_empty() {
        paused.all = Some(pause.clone());
    }
    for key in names.values() {
        paused.app.insert(key.clone(), pause.clone());
    }
    paused.save(&places.state)?;
    let apps: Vec<&String> = names.values().collect();
    context::decide(
        &places,
        &[],
        "engine.paused",
        serde_json::json!({ "apps": apps, "reason": pause.reason, "until": pause.until }),
    )?;
    let whom = if names.is_empty() { "Everything".to_owned() } else { names.into_keys().collect::<Vec<_>>().join(", ") };
    Ok(Reply::done(format!("{whom} is {pause}. No request leaves until `innkeeper resume`.\n"), &paused))
}

pub(crate) fn resume(general: &General, asked: &Resume) -> Result<Reply, CliError> {
    let places = Places::of(general);
    let names = names(general, &asked.apps)?;
    let before = Paused::load(&places.state)?;
    let mut paused = before.clone();
    if names.is_empty() {
        paused = Paused::default();
    }
    for key in names.values() {
        paused.app.remove(key);
    }
    if paused == before {
        let text = match (&before.all, names.is_empty()) {
            (Some(pause), false) => format!("Everything is {pause}: `innkeeper resume` without a name ends it.\n"),
            _ => "Nothing of this was paused.\n".to_owned(),
        };
        return Ok(Reply::done(text, &paused));
    }
    paused.save(&places.state)?;
    let apps: Vec<&String> = names.values().collect();
    context::decide(&places, &[], "engine.resumed", serde_json::json!({ "apps": apps }))?;
    let mut text = String::new();
    let whom = if names.is_empty() { "Everything".to_owned() } else { names.into_keys().collect::<Vec<_>>().join(", ") };
    let _ = writeln!(text, "{whom} goes on.");
    if let Some(pause) = &paused.all {
        let _ = writeln!(text, "But everything is {pause}: `innkeeper resume` without a name ends it.");
    }
    Ok(Reply::done(text, &paused))
}

/// What was typed, with what it is called in the switch. A configuration that cannot be read holds no pause of everything up.
fn names(general: &General, typed: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    if typed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let configuration = Configuration::read(&general.directory)?;
    let key = |name: &String| {
        if configuration.app(&AppName::new(name.as_str())).is_some() {
            return Ok((name.clone(), name.clone()));
        }
        let source = name.strip_prefix("source.").unwrap_or(name);
        if configuration.source(&SourceName::new(source)).is_some() {
            return Ok((name.clone(), format!("source.{source}")));
        }
        Err(CliError::UnknownApp { asked: name.clone(), nearest: configuration.app_like(name).cloned() })
    };
    typed.iter().map(key).collect()
}
