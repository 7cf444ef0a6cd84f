//! `[role.NAME]`.

use super::section::Entry;
use super::setting;
use crate::expression::{Expression, Purpose, Quoted};
use crate::problem::{Problem, Problems, Spot};
use crate::role::{Role, RoleMode};
use crate::suggest;
use crate::vocabulary::Vocabulary;
use innkeeper_domain::{EntitlementRef, RoleName};

pub(super) fn role(entry: &Entry<'_>, apps: &[&str], vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Role> {
    let mut section = entry.section("a role", problems)?;
    let description = section.take("description").and_then(|entry| entry.text(problems)).map(|text| text.text);
    let mode = section.take("mode").and_then(|entry| mode(&entry, problems)).unwrap_or_default();
    let when = section.need("when", "\"person.department == 'Engineering'\"", problems);
    let when = when.and_then(|entry| entry.text(problems));
    let written = section.need("grants", "[\"github:team/backend\"]", problems);
    let written = written.map(|entry| entry.texts(problems)).unwrap_or_default();
    let keep_for = section.take("keep-for").and_then(|entry| entry.name(problems));
    section.finish(problems);
    let keep_for = keep_for.and_then(|keep_for| setting::days(&keep_for, problems));
    let when = when.and_then(|quoted| Expression::compile(quoted, Purpose::Rule, vocabulary, problems));
    let (mut grants, mut grant_spots): (Vec<EntitlementRef>, Vec<Spot>) = (Vec::new(), Vec::new());
    for quoted in &written {
        if let Some(grant) = grant(quoted, apps, problems) {
            if let Some(first) = grants.iter().position(|other| *other == grant) {
                let problem = Problem::new(&quoted.spot, format!("the role gives `{grant}` twice"), "again here");
                problems.push(problem.also(&grant_spots[first], "first here"));
                continue;
            }
            grants.push(grant);
            grant_spots.push(quoted.spot.clone());
        }
    }
    Some(Role { name: RoleName::new(entry.key), description, mode, grants, keep_for, when: when?, grant_spots })
}

fn mode(entry: &Entry<'_>, problems: &mut Problems) -> Option<RoleMode> {
    let quoted = entry.name(problems)?;
    match quoted.text.as_str() {
        "observe" => Some(RoleMode::Observe),
        "enforce" => Some(RoleMode::Enforce),
        other => {
            let problem = Problem::new(&quoted.spot, format!("a role has no mode `{other}`"), "unknown mode");
            problems.push(problem.maybe_help(suggest::help(other, ["observe", "enforce"])));
            None
        }
    }
}

fn grant(quoted: &Quoted, apps: &[&str], problems: &mut Problems) -> Option<EntitlementRef> {
    let grant: EntitlementRef = match quoted.text.parse() {
        Ok(grant) => grant,
        Err(error) => {
            let problem = Problem::new(&quoted.spot, error_text(&error), "not an entitlement");
            problems.push(problem.help("for example `github:team/backend`, or `mail` for the account alone"));
            return None;
        }
    };
    let app = grant.app.as_str();
    if !apps.contains(&app) {
        let problem = Problem::new(&quoted.at(0..app.len()), format!("there is no app `{app}`"), "unknown app");
        problems.push(problem.help(suggest::help(app, apps.iter().copied()).unwrap_or_else(|| format!("add `[app.{app}]`"))));
        return None;
    }
    Some(grant)
}

fn error_text(error: &innkeeper_domain::InvalidEntitlementRef) -> String {
    error.to_string()
}
