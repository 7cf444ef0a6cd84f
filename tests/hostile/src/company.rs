//! The engine over two apps, as the program has it: one of a hostile connector, one of the neighbour's.

use crate::neighbour::{self, PACKAGE, SECRET};
use crate::server::Server;
use crate::shipment::{Shipment, manifest, verified};
use crate::{Ground, ground};
use innkeeper_bundle::{Connectors, Lock, VerifiedBundle};
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
        let neighbour = Shipment { manifest: manifest("directory", &server.url("")), ..Shipment::new(ground::component(PACKAGE)) };
        let (connectors, mut lock) = (Connectors::open(&state).expect("opened"), Lock::default());
        for shipment in [intruder, neighbour] {
            agree(&connectors, &mut lock, &verified(&shipment).expect("a good bundle"));
        }
        lock.save(&directory).expect("saved");
        fs::write(directory.join("innkeeper.toml"), configuration(deed)).expect("written");
        fs::write(directory.join("people.csv"), PEOPLE).expect("written");
        Self { ground, directory, _server: server }
    }

    /// Reads everything and compares.
    ///
    /// # Panics
    /// When the plan cannot be made, or the neighbour's part of it is not what it should be.
    pub async fn plan(&self) -> Planned {
        let state = self.directory.join(".innkeeper");
        let engine = Engine::new(Parts {
            directory: self.directory.clone(),
            configuration: Configuration::read(&self.directory).expect("a good configuration"),
            store: Arc::new(SqliteStore::open(&state.join("innkeeper.db")).expect("a store")),
            systems: Arc::new(Installed::new(&self.directory, &state, self.ground.vault())),
            clock: Clock::system(),
            patience: Patience::NONE,
            who: "somebody".to_owned(),
        });
        let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
        let text = serde_json::to_string(&planned).expect("a plan is JSON");
        self.ground.note("the plan", text);
        let neighbour = planned.plan.apps().iter().find(|plan| plan.app.as_str() == "neighbour");
        assert!(neighbour.is_some_and(|plan| plan.cases.is_empty()), "the neighbour was read: {planned:?}");
        planned
    }
}

fn agree(connectors: &Connectors, lock: &mut Lock, bundle: &VerifiedBundle) {
    connectors.install(bundle).expect("installed");
    lock.pin(bundle, bundle.manifest().hosts.clone());
}

const PEOPLE: &str = "employeeNumber,userName,displayName\n1,ada,Ada\n2,alan,Alan\n";

fn configuration(deed: &Value) -> String {
    let fields = deed.as_object().expect("a deed");
    let config: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let app = |name: &str, connector: &str, config: &str, secret: &str| {
        format!(
            r#"
[app.{name}]
connector = "{connector}@1"
config = {{ {config} }}
credential.default = {{ secret = "{secret}" }}
networks = ["127.0.0.1/32"]
mode = "enforce"
match = ["userName"]

[app.{name}.account]
userName = "person.userName"
"#
        )
    };
    let source = "[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\n";
    format!("{source}{}{}", app(APP, APP, &config.join(", "), "token"), app("neighbour", "directory", "", SECRET))
}
