//! What would be planned if the configuration, the people or the day were others: compared with what would be planned now.
//!
//! Offline, from what was last read. Nothing is sent and nothing is written down.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::offline::Offline;
use crate::people::Population;
use innkeeper_domain::{AppName, PersonId, Plan, RoleName, SourceName, Summary};
use innkeeper_planner::difference::{Difference, difference};
use innkeeper_policy::Configuration;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What is to be otherwise.
#[derive(Debug, Default)]
pub struct Supposition {
    /// Another configuration.
    pub configuration: Option<Configuration>,
    /// A file in the place of what a source last showed.
    pub people: Option<(SourceName, PathBuf)>,
    /// Another day.
    pub today: Option<Date>,
    /// Only these apps; empty for all.
    pub apps: BTreeSet<AppName>,
}

/// What one app's plan would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SimulatedApp {
    /// The app.
    pub app: AppName,
    /// What is planned now, by class.
    pub now: Summary,
    /// What would be planned.
    pub then: Summary,
    /// How many people's changes are not the same.
    pub people: usize,
}

/// Who would get or lose a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SimulatedRole {
    /// The role.
    pub role: RoleName,
    /// Who would get it, by key: how they are called.
    pub gain: BTreeMap<PersonId, String>,
    /// Who would lose it.
    pub lose: BTreeMap<PersonId, String>,
}

/// What a supposition comes to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Simulation {
    /// The plan as it would be made now.
    pub now: Plan,
    /// The plan as it would be made then.
    pub then: Plan,
    /// App by app.
    pub apps: Vec<SimulatedApp>,
    /// Roles that somebody gets or loses.
    pub roles: Vec<SimulatedRole>,
    /// Change by change.
    pub differences: Vec<Difference>,
    /// What the guard would hold back then, a sentence each.
    pub guard: Vec<String>,
    /// What the reader should know, a sentence each.
    pub notes: Vec<String>,
}

impl Simulation {
    /// Whether it makes no difference.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty() && self.roles.is_empty()
    }
}

impl Engine {
    /// What would be planned under a supposition, compared with what would be planned now. Writes nothing and asks no app.
    ///
    /// # Errors
    /// When the sources were never read, the file of people cannot be, or an app is not configured.
    pub async fn simulate(&self, supposed: &Supposition) -> Result<Simulation, EngineError> {
        let configuration = supposed.configuration.as_ref().unwrap_or(self.configuration());
        for app in &supposed.apps {
            if configuration.app(app).is_none() {
                self.app(app.as_str())?;
            }
        }
        let known = self.known().await?;
        let today = self.moment(None);
        let now = self.offline(self.configuration(), &known, &supposed.apps, &today).await?;
        let people = supposed.people.as_ref().map(|(source, path)| (source, path.as_path()));
        let then_day = self.moment(supposed.today);
        let population = self.supposed_population(configuration, people).await?;
        let then = self.offline(configuration, &population, &supposed.apps, &then_day).await?;
        let differences = difference(&now.plan, &then.plan);
        let apps = apps(&now.plan, &then.plan, &differences);
        let before = Held { roles: self.configuration().holders_of_roles(&known.people, &today), people: &known };
        let after = Held { roles: configuration.holders_of_roles(&population.people, &then_day), people: &population };
        Ok(Simulation {
            apps,
            roles: roles(&before, &after),
            differences,
            guard: then.breaches.iter().map(|(_, text)| text.clone()).collect(),
            notes: notes(&known, &population, &now, &then, configuration),
            now: now.plan,
            then: then.plan,
        })
    }
}

fn apps(now: &Plan, then: &Plan, differences: &[Difference]) -> Vec<SimulatedApp> {
    let summaries =
        |plan: &Plan| -> BTreeMap<AppName, Summary> { plan.apps().iter().map(|app| (app.app.clone(), app.summary())).collect() };
    let (mut now, mut then) = (summaries(now), summaries(then));
    let names: BTreeSet<AppName> = now.keys().chain(then.keys()).cloned().collect();
    names
        .into_iter()
        .map(|app| {
            let people: BTreeSet<&PersonId> = differences.iter().filter(|one| one.app == app).map(|one| &one.person).collect();
            let people = people.len();
            let (now, then) = (now.remove(&app).unwrap_or_default(), then.remove(&app).unwrap_or_default());
            SimulatedApp { app, now, then, people }
        })
        .collect()
}

/// Who has which role, and how people are called.
struct Held<'a> {
    roles: BTreeMap<RoleName, BTreeSet<PersonId>>,
    people: &'a Population,
}

impl Held<'_> {
    /// Who has the role here and not there.
    fn beyond(&self, role: &RoleName, other: &Self) -> BTreeMap<PersonId, String> {
        let nobody = BTreeSet::new();
        let (here, there) = (self.roles.get(role).unwrap_or(&nobody), other.roles.get(role).unwrap_or(&nobody));
        let labels = self.people.people.iter().filter(|person| here.contains(&person.id) && !there.contains(&person.id));
        labels.map(|person| (person.id.clone(), person.label().to_owned())).collect()
    }
}

fn roles(before: &Held<'_>, after: &Held<'_>) -> Vec<SimulatedRole> {
    let names: BTreeSet<&RoleName> = before.roles.keys().chain(after.roles.keys()).collect();
    let change = names.into_iter().map(|role| SimulatedRole {
        role: role.clone(),
        gain: after.beyond(role, before),
        lose: before.beyond(role, after),
    });
    change.filter(|role| !role.gain.is_empty() || !role.lose.is_empty()).collect()
}

fn notes(known: &Population, then: &Population, now: &Offline, after: &Offline, configuration: &Configuration) -> Vec<String> {
    let mut notes = Vec::new();
    for app in &after.unread {
        notes.push(format!("{app} was never read, and nothing can be said of it: innkeeper plan"));
    }
    for app in now.plan.apps().iter().filter(|app| configuration.app(&app.app).is_none()) {
        notes.push(format!("{} would not be in the configuration: nothing would be done there, and its accounts stay", app.app));
    }
    for (source, why) in &then.spoiled {
        notes.push(format!("{source} would not be believed: {why}; nobody becomes a leaver by being absent from it"));
    }
    let newly = then.missing.difference(&known.missing).count();
    if newly > 0 {
        let people = if newly == 1 { "1 person is".to_owned() } else { format!("{newly} people are") };
        notes.push(format!("{people} missing from the source, and a leaver if the next reading confirms it"));
    }
    notes.extend(then.broken.iter().cloned());
    let problems = |offline: &Offline| -> BTreeSet<String> {
        let problems = offline.evaluation.problems.iter();
        problems.map(|problem| format!("{}: {} ({})", problem.place, problem.text, problem.person)).collect()
    };
    notes.extend(problems(after).difference(&problems(now)).cloned());
    notes
}
