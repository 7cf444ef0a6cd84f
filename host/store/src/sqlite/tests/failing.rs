//! Disks that are full, and files that somebody or something has damaged.

use super::*;
use crate::{AuditEvent, StoreError};
use serde_json::json;

fn event(text: &str) -> AuditEvent {
    AuditEvent { at: at(1), who: "grace".into(), what: "secret.set".into(), subject: json!({ "text": text }) }
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_half_written_and_the_same_write_works_when_there_is_space() {
    let place = Place::new();
    let store = place.open();
    store.append_audit(&event("first")).await.unwrap();
    let limit = |pages: &str| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        store.write(move |connection| Ok(connection.query_row(&sql, [], |_| Ok(()))?))
    };
    // No smaller than it is: so this is as full as it gets.
    limit("1").await.unwrap();
    let planned = change("r1", "c1", &"a".repeat(100_000));
    let error = store.begin_run(&run("r1", "p1"), std::slice::from_ref(&planned)).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. } | StoreError::NotCommitted { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("innkeeper.db") && said.contains("full") && said.contains("free some space"), "{said}");
    assert_eq!(store.runs(1).await.unwrap(), []);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
    limit("100000").await.unwrap();
    store.begin_run(&run("r1", "p1"), &[planned]).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_whoever_writes_and_named() {
    let place = Place::new();
    let store = place.open();
    for number in 0..200 {
        store.append_audit(&event(&format!("{number} {}", "x".repeat(500)))).await.unwrap();
    }
    drop(store);
    SqliteStore::inspect(place.path()).unwrap();
    let mut bytes = std::fs::read(place.path()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(place.path(), &bytes).unwrap();
    for error in [SqliteStore::open(place.path()).err(), SqliteStore::inspect(place.path()).err()] {
        let error = error.expect("it is damaged");
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("innkeeper.db") && said.contains("innkeeper restore"), "{said}");
    }
    assert_eq!(std::fs::read(place.path()).unwrap(), bytes, "and left as it is");
}

#[tokio::test]
async fn a_log_that_was_cut_off_loses_whole_entries_from_its_end_and_nothing_else() {
    let place = Place::new();
    let store = place.open();
    for number in 0..10 {
        store.append_audit(&event(&number.to_string())).await.unwrap();
    }
    let wal = |path: &std::path::Path| path.with_extension("db-wal");
    let (database, log) = (std::fs::read(place.path()).unwrap(), std::fs::read(wal(&place.path())).unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for length in (0..log.len()).step_by(1777).chain([log.len()]) {
        let copy = Place::new();
        std::fs::write(copy.path(), &database).unwrap();
        std::fs::write(wal(&copy.path()), &log[..length]).unwrap();
        let verdict = copy.open().verify_audit().await.unwrap();
        assert_eq!(verdict.broken, None, "cut off at byte {length}");
        seen.insert(verdict.entries);
    }
    assert!(seen.contains(&10) && seen.len() > 5, "{seen:?}");
}

#[tokio::test]
async fn a_copy_is_of_one_moment_while_somebody_writes() {
    let place = Place::new();
    let store = place.open();
    store.append_audit(&event("before")).await.unwrap();
    let copy = Place::new();
    SqliteStore::copy(place.path(), copy.path()).unwrap();
    store.append_audit(&event("after")).await.unwrap();
    let verdict = copy.open().verify_audit().await.unwrap();
    assert_eq!((verdict.entries, verdict.broken), (1, None));
    // The copy goes on from there as the store would have.
    assert_eq!(copy.open().append_audit(&event("other")).await.unwrap().seq, 2);
    assert!(matches!(SqliteStore::copy(place.folder.path().join("none.db"), copy.path()), Err(StoreError::Missing { .. })));
}

#[test]
fn who_holds_the_store_keeps_writers_out() {
    let place = Place::new();
    let hold = SqliteStore::hold(place.path()).unwrap();
    assert!(matches!(SqliteStore::open(place.path()), Err(StoreError::Busy { .. })));
    drop(hold);
    drop(place.open());
}
