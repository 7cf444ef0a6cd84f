//! From the text of the files to a checked configuration. Nothing stops at the first problem.

mod app;
mod approval;
mod connection;
mod credential;
mod drift;
mod egress;
mod guard;
mod licences;
mod lifecycle;
mod limits;
mod manual;
mod need;
mod privileged;
mod protection;
mod rate;
mod role;
mod schedule;
mod section;
mod setting;
mod source;

use crate::configuration::Configuration;
use crate::problem::{Problem, Problems, SourceFile, Spot};
use crate::suggest;
use crate::vocabulary::Vocabulary;
use indexmap::IndexMap;
use section::{Entry, entries};
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::DeTable;

/// What stands at the top of a file.
const TOP: &[&str] =
    &["app", "approval", "approver", "drift", "egress", "guard", "innkeeper", "lifecycle", "limits", "role", "run", "source"];

/// Those of them that a configuration has once.
const SINGLE: &[&str] = &["approval", "drift", "egress", "guard", "innkeeper", "lifecycle", "limits", "run"];

/// Checks all files together, in the order given.
pub(crate) fn load(files: Vec<Arc<SourceFile>>) -> Result<Configuration, Problems> {
    let mut problems = Problems::default();
    let parsed: Vec<_> = files.iter().map(|file| (file, parse(file, &mut problems))).collect();
    // Half a file would make every name in the other half unknown.
    if !problems.is_empty() {
        return Err(problems.sorted());
    }
    let mut tables = Tables::default();
    for (file, table) in &parsed {
        tables.collect(file, table, &mut problems);
    }
    let configuration = build(files.clone(), tables, &mut problems);
    if problems.is_empty() { Ok(configuration) } else { Err(problems.sorted()) }
}

fn parse<'a>(file: &'a Arc<SourceFile>, problems: &mut Problems) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        let end = file.text.len();
        let span = error.span().unwrap_or(end..end);
        let label = if span.start >= end { "the file ends here" } else { "here" };
        problems.push(Problem::new(&Spot::new(file, span), format!("this is not TOML: {}", error.message()), label));
    }
    table.into_inner()
}

/// The tables of all files, by what they are about.
#[derive(Default)]
struct Tables<'a> {
    /// Those of [`SINGLE`].
    single: BTreeMap<&'static str, Entry<'a>>,
    sources: IndexMap<String, Entry<'a>>,
    apps: IndexMap<String, Entry<'a>>,
    roles: IndexMap<String, Entry<'a>>,
    approvers: IndexMap<String, Entry<'a>>,
}

impl<'a> Tables<'a> {
    fn collect(&mut self, file: &'a Arc<SourceFile>, table: &'a DeTable<'a>, problems: &mut Problems) {
        for entry in entries(file, table) {
            if let Some(key) = SINGLE.iter().find(|key| **key == entry.key) {
                if let Some(first) = self.single.get(key) {
                    problems.push(twice(&entry, first, &format!("[{key}]")));
                } else {
                    self.single.insert(key, entry);
                }
                continue;
            }
            let named = match entry.key {
                "source" => &mut self.sources,
                "app" => &mut self.apps,
                "role" => &mut self.roles,
                "approver" => &mut self.approvers,
                other => {
                    let problem = Problem::new(&entry.key_spot, format!("a configuration has no `{other}`"), "unknown");
                    problems.push(problem.maybe_help(suggest::help(other, TOP.iter().copied())));
                    continue;
                }
            };
            let Some(inner) = entry.table(problems) else { continue };
            for thing in entries(file, inner) {
                if let Some(problem) = bad_name(&thing) {
                    problems.push(problem);
                } else if let Some(first) = named.get(thing.key) {
                    problems.push(twice(&thing, first, &format!("[{}.{}]", entry.key, thing.key)));
                } else {
                    named.insert(thing.key.to_owned(), thing);
                }
            }
        }
    }
}

fn twice(second: &Entry<'_>, first: &Entry<'_>, what: &str) -> Problem {
    Problem::new(&second.key_spot, format!("{what} is in the configuration twice"), "again here")
        .help("one thing stands in one place: put both together")
        .also(&first.key_spot, "first here")
}

/// A name goes into grants (`app:kind/name`), file names and the command line.
fn bad_name(entry: &Entry<'_>) -> Option<Problem> {
    let sound = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let first = entry.key.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    (!first || !entry.key.chars().all(sound)).then(|| {
        Problem::new(&entry.key_spot, format!("`{}` cannot be a name here", entry.key), "not a name")
            .help("a name begins with a letter or digit and has letters, digits, `-` and `_`")
    })
}

fn build(files: Vec<Arc<SourceFile>>, mut tables: Tables<'_>, problems: &mut Problems) -> Configuration {
    let settings = setting::settings(tables.single.remove("innkeeper"), problems);
    let guard = guard::layer(tables.single.remove("guard"), problems);
    let approval = tables.single.remove("approval").and_then(|entry| approval::demand(&entry, problems));
    let drift = drift::policy(tables.single.remove("drift"), Default::default(), problems);
    let general = app::General { guard, approval, drift };
    let mut approvers = IndexMap::new();
    for entry in tables.approvers.values() {
        if let Some(approver) = approval::approver(entry, problems) {
            approvers.insert(approver.name.clone(), approver);
        }
    }
    let limits = limits::limits(tables.single.remove("limits"), problems);
    let egress = egress::egress(tables.single.remove("egress"), problems);
    let named: Vec<&str> = tables.apps.keys().map(String::as_str).collect();

    let mut sources = IndexMap::new();
    for entry in tables.sources.values() {
        if let Some(source) = source::source(entry, problems) {
            sources.insert(source.name.clone(), source);
        }
    }
    let vocabulary = Vocabulary::of(sources.values());
    let (lifecycle, close) = lifecycle::lifecycle(tables.single.remove("lifecycle"), &vocabulary, problems);
    let mut apps = IndexMap::new();
    for entry in tables.apps.values() {
        if let Some(app) = app::app(entry, &general, close, &vocabulary, problems) {
            apps.insert(app.name.clone(), app);
        }
    }
    let mut roles = IndexMap::new();
    for entry in tables.roles.values() {
        if let Some(role) = role::role(entry, &named, &vocabulary, problems) {
            roles.insert(role.name.clone(), role);
        }
    }
    let known: Vec<&str> = tables.sources.keys().map(String::as_str).collect();
    let schedule = schedule::schedule(tables.single.remove("run"), &known, &named, problems);
    let order = need::order(&apps, &named, problems);
    Configuration {
        files,
        time_zone: settings.time_zone,
        state: settings.state,
        egress,
        limits,
        lifecycle,
        schedule,
        sources,
        apps,
        roles,
        order,
        approvers,
    }
}
