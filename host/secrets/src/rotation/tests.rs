use super::*;
use crate::keyring::memory::MemoryKeyring;
use crate::keys::Outside;
use crate::{KeySource, Secret, SecretName};
use base64::Engine;
use std::fs;
use std::path::PathBuf;

/// A folder of secrets, what the environment has, and a keyring.
struct House {
    folder: tempfile::TempDir,
    keyring: MemoryKeyring,
    key: Option<String>,
    new: Option<String>,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), keyring: MemoryKeyring::default(), key: None, new: None }
    }

    /// With secrets, and a key in this place.
    fn with_key_in(place: KeyPlace) -> Self {
        let mut house = Self::new();
        match place {
            KeyPlace::File => {}
            KeyPlace::Environment => house.key = Some(key(1)),
            KeyPlace::Keyring => {
                house.new = Some(key(1));
                house.store().rotate(Some(KeyPlace::Keyring)).expect("moved");
                house.new = None;
            }
        }
        let store = house.store();
        for (name, value) in secrets() {
            store.set(&name, &Secret::new(value)).expect("kept");
        }
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("secrets").join(name)
    }

    fn open(&self) -> Result<SecretStore, SecretError> {
        let new = self.new.clone();
        let source = match &self.key {
            None => KeySource::File,
            Some(key) => KeySource::Given { value: Secret::new(key.as_str()), origin: KeySource::VARIABLE.into() },
        };
        let environment = Box::new(move |name: &str| new.clone().filter(|_| name == KeySource::NEW));
        SecretStore::open_with(&self.path(""), Outside { source, environment, keyring: Box::new(self.keyring.clone()) })
    }

    fn store(&self) -> SecretStore {
        self.open().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every secret has its value.
    #[track_caller]
    fn is_whole(&self, store: &SecretStore, when: &str) {
        for (name, value) in secrets() {
            let got = store.get(&name).unwrap_or_else(|error| panic!("{when}: {error}"));
            assert_eq!(got.expose(), value, "{when}");
        }
    }

    fn keys_of_values(&self) -> Vec<String> {
        let store = self.store();
        let mut keys: Vec<String> =
            secrets().iter().map(|(name, _)| store.key_of(name).expect("readable").expect("a header")).collect();
        keys.dedup();
        keys
    }
}

fn key(byte: u8) -> String {
    base64::engine::general_purpose::STANDARD.encode([byte; 32])
}

fn secrets() -> Vec<(SecretName, &'static str)> {
    [("a", "value-a"), ("b", "value-b"), ("c", "value-c")].map(|(name, value)| (name.parse().expect("a name"), value)).to_vec()
}

/// Ends a change of keys at this step.
fn stop_at(step: usize) -> impl FnMut() -> Result<(), SecretError> {
    let mut done = 0;
    move || {
        done += 1;
        match done > step {
            true => {
                Err(SecretError::Io { action: "write", path: "x".into(), source: std::io::Error::other("the power is gone") })
            }
            false => Ok(()),
        }
    }
}

const PLACES: [KeyPlace; 3] = [KeyPlace::File, KeyPlace::Keyring, KeyPlace::Environment];

#[test]
fn a_new_key_in_a_file_encrypts_everything_and_the_old_one_is_gone() {
    let house = House::with_key_in(KeyPlace::File);
    let old = fs::read_to_string(house.path("key")).expect("a key");
    let before = house.store().key();
    let after = house.store().rotate(None).expect("changed");
    assert_ne!(before.id, after.id);
    assert_eq!(house.keys_of_values(), [after.id]);
    house.is_whole(&house.store(), "afterwards");
    assert_ne!(fs::read_to_string(house.path("key")).expect("a key"), old);
    assert!(!house.path("key.next").exists());
}

/// From every place to every place, cut off before every step: whoever opens it next with the keys that were there reads everything, and
/// what was begun is done or had not begun.
#[test]
fn nothing_is_lost_wherever_a_change_of_keys_is_cut_off() {
    for (from, to) in PLACES.into_iter().flat_map(|from| PLACES.map(|to| (from, to))) {
        let mut step = 0;
        loop {
            let mut house = House::with_key_in(from);
            house.new = (to != KeyPlace::File).then(|| key(2));
            let when = format!("{from:?} to {to:?}, cut off at step {step}");
            let old = house.store().key().id;
            let store = house.store();
            let whole = store.rotate_watched(Some(to), &mut stop_at(step)).is_ok();
            // The one that was running meanwhile, and one that starts now.
            house.is_whole(&store, &when);
            let next = house.store();
            house.is_whole(&next, &when);
            let state = next.key();
            assert_eq!(state.unfinished, None, "{when}");
            assert_eq!(house.keys_of_values(), std::slice::from_ref(&state.id), "{when}");
            let place = if state.id == old { from } else { to };
            assert_eq!(state.place, place, "{when}");
            let kept: Vec<String> = house.keyring.keys().keys().cloned().collect();
            let wanted = if place == KeyPlace::Keyring { vec![state.id] } else { Vec::new() };
            assert_eq!(kept, wanted, "{when}: the keyring has the key in use and no other");
            if whole {
                assert!(step >= 5, "{when}: a step for each secret, one before and one after");
                assert_eq!(state.place, to);
                break;
            }
            step += 1;
        }
    }
}

#[test]
fn a_change_that_was_cut_off_waits_for_the_key_that_only_its_owner_has() {
    let mut house = House::with_key_in(KeyPlace::File);
    house.new = Some(key(2));
    // `key.next` and the first secret are written.
    house.store().rotate_watched(Some(KeyPlace::Environment), &mut stop_at(2)).expect_err("cut off");
    house.new = None;
    let store = house.store();
    assert!(store.key().unfinished.is_some());
    let mut results = secrets().into_iter().map(|(name, _)| store.get(&name));
    let error = results.next().expect("one").err().expect("only the new key opens it");
    assert!(matches!(error, SecretError::KeyAbsent { .. }), "{error}");
    assert!(error.to_string().contains("INNKEEPER_NEW_KEY"), "{error}");
    assert!(results.all(|result| result.is_ok()), "the old key opens the rest");
    let error = store.rotate(None).expect_err("one change at a time");
    assert!(matches!(error, SecretError::KeyAbsent { .. }), "{error}");
    house.new = Some(key(2));
    house.is_whole(&house.store(), "with the key");
    assert_eq!(house.store().key().unfinished, None);
}

#[test]
fn secrets_that_are_set_during_a_change_are_not_lost() {
    let house = House::with_key_in(KeyPlace::File);
    // It knows only the old key.
    let running = house.store();
    house.store().rotate(None).expect("changed");
    let (first, _) = &secrets()[0];
    let changed = crate::Vault::replace(
        &running,
        &crate::SecretRef::Secret(first.clone()),
        &Secret::new("value-a"),
        &Secret::new("value-a-2"),
    );
    assert!(changed.expect("replaced"));
    assert_eq!(house.store().get(first).map_err(|error| error.to_string()).expect("readable").expose(), "value-a-2");
}

#[test]
fn writers_and_a_change_of_keys_take_turns() {
    let house = House::with_key_in(KeyPlace::File);
    std::thread::scope(|scope| {
        for (name, value) in secrets() {
            let store = house.store();
            scope.spawn(move || {
                for _ in 0..8 {
                    store.set(&name, &Secret::new(value)).expect("kept");
                    assert_eq!(store.get(&name).map_err(|error| error.to_string()).expect("readable").expose(), value);
                }
            });
        }
        let store = house.store();
        scope.spawn(move || (0..3).for_each(|_| drop(store.rotate(None).expect("changed"))));
    });
    house.is_whole(&house.store(), "afterwards");
}

#[test]
fn a_secret_that_nobody_can_read_stops_a_change_before_it_begins() {
    let house = House::with_key_in(KeyPlace::File);
    fs::write(house.path("values/b"), "rubbish").expect("written");
    let before = fs::read(house.path("key")).expect("a key");
    let error = house.store().rotate(None).expect_err("b would be lost");
    assert!(error.to_string().contains("would lose the secret `b`"), "{error}");
    assert_eq!(fs::read(house.path("key")).expect("a key"), before);
    assert!(!house.path("key.next").exists());
}

#[test]
fn the_environment_is_not_ours_to_write_so_the_key_is_brought() {
    let mut house = House::with_key_in(KeyPlace::File);
    for place in [KeyPlace::Environment, KeyPlace::Keyring] {
        let error = house.store().rotate(Some(place)).expect_err("no key");
        assert!(matches!(error, SecretError::NoNewKey { .. }), "{error}");
    }
    house.new = Some(key(2));
    house.store().rotate(Some(KeyPlace::Environment)).expect("changed");
    assert!(house.open().is_ok(), "both variables may still be as they were");
    let error = house.store().rotate(None).expect_err("that is the key");
    assert!(matches!(error, SecretError::SameKey), "{error}");
    house.new = None;
    let error = house.open().err().expect("nobody has the key");
    assert!(error.to_string().contains("Give it in INNKEEPER_KEY"), "{error}");
    house.key = Some(key(2));
    house.is_whole(&house.store(), "with the key");
    let text = fs::read_to_string(house.path("key")).expect("where the key is");
    assert!(!text.contains(&key(2)), "the key is not beside the secrets");
}

#[test]
fn a_keyring_that_forgot_the_key_is_told_and_gets_it_back() {
    let mut house = House::with_key_in(KeyPlace::Keyring);
    house.keyring.keys().clear();
    let error = house.open().err().expect("nobody has the key");
    assert!(error.to_string().contains("INNKEEPER_KEY=... innkeeper secret key"), "{error}");
    house.key = Some(key(1));
    house.is_whole(&house.store(), "with the key");
    house.key = None;
    house.is_whole(&house.store(), "from the keyring again");
}

#[test]
fn where_there_is_no_keyring_nothing_is_changed_and_the_error_says_what_to_do() {
    let mut house = House::with_key_in(KeyPlace::File);
    house.new = Some(key(2));
    house.keyring.broken = Some("function not implemented");
    let error = house.store().rotate(Some(KeyPlace::Keyring)).expect_err("no keyring");
    assert!(matches!(error, SecretError::Keyring { .. }), "{error}");
    for part in ["function not implemented", "INNKEEPER_KEY", "rotate-key --to file"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!house.path("key.next").exists());
    house.is_whole(&house.store(), "as before");
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernels_keyring_opens_the_secrets_where_there_is_one() {
    use crate::keyring::{Keyring, SystemKeyring};
    let house = House::with_key_in(KeyPlace::File);
    let new = Key::generate("a test").map_err(|error| error.to_string()).expect("a key");
    let text = new.text().to_string();
    let open = move |new: Option<String>| {
        let environment = Box::new(move |name: &str| new.clone().filter(|_| name == KeySource::NEW));
        SecretStore::open_with(
            &house.path(""),
            Outside { source: KeySource::File, environment, keyring: Box::new(SystemKeyring) },
        )
        .map(|store| (store, house.path("key")))
    };
    let (store, path) = open(Some(text)).map_err(|error| error.to_string()).expect("a store");
    match store.rotate(Some(KeyPlace::Keyring)) {
        Ok(state) => {
            assert_eq!((state.id.as_str(), state.place), (new.id.as_str(), KeyPlace::Keyring));
            let (store, _) = open(None).map_err(|error| error.to_string()).expect("the kernel has the key");
            let read =
                secrets().into_iter().filter(|(name, value)| store.get(name).is_ok_and(|got| got.expose() == *value)).count();
            store.rotate(Some(KeyPlace::File)).expect("moved back");
            assert_eq!(read, 3);
            assert!(SystemKeyring.get(&new.id).expect("readable").is_none(), "and has forgotten it");
        }
        Err(error) => {
            assert!(matches!(error, SecretError::Keyring { .. }), "{error}");
            assert!(!path.with_file_name("key.next").exists());
        }
    }
}
