//! Tasks as people read them.

use super::{Entry, TASKS, TaskAnswer, Verdict, words};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::manual;
use innkeeper_domain::{AppName, Change, ChangeId, ChangeRecord, ChangeState, Operation, Person, PersonId, ReasonKind, RunId};
use innkeeper_policy::Blank;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// In how many days a task of an app that has a connector is due: nobody said.
const DUE_DAYS: u32 = 2;

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Task {
    /// Eight hexadecimal digits.
    pub id: String,
    /// The app.
    pub app: AppName,
    /// Whose account.
    pub person: PersonId,
    /// The account's name, or what it is to be.
    pub account: String,
    /// What to do, in a few words.
    pub what: String,
    /// What to do, as the configuration or the app says it.
    pub instructions: String,
    /// Who is asked; none where the configuration names nobody.
    pub owner: Option<String>,
    /// Since when it is open.
    pub opened: Timestamp,
    /// When it should be done; what closes a leaver should be at once.
    pub due: Timestamp,
    /// Whether that is past, and it is open.
    pub overdue: bool,
    /// Whether somebody left.
    pub leaver: bool,
    /// What became of it; none while it is open.
    pub answer: Option<TaskAnswer>,
    /// The run that asked for it.
    pub run: RunId,
    /// The change that it carries out.
    pub change: Change,
}

impl Task {
    /// Whether somebody still has to do it.
    pub fn is_open(&self) -> bool {
        self.answer.is_none()
    }

    /// Whether somebody will not do it, and that stands.
    pub fn is_refused(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| matches!(answer.verdict, Verdict::Refused { .. }))
    }
}

/// Which tasks.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Also those that were answered.
    pub answered: bool,
    /// Only those that are overdue.
    pub overdue: bool,
    /// Only of this app.
    pub app: Option<AppName>,
    /// Only of this person, by key, user name or e-mail address.
    pub person: Option<String>,
}

/// A task with all changes of its run.
pub(super) struct Found<'r> {
    pub(super) entry: Entry,
    pub(super) record: &'r ChangeRecord,
    pub(super) run: &'r [ChangeRecord],
}

/// The runs of tasks, each read once.
#[derive(Default)]
pub(super) struct Runs(HashMap<RunId, Vec<ChangeRecord>>);

impl Runs {
    pub(super) async fn read(&mut self, engine: &Engine, run: &RunId) -> Result<(), EngineError> {
        if !self.0.contains_key(run) {
            let changes = engine.store().run(run).await?.map(|(_, changes)| changes).unwrap_or_default();
            self.0.insert(run.clone(), changes);
        }
        Ok(())
    }

    pub(super) fn of(&self, run: &RunId) -> &[ChangeRecord] {
        self.0.get(run).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn change(&self, run: &RunId, change: &ChangeId) -> Option<&ChangeRecord> {
        self.of(run).iter().find(|record| record.id == *change)
    }
}

impl Engine {
    /// The tasks, those that are due first in front.
    ///
    /// # Errors
    /// When the store cannot be read, or nobody is called as the filter says.
    pub async fn tasks(&self, filter: &TaskFilter) -> Result<Vec<Task>, EngineError> {
        let mut entries = TASKS.all(self.store()).await?;
        entries.retain(|_, entry| {
            let open = match &entry.answer {
                None => true,
                Some(answer) => filter.answered || matches!(answer.verdict, Verdict::Refused { .. }),
            };
            open && filter.app.as_ref().is_none_or(|app| entry.app == *app)
        });
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.people_of(&entries).await?;
        if let Some(asked) = &filter.person {
            // Somebody who left long ago is in no source, and their task is there all the same.
            let wanted = match entries.values().find(|entry| entry.person.as_str() == asked) {
                Some(entry) => entry.person.clone(),
                None => self.person(asked).await?,
            };
            entries.retain(|_, entry| entry.person == wanted);
        }
        let mut runs = Runs::default();
        for entry in entries.values() {
            runs.read(self, &entry.run).await?;
        }
        let found = entries.into_iter().filter_map(|(id, entry)| {
            let record = runs.change(&entry.run, &entry.change)?;
            Some((id, Found { record, run: runs.of(&entry.run), entry }))
        });
        let mut tasks: Vec<Task> = found.map(|(id, found)| self.task_of(id, &found, &people)).collect();
        tasks.retain(|task| !filter.overdue || task.overdue);
        tasks.sort_by(|left, right| {
            (!left.is_open(), left.due, &left.app, &left.id).cmp(&(!right.is_open(), right.due, &right.app, &right.id))
        });
        Ok(tasks)
    }

    /// The task with this id, or the only one whose id begins so.
    ///
    /// # Errors
    /// When there is none, or several.
    pub async fn task(&self, asked: &str) -> Result<Task, EngineError> {
        let all = self.tasks(&TaskFilter { answered: true, ..TaskFilter::default() }).await?;
        let mut found: Vec<Task> = all.into_iter().filter(|task| !asked.is_empty() && task.id.starts_with(asked)).collect();
        match (found.pop(), found.is_empty()) {
            (Some(task), true) => Ok(task),
            (None, _) => Err(EngineError::UnknownTask { asked: asked.to_owned() }),
            (Some(last), false) => {
                let tasks = found.into_iter().chain([last]).map(|task| task.id).collect();
                Err(EngineError::AmbiguousTask { asked: asked.to_owned(), tasks })
            }
        }
    }

    /// How many tasks are open on each app.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_tasks(&self) -> Result<BTreeMap<AppName, usize>, EngineError> {
        let mut open = BTreeMap::new();
        for entry in TASKS.all(self.store()).await?.into_values().filter(|entry| entry.answer.is_none()) {
            *open.entry(entry.app).or_insert(0) += 1;
        }
        Ok(open)
    }

    /// Everybody whom tasks are about, as last read.
    async fn people_of(&self, entries: &BTreeMap<String, Entry>) -> Result<HashMap<PersonId, Person>, EngineError> {
        let people = self.remembered_population().await?.map(|population| population.people).unwrap_or_default();
        let wanted = |person: &Person| entries.values().any(|entry| entry.person == person.id);
        Ok(people.into_iter().filter(wanted).map(|person| (person.id.clone(), person)).collect())
    }

    fn task_of(&self, id: String, found: &Found<'_>, people: &HashMap<PersonId, Person>) -> Task {
        let Found { entry, record, run } = found;
        let change = &record.change;
        let manual = self.configuration().app(&entry.app).and_then(|app| app.manual());
        let leaver = change.reasons.iter().any(|reason| reason.kind == ReasonKind::Leaver);
        let days = if leaver { 0 } else { manual.map_or(DUE_DAYS, |manual| manual.due_days) };
        let due = entry.opened.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
        let given: Vec<String> =
            manual::given_with(record, run).filter_map(|given| entitlement(&given.change.operation)).collect();
        let mut what = words::operation(&change.operation);
        if !given.is_empty() {
            what += &format!(" with {}", given.join(", "));
        }
        let instructions = manual.and_then(|manual| manual.instructions.as_ref()).map(|instructions| {
            instructions.fill(|blank| match blank {
                Blank::Person(path) => people.get(&entry.person).map_or_else(String::new, |person| attribute(person, path)),
                Blank::Account => change.label.clone(),
                Blank::Operation => what.clone(),
                Blank::Entitlement => entitlement(&change.operation).unwrap_or_else(|| given.join(", ")),
                Blank::Attributes => words::attributes(&change.operation),
            })
        });
        let said = match &record.state {
            ChangeState::Manual { text } if manual.is_none() => Some(text.clone()),
            _ => None,
        };
        let plain = || match words::attributes(&change.operation) {
            attributes if attributes.is_empty() => format!("{} {}: {what}", entry.app, change.label),
            attributes => format!("{} {}: {what}; {attributes}", entry.app, change.label),
        };
        Task {
            id,
            app: entry.app.clone(),
            person: entry.person.clone(),
            account: change.label.clone(),
            instructions: instructions.or(said).unwrap_or_else(plain),
            what,
            owner: manual.map(|manual| manual.owner.clone()),
            opened: entry.opened,
            due,
            overdue: entry.answer.is_none() && due <= self.now(),
            leaver,
            answer: entry.answer.clone(),
            run: entry.run.clone(),
            change: change.clone(),
        }
    }
}

fn entitlement(operation: &Operation) -> Option<String> {
    match operation {
        Operation::Grant { entitlement, name } | Operation::Revoke { entitlement, name } => {
            Some(format!("{} {name}", entitlement.kind))
        }
        _ => None,
    }
}

/// What the person has of this name, with its schema or without.
fn attribute(person: &Person, path: &str) -> String {
    let named = |name: &str| {
        let short = name.rsplit_once(':').map_or(name, |(_, path)| path);
        short == path || short.strip_suffix(".value") == Some(path)
    };
    let values = person.attributes.iter().find(|(name, _)| named(name.as_str())).map(|(_, values)| values);
    values.map_or_else(String::new, |values| values.iter().map(|value| value.scalar.to_string()).collect::<Vec<_>>().join(", "))
}
