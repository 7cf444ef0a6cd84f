//! Files: new, old, foreign, in use.

use super::super::format;
use super::*;
use crate::StoreError;

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    let place = Place::new();
    std::fs::write(place.path(), b"").unwrap();
    assert_eq!(place.open().runs(10).await.unwrap(), []);
    assert_eq!(place.open().verify_audit().await.unwrap().entries, 0);
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let place = Place::new();
    drop(place.open());
    place.tamper("PRAGMA user_version = 99");
    let messages = [SqliteStore::open(place.path()).err(), SqliteStore::open_read_only(place.path()).err()];
    for message in messages.map(|error| error.unwrap().to_string()) {
        let expected = format!("a newer Innkeeper (its format is 99, this one knows up to {})", format::NEWEST);
        assert!(message.contains(&expected), "{message}");
    }
    // What did not open does not stay locked.
    place.tamper(&format!("PRAGMA user_version = {}", format::NEWEST));
    drop(place.open());
}

#[tokio::test]
async fn a_store_of_the_first_format_is_brought_to_the_newest_and_keeps_what_it_has() {
    let place = Place::new();
    place.tamper(include_str!("../schema_1.sql"));
    place
        .tamper("INSERT INTO departure VALUES ('p1', '2026-11-22'); PRAGMA user_version = 1; PRAGMA application_id = 0x496e6e6b");
    let reader = SqliteStore::open_read_only(place.path()).unwrap();
    assert_eq!(reader.departures().await.unwrap().into_keys().collect::<Vec<_>>(), [PersonId::new("p1")]);
    assert!(reader.register("pause").await.unwrap().is_empty());
}

#[test]
fn something_else_is_refused_and_left_alone() {
    let place = Place::new();
    for content in [b"not a database, but a text of more than a hundred bytes: ".repeat(3), b"employeeNumber\n".to_vec()] {
        std::fs::write(place.path(), &content).unwrap();
        let error = SqliteStore::open(place.path()).err().unwrap();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        assert_eq!(std::fs::read(place.path()).unwrap(), content);
    }
    std::fs::remove_file(place.path()).unwrap();
    place.tamper("CREATE TABLE mine (id INTEGER)");
    assert!(matches!(SqliteStore::open(place.path()), Err(StoreError::NotAStore { .. })));
}

#[tokio::test]
async fn a_second_writer_is_refused_by_the_pid_of_the_first_and_readers_are_not() {
    let place = Place::new();
    let first = place.open();
    let error = SqliteStore::open(place.path()).err().unwrap();
    let pid = std::process::id();
    assert_eq!(
        error.to_string(),
        format!("another innkeeper (pid {pid}) is writing to {}: wait until it has finished, or stop it", place.path().display())
    );
    let reader = SqliteStore::open_read_only(place.path()).unwrap();
    first.begin_run(&run("r1", "p1"), &[]).await.unwrap();
    assert_eq!(reader.runs(10).await.unwrap(), [run("r1", "p1")]);
    let refused = reader.finish_run(&RunId::new("r1"), at(1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })), "{refused:?}");
    drop(first);
    place.open().finish_run(&RunId::new("r1"), at(1)).await.unwrap();
    assert_eq!(reader.runs(10).await.unwrap()[0].finished, Some(at(1)));
}

#[test]
fn reading_what_was_never_written_says_so() {
    let place = Place::new();
    assert!(matches!(SqliteStore::open_read_only(place.path()), Err(StoreError::Missing { .. })));
    assert!(!place.path().exists());
    let error = SqliteStore::open(place.folder.path().join("no/such/folder.db")).err().unwrap();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_what_is_remembered() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let store = place.open();
    store.begin_run(&run("r1", "p1"), &[]).await.unwrap();
    for file in ["innkeeper.db", "innkeeper.db-wal", "innkeeper.db-shm"] {
        let mode = std::fs::metadata(place.folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_store_of_an_older_format_is_brought_up_also_for_a_reader() {
    let place = Place::new();
    // Format 0 is an empty file that is already marked as ours.
    place.tamper("PRAGMA application_id = 1231973995");
    let reader = SqliteStore::open_read_only(place.path()).unwrap();
    assert_eq!(reader.runs(1).await.unwrap(), []);
}

#[tokio::test]
async fn who_only_looks_remembers_nothing_and_starts_no_run() {
    let place = Place::new();
    let first = place.open();
    let observer = SqliteStore::open_to_observe(place.path()).unwrap();
    observer.apply(&[Mutation::Depart { person: PersonId::new("p1"), on: "2026-11-22".parse().unwrap() }]).await.unwrap();
    assert!(first.departures().await.unwrap().is_empty());
    let refused = observer.begin_run(&run("r1", "p1"), &[]).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })), "{refused:?}");
}
