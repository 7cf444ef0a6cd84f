use super::*;
use crate::samples::{folder, key, publisher, trusting, verified};
use crate::{Bundle, SigningKey};
use std::fs;

fn pinned(bundles: &[VerifiedBundle]) -> Lock {
    let mut lock = Lock::default();
    for bundle in bundles {
        lock.pin(bundle, Grant::all(bundle.manifest()));
    }
    lock
}

fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(Lock::load(folder.path()).expect("no file is an empty lock"), Lock::default());
    let lock = pinned(&[verified("scim", "0.1.0"), verified("github", "1.0.0"), verified("scim", "0.0.9")]);
    lock.save(folder.path()).expect("written");
    assert_eq!(Lock::load(folder.path()).expect("readable"), lock);
    lock.save(folder.path()).expect("written over");
    let names: Vec<_> = fs::read_dir(folder.path()).expect("there").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["innkeeper.lock"]);
}

#[test]
fn a_lock_reads_well() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    pinned(&[verified("scim", "0.1.0")]).save(folder.path()).expect("written");
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("innkeeper.lock")).expect("there"));
}

#[test]
fn the_order_of_agreeing_does_not_matter() {
    let bundles = [verified("scim", "0.1.0"), verified("github", "1.0.0"), verified("scim", "0.0.9")];
    let mut backwards = bundles.clone();
    backwards.reverse();
    assert_eq!(pinned(&bundles).connectors(), pinned(&backwards).connectors());
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
    let bundle = verified("scim", "0.1.0");
    let mut lock = pinned(std::slice::from_ref(&bundle));
    lock.connectors[0].sha256 = Digest::of(b"other");
    assert!(lock.check(&bundle).expect_err("edited").to_string().contains("sha256 is not the same"));
}

#[test]
fn the_same_files_with_another_signature_are_not_what_was_agreed_to() {
    let lock = pinned(&[verified("crm", "0.1.0")]);
    let other = SigningKey::sample(9);
    let trust = trusting([publisher("acme", &key(), &["*"]), publisher("acme", &other, &["*"])]);
    let bundle =
        Bundle::open(folder("crm", "0.1.0").path()).expect("good").sign(&other).verify_installed(&trust).expect("trusted");
    assert!(matches!(lock.check(&bundle), Err(LockError::OtherKey { .. })));
}

#[test]
fn the_first_version_is_in_use_and_a_later_one_when_it_is_chosen() {
    let mut lock = pinned(&[verified("crm", "0.1.0"), verified("crm", "0.2.0")]);
    let reference: ConnectorRef = "crm@0".parse().expect("a reference");
    let name = reference.name.clone();
    assert_eq!(lock.chosen(&reference, "sales").expect("in use"), &version("0.1.0"));
    lock.advance(&name, &version("0.2.0"), Some("sales")).expect("agreed to");
    assert_eq!(lock.chosen(&reference, "sales").expect("in use"), &version("0.2.0"));
    assert_eq!(lock.chosen(&reference, "support").expect("in use"), &version("0.1.0"));
    lock.advance(&name, &version("0.2.0"), None).expect("agreed to");
    assert_eq!(lock.back(&name, None).expect("there was one"), version("0.1.0"));
    assert!(matches!(lock.back(&name, None), Err(LockError::NothingBefore { .. })));
    assert!(matches!(lock.advance(&name, &version("0.3.0"), None), Err(LockError::NotLocked { .. })));
}

#[test]
fn a_version_that_the_configuration_does_not_want_is_not_used() {
    let lock = pinned(&[verified("crm", "0.1.0")]);
    let wanted: ConnectorRef = "crm@0.2".parse().expect("a reference");
    assert_eq!(
        lock.chosen(&wanted, "sales").expect_err("another version").to_string(),
        "`sales` wants the connector crm@0.2, and 0.1.0 is the version in use. Write connector = \"crm@0.1.0\", or use a version that is \
         wanted: innkeeper connector upgrade crm@VERSION --app sales"
    );
    let unknown: ConnectorRef = "chat".parse().expect("a reference");
    assert!(matches!(lock.chosen(&unknown, "sales"), Err(LockError::Unknown { .. })));
}

#[test]
fn what_is_forgotten_cannot_be_gone_back_to() {
    let mut lock = pinned(&[verified("crm", "0.1.0"), verified("crm", "0.2.0")]);
    let name: ConnectorName = "crm".parse().expect("a name");
    lock.advance(&name, &version("0.2.0"), None).expect("agreed to");
    assert!(lock.unpin(&name, &version("0.1.0")));
    assert!(matches!(lock.back(&name, None), Err(LockError::NothingBefore { .. })));
    assert!(lock.unpin(&name, &version("0.2.0")));
    assert_eq!(lock, Lock::default());
}
