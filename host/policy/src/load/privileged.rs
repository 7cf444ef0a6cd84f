//! `privileged` of an app: entitlements that matter more than others.

use super::section::Section;
use crate::problem::{Problem, Problems};
use innkeeper_domain::Glob;

/// Patterns over `kind/name`.
pub(super) fn privileged(section: &mut Section<'_>, problems: &mut Problems) -> Vec<Glob> {
    let written = section.take("privileged").map(|entry| entry.texts(problems)).unwrap_or_default();
    let mut globs = Vec::new();
    for quoted in written {
        match quoted.text.split_once('/') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => globs.push(Glob::new(quoted.text)),
            _ => {
                let message = format!("`{}` names no entitlements", quoted.text);
                let problem = Problem::new(&quoted.spot, message, "expected `kind/name`");
                problems.push(problem.help("for example `role/admin`, or `group/*-admins` for all whose names end so"));
            }
        }
    }
    globs
}
