use super::*;
use innkeeper_domain::{
    AccountStatus, Attributes, Change, Failure, GrantScopes, IntentId, PlanId, Precondition, Quirks, Reason, ReasonKind,
    RunRecord, RunState, Snapshot,
};
use innkeeper_store::SqliteStore;
use jiff::ToSpan;

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + minute.minutes()
}

fn entitlement(id: &str) -> EntitlementKey {
    EntitlementKey { kind: "group".into(), id: id.into() }
}

fn grant(id: &str) -> Operation {
    Operation::Grant { entitlement: entitlement(id), name: id.into() }
}

fn revoke(id: &str) -> Operation {
    Operation::Revoke { entitlement: entitlement(id), name: id.into() }
}

fn create() -> Operation {
    Operation::CreateAccount { unique_name: "ada".into(), attributes: Attributes::new(), grants: Vec::new() }
}

fn change(id: &str, account: &str, operation: Operation) -> Change {
    Change {
        id: ChangeId::new(id),
        person: PersonId::new(account),
        label: account.into(),
        account: AccountTarget::Existing { id: AccountId::new(account), unique_name: account.into() },
        operation,
        reasons: vec![Reason::new(ReasonKind::Leaver, "leaver")],
        precondition: Precondition::Created,
        after: Vec::new(),
    }
}

/// What was done in these minutes.
fn history(done: &[(i64, &str, Operation)]) -> Vec<ChangeRecord> {
    let record = |(minute, account, operation): &(i64, &str, Operation)| ChangeRecord {
        run: RunId::new("run"),
        app: AppName::new("crm"),
        id: ChangeId::new(format!("c{minute}")),
        change: change(&format!("c{minute}"), account, operation.clone()),
        intent: IntentId::new(format!("intent{minute}")),
        state: ChangeState::Done { already: false, account: None },
        at: at(*minute),
        attempts: Vec::new(),
    };
    done.iter().map(record).collect()
}

fn description(quirks: Quirks) -> Description {
    Description {
        accounts: Vec::new(),
        unique_name: "userName".into(),
        searchable: Vec::new(),
        entitlement_kinds: Vec::new(),
        grant_scopes: GrantScopes::default(),
        suspend: None,
        delete: None,
        quirks,
    }
}

/// How many accounts and grants our own changes took out of listings that were read in minute 10 and show nothing now.
fn own(history: &[ChangeRecord]) -> (usize, usize) {
    let description = description(Quirks::default());
    let taken = Taken::of(history, at(10), &description);
    (taken.accounts_missing(&[]), taken.grants_missing(&[]))
}

#[test]
fn what_was_revoked_and_what_went_with_a_deleted_account_is_taken_away_by_us() {
    let done = history(&[
        (1, "ada", grant("a")),
        (2, "ada", grant("b")),
        (3, "bob", grant("a")),
        (11, "bob", revoke("a")),
        (12, "ada", Operation::DeleteAccount),
    ]);
    assert_eq!(own(&done), (1, 3));
}

#[test]
fn what_was_taken_away_before_the_last_reading_is_not_taken_away_again() {
    assert_eq!(own(&history(&[(1, "ada", grant("a")), (2, "ada", revoke("a")), (3, "ada", Operation::DeleteAccount)])), (0, 0));
    assert_eq!(own(&history(&[(1, "ada", grant("a")), (2, "ada", revoke("a")), (13, "ada", Operation::DeleteAccount)])), (1, 0));
}

#[test]
fn what_came_after_the_last_reading_and_went_again_was_never_counted() {
    let done = history(&[
        (11, "ada", create()),
        (12, "ada", grant("a")),
        (13, "ada", Operation::DeleteAccount),
        (14, "bob", grant("a")),
        (15, "bob", revoke("a")),
    ]);
    let mut done = done;
    done[0].change.account = AccountTarget::New;
    done[0].state = ChangeState::Done { already: false, account: Some(AccountId::new("ada")) };
    assert_eq!(own(&done), (0, 0));
}

#[test]
fn what_was_taken_away_and_given_back_is_expected_again() {
    assert_eq!(own(&history(&[(1, "ada", grant("a")), (11, "ada", revoke("a")), (12, "ada", grant("a"))])), (0, 0));
}

#[test]
fn what_is_listed_all_the_same_was_not_taken_away() {
    let done = history(&[(1, "ada", grant("a")), (11, "ada", Operation::DeleteAccount), (12, "bob", Operation::DeleteAccount)]);
    let description = description(Quirks::default());
    let taken = Taken::of(&done, at(10), &description);
    let held = Grant { entitlement: entitlement("a"), holder: Holder::Account(AccountId::new("ada")) };
    assert_eq!(taken.grants_missing(&[held]), 0);
    assert_eq!(taken.accounts_missing(&[account("ada")]), 1);
}

#[test]
fn what_somebody_else_had_taken_away_before_us_is_not_ours_and_what_may_have_arrived_is() {
    let mut done = history(&[(11, "ada", Operation::DeleteAccount), (12, "bob", Operation::DeleteAccount)]);
    done[0].state = ChangeState::Done { already: true, account: None };
    assert_eq!(own(&done), (1, 0));
    done[1].state = ChangeState::Unknown { failure: Failure::new(innkeeper_domain::ErrorCode::OutcomeUnknown, "lost") };
    assert_eq!(own(&done), (1, 0));
    done[1].state = ChangeState::Failed { failure: Failure::new(innkeeper_domain::ErrorCode::Invalid, "no") };
    assert_eq!(own(&done), (0, 0));
}

#[test]
fn a_suspended_account_is_missing_where_the_app_hides_it() {
    let done = history(&[(11, "ada", Operation::Suspend), (12, "bob", Operation::Suspend), (13, "bob", Operation::Reactivate)]);
    let hides = description(Quirks { hides_suspended: true, ..Quirks::default() });
    assert_eq!(Taken::of(&done, at(10), &hides).accounts_missing(&[]), 1);
    assert_eq!(own(&done), (0, 0));
}

fn account(id: &str) -> Account {
    Account {
        id: AccountId::new(id),
        unique_name: id.into(),
        status: AccountStatus::Active,
        attributes: Attributes::new(),
        version: None,
        invitation: None,
    }
}

/// An app with so many accounts, each of which holds one thing.
fn snapshot(minute: i64, numbers: impl Iterator<Item = u32> + Clone) -> AppSnapshot {
    fn of<T>(minute: i64, content: Vec<T>) -> Snapshot<Vec<T>> {
        Snapshot { taken: at(minute), completeness: Completeness::Complete, content }
    }
    let held =
        |number: u32| Grant { entitlement: entitlement("a"), holder: Holder::Account(AccountId::new(format!("{number:02}"))) };
    AppSnapshot {
        description: description(Quirks::default()),
        accounts: of(minute, numbers.clone().map(|number| account(&format!("{number:02}"))).collect()),
        entitlements: of(minute, Vec::new()),
        grants: of(minute, numbers.map(held).collect()),
    }
}

/// Whether the accounts and the grants are believed of an app that had twelve of each, from which we took some, and that now shows those of
/// these numbers.
async fn believed(ours: u32, shown: std::ops::Range<u32>) -> (bool, bool) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("innkeeper.db")).unwrap();
    let app = AppName::new("crm");
    store.save_app(&app, &snapshot(10, 0..12)).await.unwrap();
    let names: Vec<String> = (0..ours).map(|number| format!("{number:02}")).collect();
    let given = names.iter().zip(1..).map(|(name, minute)| (minute, name.as_str(), grant("a")));
    let closed = names.iter().zip(11..).map(|(name, minute)| (minute, name.as_str(), Operation::DeleteAccount));
    for (name, changes) in [("first", given.collect::<Vec<_>>()), ("second", closed.collect())] {
        let (run, mut records) = (RunId::new(name), history(&changes));
        records.iter_mut().for_each(|record| {
            record.run = run.clone();
            record.intent = IntentId::new(format!("{name}{}", record.id));
        });
        let began = RunRecord {
            id: run.clone(),
            plan: PlanId::new(name),
            by: "test".into(),
            started: at(0),
            finished: None,
            state: RunState::Running,
        };
        store.begin_run(&began, &records).await.unwrap();
        store.finish_run(&run, records.last().map_or(at(0), |record| record.at)).await.unwrap();
    }
    let mut now = snapshot(60, shown);
    doubt(&store, &app, &mut now).await.unwrap();
    (now.accounts.is_complete(), now.grants.is_complete())
}

#[tokio::test]
async fn a_listing_that_our_own_changes_made_shorter_is_believed() {
    assert_eq!(believed(5, 5..12).await, (true, true));
}

#[tokio::test]
async fn a_listing_that_is_cut_after_changes_of_our_own_is_still_suspect() {
    assert_eq!(believed(0, 5..12).await, (false, false));
    assert_eq!(believed(1, 1..7).await, (false, false));
    assert_eq!(believed(5, 5..8).await, (false, false));
}
