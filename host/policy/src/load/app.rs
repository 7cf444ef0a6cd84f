//! `[app.NAME]`.

use super::section::{Entry, Section, entries};
use super::{approval, connection, drift, guard, licences, lifecycle, manual, privileged, protection, setting};
use crate::app::{App, AppKind, AppSpots, Mapping};
use crate::approval::ApprovalDemand;
use crate::expression::{Expression, Purpose, Quoted};
use crate::lifecycle::Close;
use crate::problem::{Problem, Problems};
use crate::suggest;
use crate::vocabulary::Vocabulary;
use innkeeper_domain::{AppMode, AppName, AttributeName, DriftPolicy, Strength};
use std::num::NonZeroU32;
use toml::de::DeValue;

/// How many requests are under way at once if nobody says otherwise.
const CONCURRENCY: NonZeroU32 = NonZeroU32::new(8).expect("8 is not 0");

/// What stands at the top and holds for every app that does not say otherwise.
pub(super) struct General {
    pub(super) guard: guard::Layer,
    pub(super) approval: Option<ApprovalDemand>,
    pub(super) drift: DriftPolicy,
}

pub(super) fn app(
    entry: &Entry<'_>,
    general: &General,
    close: Close,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Option<App> {
    let mut section = entry.section("an app", problems)?;
    let kind = kind(&mut section, vocabulary, problems);
    let mode = section.take("mode").and_then(|entry| mode(&entry, problems)).unwrap_or_default();
    let pilot = section.take("pilot").and_then(|entry| entry.text(problems));
    let pilot = pilot.and_then(|quoted| Expression::compile(quoted, Purpose::Rule, vocabulary, problems));
    let matchers = section.take("match").map(|entry| entry.texts(problems)).unwrap_or_default();
    let needs = section.take("needs").map(|entry| entry.texts(problems)).unwrap_or_default();
    let concurrency = section.take("concurrency").and_then(|entry| entry.number(1..=1_000, problems));
    let (create_before, enable_on_start) =
        section.take("joiner").map_or((None, false), |entry| lifecycle::joiner(&entry, problems));
    let leaver = section.take("leaver").map(|entry| leaver(&entry, vocabulary, problems)).unwrap_or_default();
    let on_leave = lifecycle::leave(&mut section, problems).unwrap_or_default();
    let protect = protection::protect(&mut section, problems);
    let service_accounts = protection::service_account(&mut section, problems);
    let privileged = privileged::privileged(&mut section, problems);
    let mappings = section.take("account").map(|entry| mappings(&entry, vocabulary, problems));
    let licences = licences::licences(&mut section, problems);
    let guard = guard::guard(&general.guard, &guard::layer(section.take("guard"), problems));
    let approval = match section.take("approval") {
        Some(entry) => approval::demand(&entry, problems),
        None => general.approval.clone(),
    };
    let drift = drift::policy(section.take("drift"), general.drift, problems);
    section.finish(problems);
    // A mapping that does not compile is a problem of its own, and the attribute is spoken of all the same.
    if let Some((_, names)) = &mappings {
        check_matchers(&matchers, names, problems);
    } else {
        check_matchers(&matchers, &[], problems);
    }
    let kind = kind?;
    if mappings.as_ref().is_none_or(|(_, names)| names.is_empty()) && matches!(kind, AppKind::Manual(_)) {
        let problem = Problem::new(&entry.key_spot, "an app without a connector needs `account`", "no attribute is mapped");
        let help = format!(
            "say at least what its accounts are called: `[app.{}.account]` with `userName = \"person.userName\"`",
            entry.key
        );
        problems.push(problem.help(help));
    }
    Some(App {
        name: AppName::new(entry.key),
        kind,
        mode,
        spots: AppSpots {
            name: entry.key_spot.clone(),
            matchers: matchers.iter().map(|name| name.spot.clone()).collect(),
            needs: needs.iter().map(|name| name.spot.clone()).collect(),
        },
        matchers: matchers.into_iter().map(|name| AttributeName::new(name.text)).collect(),
        needs: needs.into_iter().map(|name| AppName::new(name.text)).collect(),
        concurrency: concurrency.and_then(NonZeroU32::new).unwrap_or(CONCURRENCY),
        create_before: create_before.unwrap_or(1),
        enable_on_start,
        close: leaver.close.unwrap_or(close),
        on_leave,
        delete_after: leaver.delete_after,
        revoke_from_leavers: leaver.revoke_grants.unwrap_or(true),
        licences,
        protect,
        service_accounts,
        privileged,
        guard,
        approval,
        drift,
        mappings: mappings.map(|(mappings, _)| mappings).unwrap_or_default(),
        pilot,
        transfer_to: leaver.transfer_to,
    })
}

/// What is behind the app: a connector, or people.
fn kind(section: &mut Section<'_>, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<AppKind> {
    if let Some(by_hand) = section.take("manual") {
        let manual = manual::manual(&by_hand, vocabulary, problems);
        if let Some(connector) = section.take("connector") {
            let problem = Problem::new(&connector.key_spot, "an app has a connector or is `manual`, not both", "a connector");
            let problem = problem.also(&by_hand.key_spot, "and people who do it by hand");
            problems.push(problem.help("what a connector cannot do becomes a task by itself"));
        }
        return manual.map(AppKind::Manual);
    }
    let connector = section.need("connector", "\"github@1\"", problems).and_then(|entry| entry.name(problems));
    let reference = connector.and_then(|quoted| connection::connector(&quoted, problems));
    let known = reference.is_some();
    let unnamed = || crate::connection::ConnectorReference { name: String::new(), requirement: None };
    let connection = connection::connection(reference.unwrap_or_else(unnamed), section, problems);
    known.then_some(AppKind::Connector(connection))
}

fn mode(entry: &Entry<'_>, problems: &mut Problems) -> Option<AppMode> {
    let quoted = entry.name(problems)?;
    match quoted.text.as_str() {
        "observe" => Some(AppMode::Observe),
        "warn" => Some(AppMode::Warn),
        "enforce" => Some(AppMode::Enforce),
        other => {
            let problem = Problem::new(&quoted.spot, format!("there is no mode `{other}`"), "unknown mode");
            problems.push(problem.maybe_help(suggest::help(other, ["observe", "warn", "enforce"])));
            None
        }
    }
}

/// What an app says of leavers.
#[derive(Default)]
struct Leaver {
    delete_after: Option<u32>,
    transfer_to: Option<Expression>,
    close: Option<Close>,
    revoke_grants: Option<bool>,
}

fn leaver(entry: &Entry<'_>, vocabulary: &Vocabulary, problems: &mut Problems) -> Leaver {
    let Some(mut section) = entry.section("a leaver's rule", problems) else { return Leaver::default() };
    let close = lifecycle::close(&mut section, problems);
    let after = section.take("delete-after").and_then(|entry| entry.name(problems));
    let heir = section.take("transfer-to").and_then(|entry| entry.text(problems));
    let revoke_grants = section.take("revoke-grants").and_then(|entry| entry.boolean(problems));
    section.finish(problems);
    let transfer_to = heir.and_then(|quoted| Expression::compile(quoted, Purpose::Person, vocabulary, problems));
    Leaver { delete_after: after.and_then(|after| setting::days(&after, problems)), transfer_to, close, revoke_grants }
}

/// The mappings that are sound, and the names of all attributes that are mapped.
fn mappings(entry: &Entry<'_>, vocabulary: &Vocabulary, problems: &mut Problems) -> (Vec<Mapping>, Vec<String>) {
    let mut written = Vec::new();
    collect(entry, "", &mut written, problems);
    let (mut mappings, mut names): (Vec<Mapping>, Vec<(String, Entry<'_>)>) = (Vec::new(), Vec::new());
    for (name, entry) in written {
        if let Some((_, first)) = names.iter().find(|(other, _)| other.eq_ignore_ascii_case(&name)) {
            let problem = Problem::new(&entry.key_spot, format!("`{name}` is mapped twice"), "again here");
            problems.push(problem.also(&first.key_spot, "first here"));
            continue;
        }
        names.push((name.clone(), entry.clone()));
        let Some((quoted, strength)) = value(&entry, problems) else { continue };
        if let Some(value) = Expression::compile(quoted, Purpose::Mapping, vocabulary, problems) {
            mappings.push(Mapping { attribute: AttributeName::new(name), strength, value, spot: entry.key_spot.clone() });
        }
    }
    (mappings, names.into_iter().map(|(name, _)| name).collect())
}

/// `name.givenName = "..."` without quotes is a table within a table; both spellings mean the same.
fn collect<'a>(entry: &Entry<'a>, prefix: &str, written: &mut Vec<(String, Entry<'a>)>, problems: &mut Problems) {
    let Some(table) = entry.table(problems) else { return };
    for inner in entries(entry.file, table) {
        let name = format!("{prefix}{}", inner.key);
        match inner.value {
            DeValue::Table(table) if !table.contains_key("value") && !table.contains_key("strength") => {
                collect(&inner, &format!("{name}."), written, problems);
            }
            _ => written.push((name, inner)),
        }
    }
}

fn value(entry: &Entry<'_>, problems: &mut Problems) -> Option<(Quoted, Strength)> {
    if !matches!(entry.value, DeValue::Table(_)) {
        if matches!(entry.value, DeValue::String(_)) {
            return Some((entry.text(problems)?, Strength::Enforced));
        }
        let message = format!("`{}` is an expression, and expressions are text", entry.key);
        let problem = Problem::new(&entry.spot, message, "expected text");
        problems.push(problem.help(match entry.value {
            DeValue::Boolean(value) => format!("put it in quotes: `\"{value}\"`"),
            DeValue::Integer(number) => format!("put it in quotes: `\"{}\"`", number.as_str()),
            _ => "put it in quotes: `\"['a', 'b']\"`".to_owned(),
        }));
        return None;
    }
    let mut section: Section<'_> = entry.section("a mapping", problems)?;
    let value = section.need("value", "\"person.displayName\"", problems).and_then(|entry| entry.text(problems));
    let strength = section.take("strength").map_or(Some(Strength::Enforced), |entry| strength(&entry, problems));
    section.finish(problems);
    Some((value?, strength?))
}

fn strength(entry: &Entry<'_>, problems: &mut Problems) -> Option<Strength> {
    let quoted = entry.name(problems)?;
    match quoted.text.as_str() {
        "enforced" => Some(Strength::Enforced),
        "initial" => Some(Strength::Initial),
        other => {
            let problem = Problem::new(&quoted.spot, format!("there is no strength `{other}`"), "unknown strength");
            problems.push(problem.maybe_help(suggest::help(other, ["enforced", "initial"])));
            None
        }
    }
}

/// Accounts are correlated by what they should have, so every such attribute needs a mapping.
fn check_matchers(matchers: &[Quoted], mapped: &[String], problems: &mut Problems) {
    for matcher in matchers {
        if mapped.iter().any(|name| name.eq_ignore_ascii_case(&matcher.text)) {
            continue;
        }
        let help = suggest::nearest(&matcher.text, mapped.iter().map(String::as_str)).map_or_else(
            || format!("say what it should be: `{} = \"person.{}\"` under `account`", matcher.text, matcher.text),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        let message = format!("accounts cannot be matched by `{}`: no mapping gives it", matcher.text);
        problems.push(Problem::new(&matcher.spot, message, "not mapped").help(help));
    }
}
