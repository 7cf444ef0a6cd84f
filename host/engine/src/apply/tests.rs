//! The executor on an app in memory, with the real store.

mod late;
mod leaving;
mod pause;
mod stale;
mod together;

use super::*;
use crate::clock::Clock;
use crate::progress::Quiet;
use crate::world::{Trouble, World};
use innkeeper_domain::{
    AccountId, AccountStatus, AccountTarget, AppPlan, AttributeName, Attributes, Change, Delta, Edit, EntitlementKey, ErrorCode,
    Failure, Inputs, Operation, PersonId, Precondition, Reason, ReasonKind, Value,
};
use innkeeper_store::{SqliteStore, Store};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

fn app() -> AppName {
    AppName::new("github")
}

fn team() -> EntitlementKey {
    EntitlementKey { kind: "team".into(), id: "7".into() }
}

fn change(id: &str, person: &str, account: AccountTarget, operation: Operation, precondition: Precondition) -> Change {
    Change {
        id: ChangeId::new(id),
        person: PersonId::new(person),
        label: person.into(),
        account,
        operation,
        reasons: vec![Reason::new(ReasonKind::Joiner, "joiner")],
        precondition,
        after: Vec::new(),
    }
}

fn create(id: &str, name: &str) -> Change {
    let values = vec![(AttributeName::new("userName"), name.into())];
    let operation = Operation::CreateAccount { unique_name: name.into(), attributes: Attributes::new(), grants: Vec::new() };
    change(id, name, AccountTarget::New, operation, Precondition::NoAccount { values })
}

fn grant_after(id: &str, name: &str, create: &str) -> Change {
    let target = AccountTarget::Created { by: ChangeId::new(create) };
    let operation = Operation::Grant { entitlement: team(), name: "backend".into() };
    Change { after: vec![ChangeId::new(create)], ..change(id, name, target, operation, Precondition::Created) }
}

fn existing(id: &AccountId, name: &str) -> AccountTarget {
    AccountTarget::Existing { id: id.clone(), unique_name: name.into() }
}

fn active(title: &str) -> Precondition {
    let attributes = Attributes::from([("title".into(), vec![Value::plain(title)])]);
    Precondition::AccountIs { status: AccountStatus::Active, attributes }
}

fn retitle(id: &str, account: &AccountId, name: &str, before: &str, after: &str) -> Change {
    let edit = Edit::Replace(vec![Value::plain(after)]);
    let deltas = vec![Delta { name: "title".into(), edit, before: vec![Value::plain(before)] }];
    change(id, name, existing(account, name), Operation::UpdateAccount { deltas }, active(before))
}

fn suspend(id: &str, account: &AccountId, name: &str) -> Change {
    let precondition = Precondition::AccountIs { status: AccountStatus::Active, attributes: Attributes::new() };
    change(id, name, existing(account, name), Operation::Suspend, precondition)
}

/// One run, kept so that it can be taken up again.
struct Run {
    world: Arc<World>,
    store: Arc<SqliteStore>,
    hold: Hold,
    _folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path().join("innkeeper.db")).unwrap());
        Self { world: Arc::default(), store, hold: Arc::new(|| None), _folder: folder }
    }

    /// One whose app is paused as soon as so many writes have arrived.
    fn paused_after(writes: usize) -> Self {
        let run = Self::new();
        let world = run.world.clone();
        let hold: Hold = Arc::new(move || (world.writes().len() >= writes).then(|| "paused by ada".to_owned()));
        Self { hold, ..run }
    }

    fn journal(&self) -> Arc<Journal> {
        let clock = Clock::new(|| Timestamp::from_second(1_795_000_000).unwrap());
        Arc::new(Journal::new(self.store.clone(), clock, TimeZone::UTC))
    }

    fn means(&self, patience: Patience) -> Means {
        Means { journal: self.journal(), patience, active: Arc::default() }
    }

    async fn begin(&self, changes: Vec<Change>) -> (RunRecord, Vec<ChangeRecord>) {
        let plan = AppPlan::of(app(), AppMode::Enforce, changes);
        let plan = Plan::seal(Timestamp::UNIX_EPOCH, date(2026, 11, 22), "test", Inputs::default(), vec![plan]).unwrap();
        let run = RunRecord {
            id: RunId::new("run"),
            plan: plan.id().clone(),
            by: "test".into(),
            started: Timestamp::UNIX_EPOCH,
            finished: None,
            state: RunState::Running,
        };
        let mut intents = 0;
        let records = records(&plan, &run.id, Timestamp::UNIX_EPOCH, || {
            intents += 1;
            IntentId::new(format!("intent-{intents}"))
        });
        self.store.begin_run(&run, &records).await.unwrap();
        (run, records)
    }

    fn run_app(&self) -> RunApp {
        RunApp { target: Ok(self.world.clone()), concurrency: NonZeroU32::new(4).unwrap(), level: 0, hold: self.hold.clone() }
    }

    async fn execute(&self, run: RunRecord, records: Vec<ChangeRecord>) -> RunReport {
        let modes = BTreeMap::from([(app(), AppMode::Enforce)]);
        let apps = BTreeMap::from([(app(), self.run_app())]);
        let patience = Patience { retries: 3, ..Patience::default() };
        execute(run, records, &modes, apps, self.means(patience), Arc::new(Quiet)).await.unwrap()
    }

    async fn execute_with(&self, changes: Vec<Change>, patience: Patience) -> RunReport {
        let (run, records) = self.begin(changes).await;
        let modes = BTreeMap::from([(app(), AppMode::Enforce)]);
        let apps = BTreeMap::from([(app(), self.run_app())]);
        execute(run, records, &modes, apps, self.means(patience), Arc::new(Quiet)).await.unwrap()
    }

    async fn apply(&self, changes: Vec<Change>) -> RunReport {
        let (run, records) = self.begin(changes).await;
        self.execute(run, records).await
    }

    async fn states(&self, change: &str) -> Vec<&'static str> {
        let history = self.store.history(&RunId::new("run"), &ChangeId::new(change)).await.unwrap();
        history.iter().map(|step| step.state.name()).collect()
    }
}

fn states(report: &RunReport) -> Vec<&'static str> {
    report.changes.iter().map(|record| record.state.name()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_write_is_in_the_journal_before_it_is_sent() {
    let run = Run::new();
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
    assert_eq!(states(&report), ["done", "done"]);
    assert_eq!(run.states("c1").await, ["planned", "intended", "sent", "done"]);
    assert_eq!(run.world.writes(), ["create ada", "grant id-ada"]);
    assert_eq!(run.store.links(&app()).await.unwrap().len(), 1);
    assert_eq!(run.store.owned_grants(&app()).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_precondition_no_longer_holds_is_stale_and_nothing_is_sent() {
    let run = Run::new();
    let ada = run.world.account("ada", "Countess");
    run.world.account("bob", "");
    let report = run.apply(vec![retitle("c1", &ada, "ada", "Engineer", "Staff Engineer"), create("c2", "bob")]).await;
    assert_eq!(states(&report), ["stale", "stale"]);
    assert_eq!(run.world.writes(), Vec::<String>::new());
    assert_eq!(run.states("c1").await, ["planned", "intended", "stale"]);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_is_read_back_and_not_sent_again() {
    let run = Run::new();
    run.world.trouble(Trouble::AnswerLost);
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["done"]);
    assert_eq!(run.world.writes(), ["create ada"]);
    assert_eq!(run.states("c1").await, ["planned", "intended", "sent", "unknown", "done"]);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_arrived_is_sent_again_only_after_reading() {
    let run = Run::new();
    run.world.trouble(Trouble::RequestLost);
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["done"]);
    assert_eq!(run.world.writes(), ["create ada", "create ada"]);
    assert_eq!(run.states("c1").await, ["planned", "intended", "sent", "unknown", "sent", "done"]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_a_while_is_tried_again_and_what_fails_for_good_is_not() {
    let run = Run::new();
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::RateLimited, "slow down")));
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["done"]);

    let run = Run::new();
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::Invalid, "no")));
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1"), create("c3", "bob")]).await;
    assert_eq!(states(&report), ["failed", "skipped", "done"]);
    assert_eq!(run.world.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_credential_stops_the_app_and_what_is_left_says_so() {
    let run = Run::new();
    for _ in 0..4 {
        run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::Unauthenticated, "who?")));
    }
    let changes = (0..20).map(|number| create(&format!("c{number}"), &format!("p{number}"))).collect();
    let report = run.apply(changes).await;
    assert!(run.world.writes().len() <= 4, "{:?}", run.world.writes());
    assert!(report.counts()["skipped"] >= 16, "{:?}", report.counts());
}

#[tokio::test(start_paused = true)]
async fn a_suspension_that_did_not_take_stays_open() {
    let run = Run::new();
    let ada = run.world.account("ada", "");
    run.world.trouble(Trouble::Lied);
    let report = run.apply(vec![suspend("c1", &ada, "ada")]).await;
    assert_eq!(states(&report), ["unknown"]);
    assert_eq!(report.run.state, RunState::Running);
    assert_eq!(run.store.open_changes().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn leavers_are_closed_before_anything_else() {
    let run = Run::new();
    let ada = run.world.account("ada", "");
    let mut changes: Vec<Change> = (0..10).map(|number| create(&format!("c{number}"), &format!("p{number}"))).collect();
    changes.push(suspend("last", &ada, "ada"));
    run.apply(changes).await;
    assert_eq!(run.world.writes()[0], "suspended id-ada");
    assert_eq!(run.world.see(&ada).unwrap().status, AccountStatus::Suspended);
    assert_eq!(run.store.links(&app()).await.unwrap().len(), 10, "an account that was not managed is not by being closed");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_cut_off_is_taken_up_without_sending_anything_twice() {
    // Every state in which a crash can leave the first change, and whether its write had arrived.
    for (state, arrived) in
        [(ChangeState::Planned, false), (ChangeState::Intended, false), (ChangeState::Sent, false), (ChangeState::Sent, true)]
    {
        let run = Run::new();
        let (record, mut records) = run.begin(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
        if state != ChangeState::Planned {
            run.journal().record(&mut records[0], state.clone(), Vec::new()).await.unwrap();
        }
        if arrived {
            run.world.account("ada", "");
        }
        let (record, records) = run.store.run(&record.id).await.unwrap().unwrap();
        let report = run.execute(record, records).await;
        assert_eq!(states(&report), ["done", "done"], "{state:?}");
        let writes = if arrived { vec!["grant id-ada"] } else { vec!["create ada", "grant id-ada"] };
        assert_eq!(run.world.writes(), writes, "{state:?}");
        assert_eq!(run.store.links(&app()).await.unwrap().len(), 1, "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_plan_finds_open_is_settled_by_reading_and_without_a_write() {
    for arrived in [true, false] {
        let run = Run::new();
        let (_, mut records) = run.begin(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
        run.journal().record(&mut records[0], ChangeState::Sent, Vec::new()).await.unwrap();
        if arrived {
            run.world.account("ada", "");
        }
        settle(&run.run_app(), &mut records, run.journal(), Patience::NONE).await.unwrap().unwrap();
        let names: Vec<&str> = records.iter().map(|record| record.state.name()).collect();
        assert_eq!(names, [if arrived { "done" } else { "failed" }, "skipped"]);
        assert_eq!(run.world.writes(), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn an_app_in_observe_mode_is_not_written_to() {
    let run = Run::new();
    let (record, records) = run.begin(vec![create("c1", "ada")]).await;
    let modes = BTreeMap::from([(app(), AppMode::Observe)]);
    let apps = BTreeMap::from([(app(), run.run_app())]);
    let report = execute(record, records, &modes, apps, run.means(Patience::NONE), Arc::new(Quiet)).await.unwrap();
    assert_eq!(states(&report), ["skipped"]);
    assert_eq!(run.world.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn reading_back_finds_what_an_app_only_said_it_did() {
    let run = Run::new();
    let ada = run.world.account("ada", "Engineer");
    run.world.trouble(Trouble::Lied);
    let report = run.apply(vec![retitle("c1", &ada, "ada", "Engineer", "Staff Engineer")]).await;
    assert_eq!(states(&report), ["done"]);
    let app = app();
    let sharing = Default::default();
    let reader = crate::collect::Reader::new(&app, run.world.as_ref(), Patience::NONE, &Quiet, &sharing);
    let snapshot = reader.everything(Timestamp::UNIX_EPOCH).await.unwrap();
    let findings = verify(&report.changes, &snapshot);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].text, "title reads \"Engineer\"");
}

#[tokio::test(start_paused = true)]
async fn what_an_invitation_cannot_hold_yet_is_postponed_and_that_is_no_failure() {
    let run = Run::new();
    run.world.invite();
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
    assert_eq!(states(&report), ["done", "postponed"]);
    assert!(report.is_success());
    assert_eq!(run.world.writes(), ["create ada"]);
    assert_eq!(run.store.owned_grants(&app()).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_of_an_hour_is_waited_for_and_leaves_the_app_in_the_run() {
    let run = Run::new();
    let limited = Failure { retry_after: Some(3540), ..Failure::new(ErrorCode::RateLimited, "come back at noon") };
    for _ in 0..8 {
        run.world.trouble(Trouble::Refused(limited.clone()));
    }
    let began = tokio::time::Instant::now();
    let creates = ["ada", "bob", "cy", "dan"].map(|name| create(&format!("c-{name}"), name));
    let patience = Patience { longest_rest: std::time::Duration::from_secs(3 * 3600), ..Patience::default() };
    let report = run.execute_with(creates.to_vec(), patience).await;
    assert_eq!(states(&report), ["done"; 4]);
    assert!(began.elapsed().as_secs() >= 2 * 3540);
}

#[tokio::test(start_paused = true)]
async fn an_app_that_cannot_search_is_listed_once_a_run_and_not_once_a_create() {
    let run = Run::new();
    run.world.cannot_search();
    run.world.account("bob", "");
    let creates = ["ada", "bob", "cy"].map(|name| create(&format!("c-{name}"), name));
    let report = run.apply(creates.to_vec()).await;
    assert_eq!(states(&report), ["done", "stale", "done"]);
    assert_eq!(run.world.listings(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_a_humans_turn_is_postponed_and_after_a_failure_skipped() {
    let run = Run::new();
    run.world.create_by_hand();
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
    assert_eq!(states(&report), ["manual", "postponed"]);
    assert!(report.is_success());

    let run = Run::new();
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::Invalid, "no")));
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
    assert_eq!(states(&report), ["failed", "skipped"]);
    assert!(!report.is_success());
}

#[tokio::test(start_paused = true)]
async fn nothing_that_closes_a_leaver_waits_until_somebody_suspends_the_account_by_hand() {
    let run = Run::new();
    run.world.close_by_hand();
    let ada = run.world.account("ada", "");
    let suspended = Precondition::AccountIs { status: AccountStatus::Suspended, attributes: Attributes::new() };
    let after = |id: &str, operation: Operation| Change {
        after: vec![ChangeId::new("c1")],
        ..change(id, "ada", existing(&ada, "ada"), operation, suspended.clone())
    };
    let revoke = Operation::Revoke { entitlement: team(), name: "backend".into() };
    let changes = vec![
        suspend("c1", &ada, "ada"),
        after("c2", Operation::RevokeSessions),
        after("c3", revoke),
        after("c4", Operation::DeleteAccount),
    ];
    let report = run.apply(changes).await;
    assert_eq!(states(&report), ["manual", "done", "done", "postponed"]);
    assert_eq!(run.world.writes(), ["sign out id-ada", "revoke id-ada"], "what cannot be undone waits");
}

#[tokio::test(start_paused = true)]
async fn a_humans_turn_is_a_task_from_the_same_moment_on() {
    let run = Run::new();
    run.world.create_by_hand();
    run.apply(vec![create("c1", "ada")]).await;
    let tasks = run.store.register("tasks").await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert!(tasks.contains_key(&crate::task_id(&RunId::new("run"), &ChangeId::new("c1"))), "{tasks:?}");
}
