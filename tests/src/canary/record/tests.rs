use tempfile::TempDir;

use super::*;
use crate::canary::WORD;

struct Place {
    records: TempDir,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { records: TempDir::new().expect("a folder"), folder: TempDir::new().expect("a folder") }
    }

    fn watch(&self) -> Watch {
        Watch::in_folder(self.records.path()).expect("a record")
    }

    fn summary(&self) -> Summary {
        Summary::read(self.records.path()).expect("records")
    }
}

#[test]
fn what_runs_print_and_folders_hold_is_counted_and_nothing_is_kept() {
    let place = Place::new();
    fs::write(place.folder.path().join("innkeeper.toml"), "12345").expect("written");
    let watch = place.watch();
    watch.ran("plan", b"ok", b"");
    watch.ran("apply", b"", b"!");
    assert!(!watch.end(place.folder.path()).expect("readable"));
    let summary = place.summary();
    assert_eq!((summary.workspaces, summary.runs, summary.files, summary.bytes), (1, 2, 7, 5 + 4 + 2 + 5 + 1));
    assert_eq!((summary.unsearched, summary.places), (Vec::new(), Vec::new()));
}

#[test]
fn a_secret_in_each_of_them_is_told_with_its_test_and_the_folder_is_kept() {
    let place = Place::new();
    fs::write(place.folder.path().join("log"), format!("x {WORD}")).expect("written");
    let watch = place.watch();
    watch.ran(&format!("secret set {WORD}"), WORD.as_bytes(), b"");
    watch.ran("plan", b"", WORD.as_bytes());
    assert!(watch.end(place.folder.path()).expect("readable"));
    let places = place.summary().places;
    let told: Vec<_> = places.iter().map(|(_, _, place)| (place.file.as_str(), place.offset)).collect();
    assert_eq!(told, [("arguments of run 1", 11), ("stdout of run 1", 0), ("stderr of run 2", 0), ("log", 2)]);
    assert!(places.iter().all(|(test, kept, _)| {
        test.ends_with("a_secret_in_each_of_them_is_told_with_its_test_and_the_folder_is_kept")
            && kept.as_deref() == Some(place.folder.path())
    }));
}

#[test]
fn a_workspace_that_came_to_no_end_is_told() {
    let place = Place::new();
    drop(place.watch());
    assert_eq!(place.summary().unsearched.len(), 1);
}

#[test]
fn what_is_no_record_is_no_summary() {
    let place = Place::new();
    fs::write(place.records.path().join("1-0.json"), "{").expect("written");
    assert!(Summary::read(place.records.path()).is_err());
    assert!(Summary::read(&place.records.path().join("none")).is_err());
}

#[test]
fn the_log_is_taken_out_of_what_a_test_sees() {
    let said = "DEBUG hyper: a\n INFO x: b\nerror: no\n  DEBUG is a word\nTRACE y\nERROR innkeeper: c\n WARN innkeeper::rest: d\n WARN z: e\n";
    assert_eq!(without_log(said), "error: no\n  DEBUG is a word\nERROR innkeeper: c\n WARN innkeeper::rest: d\n");
}
