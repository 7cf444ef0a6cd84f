//! Secrets: what a crash leaves of them, and how their key is changed, through the real program.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use innkeeper_secrets::{KeySource, SecretName, SecretStore};
use innkeeper_tests::canary::WORD;
use innkeeper_tests::workspace::{Run, Workspace};

/// A test that waits longer waits for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits until something has become so.
#[track_caller]
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < LONGEST, "{what}");
        std::thread::yield_now();
    }
}

/// A run that waits for its standard input, and the input.
fn waiting(workspace: &Workspace, arguments: &[&str]) -> Child {
    let mut command = workspace.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Keeps a secret of this name.
fn set(workspace: &Workspace, name: &str) -> String {
    let secret = format!("{WORD}-{name}");
    let arguments = ["secret", "set", name];
    let mut child = waiting(workspace, &arguments);
    writeln!(child.stdin.take().expect("an input"), "{secret}").expect("it reads");
    let _ = workspace.ended(&arguments, &child.wait_with_output().expect("it ends")).exits(0);
    secret
}

/// The secret, read with what is in the folder.
fn get(workspace: &Workspace, name: &str) -> String {
    let store = SecretStore::open(&workspace.path(".innkeeper/secrets"), KeySource::File);
    let store = store.unwrap_or_else(|error| panic!("{error}"));
    let name: SecretName = name.parse().expect("a name");
    store.get(&name).unwrap_or_else(|error| panic!("{error}")).expose().to_owned()
}

fn key_file(workspace: &Workspace) -> String {
    workspace.read(".innkeeper/secrets/key")
}

/// Errors are wrapped at the width of a terminal, with a bar before each line.
fn says(run: &Run, parts: &[&str]) {
    let text = format!("{}{}", run.stdout, run.stderr).replace('\u{2502}', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_copy_of_the_memory() {
    use std::os::unix::fs::MetadataExt as _;
    let workspace = Workspace::empty();
    let mut child = waiting(&workspace, &["secret", "set", "token"]);
    let process = format!("/proc/{}", child.id());
    let limits = || fs::read_to_string(format!("{process}/limits")).unwrap_or_default();
    let core = || {
        let limits = limits();
        let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap_or_default().to_owned();
        line.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    until("the limit stays", || core() == ["0", "0"]);
    // Files of a process that cannot be dumped are root's, so that its own user cannot look in either. Root's are root's anyway.
    let ours = fs::metadata("/proc/self/environ").expect("there").uid();
    if ours != 0 {
        until("the memory can be read", || fs::metadata(format!("{process}/environ")).is_ok_and(|file| file.uid() == 0));
    }
    drop(child.stdin.take());
    child.wait().expect("it ends");
}

#[test]
fn the_key_of_the_secrets_is_changed_and_moved() {
    let mut workspace = Workspace::empty();
    let secret = set(&workspace, "token");
    let before = key_file(&workspace);
    says(&workspace.run(&["secret", "key"]).exits(0), &["encrypted with the key ", "a file beside the secrets"]);

    let run = workspace.run(&["secret", "rotate-key"]).exits(0);
    says(&run, &["1 secret is encrypted anew", "a file beside the secrets"]);
    let after = key_file(&workspace);
    assert_ne!(before, after);
    assert!(!run.stdout.contains(after.trim()), "the key is printed");
    assert_eq!(get(&workspace, "token"), secret);

    says(&workspace.run(&["secret", "rotate-key", "--to", "env"]).exits(1), &["INNKEEPER_NEW_KEY", "openssl rand -base64 32"]);
    let new = STANDARD.encode(format!("{WORD:-<32}"));
    workspace.set("INNKEEPER_NEW_KEY", &new);
    let run = workspace.run(&["secret", "rotate-key", "--to", "env", "--output", "json"]).exits(0);
    assert_eq!(run.json()["to"]["place"], "env");
    assert!(!run.stdout.contains(&new), "the key is printed");
    workspace.set("INNKEEPER_NEW_KEY", "");
    says(&workspace.run(&["secret", "list"]).exits(1), &["Give it in INNKEEPER_KEY"]);
    workspace.set("INNKEEPER_KEY", &new);
    says(&workspace.run(&["secret", "list"]).exits(0), &["token"]);

    let _ = workspace.run(&["secret", "rotate-key", "--to", "file"]).exits(0);
    assert_eq!(get(&workspace, "token"), secret);
    let _ = workspace.run(&["secret", "list"]).exits(0);
}

#[test]
fn a_change_of_keys_that_is_killed_loses_nothing() {
    let workspace = Workspace::empty();
    let secrets = ["a", "b", "c", "d", "e", "f"].map(|name| (name, set(&workspace, name)));
    let folder = workspace.path(".innkeeper/secrets");
    let mut key = key_file(&workspace);
    for written in 0..=secrets.len() {
        let old: Vec<_> = secrets.iter().map(|(name, _)| fs::read(folder.join("values").join(name)).expect("there")).collect();
        let changed = || {
            secrets
                .iter()
                .zip(&old)
                .filter(|((name, _), old)| fs::read(folder.join("values").join(name)).is_ok_and(|now| now != **old))
                .count()
        };
        let mut child = waiting(&workspace, &["secret", "rotate-key"]);
        // Killed when it has begun and has encrypted so many, or wherever it is by then.
        until("it begins", || {
            let ended = child.try_wait().expect("it can be watched").is_some();
            ended || (folder.join("key.next").exists() && changed() >= written)
        });
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        for (name, secret) in &secrets {
            assert_eq!(get(&workspace, name), *secret, "killed after {written}");
        }
        assert!(!folder.join("key.next").exists(), "taken up by whoever opened it next");
        assert_ne!(std::mem::replace(&mut key, key_file(&workspace)), key, "and finished");
    }
}
