//! The audit log as an auditor has it: a file, far from the store.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use innkeeper_tests::cache;
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::workspace::Workspace;

use crate::scenario::Scenario;

fn settled(server: &ScimServer) -> Scenario {
    let scenario = Scenario::on(server, 5);
    scenario.settle();
    scenario
}

#[test]
fn an_export_is_verified_far_from_the_store_and_an_edit_is_named() {
    let server = ScimServer::start();
    let scenario = settled(&server);
    let _ = scenario.run(&["connector", "keygen", "auditor.pem"]).exits(0);
    let exported =
        scenario.run(&["audit", "export", "--out", "log.jsonl", "--key", "auditor.pem", "--output", "json"]).exits(0).json();
    let head = exported["seal"]["head"].as_str().expect("a hash");
    let text = scenario.workspace.read("log.jsonl");
    let said = scenario.run(&["audit", "export"]).exits(0).stdout;
    assert_eq!(said.lines().count(), text.lines().count());

    let far = Workspace::empty();
    far.write("log.jsonl", &text);
    let whole = far.run(&["audit", "verify", "log.jsonl", "--head", head]).exits(0);
    assert!(whole.stdout.contains("signed by ed25519:"), "{}", whole.stdout);
    let key = whole.stdout.split_once("signed by ").and_then(|(_, rest)| rest.split(". ").next()).expect("a key");
    let _ = far.run(&["audit", "verify", "log.jsonl", "--signed-by", key]).exits(0);

    let edited = text.replacen("run.started", "run.stopped", 1);
    far.write("edited.jsonl", edited);
    let found = far.run(&["audit", "verify", "edited.jsonl"]).exits(1);
    assert!(found.stdout.contains("is not what was hashed"), "{}", found.stdout);
    // Somebody who can write the file seals a shorter one anew: the hash that was kept finds it, and so does the key.
    let lines: Vec<&str> = text.lines().collect();
    let short = lines[..lines.len() - 2].join("\n") + "\n";
    far.write("short.jsonl", &short);
    let found = far.run(&["audit", "verify", "short.jsonl"]).exits(1);
    assert!(found.stdout.contains("the seal is missing"), "{}", found.stdout);
    let unsigned = scenario.run(&["audit", "export", "--since", "2", "--out", "later.jsonl"]).exits(0);
    assert!(unsigned.stdout.contains("Keep this hash elsewhere"), "{}", unsigned.stdout);
    far.write("later.jsonl", scenario.workspace.read("later.jsonl"));
    let _ = far.run(&["audit", "verify", "later.jsonl", "--signed-by", key]).exits(1);
    let _ = far.run(&["audit", "verify", "later.jsonl", "--head", &"0".repeat(64)]).exits(1);
}

#[test]
fn the_archive_and_what_is_left_verify_together() {
    let server = ScimServer::start();
    let scenario = settled(&server);
    let kept = scenario.run(&["audit", "export", "--out", "before.jsonl", "--output", "json"]).exits(0).json();
    let head = kept["seal"]["head"].as_str().expect("a hash");
    let prune = ["audit", "prune", "--before", "2999-01-01", "--archive", "old.jsonl"];
    let _ = scenario.run(&prune).exits(2);
    let _ = scenario.run(&[&prune[..], &["--yes"]].concat()).exits(0);
    let verified = scenario.run(&["audit", "verify"]).exits(0);
    assert!(verified.stdout.contains("1 entries") && verified.stdout.contains("in an archive"), "{}", verified.stdout);
    let _ = scenario.run(&["audit", "verify", "--head", head]).exits(1);
    let _ = scenario.run(&["audit", "verify", "old.jsonl", "--then", "store", "--head", head]).exits(0);
    let _ = scenario.run(&["audit", "export", "--out", "rest.jsonl"]).exits(0);
    let _ = scenario.run(&["audit", "verify", "old.jsonl", "--then", "rest.jsonl", "--head", head]).exits(0);
    let found = scenario.run(&["audit", "verify", "rest.jsonl", "--then", "old.jsonl"]).exits(1);
    assert!(found.stdout.contains("does not begin where"), "{}", found.stdout);
    // The log goes on, and the next archive follows the first.
    let _ = scenario.run(&["offboard", &scenario.company.employees[3].user_name, "--yes"]).exits(0);
    let _ = scenario.run(&["audit", "prune", "--before", "2999-01-01", "--archive", "next.jsonl", "--yes"]).exits(0);
    let _ = scenario.run(&["audit", "verify", "old.jsonl", "--then", "next.jsonl", "--then", "store", "--head", head]).exits(0);
}

#[test]
fn a_siem_gets_events_of_a_schema_that_it_knows() {
    let server = ScimServer::start();
    let scenario = settled(&server);
    let events = scenario.run(&["audit", "export", "--format", "ocsf"]).exits(0).stdout;
    let events: Vec<serde_json::Value> = events.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |kind: u64| events.iter().filter(|event| event["type_uid"] == kind).count();
    assert_eq!((of(300_101), of(300_501)), (5, 10), "accounts made and privileges given");
    for event in &events {
        for member in ["activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid"] {
            assert!(event[member].is_u64(), "{member}: {event}");
        }
        assert!(event["user"]["name"].is_string() || event["entity"]["name"].is_string(), "{event}");
    }
}

/// Every Rust file below a folder of the repository that is no test, with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true if path.ends_with("tests") => Vec::new(),
            true => sources(&path),
            false if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") => {
                let text = fs::read_to_string(&path).expect("text");
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                vec![(path, text)]
            }
            false => Vec::new(),
        })
        .collect()
}

#[test]
fn every_word_that_the_program_writes_into_the_log_is_explained() {
    let calls = ["decide(", "audit(", "note(", "agree(", "finish(&desk", "what: \"", "pub const "];
    let topics = [
        "access",
        "account",
        "audit",
        "connector",
        "drift",
        "engine",
        "errand",
        "guard",
        "person",
        "plan",
        "publisher",
        "run",
        "secret",
        "store",
        "task",
        "verify",
    ];
    let files =
        ["cli", "engine", "store"].into_iter().flat_map(|name| sources(&cache::repository().join("host").join(name).join("src")));
    let mut words = BTreeSet::new();
    for (_, text) in files {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let is_call = |line: &str| calls.iter().any(|call| line.contains(call));
            // An argument may stand on a line of its own.
            let before = at.checked_sub(1).map_or("", |before| lines[before]);
            if !is_call(line) && !is_call(before) {
                continue;
            }
            let said = line.split('"').skip(1).step_by(2).filter(|word| {
                let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                word.split_once('.').is_some_and(|(topic, rest)| topics.contains(&topic) && is_word(rest))
            });
            words.extend(said.map(str::to_owned));
        }
    }
    assert!(words.len() > 15 && words.contains("plan.approved"), "the words are not found any more: {words:?}");
    let documented = fs::read_to_string(cache::repository().join("docs/audit.md")).expect("there");
    let missing: Vec<&String> = words.iter().filter(|word| !documented.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "docs/audit.md does not explain {missing:?}");
}

#[test]
fn no_decision_is_written_without_its_entry() {
    // What is written down here follows from what has an entry (`verify.missed`, an errand that was asked for, a task that was answered), or
    // is no decision: a note that was said, how the service is, what was seen to stop.
    let allowed = ["circumstances.rs", "errand.rs", "restored.rs", "running.rs", "service.rs", "tasks/planned.rs", "guarding.rs"]
        .map(|file| format!("engine/src/{file}"));
    for (path, text) in
        ["cli", "engine"].into_iter().flat_map(|name| sources(&cache::repository().join("host").join(name).join("src")))
    {
        let shown = path.display().to_string();
        if !allowed.iter().any(|allowed| shown.ends_with(allowed.as_str())) {
            assert!(
                !text.contains("store().apply("),
                "{shown}: use `Engine::decide` or `context::decide`, which write the entry, too"
            );
        }
    }
}
