use super::*;
use crate::samples::{COMPONENT, folder, key, trust, verified};
use crate::{Bundle, Grant, LockError};
use std::fs;

struct State {
    folder: tempfile::TempDir,
    connectors: Connectors,
}

impl State {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let connectors = Connectors::open(folder.path()).expect("opened");
        Self { folder, connectors }
    }

    fn install(&self, name: &str, version: &str) -> Installed {
        self.connectors.install(&verified(name, version)).expect("installed")
    }
}

fn reference(text: &str) -> ConnectorRef {
    text.parse().expect("a reference")
}

#[test]
fn what_is_installed_is_what_was_checked() {
    let state = State::new();
    let installed = state.install("scim", "0.1.0");
    assert_eq!(installed.path, state.folder.path().join("connectors/scim/0.1.0"));
    let read = state.connectors.read(&installed).expect("a bundle");
    assert_eq!(read.digest(), verified("scim", "0.1.0").digest());
    // Nothing but the connector's folder is left.
    let names: Vec<_> = fs::read_dir(state.folder.path().join("connectors"))
        .expect("there")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["scim"]);
}

#[test]
fn versions_are_side_by_side_and_the_newest_that_matches_is_chosen() {
    let state = State::new();
    for version in ["0.1.0", "0.1.10", "0.1.9", "0.2.0", "1.0.0-rc.1"] {
        state.install("scim", version);
    }
    state.install("github", "3.0.0");
    let list: Vec<_> =
        state.connectors.list().expect("readable").iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    assert_eq!(list, ["github 3.0.0", "scim 1.0.0-rc.1", "scim 0.2.0", "scim 0.1.10", "scim 0.1.9", "scim 0.1.0"]);
    for (text, wanted) in [
        ("scim", "0.2.0"),
        ("scim@0", "0.2.0"),
        ("scim@0.1", "0.1.10"),
        ("scim@0.1.9", "0.1.9"),
        ("scim@1.0.0-rc.1", "1.0.0-rc.1"),
    ] {
        assert_eq!(state.connectors.resolve(&reference(text)).expect(text).version.to_string(), wanted, "{text}");
    }
}

#[test]
fn what_is_not_installed_says_what_is() {
    let state = State::new();
    state.install("scim", "0.1.0");
    let message = |text| state.connectors.resolve(&reference(text)).expect_err(text).to_string();
    assert_eq!(
        message("scim@2"),
        "the connector scim@2 is not installed (these versions are: 0.1.0). Install it with: innkeeper connector install BUNDLE"
    );
    assert!(message("github").contains("no version of it is"));
}

#[test]
fn installing_the_same_again_changes_nothing_and_other_content_is_refused() {
    let state = State::new();
    let installed = state.install("scim", "0.1.0");
    assert_eq!(state.install("scim", "0.1.0"), installed);
    let folder = folder("scim", "0.1.0");
    fs::write(folder.path().join("README.md"), "other").expect("written");
    let other = Bundle::open(folder.path()).expect("good").sign(&key()).verify_installed(&trust()).expect("signed");
    assert!(matches!(state.connectors.install(&other), Err(BundleError::Different { .. })));
    assert_eq!(state.connectors.read(&installed).expect("a bundle").digest(), verified("scim", "0.1.0").digest());
}

#[test]
fn what_a_crash_left_is_in_nobodys_way() {
    let state = State::new();
    let left = state.folder.path().join(format!("connectors/.incoming-scim-0.1.0-{}", std::process::id()));
    fs::create_dir(&left).expect("made");
    fs::write(left.join("connector.toml"), "half").expect("written");
    fs::create_dir(state.folder.path().join("connectors/.incoming-old")).expect("made");
    assert_eq!(state.connectors.list().expect("readable"), []);
    state.install("scim", "0.1.0");
    assert_eq!(state.connectors.list().expect("readable").len(), 1);
    assert!(!left.exists());
}

#[test]
fn a_folder_with_another_connector_in_it_is_refused() {
    let state = State::new();
    let installed = state.install("scim", "0.1.0");
    fs::rename(&installed.path, state.folder.path().join("connectors/scim/0.2.0")).expect("moved");
    let moved = state.connectors.resolve(&reference("scim")).expect("found");
    assert!(matches!(state.connectors.read(&moved), Err(BundleError::Misplaced { .. })));
}

#[test]
fn a_removed_version_is_gone_and_the_others_stay() {
    let state = State::new();
    let (old, new) = (state.install("scim", "0.1.0"), state.install("scim", "0.2.0"));
    state.connectors.remove(&new).expect("removed");
    assert_eq!(state.connectors.list().expect("readable"), std::slice::from_ref(&old));
    state.connectors.remove(&old).expect("removed");
    assert_eq!(state.connectors.list().expect("readable"), []);
    assert!(!state.folder.path().join("connectors/scim").exists());
}

fn load(state: &State, lock: &Lock) -> Result<String, BundleError> {
    let loaded = state.connectors.load(&reference("scim"), "directory", lock, &trust());
    loaded.map(|(bundle, _)| bundle.manifest().version.to_string())
}

#[test]
fn only_what_was_agreed_to_is_loaded() {
    let state = State::new();
    let mut lock = Lock::default();
    let installed = state.install("scim", "0.1.0");
    assert!(matches!(load(&state, &lock), Err(BundleError::Lock(LockError::Unknown { .. }))));

    let bundle = verified("scim", "0.1.0");
    lock.pin(&bundle, Grant::all(bundle.manifest()));
    assert_eq!(load(&state, &lock).expect("agreed to"), "0.1.0");

    // A newer version that is installed and agreed to is not used before somebody chooses it.
    state.install("scim", "0.2.0");
    let newer = verified("scim", "0.2.0");
    lock.pin(&newer, Grant::all(newer.manifest()));
    assert_eq!(load(&state, &lock).expect("agreed to"), "0.1.0");
    lock.advance(&installed.name, &newer.manifest().version, None).expect("agreed to");
    assert_eq!(load(&state, &lock).expect("agreed to"), "0.2.0");
    lock.back(&installed.name, None).expect("there was one");
    assert_eq!(load(&state, &lock).expect("agreed to"), "0.1.0");

    // Somebody who can write there cannot make it anything else: not by a file, nor by the digest list with it.
    let other = [COMPONENT, b"\0\x01\0"].concat();
    fs::write(installed.path.join("connector.wasm"), &other).expect("written");
    assert!(matches!(load(&state, &lock), Err(BundleError::DigestDiffers { .. })));
    let list = state_list(&installed, &other);
    fs::write(installed.path.join("SHA256SUMS"), list).expect("written");
    assert!(matches!(load(&state, &lock), Err(BundleError::SignatureWrong { .. })));
    state.connectors.restore(&bundle).expect("put back");
    assert_eq!(load(&state, &lock).expect("as agreed to"), "0.1.0");
}

/// The digest list of an installed version with another component.
fn state_list(installed: &Installed, component: &[u8]) -> String {
    let list = fs::read_to_string(installed.path.join("SHA256SUMS")).expect("there");
    list.replace(&crate::Digest::of(COMPONENT).to_string(), &crate::Digest::of(component).to_string())
}

#[test]
fn another_bundle_of_the_same_publisher_under_the_same_version_is_not_what_was_agreed_to() {
    let state = State::new();
    let mut lock = Lock::default();
    let bundle = verified("scim", "0.1.0");
    lock.pin(&bundle, Grant::all(bundle.manifest()));
    let folder = folder("scim", "0.1.0");
    fs::write(folder.path().join("README.md"), "other").expect("written");
    let other = Bundle::open(folder.path()).expect("good").sign(&key()).verify_installed(&trust()).expect("signed");
    state.connectors.install(&other).expect("installed");
    assert_eq!(
        load(&state, &lock).expect_err("changed").to_string(),
        "scim 0.1.0 is not what was agreed to: README.md is not the same as in innkeeper.lock. Nothing of it was run. Install the bundle \
         that was agreed to again: innkeeper connector install BUNDLE"
    );
}

#[test]
fn what_was_signed_with_a_key_that_was_revoked_since_is_not_loaded() {
    let state = State::new();
    let mut lock = Lock::default();
    let bundle = verified("scim", "0.1.0");
    state.install("scim", "0.1.0");
    lock.pin(&bundle, Grant::all(bundle.manifest()));
    let mut trust = trust();
    assert!(trust.revoke(&key().public(), jiff::civil::date(2026, 11, 22), None));
    let refused = state.connectors.load(&reference("scim"), "directory", &lock, &trust).map(drop).expect_err("revoked");
    assert!(refused.to_string().contains("revoked"), "{refused}");
}
