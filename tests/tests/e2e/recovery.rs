//! What goes wrong with the disk under the store, and how everything comes back: what `docs/recovery.md` says.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use innkeeper_store::SqliteStore;
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::workspace::{Run, Workspace};
use innkeeper_tests::{program, setup};

use crate::scenario::{Scenario, how_many, install};

/// Errors are wrapped at the width of a terminal, with a bar before each line.
#[track_caller]
fn says(run: &Run, parts: &[&str]) {
    let text = format!("{}{}", run.stdout, run.stderr).replace('\u{2502}', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

fn posts(server: &ScimServer) -> usize {
    server.count("POST", "/Users")
}

#[test]
fn a_full_disk_stops_the_run_and_with_space_it_goes_on_where_it_was() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 60);
    let _ = scenario.plan(3);
    // No file of the program may become larger than this, and the log of what it writes would: to the program, a full disk.
    let arguments = ["apply", "plan.json", "--yes"];
    let plain = scenario.workspace.command(&arguments);
    let mut limited = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 600; exec \"$0\" \"$@\"";
    limited.args(["-c", script]).arg(plain.get_program()).args(arguments).current_dir(scenario.workspace.folder());
    limited.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = scenario.workspace.ended(&arguments, &limited.output().expect("it runs")).exits(1);
    says(&run, &["innkeeper.db", "could not be written", "free some space"]);
    let before = posts(&server);
    assert!(before < 60, "the disk was full before all was done");
    let _ = scenario.apply();
    assert_eq!((posts(&server), server.users().len()), (60, 60), "nobody was made twice");
    let _ = scenario.plan(0);
    let _ = scenario.run(&["audit", "verify"]).exits(0);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_was_sent() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 3);
    let _ = scenario.plan(3);
    let folder = scenario.workspace.folder();
    let state = scenario.workspace.path(".innkeeper");
    let closed = |mode| fs::set_permissions(&state, fs::Permissions::from_mode(mode)).expect("ours");
    let mut command = scenario.workspace.command(&["apply", "plan.json", "--yes"]);
    if fs::metadata(folder).expect("there").uid() == 0 {
        // Nothing is read-only to root: somebody else tries, with a program that they may start.
        let copy = scenario.workspace.path("innkeeper");
        fs::copy(program::innkeeper(), &copy).expect("copied");
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("ours");
        let mut other = Command::new(copy);
        other.args(command.get_args()).current_dir(folder).env_clear();
        other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?)))).uid(65_534).gid(65_534);
        command = other;
    }
    closed(0o555);
    let run = scenario.workspace.ended(&["apply"], &command.output().expect("it runs")).exits(1);
    closed(0o700);
    says(&run, &[".innkeeper", "Permission denied"]);
    assert_eq!(posts(&server), 0);
    let _ = scenario.apply();
    assert_eq!(posts(&server), 3);
}

#[test]
fn a_damaged_store_is_named_by_whoever_meets_it_and_a_backup_mends_it() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 30);
    scenario.settle();
    let _ = scenario.run(&["backup", "saved.tar.zst"]).exits(0);
    let database = scenario.workspace.path(".innkeeper/innkeeper.db");
    let mut bytes = fs::read(&database).expect("there");
    let half = bytes.len() / 2 / 4096 * 4096;
    bytes[half..half + 16 * 4096].fill(0xa5);
    fs::write(&database, &bytes).expect("written");
    says(&scenario.run(&["plan"]).exits(1), &["innkeeper.db is damaged", "innkeeper restore"]);
    says(&scenario.run(&["doctor"]).exits(1), &["innkeeper.db is damaged"]);
    let _ = scenario.run(&["restore", "saved.tar.zst"]).exits(2);
    says(&scenario.run(&["restore", "saved.tar.zst", "--yes"]).exits(0), &["What was there is in"]);
    let _ = scenario.plan(0);
    let _ = scenario.run(&["audit", "verify"]).exits(0);
    assert_eq!(posts(&server), 30);
}

#[test]
fn after_an_old_backup_the_first_plan_says_so_and_what_was_made_since_is_adopted() {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 12);
    scenario.company.employees.truncate(10);
    scenario.write_people();
    scenario.settle();
    let _ = scenario.run(&["backup", "saved.tar.zst"]).exits(0);
    let mode = fs::metadata(scenario.workspace.path("saved.tar.zst")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    scenario.company = innkeeper_tests::company::Company::of(12);
    scenario.write_people();
    scenario.settle();
    assert_eq!(posts(&server), 12);
    let _ = scenario.run(&["restore", "saved.tar.zst", "--yes"]).exits(0);
    let run = scenario.run(&["plan", "--out", "plan.json"]).exits(3);
    says(&run, &["the store is a backup of", "the apps are newer", "adopt"]);
    let _ = scenario.apply();
    assert_eq!(posts(&server), 12, "nobody was made again");
    let rest = scenario.run(&["plan"]).exits(0);
    assert!(!rest.stdout.contains("the store is a backup of"), "said once:\n{}", rest.stdout);
    let log = scenario.run(&["audit", "verify"]).exits(0);
    assert!(log.stdout.contains("whole"), "{}", log.stdout);
    assert!(scenario.run(&["audit"]).exits(0).stdout.contains("store.restored"));
}

#[test]
fn a_lost_state_folder_is_built_up_again_from_what_the_apps_have() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 8);
    scenario.settle();
    fs::remove_dir_all(scenario.workspace.path(".innkeeper")).expect("removed");
    fs::remove_dir_all(scenario.workspace.path("bundle-scim")).expect("removed");
    install(&scenario.workspace, "scim");
    let plan = scenario.plan(3);
    assert_eq!((how_many(&plan, "create-account"), how_many(&plan, "adopt")), (0, 8));
    let _ = scenario.apply();
    let _ = scenario.plan(0);
    assert_eq!(posts(&server), 8);
}

#[test]
fn a_backup_that_was_altered_replaces_nothing_and_one_without_secrets_has_none() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 3);
    scenario.settle();
    let _ = scenario.run(&["backup", "saved.tar.zst"]).exits(0);
    let _ = scenario.run(&["backup", "saved.tar.zst"]).exits(2);
    let hold = SqliteStore::hold(scenario.workspace.path(".innkeeper/innkeeper.db")).expect("free");
    says(&scenario.run(&["restore", "saved.tar.zst", "--yes"]).exits(1), &["another innkeeper", "is writing to"]);
    // Saving needs nobody to stop.
    let _ = scenario.run(&["backup", "meanwhile.tar.zst"]).exits(0);
    drop(hold);
    let bytes = fs::read(scenario.workspace.path("saved.tar.zst")).expect("there");
    for (name, altered) in
        [("short", bytes[..bytes.len() / 2].to_vec()), ("flipped", flipped(&bytes)), ("text", b"hello".to_vec())]
    {
        scenario.workspace.write("altered.tar.zst", &altered);
        let run = scenario.run(&["restore", "altered.tar.zst", "--yes"]).exits(1);
        says(&run, &["altered.tar.zst"]);
        let _ = scenario.plan(0);
        let left = fs::read_dir(scenario.workspace.folder()).expect("there").filter_map(Result::ok);
        let left = left.filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.contains("restore") || name.contains("restoring")
        });
        let left = left.count();
        assert_eq!(left, 0, "{name}: nothing of it stays");
    }
    let _ = scenario.run(&["backup", "open.tar.zst", "--without-secrets"]).exits(0);
    let mut elsewhere = Workspace::empty();
    elsewhere.set(setup::TOKEN, server.token());
    fs::copy(scenario.workspace.path("open.tar.zst"), elsewhere.path("open.tar.zst")).expect("copied");
    let _ = elsewhere.run(&["restore", "open.tar.zst", "--into", "restored", "--yes"]).exits(0);
    assert!(!elsewhere.path("restored/.innkeeper/secrets").exists());
    elsewhere.write("restored/people.csv", scenario.company.people_csv());
    let _ = elsewhere.run(&["-C", "restored", "plan"]).exits(0);
}

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}
