//! `protect` and `service-account` of an app: accounts that are never written to.

use super::section::Section;
use crate::problem::{Problem, Problems};
use innkeeper_domain::Glob;

/// The accounts that the configuration protects.
pub(super) fn protect(section: &mut Section<'_>, problems: &mut Problems) -> Vec<Glob> {
    let written = section.take("protect").map(|entry| entry.texts(problems)).unwrap_or_default();
    let mut globs = Vec::new();
    for quoted in written {
        if quoted.text.trim().is_empty() {
            let problem = Problem::new(&quoted.spot, "an empty pattern protects nothing", "expected a name or a pattern");
            problems.push(problem.help("for example `root@acme.com`, or `svc-*` for all whose names begin so"));
        } else {
            globs.push(Glob::new(quoted.text));
        }
    }
    globs
}

/// The account that the engine itself uses.
pub(super) fn service_account(section: &mut Section<'_>, problems: &mut Problems) -> Vec<Glob> {
    let written = section.take("service-account").and_then(|entry| entry.name(problems));
    written.map(|quoted| Glob::new(quoted.text)).into_iter().collect()
}
