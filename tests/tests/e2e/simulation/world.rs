//! The real engine with its store in a folder, and the systems around it.

use super::death::Death;
use super::people::People;
use super::saas::{Character, Saas};
use super::time::Time;
use super::{ADDED_CHAT, CONFIGURATION};
use innkeeper_domain::{Case, CaseKind};
use innkeeper_engine::{
    Approval, ConnectError, Engine, Override, Parts, Patience, PlanRequest, Planned, Quiet, RunReport, Systems, Target,
};
use innkeeper_policy::{App, Configuration, ConnectorSource, SourceFile};
use innkeeper_store::{SqliteStore, Store, StoreError};
use innkeeper_tests::dice::Dice;
use jiff::civil::Date;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Where the systems are found, by the names of their apps.
#[derive(Clone)]
pub(super) struct Around(pub(super) Vec<Arc<Saas>>);

impl Systems for Around {
    fn app(&self, app: &App) -> Result<Arc<dyn Target>, ConnectError> {
        let found = self.0.iter().find(|saas| saas.character.name == app.name.as_str());
        Ok(found.ok_or_else(|| ConnectError::Mismatch("no such system".into()))?.clone())
    }

    fn source(&self, _: &str, _: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        Err(ConnectError::Mismatch("people come from a file".into()))
    }
}

/// A company with its systems and the engine that serves them.
pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) people: People,
    pub(super) crm: Arc<Saas>,
    pub(super) chat: Arc<Saas>,
    pub(super) time: Time,
    pub(super) death: Arc<Death>,
    pub(super) deaths: usize,
    configuration: Configuration,
    folder: tempfile::TempDir,
}

/// A folder that is gone with the test. In memory where the machine has a folder there: the store writes and waits as ever, and who dies
/// here dies as a process does, which takes nothing from the files; a disk would make a life ten times as long.
pub(super) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = tempfile::Builder::new().prefix("innkeeper-simulation").tempdir_in(memory);
    folder.or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Two apps. In two of three lives each gets one request at a time, and the life is the same whenever it is played; in the third they get
/// several at once, in an order that the threads of the store have a part in.
fn configuration(seed: u64) -> Configuration {
    let both = format!("{CONFIGURATION}{ADDED_CHAT}");
    let text =
        if seed.is_multiple_of(3) { both } else { both.replace("mode = \"enforce\"", "mode = \"enforce\"\nconcurrency = 1") };
    Configuration::load(vec![SourceFile { name: "innkeeper.toml".into(), text }]).expect("sound")
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let (time, death) = (Time::starting("2026-01-05T08:00:00Z"), Arc::new(Death::default()));
        let saas = |character, seed| Arc::new(Saas::new(character, seed, time.clone(), death.clone()));
        Self {
            dice: Dice::new(seed),
            people: People::default(),
            crm: saas(Character::CRM, seed ^ 0x5eed),
            chat: saas(Character::CHAT, seed ^ 0xc4a7),
            time: time.clone(),
            death: death.clone(),
            deaths: 0,
            configuration: configuration(seed),
            folder: folder(),
        }
    }

    pub(super) fn systems(&self) -> [&Arc<Saas>; 2] {
        [&self.crm, &self.chat]
    }

    pub(super) fn today(&self) -> Date {
        self.time.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// The HR system says who works here.
    pub(super) fn export(&self) {
        std::fs::write(self.folder.path().join("people.csv"), self.people.csv()).expect("written");
    }

    /// The store; whoever has died lets go of it as soon as what they were doing is cleared away.
    pub(super) async fn store(&self) -> Arc<dyn Store> {
        loop {
            match SqliteStore::open(self.folder.path().join("innkeeper.db")) {
                Ok(store) => return Arc::new(store),
                Err(StoreError::Busy { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn engine(&self) -> Engine {
        Engine::new(Parts {
            directory: self.folder.path().to_owned(),
            configuration: self.configuration.clone(),
            store: self.store().await,
            systems: Arc::new(Around(self.systems().map(Clone::clone).to_vec())),
            clock: self.time.clock(),
            // The first wait is longer than a short lag with or without its jitter, which no seed decides.
            patience: Patience { first: Duration::from_secs(2), ..Patience::default() },
            who: "simulation".into(),
        })
    }

    /// Plans and applies once, unless the engine dies on the way.
    pub(super) async fn once(&mut self) -> Once {
        let engine = self.engine().await;
        let work = async {
            let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
            if planned.plan.is_empty() {
                return if planned.failures.is_empty() && complete(&planned) { Once::AtRest } else { Once::Blind };
            }
            let overriding = Override::new("this is how the company lives", []).ok();
            let approved = engine.approve(planned.plan, Approval { overriding, offboards: None }).await.expect("approved");
            Once::Applied(engine.apply(approved, Arc::new(Quiet)).await.expect("a report"))
        };
        tokio::select! {
            once = work => once,
            () = self.death.comes() => {
                self.deaths += 1;
                Once::Died
            }
        }
    }
}

/// What one try came to.
pub(super) enum Once {
    /// Nothing was left to do.
    AtRest,
    /// Nothing was planned, and not everything could be read.
    Blind,
    /// Something was done.
    Applied(RunReport),
    /// The engine died.
    Died,
}

/// Whether every listing was believed.
fn complete(planned: &Planned) -> bool {
    let incomplete = |case: &Case| matches!(case.kind, CaseKind::Incomplete { .. });
    planned.spoiled.is_empty() && !planned.plan.apps().iter().flat_map(|app| &app.cases).any(incomplete)
}
