//! The engine as the program has it: people come through the neighbour's connector, and an app has a hostile one.

use crate::neighbour::{self, PACKAGE, SECRET};
use crate::server::Server;
use crate::shipment::{Shipment, manifest, trust, verified};
use crate::{Ground, ground};
use innkeeper_bundle::{Connectors, Grant, Lock, VerifiedBundle};
use innkeeper_engine::{Clock, Engine, Installed, Parts, Patience, PlanRequest, Planned, Quiet};
use innkeeper_policy::Configuration;
use innkeeper_store::SqliteStore;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;

/// The name of the hostile connector's app.
pub(crate) const APP: &str = "intruder";

/// A company with an app whose connector is hostile.
pub struct Company<'g> {
    ground: &'g Ground,
    directory: PathBuf,
    /// The neighbour's system, for as long as the company is there.
    _server: Arc<Server>,
}

impl<'g> Company<'g> {
    /// Installs both connectors and writes the configuration: the intruder does the deed.
    ///
    /// # Panics
    /// When that cannot be done.
    pub async fn found(ground: &'g Ground, deed: &Value) -> Self {
        let server = ground.neighbours_server(neighbour::directory).await;
        let directory = ground.folder().join("company");
        let state = directory.join(".innkeeper");
        fs::create_dir_all(&state).expect("made");
        // Compiled once for all attacks.
        symlink(ground.compiled(), state.join("compiled")).expect("linked");
        let intruder = Shipment { manifest: manifest(APP, "http://127.0.0.1:9"), ..Shipment::new(ground.component()) };
        let neighbour =
            Shipment { manifest: manifest("directory", &server.url("")), ..Shipment::new(ground::component(PACKAGE)) };
        let (connectors, mut lock) = (Connectors::open(&state).expect("opened"), Lock::default());
        for shipment in [intruder, neighbour] {
            agree(&connectors, &mut lock, &verified(&shipment).expect("a good bundle"));
        }
        lock.save(&directory).expect("saved");
        trust().save(&directory).expect("saved");
        fs::write(directory.join("innkeeper.toml"), configuration(deed)).expect("written");
        Self { ground, directory, _server: server }
    }

    /// Reads everything and compares.
    ///
    /// # Panics
    /// When the plan cannot be made, or the neighbour's part of it is not what it should be.
    pub async fn plan(&self) -> Planned {
        let state = self.directory.join(".innkeeper");
        let configuration = Configuration::read(&self.directory).expect("a good configuration");
        let installed = Installed::new(&self.directory, &state, &configuration, self.ground.vault());
        let engine = Engine::new(Parts {
            directory: self.directory.clone(),
            configuration,
            store: Arc::new(SqliteStore::open(state.join("innkeeper.db")).expect("a store")),
            systems: Arc::new(installed),
            clock: Clock::system(),
            patience: Patience::NONE,
            who: "somebody".to_owned(),
        });
        let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
        let text = serde_json::to_string(&planned).expect("a plan is JSON");
        self.ground.note("the plan", text);
        let people: Vec<usize> = planned.plan.inputs().sources.values().map(|seen| seen.people).collect();
        assert!(people == [2] && planned.spoiled.is_empty(), "the neighbour was read: {planned:?}");
        planned
    }
}

fn agree(connectors: &Connectors, lock: &mut Lock, bundle: &VerifiedBundle) {
    connectors.install(bundle).expect("installed");
    lock.pin(bundle, Grant::all(bundle.manifest()));
}

fn configuration(deed: &Value) -> String {
    let fields = deed.as_object().expect("a deed");
    let config: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let connection = |connector: &str, config: &str, secret: &str| {
        let credential = format!("credential.default = {{ secret = \"{secret}\" }}");
        format!("connector = \"{connector}@1\"\nconfig = {{ {config} }}\n{credential}\nnetworks = [\"127.0.0.1/32\"]")
    };
    let (people, app) = (connection("directory", "", SECRET), connection(APP, &config.join(", "), "token"));
    let mapping = format!("[app.{APP}.account]\nuserName = \"person.userName\"\n");
    format!("[source.hr]\n{people}\n\n[app.{APP}]\n{app}\nmode = \"enforce\"\nmatch = [\"userName\"]\n{mapping}")
}
