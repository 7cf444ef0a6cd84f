use super::*;
use crate::verified::tests::{bundle, manifest};
use std::fs;

fn open(name: &str, version: &str) -> VerifiedBundle {
    VerifiedBundle::open(bundle(name, version).path()).expect("a good bundle")
}

fn pinned(bundles: &[VerifiedBundle]) -> Lock {
    let mut lock = Lock::default();
    for bundle in bundles {
        lock.pin(bundle, bundle.manifest().hosts.clone());
    }
    lock
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(Lock::load(folder.path()).expect("no file is an empty lock"), Lock::default());
    let lock = pinned(&[open("scim", "0.1.0"), open("github", "1.0.0"), open("scim", "0.0.9")]);
    lock.save(folder.path()).expect("written");
    assert_eq!(Lock::load(folder.path()).expect("readable"), lock);
    lock.save(folder.path()).expect("written over");
    let names: Vec<_> = fs::read_dir(folder.path()).expect("there").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["innkeeper.lock"]);
}

#[test]
fn a_lock_reads_well() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    pinned(&[open("scim", "0.1.0")]).save(folder.path()).expect("written");
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("innkeeper.lock")).expect("there"));
}

#[test]
fn the_order_of_agreeing_does_not_matter() {
    let bundles = [open("scim", "0.1.0"), open("github", "1.0.0"), open("scim", "0.0.9")];
    let mut backwards = bundles.clone();
    backwards.reverse();
    assert_eq!(pinned(&bundles), pinned(&backwards));
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut messages = Vec::new();
    for text in [
        "",
        "lock = 2\n",
        "lock = 1\nfoo = 1\n",
        "lock = 1\n[[connector]]\nname = \"scim\"\nversion = \"0.1.0\"\nsha256 = \"12\"\n",
    ] {
        fs::write(folder.path().join("innkeeper.lock"), text).expect("written");
        let message = Lock::load(folder.path()).expect_err(text).to_string();
        messages.push(message.replace(&folder.path().display().to_string(), "CONFIGURATION"));
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn an_edited_digest_is_noticed_even_when_the_files_agree() {
    let bundle = open("scim", "0.1.0");
    let mut lock = pinned(std::slice::from_ref(&bundle));
    lock.connectors[0].sha256 = Digest::of(b"other");
    assert!(lock.check(&bundle).expect_err("edited").to_string().contains("sha256 is not the same"));
}

#[test]
fn an_upgrade_that_wants_more_says_what() {
    let old = open("scim", "0.1.0");
    let lock = pinned(std::slice::from_ref(&old));
    let entry = lock.check(&old).expect("agreed to");
    assert!(entry.not_granted(&old).is_empty());

    let folder = bundle("scim", "0.2.0");
    let wants = manifest("scim", "0.2.0")
        .replace("\"POST\"]", "\"POST\", \"DELETE\"]\n[[hosts]]\nurl = \"https://files.example.com\"\nmethods = [\"GET\"]");
    fs::write(folder.path().join("connector.toml"), wants).expect("written");
    let new = VerifiedBundle::open(folder.path()).expect("good");
    let more: Vec<_> = entry.not_granted(&new).iter().map(|host| host.url.as_str()).collect();
    assert_eq!(more, ["https://api.example.com", "https://files.example.com"]);
}
