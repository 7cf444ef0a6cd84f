//! Runs and where their changes stand.

use super::*;
use crate::{AuditFilter, Link, OwnedGrant, Refusal, Store, StoreError};
use futures::future::join_all;
use innkeeper_domain::{Attempt, Decimal, Delta, Edit, ErrorCode, Exchange, Failure, RoleName, Scalar};
use proptest::prelude::*;

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    match result {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn link(person: &str) -> Link {
    Link { person: PersonId::new(person), unique_name: person.into(), since: at(1), suspended_on: None, deleted_on: None }
}

#[tokio::test]
async fn a_run_that_was_cut_off_is_found_as_it_stood() {
    let place = Place::new();
    let changes = [change("r1", "c1", "ada"), change("r1", "c2", "bob"), change("r1", "c3", "eve")];
    let store = place.open();
    store.begin_run(&run("r1", "p1"), &changes).await.unwrap();
    let sent = in_state(&changes[1], ChangeState::Sent, 2);
    store.record_change(&in_state(&changes[0], done("a1"), 1), &[]).await.unwrap();
    store.record_change(&in_state(&changes[1], ChangeState::Intended, 1), &[]).await.unwrap();
    store.record_change(&sent, &[]).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(store.open_changes().await.unwrap(), [sent.clone(), changes[2].clone()]);
    let (record, found) = store.run(&RunId::new("r1")).await.unwrap().unwrap();
    assert_eq!(record, run("r1", "p1"));
    assert_eq!(found, [in_state(&changes[0], done("a1"), 1), sent, changes[2].clone()]);
    assert_eq!(store.run_of_plan(&PlanId::new("p1")).await.unwrap(), Some(record));
    assert_eq!(store.run_of_plan(&PlanId::new("p2")).await.unwrap(), None);
    assert_eq!(store.run(&RunId::new("r2")).await.unwrap(), None);
}

#[tokio::test]
async fn every_state_is_kept_in_its_order() {
    let place = Place::new();
    let store = place.open();
    let planned = change("r1", "c1", "ada");
    let failure = Failure::new(ErrorCode::OutcomeUnknown, "the connection broke");
    store.begin_run(&run("r1", "p1"), std::slice::from_ref(&planned)).await.unwrap();
    let states = [ChangeState::Intended, ChangeState::Sent, ChangeState::Unknown { failure }, ChangeState::Sent, done("a1")];
    for (hours, state) in (1..).zip(states.clone()) {
        store.record_change(&in_state(&planned, state, hours), &[]).await.unwrap();
    }
    let history = store.history(&RunId::new("r1"), &ChangeId::new("c1")).await.unwrap();
    let expected: Vec<ChangeState> = std::iter::once(ChangeState::Planned).chain(states).collect();
    assert_eq!(history.iter().map(|step| step.at).collect::<Vec<_>>(), (0..6).map(at).collect::<Vec<_>>());
    assert_eq!(history.into_iter().map(|step| step.state).collect::<Vec<_>>(), expected);
    // Nobody rewrites it by mistake.
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    for sql in ["UPDATE transition SET state = '{}'", "DELETE FROM transition"] {
        assert!(connection.execute(sql, []).unwrap_err().to_string().contains("the journal only grows"));
    }
}

#[tokio::test]
async fn a_plan_is_applied_once() {
    let place = Place::new();
    let store = place.open();
    store.begin_run(&run("r1", "p1"), &[]).await.unwrap();
    let again = refusal(store.begin_run(&run("r2", "p1"), &[change("r2", "c1", "ada")]).await);
    assert_eq!(again, Refusal::PlanApplied { plan: PlanId::new("p1"), run: RunId::new("r1") });
    assert_eq!(store.runs(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_run_begins_with_all_its_changes_or_not_at_all() {
    let place = Place::new();
    let store = place.open();
    let twice = [change("r1", "c1", "ada"), change("r1", "c2", "bob"), change("r1", "c1", "eve")];
    let refused = refusal(store.begin_run(&run("r1", "p1"), &twice).await);
    assert_eq!(refused, Refusal::TwiceInJournal { run: RunId::new("r1"), change: ChangeId::new("c1") });
    assert_eq!(store.runs(10).await.unwrap(), []);
    assert_eq!(store.open_changes().await.unwrap(), []);
    assert_eq!(store.verify_audit().await.unwrap().entries, 0);
    let same_intent = ChangeRecord { intent: twice[0].intent.clone(), ..twice[1].clone() };
    assert!(store.begin_run(&run("r1", "p1"), &[twice[0].clone(), same_intent]).await.is_err());
}

#[tokio::test]
async fn what_follows_from_a_change_is_remembered_with_it_or_not_at_all() {
    let place = Place::new();
    let store = place.open();
    let planned = change("r1", "c1", "ada");
    store.begin_run(&run("r1", "p1"), std::slice::from_ref(&planned)).await.unwrap();
    let chat = app("chat");
    let grant = |id| OwnedGrant {
        account: AccountId::new("a1"),
        entitlement: group(id),
        role: Some(RoleName::new("engineer")),
        since: at(1),
    };
    let effects = [
        Mutation::Link { app: chat.clone(), account: AccountId::new("a1"), link: link("ada") },
        Mutation::OwnGrant { app: chat.clone(), grant: grant("g1") },
        Mutation::OwnGrant { app: chat.clone(), grant: grant("g2") },
    ];
    let unknown = ChangeRecord { id: ChangeId::new("c9"), ..in_state(&planned, done("a1"), 1) };
    assert!(matches!(refusal(store.record_change(&unknown, &effects).await), Refusal::UnknownChange { .. }));
    assert!(store.links(&chat).await.unwrap().is_empty());

    store.record_change(&in_state(&planned, done("a1"), 1), &effects).await.unwrap();
    assert_eq!(store.links(&chat).await.unwrap(), BTreeMap::from([(AccountId::new("a1"), link("ada"))]));
    assert_eq!(store.owned_grants(&chat).await.unwrap(), [grant("g1"), grant("g2")]);
    assert_eq!(store.owned_grants(&app("mail")).await.unwrap(), []);

    let account = AccountId::new("a1");
    let day = jiff::civil::date(2026, 11, 30);
    let of_account = |app: &AppName| (app.clone(), account.clone());
    let (on, id) = of_account(&chat);
    let rename = Mutation::Renamed { app: on.clone(), account: id.clone(), unique_name: "lovelace".into() };
    let suspend = Mutation::Suspended { app: on.clone(), account: id.clone(), on: Some(day) };
    let disown = Mutation::DisownGrant { app: on, account: id, entitlement: group("g1") };
    store.apply(&[rename, suspend, disown]).await.unwrap();
    let expected = Link { unique_name: "lovelace".into(), suspended_on: Some(day), ..link("ada") };
    assert_eq!(store.links(&chat).await.unwrap()[&account], expected);
    assert_eq!(store.owned_grants(&chat).await.unwrap(), [grant("g2")]);

    let (on, id) = of_account(&chat);
    store.apply(&[Mutation::Unlink { app: on, account: id }]).await.unwrap();
    assert!(store.links(&chat).await.unwrap().is_empty());
    assert_eq!(store.owned_grants(&chat).await.unwrap(), []);
}

#[tokio::test]
async fn a_final_state_stays_except_what_waits_for_a_human() {
    let place = Place::new();
    let store = place.open();
    let changes = [change("r1", "c1", "ada"), change("r1", "c2", "bob")];
    store.begin_run(&run("r1", "p1"), &changes).await.unwrap();
    let finished = in_state(&changes[0], done("a1"), 1);
    store.record_change(&finished, &[]).await.unwrap();
    store.record_change(&finished, &[]).await.unwrap();
    let back = refusal(store.record_change(&in_state(&changes[0], ChangeState::Sent, 2), &[]).await);
    assert_eq!(back.to_string(), "change c1 of run r1 is done, and that is final: it cannot become sent");
    let manual = ChangeState::Manual { text: "ask the vendor".into() };
    store.record_change(&in_state(&changes[1], manual, 1), &[]).await.unwrap();
    store.record_change(&in_state(&changes[1], done("b1"), 2), &[]).await.unwrap();
    // The repeated state is no second event.
    let entries = store.audit(&AuditFilter::default(), 10).await.unwrap();
    let kinds: Vec<&str> = entries.iter().rev().map(|entry| entry.event.what.as_str()).collect();
    assert_eq!(kinds, ["run.started", "change.done", "change.manual", "change.done"]);
}

#[tokio::test]
async fn a_run_ends_when_all_its_changes_are_final() {
    let place = Place::new();
    let store = place.open();
    let id = RunId::new("r1");
    let changes = [change("r1", "c1", "ada"), change("r1", "c2", "bob")];
    assert_eq!(refusal(store.finish_run(&id, at(1)).await), Refusal::UnknownRun { run: id.clone() });
    store.begin_run(&run("r1", "p1"), &changes).await.unwrap();
    store.record_change(&in_state(&changes[0], done("a1"), 1), &[]).await.unwrap();
    assert_eq!(refusal(store.finish_run(&id, at(2)).await), Refusal::StillOpen { run: id.clone(), open: 1 });
    let skipped = ChangeState::Skipped { text: "stopped".into() };
    store.record_change(&in_state(&changes[1], skipped, 2), &[]).await.unwrap();
    store.finish_run(&id, at(3)).await.unwrap();
    store.finish_run(&id, at(4)).await.unwrap();
    let ended = RunRecord { finished: Some(at(3)), state: RunState::Finished, ..run("r1", "p1") };
    assert_eq!(store.runs(10).await.unwrap(), [ended]);
    assert_eq!(store.verify_audit().await.unwrap().entries, 4);
}

#[tokio::test]
async fn changes_are_found_by_person_newest_first() {
    let place = Place::new();
    let store = place.open();
    let on_mail = |change: ChangeRecord| ChangeRecord { app: app("mail"), ..change };
    let first = [change("r1", "c1", "ada"), on_mail(change("r1", "c2", "ada")), change("r1", "c3", "bob")];
    let second = [change("r2", "c1", "ada")];
    store.begin_run(&run("r1", "p1"), &first).await.unwrap();
    store.begin_run(&run("r2", "p2"), &second).await.unwrap();
    let ada = PersonId::new("ada");
    let everywhere = store.changes_for(&ada, None).await.unwrap();
    assert_eq!(everywhere, [second[0].clone(), first[1].clone(), first[0].clone()]);
    assert_eq!(store.changes_for(&ada, Some(&app("mail"))).await.unwrap(), [first[1].clone()]);
    let runs: Vec<RunId> = store.runs(1).await.unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(runs, [RunId::new("r2")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_lose_nothing_and_keep_one_chain() {
    let place = Place::new();
    let store = place.open();
    let changes: Vec<ChangeRecord> = (0..64).map(|number| change("r1", &format!("c{number}"), "ada")).collect();
    store.begin_run(&run("r1", "p1"), &changes).await.unwrap();
    join_all(changes.iter().map(async |record| {
        for (hours, state) in (1..).zip([ChangeState::Intended, ChangeState::Sent, done(record.id.as_str())]) {
            store.record_change(&in_state(record, state, hours), &[]).await.unwrap();
            // Answered means readable.
            let history = store.history(&record.run, &record.id).await.unwrap();
            assert_eq!(history.last().map(|step| step.at), Some(at(hours)));
        }
    }))
    .await;
    assert_eq!(store.open_changes().await.unwrap(), []);
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!((verdict.entries, verdict.broken), (65, None));
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<bool>().prop_map(Scalar::Boolean),
        any::<i32>().prop_map(Scalar::Integer),
        (any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite()))
            .prop_map(|number| Scalar::Decimal(Decimal(number))),
        any::<String>().prop_map(Scalar::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    (scalar(), prop::option::of(any::<String>()), any::<bool>()).prop_map(|(scalar, label, primary)| Value {
        scalar,
        label: label.map(Into::into),
        primary,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let values = || prop::collection::vec(value(), 0..3);
    let edit = prop_oneof![
        values().prop_map(Edit::Replace),
        Just(Edit::Clear),
        (values(), values()).prop_map(|(add, remove)| Edit::Amend { add, remove })
    ];
    prop_oneof![
        (any::<String>(), prop::collection::btree_map(any::<String>(), values(), 0..3)).prop_map(|(unique_name, values)| {
            let attributes = values.into_iter().map(|(name, values)| (name.as_str().into(), values)).collect();
            Operation::CreateAccount { unique_name, attributes, grants: Vec::new() }
        }),
        (edit, values())
            .prop_map(|(edit, before)| Operation::UpdateAccount { deltas: vec![Delta { name: "title".into(), edit, before }] }),
        Just(Operation::Suspend),
        any::<String>().prop_map(|id| Operation::Grant { entitlement: group(&id), name: id }),
    ]
}

fn state() -> impl Strategy<Value = ChangeState> {
    let failure = || {
        (any::<String>(), prop::option::of(any::<u32>()), prop::option::of(any::<u16>())).prop_map(
            |(message, retry_after, remote_status)| Failure {
                retry_after,
                remote_status,
                ..Failure::new(ErrorCode::Conflict, message)
            },
        )
    };
    prop_oneof![
        Just(ChangeState::Sent),
        (any::<bool>(), prop::option::of(any::<String>()))
            .prop_map(|(already, account)| ChangeState::Done { already, account: account.map(AccountId::new) }),
        failure().prop_map(|failure| ChangeState::Failed { failure }),
        failure().prop_map(|failure| ChangeState::Unknown { failure }),
        (prop::option::of(any::<String>()), 0..1000_i64)
            .prop_map(|(token, hours)| ChangeState::Waiting { token, until: at(hours) }),
        any::<String>().prop_map(|text| ChangeState::Stale { text }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_change_comes_back_as_it_was_written(
        operation in operation(),
        precondition in prop::collection::vec((any::<String>(), scalar()), 0..3),
        state in state(),
        nanoseconds in any::<i32>(),
        attempts in prop::collection::vec((any::<String>(), any::<u64>(), prop::option::of(any::<u16>())), 0..3),
    ) {
        let mut record = change("r1", "c1", "ada");
        record.change.operation = operation;
        let values = precondition.into_iter().map(|(name, value)| (name.as_str().into(), value)).collect();
        record.change.precondition = Precondition::NoAccount { values };
        let mut after = ChangeRecord { state, at: at(1) + Span::new().nanoseconds(i64::from(nanoseconds)), ..record.clone() };
        after.attempts = attempts
            .into_iter()
            .map(|(url, millis, status)| {
                let exchanges = vec![Exchange { method: "POST".into(), url, status, millis }];
                Attempt { at: at(1), exchanges, failure: None }
            })
            .collect();
        let place = Place::new();
        let found = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let store = place.open();
            store.begin_run(&run("r1", "p1"), std::slice::from_ref(&record)).await.unwrap();
            store.record_change(&after, &[]).await.unwrap();
            prop_assert!(store.verify_audit().await.unwrap().broken.is_none());
            Ok(store.changes_for(&PersonId::new("ada"), None).await.unwrap())
        })?;
        prop_assert_eq!(found, [after]);
    }
}
