//! Random lifecycles on a system that misbehaves, under a clock, a network and moments of death that a seed decides.
//!
//! The engine, the planner, the guard, the journal and the store are the real ones; the system keeps its own journal, and is the judge. A seed
//! that fails prints the command that plays it again.

mod saas;
mod years;

use innkeeper_domain::{AccountStatus, Grant, Holder, IntentId, Operation};
use innkeeper_engine::{Approval, Clock, ConnectError, Engine, Override, Parts, Patience, PlanRequest, Quiet, Systems, Target};
use innkeeper_policy::{App, Configuration, ConnectorSource, SourceFile};
use innkeeper_store::{SqliteStore, Store, StoreError};
use innkeeper_tests::dice::Dice;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use saas::{Saas, Seen, group};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const GROUPS: [&str; 3] = ["Everybody", "Sales", "Engineering"];

/// How many days a company lives.
const DAYS: u32 = 8;

/// How many times a day it is tried to put everything right while the system misbehaves; after that it is well.
const TRIES: usize = 3;

const CONFIGURATION: &str = r#"
[source.hr]
connector = "csv"
path = "people.csv"
key = "employeeNumber"
vanish-after = "0s"

[guard]
max-percent = 100

[app.crm]
connector = "crm"
mode = "enforce"
match = ["userName"]
leaver = { delete-after = "3d" }

[app.crm.account]
userName = "person.userName"
title = "person.title"

[role.everybody]
when = "person.active"
grants = ["crm:group/Everybody"]

[role.sales]
when = "person.department == 'Sales'"
grants = ["crm:group/Sales"]

[role.engineering]
when = "person.department == 'Engineering'"
grants = ["crm:group/Engineering"]
"#;

pub(super) struct OneSystem(Arc<Saas>);

impl Systems for OneSystem {
    fn app(&self, _: &App) -> Result<Arc<dyn Target>, ConnectError> {
        Ok(self.0.clone())
    }

    fn source(&self, _: &str, _: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        Err(ConnectError::Mismatch("people come from a file".into()))
    }
}

#[derive(Clone, Debug)]
struct Somebody {
    name: String,
    title: u64,
    department: &'static str,
    last: Option<Date>,
}

struct Life {
    dice: Dice,
    folder: tempfile::TempDir,
    saas: Arc<Saas>,
    now: Arc<Mutex<Timestamp>>,
    people: BTreeMap<u32, Somebody>,
    deaths: usize,
}

impl Life {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let start: Timestamp = "2026-01-05T08:00:00Z".parse().expect("a moment");
        Self {
            dice: Dice::new(seed),
            folder,
            saas: Arc::new(Saas::new(seed ^ 0x5eed)),
            now: Arc::new(Mutex::new(start)),
            people: BTreeMap::new(),
            deaths: 0,
        }
    }

    fn today(&self) -> Date {
        self.now.lock().expect("unpoisoned").to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// What happens in a company on one day.
    fn happens(&mut self) {
        let today = self.today();
        for _ in 0..=self.dice.below(3) {
            let number = u32::try_from(self.people.len() + 1).expect("few people");
            let department = ["Sales", "Engineering", "Support"][self.dice.place(3)];
            self.people.insert(number, Somebody { name: format!("user{number}@acme.example"), title: 0, department, last: None });
        }
        let numbers: Vec<u32> = self.people.keys().copied().collect();
        for number in numbers {
            let (event, title) = (self.dice.below(16), self.dice.below(5));
            let department = ["Sales", "Engineering", "Support"][self.dice.place(3)];
            let Some(somebody) = self.people.get_mut(&number) else { continue };
            match event {
                0 if somebody.last.is_none() => somebody.last = today.yesterday().ok(),
                1 if somebody.last.is_some() => somebody.last = None,
                2 => somebody.department = department,
                3 => somebody.title = title,
                4 => somebody.name = format!("user{number}.{title}@acme.example"),
                _ => {}
            }
        }
        let line = |(number, somebody): (&u32, &Somebody)| {
            let last = somebody.last.map_or(String::new(), |last| last.to_string());
            format!("{number},{},Title {},{},2020-01-01,{last}\n", somebody.name, somebody.title, somebody.department)
        };
        let csv: String = self.people.iter().map(line).collect();
        let csv = format!("employeeNumber,userName,title,department,startDate,endDate\n{csv}");
        std::fs::write(self.folder.path().join("people.csv"), csv).expect("written");
    }

    /// The store; whoever has died lets go of it as soon as what they were doing is cleared away.
    async fn store(&self) -> Arc<dyn Store> {
        loop {
            match SqliteStore::open(self.folder.path().join("innkeeper.db")) {
                Ok(store) => return Arc::new(store),
                Err(StoreError::Busy { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn engine(&self) -> Engine {
        let file = SourceFile { name: "innkeeper.toml".into(), text: CONFIGURATION.into() };
        let configuration = Configuration::load(vec![file]).expect("sound");
        let store = self.store().await;
        let now = self.now.clone();
        Engine::new(Parts {
            directory: self.folder.path().to_owned(),
            configuration,
            store,
            systems: Arc::new(OneSystem(self.saas.clone())),
            clock: Clock::new(move || *now.lock().expect("unpoisoned")),
            patience: Patience { first: Duration::from_millis(1), longest: Duration::from_millis(5), ..Patience::default() },
            who: "simulation".into(),
        })
    }

    /// Plans and applies once, unless it dies on the way. True if nothing was left to do.
    async fn once(&mut self) -> bool {
        let engine = self.engine().await;
        let work = async {
            let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
            if planned.plan.is_empty() {
                return planned.failures.is_empty() && complete(&planned);
            }
            let overriding = Override::new("this is how the company lives", []).ok();
            let approved = engine.approve(planned.plan, Approval { overriding, offboards: None }).await.expect("approved");
            engine.apply(approved, Arc::new(Quiet)).await.expect("a report");
            false
        };
        let died = async {
            // A client that waits for an answer that never comes is dead as far as the system can tell.
            while !self.saas.is_dead() {
                tokio::time::sleep(Duration::from_secs(24 * 60 * 60)).await;
            }
        };
        tokio::select! {
            empty = work => empty,
            () = died => {
                self.deaths += 1;
                false
            }
        }
    }

    /// Everybody has what they should have, and nobody else has anything.
    fn assert_right(&self) {
        let today = self.today();
        let state = self.saas.state();
        for somebody in self.people.values() {
            let account = state.accounts.values().find(|account| account.unique_name == somebody.name);
            if somebody.last.is_some_and(|last| last < today) {
                let open = account.is_some_and(|account| account.status == AccountStatus::Active);
                assert!(!open, "{somebody:?} has left and is open");
                continue;
            }
            let account = account.unwrap_or_else(|| panic!("{somebody:?} has no account"));
            assert_eq!(account.status, AccountStatus::Active, "{somebody:?}");
            let title = account.attributes.get("title").and_then(|values| values.first()).map(|value| value.scalar.to_string());
            assert_eq!(title, Some(format!("Title {}", somebody.title)), "{somebody:?}");
            let held = |name: &str| {
                let grant = Grant { entitlement: group(name), holder: Holder::Account(account.id.clone()) };
                state.held.contains(&grant)
            };
            for name in GROUPS {
                assert_eq!(held(name), name == "Everybody" || name == somebody.department, "{somebody:?} and {name}");
            }
        }
    }

    /// What the system saw: nothing twice, nothing blindly again, and nothing that no approved plan named.
    async fn assert_judged(&self) {
        let store = self.store().await;
        let mut approved: BTreeMap<IntentId, Operation> = BTreeMap::new();
        for run in store.runs(usize::MAX).await.expect("runs") {
            let (_, records) = store.run(&run.id).await.expect("a run").expect("it is there");
            approved.extend(records.into_iter().map(|record| (record.intent, record.change.operation)));
        }
        let state = self.saas.state();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, seen) in state.journal.iter().enumerate() {
            let Seen { write: Some(what), intent: Some(intent), answered, .. } = seen else { continue };
            let planned = approved.get(intent).unwrap_or_else(|| panic!("no plan named `{what}`"));
            assert_eq!(what.split(' ').next(), Some(word(planned)), "{planned:?}");
            if let Some(before) = open.remove(intent.as_str()) {
                let looked = state.journal[before + 1..at].iter().any(|between| between.write.is_none() && between.answered);
                assert!(looked, "`{what}` was sent again without a look (requests {before} and {at})");
            }
            // Ending sessions leaves nothing that could be looked at, and doing it twice is doing it once.
            if !answered && *planned != Operation::RevokeSessions {
                open.insert(intent.as_str(), at);
            }
        }
        let mut names: Vec<&str> = state.accounts.values().map(|account| account.unique_name.as_str()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "somebody has two accounts: {names:?}");
    }
}

/// How the system calls it.
fn word(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateAccount { .. } => "create",
        Operation::UpdateAccount { .. } => "update",
        Operation::Suspend => "suspended",
        Operation::Reactivate => "active",
        Operation::RevokeSessions => "sign",
        Operation::DeleteAccount => "delete",
        Operation::Grant { .. } => "grant",
        Operation::Revoke { .. } => "revoke",
        Operation::TransferOwnership { .. } | Operation::Adopt | Operation::AssumeGrant { .. } => "nothing",
    }
}

/// Whether every listing was believed.
fn complete(planned: &innkeeper_engine::Planned) -> bool {
    let incomplete = |case: &innkeeper_domain::Case| matches!(case.kind, innkeeper_domain::CaseKind::Incomplete { .. });
    planned.spoiled.is_empty() && !planned.plan.apps().iter().flat_map(|app| &app.cases).any(incomplete)
}

async fn live(seed: u64) -> Life {
    let mut life = Life::new(seed);
    for _ in 0..DAYS {
        life.happens();
        life.saas.misbehave(8);
        for _ in 0..TRIES {
            let dies = life.dice.once_in(3).then(|| life.dice.below(40));
            life.saas.die_in(dies);
            life.once().await;
            let minutes = i64::try_from(life.dice.below(60)).unwrap_or(1);
            let mut now = life.now.lock().expect("unpoisoned");
            *now += minutes.minutes();
        }
        // The system is well again: everything is right within a few tries, and stays so.
        life.saas.die_in(None);
        life.saas.misbehave(0);
        let mut right = false;
        for _ in 0..4 {
            right = life.once().await;
            if right {
                break;
            }
        }
        assert!(right, "it does not come to rest");
        life.assert_right();
        life.assert_judged().await;
        let mut now = life.now.lock().expect("unpoisoned");
        *now += 24.hours();
    }
    life
}

/// Which lives: `SIMULATION_SEED` plays one, `SIMULATION_LIVES` as many as are wanted, `SIMULATION_FROM` this seed on.
fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    match number("SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => {
            let from = number("SIMULATION_FROM").unwrap_or(1);
            (from..from + number("SIMULATION_LIVES").unwrap_or(20)).collect()
        }
    }
}

#[test]
fn random_lives_on_a_system_that_misbehaves_come_to_rest_and_the_system_saw_nothing_twice() {
    let (mut deaths, mut writes, mut lost) = (0, 0, 0);
    for seed in seeds() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(live(seed))));
        match lived {
            Ok(life) => {
                deaths += life.deaths;
                let state = life.saas.state();
                writes += state.journal.iter().filter(|seen| seen.write.is_some()).count();
                lost += state.journal.iter().filter(|seen| seen.write.is_some() && !seen.answered && seen.applied).count();
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                let again = format!("SIMULATION_SEED={seed} cargo nextest run --package innkeeper-tests random_lives");
                panic!("{}\nagain: {again}", text.unwrap_or("it panicked"));
            }
        }
    }
    if seeds().len() > 1 {
        assert!(deaths > 0 && lost > 0, "nothing happened: {deaths} deaths, {lost} lost answers of {writes} writes");
    }
}
