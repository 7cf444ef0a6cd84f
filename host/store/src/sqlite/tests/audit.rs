//! The audit log.

use super::*;
use crate::{AuditEvent, AuditFilter, Broken, Mutation, Pruned, Store};
use serde_json::json;

const UNLOCK: &str = "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept;";

fn event(number: i64, subject: serde_json::Value) -> AuditEvent {
    AuditEvent { at: at(number), who: "grace".into(), what: "secret.set".into(), subject }
}

async fn filled(place: &Place) -> SqliteStore {
    let store = place.open();
    for number in 1..=5 {
        let subject = json!({"person": format!("p{number}"), "app": "chat", "weight": 0.1 + number as f64});
        store.append_audit(&event(number, subject)).await.unwrap();
    }
    store
}

async fn broken(store: &SqliteStore) -> (u64, String) {
    let Broken { seq, why } = store.verify_audit().await.unwrap().broken.unwrap();
    (seq, why)
}

#[tokio::test]
async fn an_entry_carries_the_hash_of_the_one_before_it() {
    let place = Place::new();
    let store = place.open();
    let first = store.append_audit(&event(0, json!({"z": 1, "a": {"y": [true, null], "b": "é\n"}}))).await.unwrap();
    let zeros = "0".repeat(64);
    assert_eq!(
        first.body,
        format!(
            r#"{{"at":"2026-11-22T09:00:00.25Z","previous":"{zeros}","seq":1,"subject":{{"a":{{"b":"é\n","y":[true,null]}},"z":1}},"what":"secret.set","who":"grace"}}"#
        )
    );
    // As `printf %s BODY | sha256sum` has it.
    use sha2::{Digest, Sha256};
    let digest: String = Sha256::digest(&first.body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(first.hash, digest);
    let second = store.append_audit(&event(1, json!({}))).await.unwrap();
    assert_eq!((second.seq, &second.previous), (2, &first.hash));
    assert_eq!(store.audit(&AuditFilter::default(), 10).await.unwrap(), [second.clone(), first]);
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!((verdict.entries, verdict.head, verdict.broken), (2, second.hash, None));
}

#[tokio::test]
async fn entries_are_found_by_what_they_are_about() {
    let place = Place::new();
    let store = filled(&place).await;
    let found = async |filter: AuditFilter, limit| {
        let entries = store.audit(&filter, limit).await.unwrap();
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    let about = |person: &str| AuditFilter { person: Some(PersonId::new(person)), ..AuditFilter::default() };
    assert_eq!(found(about("p3"), 10).await, [3]);
    assert_eq!(found(AuditFilter { app: Some(app("mail")), ..about("p3") }, 10).await, [0_u64; 0]);
    assert_eq!(found(AuditFilter { app: Some(app("chat")), ..AuditFilter::default() }, 2).await, [5, 4]);
    assert_eq!(found(AuditFilter { run: Some(RunId::new("r1")), ..AuditFilter::default() }, 10).await, [0_u64; 0]);
}

#[tokio::test]
async fn the_log_cannot_be_altered_by_mistake() {
    let place = Place::new();
    let store = filled(&place).await;
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    for sql in ["UPDATE audit SET body = ''", "DELETE FROM audit WHERE seq = 5"] {
        assert!(connection.execute(sql, []).unwrap_err().to_string().contains("the audit log only grows"));
    }
    assert_eq!(store.verify_audit().await.unwrap().entries, 5);
}

#[tokio::test]
async fn whatever_is_altered_on_purpose_is_noticed_at_its_entry() {
    let cases = [
        ("UPDATE audit SET body = replace(body, 'grace', 'mallory') WHERE seq = 3", 3, "this entry is not what was hashed"),
        ("UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 2", 2, "this entry is not what was hashed"),
        ("UPDATE audit SET body = 'gone' WHERE seq = 4", 4, "this entry cannot be read: expected value at line 1 column 1"),
        ("DELETE FROM audit WHERE seq = 1", 1, "this entry is missing"),
        ("DELETE FROM audit WHERE seq = 3", 3, "this entry is missing"),
        ("DELETE FROM audit WHERE seq >= 4", 4, "this entry and what followed it is missing"),
        (
            "UPDATE audit SET person = 'p1' WHERE seq = 2",
            2,
            "this entry is filed under a person, app or run that it is not about",
        ),
        (
            "UPDATE audit SET (hash, body) = (SELECT hash, body FROM audit WHERE seq = 1) WHERE seq = 2",
            2,
            "this entry does not follow the one before it",
        ),
    ];
    for (sql, seq, why) in cases {
        let place = Place::new();
        let store = filled(&place).await;
        place.tamper(&format!("{UNLOCK} {sql}"));
        assert_eq!(broken(&store).await, (seq, why.to_owned()), "{sql}");
        let entries = store.verify_audit().await.unwrap().entries;
        assert_eq!(entries, seq - 1, "{sql}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_short_stays_broken_when_it_goes_on() {
    let place = Place::new();
    let store = filled(&place).await;
    place.tamper(&format!("{UNLOCK} DELETE FROM audit WHERE seq >= 4"));
    store.append_audit(&event(9, json!({}))).await.unwrap();
    assert_eq!(broken(&store).await, (4, "this entry is missing".to_owned()));
}

#[tokio::test]
async fn a_change_that_became_final_is_in_the_log_with_who_what_and_why() {
    let place = Place::new();
    let store = place.open();
    let planned = change("r1", "c1", "ada");
    store.begin_run(&run("r1", "p1"), std::slice::from_ref(&planned)).await.unwrap();
    store.record_change(&in_state(&planned, ChangeState::Sent, 1), &[]).await.unwrap();
    store.record_change(&in_state(&planned, done("a1"), 2), &[]).await.unwrap();
    let filter = AuditFilter { person: Some(PersonId::new("ada")), app: Some(app("chat")), run: Some(RunId::new("r1")) };
    let [entry] = store.audit(&filter, 10).await.unwrap().try_into().unwrap();
    assert_eq!((entry.event.what.as_str(), entry.event.who.as_str(), entry.event.at), ("change.done", "grace", at(2)));
    assert_eq!(
        entry.event.subject,
        json!({
            "run": "r1", "change": "c1", "app": "chat", "person": "ada", "label": "ada@acme.example", "account": "new",
            "operation": {"do": "create-account", "unique-name": "ada", "attributes": {}},
            "reasons": [{"kind": "joiner", "text": "joiner"}], "intent": "r1-c1",
            "outcome": {"state": "done", "already": false, "account": "a1"}, "attempts": 0,
        })
    );
}

#[tokio::test]
async fn the_last_exchange_of_a_change_is_in_the_log() {
    use innkeeper_domain::{Attempt, Exchange};
    let place = Place::new();
    let store = place.open();
    let exchange =
        |status| Exchange { method: "POST".into(), url: "https://chat.example/Users".into(), status: Some(status), millis: 7 };
    let tried = |status| Attempt { at: at(1), exchanges: vec![exchange(status)], failure: None };
    let planned = change("r1", "c1", "ada");
    store.begin_run(&run("r1", "p1"), std::slice::from_ref(&planned)).await.unwrap();
    let ended = ChangeRecord { attempts: vec![tried(503), tried(201)], ..in_state(&planned, done("a1"), 2) };
    store.record_change(&ended, &[]).await.unwrap();
    let [entry, _] = store.audit(&AuditFilter::default(), 10).await.unwrap().try_into().unwrap();
    assert_eq!((&entry.event.subject["attempts"], &entry.event.subject["exchange"]["status"]), (&json!(2), &json!(201)));
}

#[tokio::test]
async fn an_entry_from_beside_joins_the_chain_of_a_store_that_another_has_open() {
    let place = Place::new();
    let first = SqliteStore::decide_beside(place.path(), &[], event(0, json!({}))).unwrap();
    let store = place.open();
    let second = store.append_audit(&event(1, json!({}))).await.unwrap();
    let third = SqliteStore::decide_beside(place.path(), &[], event(2, json!({}))).unwrap();
    let fourth = store.append_audit(&event(3, json!({}))).await.unwrap();
    assert_eq!([&second.previous, &third.previous, &fourth.previous], [&first.hash, &second.hash, &third.hash]);
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!((verdict.entries, verdict.broken), (4, None));
}

#[tokio::test]
async fn the_oldest_entries_go_to_an_archive_and_the_rest_is_whole() {
    let place = Place::new();
    let store = filled(&place).await;
    let third = store.audit_from(3, 1).await.unwrap().remove(0);
    let pruned = Pruned { count: 3, last: 3, hash: third.hash, archive: "a".repeat(64) };
    for wrong in [
        Pruned { count: 2, ..pruned.clone() },
        Pruned { hash: "b".repeat(64), ..pruned.clone() },
        Pruned { last: 9, ..pruned.clone() },
    ] {
        assert!(store.prune_audit(&wrong, at(9), "grace").await.is_err());
    }
    let entry = store.prune_audit(&pruned, at(9), "grace").await.unwrap();
    assert_eq!((entry.seq, entry.event.what.as_str()), (6, "audit.pruned"));
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!((verdict.entries, &verdict.pruned, &verdict.broken, &verdict.head), (3, &Some(pruned), &None, &entry.hash));
    // The trigger is there again.
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    assert!(connection.execute("DELETE FROM audit WHERE seq = 4", []).unwrap_err().to_string().contains("only grows"));
    // Whoever takes away more than was said is found.
    place.tamper(&format!("{UNLOCK} DELETE FROM audit WHERE seq = 4"));
    assert_eq!(broken(&store).await, (1, "this entry is missing".to_owned()));
}

#[tokio::test]
async fn everything_can_be_archived_and_the_log_goes_on() {
    let place = Place::new();
    let store = filled(&place).await;
    let head = store.verify_audit().await.unwrap().head;
    store.prune_audit(&Pruned { count: 5, last: 5, hash: head, archive: "a".repeat(64) }, at(9), "grace").await.unwrap();
    let next = store.append_audit(&event(10, json!({}))).await.unwrap();
    assert_eq!((next.seq, store.audit_seq(&next.hash).await.unwrap()), (7, Some(7)));
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!((verdict.entries, verdict.broken), (2, None));
}

#[tokio::test]
async fn a_decision_and_its_entry_are_written_together_or_not_at_all() {
    let place = Place::new();
    let store = place.open();
    let depart = Mutation::Depart { person: PersonId::new("ada"), on: "2026-11-22".parse().unwrap() };
    store.decide(std::slice::from_ref(&depart), &event(1, json!({}))).await.unwrap();
    assert_eq!((store.departures().await.unwrap().len(), store.verify_audit().await.unwrap().entries), (1, 1));
    place.tamper("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'full'); END");
    store.decide(&[Mutation::Return { person: PersonId::new("ada") }], &event(2, json!({}))).await.unwrap_err();
    assert_eq!(store.departures().await.unwrap().len(), 1);
}
