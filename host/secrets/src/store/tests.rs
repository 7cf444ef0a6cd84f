use super::*;
use crate::keyring::memory::MemoryKeyring;
use base64::Engine;
use std::fs;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("secrets")
    }

    fn within(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.path() } else { self.path().join(path) }
    }

    fn open(&self) -> Result<SecretStore, SecretError> {
        let environment: Environment = Box::new(|name| (name == "TOKEN").then(|| "from-env".to_owned()));
        let keyring = Box::new(MemoryKeyring::default());
        SecretStore::open_with(&self.path(), Outside { source: KeySource::File, environment, keyring })
    }

    fn store(&self) -> SecretStore {
        self.open().map_err(|error| error.to_string()).expect("a store")
    }
}

fn name(text: &str) -> SecretName {
    text.parse().expect("a good name")
}

fn given(byte: u8) -> KeySource {
    let value = base64::engine::general_purpose::STANDARD.encode([byte; 32]);
    KeySource::Given { value: Secret::new(value), origin: "INNKEEPER_KEY".into() }
}

/// A secret has no `Debug`, so results are compared by their text.
fn text(result: Result<Secret, SecretError>) -> Result<String, SecretError> {
    result.map(|secret| secret.expose().to_owned())
}

#[test]
fn what_is_set_is_got_after_opening_again() {
    let place = Place::new();
    place.store().set(&name("github-token"), &Secret::new("gh\u{e4}-1")).expect("kept");
    assert_eq!(text(place.store().get(&name("github-token"))).expect("there"), "gh\u{e4}-1");
    place.store().set(&name("github-token"), &Secret::new("gh-2")).expect("kept");
    assert_eq!(text(place.store().get(&name("github-token"))).expect("there"), "gh-2");
}

#[test]
fn the_disk_has_no_plain_text() {
    let place = Place::new();
    place.store().set(&name("a"), &Secret::new("hunter2-hunter2")).expect("kept");
    let bytes = fs::read(place.path().join("values/a")).expect("a file");
    assert!(!Secret::new("hunter2-hunter2").redactor().finds(&bytes));
}

#[test]
fn listing_is_in_order_and_ignores_what_a_crash_left() {
    let place = Place::new();
    let store = place.store();
    for each in ["b", "a", "c"] {
        store.set(&name(each), &Secret::new(each)).expect("kept");
    }
    fs::write(place.path().join("values/.tmpAbC"), "half").expect("written");
    assert_eq!(store.list().expect("readable"), [name("a"), name("b"), name("c")]);
    store.remove(&name("b")).expect("there");
    assert_eq!(store.list().expect("readable"), [name("a"), name("c")]);
    assert!(matches!(store.remove(&name("b")), Err(SecretError::Missing { .. })));
}

#[test]
fn a_missing_secret_says_how_to_set_it() {
    let error = text(Place::new().store().get(&name("github-token"))).expect_err("not there");
    assert_eq!(error.to_string(), "there is no secret `github-token`. Set it with: innkeeper secret set github-token");
}

#[test]
fn another_key_is_told_from_a_damaged_file() {
    let place = Place::new();
    place.store().set(&name("a"), &Secret::new("value")).expect("kept");
    fs::remove_file(place.path().join("key")).expect("removed");
    let other = SecretStore::open(&place.path(), given(9)).map_err(|error| error.to_string()).expect("a store");
    let error = text(other.get(&name("a"))).expect_err("encrypted with the key file");
    assert!(matches!(error, SecretError::WrongKey { .. }));
    assert!(error.to_string().contains("from INNKEEPER_KEY"), "{error}");
}

#[test]
fn a_key_that_is_given_is_not_mixed_with_the_one_in_the_file() {
    let place = Place::new();
    place.store();
    let error = SecretStore::open(&place.path(), given(9)).err().expect("another key");
    assert!(matches!(error, SecretError::OtherKey { .. }), "{error}");
    let file = fs::read_to_string(place.path().join("key")).expect("the key");
    let source = KeySource::Given { value: Secret::new(file), origin: "INNKEEPER_KEY".into() };
    assert!(SecretStore::open(&place.path(), source).is_ok(), "the same key is the same key");
}

#[test]
fn every_changed_byte_is_noticed() {
    let place = Place::new();
    let store = place.store();
    store.set(&name("a"), &Secret::new("value")).expect("kept");
    let path = place.path().join("values/a");
    let good = fs::read(&path).expect("a file");
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, &bad).expect("written");
        let error = text(store.get(&name("a"))).expect_err("changed");
        assert!(matches!(error, SecretError::Tampered { .. } | SecretError::WrongKey { .. }), "byte {at}: {error}");
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).expect("written");
        assert!(text(store.get(&name("a"))).is_err(), "cut to {length}");
    }
    fs::write(&path, &good).expect("written");
    assert!(text(store.get(&name("a"))).is_ok());
}

#[test]
fn a_file_under_another_name_is_refused() {
    let place = Place::new();
    let store = place.store();
    store.set(&name("harmless"), &Secret::new("value")).expect("kept");
    fs::copy(place.path().join("values/harmless"), place.path().join("values/admin")).expect("copied");
    assert!(matches!(text(store.get(&name("admin"))), Err(SecretError::Tampered { .. })));
}

#[test]
fn a_lost_key_is_not_replaced_silently() {
    let place = Place::new();
    place.store().set(&name("a"), &Secret::new("value")).expect("kept");
    fs::remove_file(place.path().join("key")).expect("removed");
    assert!(matches!(place.open().err(), Some(SecretError::KeyGone { .. })));
    assert!(!place.path().join("key").exists());
}

#[test]
fn openers_at_the_same_moment_agree_on_one_key() {
    let place = Place::new();
    let keys: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..8).map(|_| scope.spawn(|| place.store().key().id)).collect();
        openers.into_iter().map(|opener| opener.join().expect("opened")).collect()
    });
    assert_eq!(keys.len(), 1, "{keys:?}");
}

#[test]
fn empty_and_huge_secrets_are_refused() {
    let store = Place::new().store();
    assert!(matches!(store.set(&name("a"), &Secret::new("")), Err(SecretError::Empty { .. })));
    let huge = Secret::new("x".repeat(LARGEST + 1));
    assert!(matches!(store.set(&name("a"), &huge), Err(SecretError::TooLarge { .. })));
    let place = Place::new();
    let largest = Secret::new("x".repeat(LARGEST));
    place.store().set(&name("a"), &largest).expect("kept");
    assert_eq!(text(place.store().get(&name("a"))).expect("there").len(), LARGEST);
}

#[test]
fn references_are_fetched_from_their_places() {
    let place = Place::new();
    let store = place.store();
    store.set(&name("a"), &Secret::new("from-store")).expect("kept");
    assert_eq!(text(store.fetch(&SecretRef::Secret(name("a")))).expect("there"), "from-store");
    assert_eq!(text(store.fetch(&SecretRef::Env("TOKEN".into()))).expect("there"), "from-env");
    let missing = text(store.fetch(&SecretRef::Env("NOT_THERE".into())));
    assert!(matches!(missing, Err(SecretError::MissingVariable { .. })));
    assert!(matches!(text(store.fetch(&SecretRef::File("/no/such/file".into()))), Err(SecretError::Io { .. })));
}

#[test]
fn one_line_break_at_the_end_of_a_file_is_not_part_of_the_secret() {
    let place = Place::new();
    let store = place.store();
    let path = place.folder.path().join("token");
    for (content, wanted) in [("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), ("abc\n\n", "abc\n"), (" abc ", " abc ")] {
        fs::write(&path, content).expect("written");
        assert_eq!(text(store.fetch(&SecretRef::File(path.clone()))).expect("there"), wanted, "{content:?}");
    }
    fs::write(&path, "\n").expect("written");
    assert!(matches!(text(store.fetch(&SecretRef::File(path.clone()))), Err(SecretError::Empty { .. })));
    fs::write(&path, [0xff, 0xfe]).expect("written");
    assert!(matches!(text(store.fetch(&SecretRef::File(path.clone()))), Err(SecretError::NotText { .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_and_a_loose_mode_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.store().set(&name("a"), &Secret::new("value")).expect("kept");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    for (path, wanted) in [("", 0o700), ("values", 0o700), ("key", 0o600), ("values/a", 0o600)] {
        let path = place.within(path);
        assert_eq!(mode(&path), wanted, "{}", path.display());
    }
    for (path, loose, tight) in [("key", 0o640, 0o600), ("", 0o755, 0o700), ("values", 0o711, 0o700)] {
        let path = place.within(path);
        fs::set_permissions(&path, fs::Permissions::from_mode(loose)).expect("set");
        let error = place.open().err().expect("refused");
        assert!(matches!(error, SecretError::Permissions { .. }), "{error}");
        assert!(error.to_string().contains(&format!("chmod {tight:o} {}", path.display())), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(tight)).expect("set");
    }
}

#[test]
fn a_secret_that_its_issuer_changed_is_there_after_opening_again() {
    let place = Place::new();
    let reference = SecretRef::Secret(name("slack-refresh"));
    place.store().set(&name("slack-refresh"), &Secret::new("refresh-1")).expect("kept");
    let replaced = place.store().replace(&reference, &Secret::new("refresh-1"), &Secret::new("refresh-2"));
    assert!(replaced.expect("written"));
    assert_eq!(text(place.store().fetch(&reference)).expect("there"), "refresh-2");
}

#[test]
fn a_secret_that_was_set_on_purpose_is_not_replaced() {
    let place = Place::new();
    let reference = SecretRef::Secret(name("slack-refresh"));
    place.store().set(&name("slack-refresh"), &Secret::new("set-by-hand")).expect("kept");
    let replaced = place.store().replace(&reference, &Secret::new("refresh-1"), &Secret::new("refresh-2"));
    assert!(!replaced.expect("compared"));
    assert_eq!(text(place.store().fetch(&reference)).expect("there"), "set-by-hand");
}

#[test]
fn what_others_keep_is_not_replaced() {
    let place = Place::new();
    for reference in [SecretRef::Env("TOKEN".into()), SecretRef::File("/run/secrets/token".into())] {
        let error = place.store().replace(&reference, &Secret::new("from-env"), &Secret::new("new")).expect_err("not ours");
        assert!(error.to_string().starts_with(&format!("{reference} is not innkeeper's to change")), "{error}");
    }
    let gone = SecretRef::Secret(name("gone"));
    let error = place.store().replace(&gone, &Secret::new("a"), &Secret::new("b")).expect_err("there is none");
    assert!(matches!(error, SecretError::Missing { .. }));
}
