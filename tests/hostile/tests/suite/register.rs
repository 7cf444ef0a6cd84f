//! That the list of attacks and the suite are the same, and the documentation shows it.

use innkeeper_hostile::{documentation, table};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The suite's own tests, as the test program lists them.
fn tests() -> BTreeSet<String> {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).args(["--list", "--format", "terse"]).output().expect("it lists its tests");
    let text = String::from_utf8(output.stdout).expect("names are text");
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    names.filter(|name| !name.starts_with("register::")).map(str::to_owned).collect()
}

#[test]
fn every_attack_has_a_test_and_every_test_a_row() {
    let rows = table();
    let listed: Vec<String> = rows.iter().flat_map(|row| row.tests.clone()).collect();
    let known: BTreeSet<String> = listed.iter().cloned().collect();
    let tests = tests();
    assert!(tests.len() > 1, "the suite lists its tests");
    let without_row: Vec<&String> = tests.difference(&known).collect();
    let without_test: Vec<&String> = known.difference(&tests).collect();
    assert!(without_row.is_empty(), "in no row of attacks.toml: {without_row:?}");
    assert!(without_test.is_empty(), "in attacks.toml and no test: {without_test:?}");
    assert_eq!(listed.len(), known.len(), "a test shows one attack, and stands in one row");
    assert!(rows.iter().all(|row| !row.tests.is_empty()), "every attack is made");
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "two attacks have the same name");
}

#[test]
fn the_documentation_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let page = std::fs::read_to_string(&path).expect("docs/security.md is there");
    let wanted = documentation(&page);
    if std::env::var_os("INNKEEPER_UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("written");
    } else {
        let how = "INNKEEPER_UPDATE=1 cargo test -p innkeeper-hostile register";
        assert!(page == wanted, "the table in docs/security.md is not that of attacks.toml. Type: {how}");
    }
}
