//! The service on an app in memory, under a clock that stands still until it is told.

use super::*;
use crate::clock::Clock;
use crate::engine::Parts;
use crate::error::ConnectError;
use crate::retry::Patience;
use crate::systems::Systems;
use crate::target::Target;
use crate::world::World;
use innkeeper_domain::EntitlementRef;
use innkeeper_policy::{App, Configuration, ConnectorSource, SourceFile};
use innkeeper_store::SqliteStore;
use jiff::SignedDuration;

const CONFIGURATION: &str = r#"
[run]
every = "8h"
[source.hr]
connector = "csv"
path = "people.csv"
[app.github]
connector = "github"
mode = "enforce"
match = ["userName"]
[app.github.account]
userName = "person.userName"
[role.everybody]
when = "true"
grants = ["github"]
"#;

struct OneApp(Arc<World>);

impl Systems for OneApp {
    fn app(&self, _: &App) -> Result<Arc<dyn Target>, ConnectError> {
        Ok(self.0.clone())
    }

    fn source(&self, _: &str, _: &ConnectorSource) -> Result<Arc<dyn Target>, ConnectError> {
        Err(ConnectError::Mismatch("people come from a file".into()))
    }
}

struct Nobody;

impl Surroundings for Nobody {
    fn keep(&self, _: &Plan) -> std::io::Result<String> {
        Ok(String::new())
    }

    fn recall(&self, _: &PlanId) -> Option<Plan> {
        None
    }

    fn changed(&self, _: &Health) {}
}

struct Place {
    world: Arc<World>,
    engine: Arc<Engine>,
    service: Service,
    now: Arc<Mutex<Timestamp>>,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("people.csv"), "employeeNumber,userName,active\n1,ada,true\n").unwrap();
        let world: Arc<World> = Arc::default();
        let start: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let now = Arc::new(Mutex::new(start));
        let clock = now.clone();
        let file = SourceFile { name: "innkeeper.toml".into(), text: CONFIGURATION.into() };
        let engine = Arc::new(Engine::new(Parts {
            directory: folder.path().to_owned(),
            configuration: Configuration::load(vec![file]).unwrap(),
            store: Arc::new(SqliteStore::open(folder.path().join("innkeeper.db")).unwrap()),
            systems: Arc::new(OneApp(world.clone())),
            clock: Clock::new(move || *lock(&clock)),
            patience: Patience { first: Duration::from_millis(1), longest: Duration::from_millis(1), ..Patience::default() },
            who: "ada".into(),
        }));
        let service = Service::new(engine.clone(), Arc::new(Nobody));
        Self { world, engine, service, now, _folder: folder }
    }

    /// What is due after so much time.
    async fn after(&self, wait: SignedDuration) {
        let later = *lock(&self.now) + wait;
        *lock(&self.now) = later;
        let health = self.service.once().await.unwrap();
        assert_eq!(health.trouble, None);
    }

    async fn next(&self) -> SignedDuration {
        self.service.next().await.unwrap().duration_since(*lock(&self.now))
    }
}

#[tokio::test]
async fn what_an_app_has_not_finished_is_asked_for_less_and_less_often_and_never_begun_again() {
    let place = Place::new();
    place.world.take(13);
    place.after(SignedDuration::ZERO).await;
    let at_once = place.world.polls();
    assert!(at_once > 1, "some patience there is");
    assert_eq!(place.next().await, SignedDuration::from_mins(1));
    place.after(SignedDuration::from_secs(59)).await;
    assert_eq!(place.world.polls(), at_once, "its time has not come");
    place.after(SignedDuration::from_secs(1)).await;
    assert_eq!(place.world.polls(), 2 * at_once);
    place.after(SignedDuration::from_mins(1)).await;
    assert_eq!(place.next().await, SignedDuration::from_mins(2));
    place.after(SignedDuration::from_mins(2)).await;
    assert_eq!(place.world.polls(), 13, "finished");
    assert_eq!(place.engine.next_due().await.unwrap(), None);
    assert_eq!(place.world.writes(), ["create ada"]);
    let run = place.engine.store().runs(1).await.unwrap().remove(0);
    assert_eq!(run.state, innkeeper_domain::RunState::Finished);
}

#[tokio::test]
async fn access_for_a_time_begins_at_once_and_ends_at_its_moment_without_the_app_being_due() {
    let place = Place::new();
    place.world.team("core");
    place.after(SignedDuration::ZERO).await;
    let entitlement: EntitlementRef = "github:team/core".parse().unwrap();
    let until = *lock(&place.now) + SignedDuration::from_mins(90);
    let decision = place.engine.lend("ada", &entitlement, until, None).await.unwrap();
    place.engine.store().apply(&[decision.mutation]).await.unwrap();
    place.after(SignedDuration::from_secs(1)).await;
    assert_eq!(place.world.held(), 1);
    place.after(SignedDuration::from_mins(89)).await;
    assert_eq!(place.world.held(), 1);
    place.after(SignedDuration::from_secs(59)).await;
    assert_eq!(place.world.held(), 0);
    assert_eq!(place.world.writes(), ["create ada", "grant id-ada", "revoke id-ada"]);
}
