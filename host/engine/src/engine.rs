//! The engine as commands use it.

use crate::active::Active;
use crate::apply;
use crate::clock::Clock;
use crate::comparing::{self, Focus};
use crate::error::EngineError;
use crate::find;
use crate::manual;
use crate::people::{Population, Reading};
use crate::pilot::Pilot;
use crate::planning::{self, AppFailure, Collector, Observed, Planned};
use crate::progress::{Progress, Quiet};
use crate::retry::Patience;
use crate::sealing;
use crate::systems::Systems;
use crate::{under_way, unsettled};
use innkeeper_domain::{AppName, Description, Person, PersonId, Share, SourceName, Today};
use innkeeper_policy::{App, Configuration};
use innkeeper_store::{AuditEvent, Mutation, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What an engine is made of.
pub struct Parts {
    /// Where relative paths of the configuration start.
    pub directory: PathBuf,
    /// The configuration.
    pub configuration: Configuration,
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// Where targets come from.
    pub systems: Arc<dyn Systems>,
    /// What time it is.
    pub clock: Clock,
    /// How often and how long to try.
    pub patience: Patience,
    /// Who is at the keyboard, for the journal.
    pub who: String,
}

/// Collects, plans, applies and verifies.
pub struct Engine {
    pub(crate) parts: Parts,
    pub(crate) active: Arc<Active>,
    pub(crate) stopping: Arc<AtomicBool>,
}

/// What to plan.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// Only these apps; empty for all.
    pub apps: BTreeSet<AppName>,
    /// Only this person, by key, user name or e-mail address.
    pub person: Option<String>,
    /// As if it were this day.
    pub today: Option<Date>,
    /// Sources and apps that may have shrunk as much as they like.
    pub accept_shrink: BTreeSet<String>,
}

impl Engine {
    /// Puts the parts together.
    pub fn new(mut parts: Parts) -> Self {
        parts.systems = manual::beside(parts.systems, &parts.configuration, &parts.store);
        Self { parts, active: Arc::default(), stopping: Arc::default() }
    }

    /// Begins nothing new any more: what is under way ends, and what waits is left to a later plan.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.parts.configuration
    }

    /// What is remembered.
    pub fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }

    /// The day in the configured time zone.
    pub fn today(&self) -> Date {
        self.parts.clock.now().to_zoned(self.configuration().time_zone().clone()).date()
    }

    /// The app of this name.
    pub(crate) fn app(&self, asked: &str) -> Result<&App, EngineError> {
        self.configuration().app(&AppName::new(asked)).ok_or_else(|| EngineError::UnknownApp {
            asked: asked.to_owned(),
            apps: self.configuration().apps().map(|app| app.name.clone()).collect(),
        })
    }

    /// Everybody, as the sources show them now.
    pub(crate) async fn population(
        &self,
        accept_shrink: &BTreeSet<String>,
        progress: &dyn Progress,
    ) -> Result<Population, EngineError> {
        let population = self.reading(accept_shrink, progress).read(self.configuration().sources()).await?;
        self.with_departures(population).await
    }

    /// Everybody, with some of the sources read now and the others as they were last read.
    pub(crate) async fn population_of(
        &self,
        due: &BTreeSet<SourceName>,
        progress: &dyn Progress,
    ) -> Result<Population, EngineError> {
        let nothing = BTreeSet::new();
        let reading = Reading { due: Some(due), ..self.reading(&nothing, progress) };
        self.with_departures(reading.read(self.configuration().sources()).await?).await
    }

    /// Everybody, as the sources were last read; none if one never was.
    pub(crate) async fn remembered_population(&self) -> Result<Option<Population>, EngineError> {
        let nothing = BTreeSet::new();
        let remembered = self.reading(&nothing, &Quiet).remembered(self.configuration().sources()).await?;
        match remembered {
            Some(population) => self.with_departures(population).await.map(Some),
            None => Ok(None),
        }
    }

    /// Everybody as last read under a configuration, with one source as a file would show it. Remembers nothing.
    pub(crate) async fn supposed_population(
        &self,
        configuration: &Configuration,
        instead: Option<(&SourceName, &Path)>,
    ) -> Result<Population, EngineError> {
        let nothing = BTreeSet::new();
        let reading = Reading { zone: configuration.time_zone(), ..self.reading(&nothing, &Quiet) };
        self.with_departures(reading.supposed(configuration.sources(), instead).await?).await
    }

    fn reading<'a>(&'a self, accept_shrink: &'a BTreeSet<String>, progress: &'a dyn Progress) -> Reading<'a> {
        Reading {
            directory: &self.parts.directory,
            systems: self.parts.systems.as_ref(),
            store: self.store(),
            zone: self.configuration().time_zone(),
            patience: self.parts.patience,
            progress,
            now: self.parts.clock.now(),
            accept_shrink,
            due: None,
        }
    }

    /// Marks those who were offboarded by hand.
    async fn with_departures(&self, mut population: Population) -> Result<Population, EngineError> {
        let departures = self.store().departures().await?;
        for person in &mut population.people {
            if let Some(on) = departures.get(&person.id) {
                person.closed_since = Some(person.closed_since.map_or(*on, |since| since.min(*on)));
                // That is known, whatever a source shows; a day to come says nothing of today.
                if *on <= self.today() {
                    population.missing.remove(&person.id);
                }
            }
        }
        Ok(population)
    }

    pub(crate) fn collector<'a>(&'a self, progress: &'a dyn Progress, accept_shrink: &'a BTreeSet<String>) -> Collector<'a> {
        Collector {
            systems: self.parts.systems.as_ref(),
            store: self.store(),
            patience: self.parts.patience,
            progress,
            now: self.parts.clock.now(),
            accept_shrink,
            sharing: Mutex::default(),
        }
    }

    /// Reads the sources and the apps, and compares. Writes to no app.
    ///
    /// # Errors
    /// When a source cannot be read, or what was asked for does not exist. An app that cannot be read is in the answer.
    pub async fn plan(&self, request: &PlanRequest, progress: &dyn Progress) -> Result<Planned, EngineError> {
        for app in &request.apps {
            self.app(app.as_str())?;
        }
        let population = self.population(&request.accept_shrink, progress).await?;
        let person = match &request.person {
            Some(asked) => Some(find::person(&population.people, asked)?.id.clone()),
            None => None,
        };
        let is_whole = person.is_none() && request.apps.is_empty();
        let focus = Focus { person, alone: false };
        let today = self.moment(request.today);
        let mut planned = self.plan_apps(population, &request.apps, &request.accept_shrink, focus, today, progress).await?;
        if is_whole {
            planned.notes.extend(self.note_restore(planned.failures.is_empty()).await?);
        }
        Ok(planned)
    }

    /// Reads apps and compares; none: all of them.
    pub(crate) async fn plan_apps(
        &self,
        mut population: Population,
        apps: &BTreeSet<AppName>,
        accept_shrink: &BTreeSet<String>,
        focus: Focus,
        today: Today,
        progress: &dyn Progress,
    ) -> Result<Planned, EngineError> {
        let mut collector = self.collector(progress, accept_shrink);
        let sharing = collector.sharing.get_mut().unwrap_or_else(PoisonError::into_inner);
        population.people.iter_mut().for_each(|person| person.share(sharing));
        let apps = self.configuration().apps().filter(|app| apps.is_empty() || apps.contains(&app.name));
        let read = futures::future::join_all(apps.map(|app| collector.app(app))).await;
        drop(collector);
        self.planned(population, read, focus, today).await
    }

    /// What closing everything that one person has comes to, with their key. Reads only what concerns them, so that it is quick.
    ///
    /// # Errors
    /// As for [`Engine::plan`].
    pub async fn plan_offboarding(&self, asked: &str, progress: &dyn Progress) -> Result<(PersonId, Planned), EngineError> {
        let mut population = match self.remembered_population().await? {
            Some(remembered) => remembered,
            None => self.population(&BTreeSet::new(), progress).await?,
        };
        let person = find::person(&population.people, asked)?.id.clone();
        let today = self.today();
        for known in population.people.iter_mut().filter(|known| known.id == person) {
            known.closed_since = Some(known.closed_since.map_or(today, |since| since.min(today)));
        }
        population.missing.remove(&person);
        let planned = self.plan_person(population, &person, &BTreeSet::new(), false, progress).await?;
        Ok((person, planned))
    }

    /// Reads what concerns one person and compares that; on these apps, none: on all. `whole`: what is not found does not exist.
    pub(crate) async fn plan_person(
        &self,
        population: Population,
        person: &PersonId,
        apps: &BTreeSet<AppName>,
        whole: bool,
        progress: &dyn Progress,
    ) -> Result<Planned, EngineError> {
        let moment = self.moment(None);
        let only: Vec<Person> = population.people.iter().filter(|known| known.id == *person).cloned().collect();
        let alone = Population { people: only, complete: true, seen: population.seen.clone(), ..Population::default() };
        let circumstances = self.circumstances(moment.clone()).await?;
        let wanted = comparing::evaluate(self.configuration(), &alone, &[], &circumstances).desired.accounts;
        let nothing = BTreeSet::new();
        let collector = self.collector(progress, &nothing);
        let apps = self.configuration().apps().filter(|app| apps.is_empty() || apps.contains(&app.name));
        let read = apps.map(|app| {
            let desired = wanted.iter().find(|desired| desired.app == app.name);
            let collector = &collector;
            async move { collector.one_person(app, person, desired, whole).await }
        });
        let read = futures::future::join_all(read).await;
        self.planned(population, read, Focus { person: Some(person.clone()), alone: true }, moment).await
    }

    async fn planned(
        &self,
        population: Population,
        read: Vec<Result<Result<Observed<'_>, AppFailure>, EngineError>>,
        focus: Focus,
        today: Today,
    ) -> Result<Planned, EngineError> {
        let mut observed = Vec::new();
        let mut failures = Vec::new();
        for app in read {
            match app? {
                Ok(app) => observed.push(app),
                Err(failure) => failures.push(failure),
            }
        }
        let open = self.store().begun_changes().await?;
        unsettled::own(self.store(), &open, &mut observed).await?;
        let mut circumstances = self.circumstances(today.clone()).await?;
        self.note_inactive(&population, &mut circumstances).await?;
        self.note_swaps(&observed, &population, &focus, &mut circumstances).await?;
        let (evaluation, mut plans) = if focus.alone || self.keeps_roles(&circumstances) || self.has_tasks().await? {
            let mut evaluation = comparing::evaluate(self.configuration(), &population, &observed, &circumstances);
            if self.note_stopped(&observed, &population, &evaluation, &mut circumstances).await? {
                evaluation = comparing::evaluate(self.configuration(), &population, &observed, &circumstances);
            }
            let plans = comparing::compare(self.configuration(), &population, &observed, &evaluation, &today, &focus);
            (evaluation, plans)
        } else {
            // Nobody asks for the desired accounts afterwards: those of all apps at once would be most of what is in memory.
            comparing::app_by_app(self.configuration(), &population, &observed, &circumstances, &focus)
        };
        self.leave_attributes(&mut plans, &observed).await?;
        let under_way = under_way::people(&open, &under_way::show_late(&observed), self.parts.clock.now());
        let asked = under_way::leave_to_the_app(&mut plans, &under_way);
        let certain = focus.person.is_none() && population.complete && today.date() == self.today();
        let left = self.leave_to_people(&mut plans, &observed, &evaluation, certain).await?;
        planning::price(&mut plans, &observed);
        let mut notes = if focus.person.is_some() {
            Vec::new()
        } else {
            planning::notes(self.configuration(), &observed, &population, &evaluation)
        };
        notes.extend(asked);
        if focus.person.is_none() {
            notes.extend(self.swap_progress().await?.iter().filter_map(|swap| swap.advice()));
        }
        notes.extend(planning::ending(&plans, today.date(), self.configuration().lifecycle().warn_before));
        notes.extend(left);
        let now = self.parts.clock.now();
        let plan = sealing::seal(self.configuration(), &population, &observed, plans, now, today.date(), &self.parts.who)?;
        let concerns = |person: &PersonId| focus.person.as_ref().is_none_or(|focus| focus == person);
        let pilots = Pilot::all(&observed, &evaluation, concerns);
        let would = evaluation.would.into_iter().filter(|would| concerns(&would.person)).collect();
        let guarded = self.guarded(&plan, observed.iter().map(|observed| observed.app)).await?;
        let breaches = apply::breaches(&plan, &guarded).map(|breach| breach.to_string()).collect();
        let approvals = self.standing(&plan).await?;
        Ok(Planned {
            plan,
            failures,
            spoiled: population.spoiled.into_iter().collect(),
            notes,
            breaches,
            approvals,
            pilots,
            would,
        })
    }

    /// Remembers that somebody was offboarded, whatever the sources say.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn depart(&self, person: &PersonId) -> Result<(), EngineError> {
        self.active.leaves(person);
        let depart = Mutation::Depart { person: person.clone(), on: self.today() };
        self.decide(&[depart], "person.offboarded", serde_json::json!({ "person": person })).await
    }

    /// Forgets that somebody was offboarded. True if they were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn welcome(&self, asked: &str) -> Result<bool, EngineError> {
        let people = self.population(&BTreeSet::new(), &Quiet).await?.people;
        let person = find::person(&people, asked)?.id.clone();
        self.active.returns(&person);
        if !self.store().departures().await?.contains_key(&person) {
            return Ok(false);
        }
        let back = Mutation::Return { person: person.clone() };
        self.decide(&[back], "person.onboarded", serde_json::json!({ "person": person })).await?;
        Ok(true)
    }

    /// The key of the person whom people call so.
    ///
    /// # Errors
    /// When nobody or several people are called so.
    pub async fn person(&self, asked: &str) -> Result<PersonId, EngineError> {
        let people = self.known().await?.people;
        Ok(find::person(&people, asked)?.id.clone())
    }

    /// What an app's accounts look like: asked of the app, or as it was remembered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn description(&self, app: &App, online: bool) -> Result<Result<Option<Description>, AppFailure>, EngineError> {
        if !online {
            return Ok(Ok(self.store().app(&app.name).await?.map(|snapshot| snapshot.description)));
        }
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        let target = match self.parts.systems.app(app) {
            Ok(target) => target,
            Err(error) => return Ok(Err(failed(error.to_string()))),
        };
        let described = crate::retry::read(self.parts.patience, || target.describe()).await.result;
        Ok(described.map(Some).map_err(|failure| failed(failure.to_string())))
    }

    /// Whether an app answers with these credentials: what it says of itself.
    pub async fn probe(&self, app: &App) -> Result<String, AppFailure> {
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        let target = self.parts.systems.app(app).map_err(|error| failed(error.to_string()))?;
        target.probe().await.result.map_err(|failure| failed(failure.to_string()))
    }

    /// Remembers a decision together with its entry in the audit log.
    pub(crate) async fn decide(&self, mutations: &[Mutation], what: &str, subject: serde_json::Value) -> Result<(), EngineError> {
        let (at, who) = (self.parts.clock.now(), self.parts.who.clone());
        self.store().decide(mutations, &AuditEvent { at, who, what: what.to_owned(), subject }).await?;
        Ok(())
    }

    /// Writes an entry of the audit log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn audit(&self, what: &str, subject: serde_json::Value) -> Result<(), EngineError> {
        let (at, who) = (self.parts.clock.now(), self.parts.who.clone());
        self.store().append_audit(&AuditEvent { at, who, what: what.to_owned(), subject }).await?;
        Ok(())
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}
