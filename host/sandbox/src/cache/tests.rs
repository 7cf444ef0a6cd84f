use super::*;
use std::time::Duration;

/// The smallest component, and another that compiles to other code: it has a custom section.
const EMPTY: &[u8] = &[0, b'a', b's', b'm', 13, 0, 1, 0];
const OTHER: &[u8] = &[0, b'a', b's', b'm', 13, 0, 1, 0, 0, 2, 1, b'x'];

fn engine() -> Engine {
    Engine::default()
}

fn cache(folder: &Path, max_bytes: u64) -> Cache {
    Cache::open(&CacheSettings { folder: folder.join("compiled"), max_bytes }).expect("a folder of one's own")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder.join("compiled")).expect("the folder").flatten().map(|entry| entry.path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION)).collect()
}

#[test]
fn a_component_is_compiled_once_and_loaded_by_any_host_with_the_key() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let first = cache(folder.path(), 1 << 30);
    let path = first.path(&engine, EMPTY);
    assert!(first.read(&engine, &path).is_none(), "nothing is there yet");
    first.load(&engine, EMPTY).expect("compiled");
    assert!(cache(folder.path(), 1 << 30).read(&engine, &path).is_some(), "a second host takes it from the folder");
    assert_eq!(entries(folder.path()), [path]);
}

#[test]
fn an_entry_that_changed_is_compiled_again_and_never_loaded() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let cache = cache(folder.path(), 1 << 30);
    cache.load(&engine, EMPTY).expect("compiled");
    let path = cache.path(&engine, EMPTY);
    let good = fs::read(&path).expect("an entry");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for bad in [flipped, good[..good.len() - 1].to_vec(), good[..10].to_vec(), good[MAC_LENGTH..].to_vec(), vec![]] {
        fs::write(&path, &bad).expect("written");
        assert!(cache.read(&engine, &path).is_none());
        cache.load(&engine, EMPTY).expect("compiled again");
        assert!(cache.read(&engine, &path).is_some(), "and kept again");
    }
}

#[test]
fn an_entry_of_another_host_or_another_component_is_foreign() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let ours = cache(folder.path(), 1 << 30);
    ours.load(&engine, EMPTY).expect("compiled");
    let (path, other) = (ours.path(&engine, EMPTY), ours.path(&engine, OTHER));
    assert_ne!(path, other);
    fs::copy(&path, &other).expect("renamed by somebody");
    assert!(ours.read(&engine, &other).is_none(), "another component's code");
    fs::remove_file(folder.path().join("compiled").join(KEY)).expect("removed");
    assert!(cache(folder.path(), 1 << 30).read(&engine, &path).is_none(), "another key");
}

#[test]
fn other_settings_of_the_engine_are_another_entry() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = cache(folder.path(), 1 << 30);
    let epochs = Engine::new(wasmtime::Config::new().epoch_interruption(true)).expect("an engine");
    assert_ne!(cache.path(&engine(), EMPTY), cache.path(&epochs, EMPTY));
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let plenty = cache(folder.path(), 1 << 30);
    plenty.load(&engine, EMPTY).expect("compiled");
    plenty.load(&engine, OTHER).expect("compiled");
    let (empty, other) = (plenty.path(&engine, EMPTY), plenty.path(&engine, OTHER));
    let size = fs::metadata(&empty).expect("an entry").len();
    let aged = |path: &Path, seconds| {
        let file = File::options().append(true).open(path).expect("an entry");
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).expect("aged");
    };
    aged(&empty, 100);
    aged(&other, 50);
    assert!(plenty.read(&engine, &empty).is_some(), "used now");
    let third = folder.path().join("compiled").join("third").with_extension(EXTENSION);
    let tight = cache(folder.path(), 2 * size + size / 2);
    tight.write(&third, &vec![0; (size as usize) - MAC_LENGTH]).expect("written");
    let mut left = entries(folder.path());
    left.sort();
    let mut expected = vec![empty, third];
    expected.sort();
    assert_eq!(left, expected, "{other:?} went");
}

#[test]
fn an_entry_larger_than_the_cache_is_not_kept_and_the_component_still_loads() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let tiny = cache(folder.path(), 100);
    tiny.load(&engine, EMPTY).expect("compiled");
    assert!(entries(folder.path()).is_empty());
}

#[test]
fn a_folder_or_key_that_others_can_enter_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = CacheSettings::new(folder.path().join("compiled"));
    Cache::open(&settings).map(|_| ()).expect("made for the owner alone");
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    let key = settings.folder.join(KEY);
    assert_eq!((mode(&settings.folder), mode(&key)), (0o700, 0o600));

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("set");
    let refused = Cache::open(&settings).map(|_| ()).expect_err("others may read the key").to_string();
    assert!(refused.contains("others may read the key"), "{refused}");

    fs::set_permissions(&settings.folder, fs::Permissions::from_mode(0o777)).expect("set");
    let refused = Cache::open(&settings).map(|_| ()).expect_err("others may enter").to_string();
    assert!(refused.contains("chmod 700"), "{refused}");
}

#[test]
fn a_key_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = CacheSettings::new(folder.path().join("compiled"));
    Cache::open(&settings).map(|_| ()).expect("made");
    fs::write(settings.folder.join(KEY), b"short").expect("written");
    let refused = Cache::open(&settings).map(|_| ()).expect_err("five bytes are no key").to_string();
    assert!(refused.contains("not a key of 32 bytes"), "{refused}");
}

#[test]
fn an_entry_that_is_a_link_or_no_file_is_not_followed() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let cache = cache(folder.path(), 1 << 30);
    cache.load(&engine, EMPTY).expect("compiled");
    let (path, elsewhere) = (cache.path(&engine, EMPTY), folder.path().join("elsewhere"));
    fs::rename(&path, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &path).expect("linked");
    assert!(cache.read(&engine, &path).is_none(), "though what it leads to is good");
    let before = fs::read(&elsewhere).expect("it is there");
    cache.load(&engine, EMPTY).expect("compiled again");
    assert!(fs::symlink_metadata(&path).expect("an entry").is_file(), "the link was replaced");
    assert!(cache.read(&engine, &path).is_some() && fs::read(&elsewhere).expect("it is there") == before);

    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    assert!(cache.read(&engine, &path).is_none());
    cache.load(&engine, EMPTY).expect("compiled all the same");
}

#[test]
fn an_entry_larger_than_the_cache_is_not_even_read() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let plenty = cache(folder.path(), 1 << 30);
    plenty.load(&engine, EMPTY).expect("compiled");
    let path = plenty.path(&engine, EMPTY);
    assert!(cache(folder.path(), 10).read(&engine, &path).is_none());
    assert!(plenty.read(&engine, &path).is_some());
}

#[test]
fn an_entry_in_the_place_of_another_is_compiled_again() {
    let (folder, engine) = (tempfile::tempdir().expect("a temporary folder"), engine());
    let cache = cache(folder.path(), 1 << 30);
    cache.load(&engine, EMPTY).expect("compiled");
    cache.load(&engine, OTHER).expect("compiled");
    let (empty, other) = (cache.path(&engine, EMPTY), cache.path(&engine, OTHER));
    let (first, second) = (fs::read(&empty).expect("an entry"), fs::read(&other).expect("an entry"));
    fs::write(&empty, &second).and_then(|()| fs::write(&other, &first)).expect("swapped");
    assert!(cache.read(&engine, &empty).is_none() && cache.read(&engine, &other).is_none());
    cache.load(&engine, EMPTY).expect("compiled again");
    assert!(cache.read(&engine, &empty).is_some());
}

#[test]
fn a_folder_of_another_user_or_open_to_others_is_not_ones_own() {
    let folder = Path::new("/state/compiled");
    assert_eq!(not_ones_own(folder, 7, 0o40700, 7), None);
    let foreign = not_ones_own(folder, 8, 0o40700, 7).expect("another's");
    assert_eq!(foreign, "it belongs to another user (uid 8). Type: chown -R 7 /state/compiled");
    for mode in [0o40720, 0o40702, 0o40750, 0o40701] {
        let open = not_ones_own(folder, 7, mode, 7).expect("open");
        assert!(open.ends_with("Type: chmod 700 /state/compiled"), "{open}");
    }
}
