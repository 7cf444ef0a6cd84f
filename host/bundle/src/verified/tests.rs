use super::*;
use std::fs;

/// The smallest component: the head of one, with nothing in it.
pub(crate) const COMPONENT: &[u8] = &[0, b'a', b's', b'm', 13, 0, 1, 0];

pub(crate) fn manifest(name: &str, version: &str) -> String {
    format!(
        r#"manifest = 1
name = "{name}"
version = "{version}"
publisher = "innkeeper"
description = "A connector for tests"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://api.example.com"
[[hosts]]
url = "https://api.example.com"
methods = ["GET", "POST"]
[configuration]
type = "object"
"#
    )
}

/// A folder with a good bundle in it.
pub(crate) fn bundle(name: &str, version: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("connector.toml"), manifest(name, version)).expect("written");
    fs::write(folder.path().join("connector.wasm"), COMPONENT).expect("written");
    fs::write(folder.path().join("README.md"), "# A connector for tests\n").expect("written");
    folder
}

fn refusal(folder: &tempfile::TempDir) -> String {
    let Err(error) = VerifiedBundle::open(folder.path()) else { panic!("must be refused") };
    error.to_string().replace(&folder.path().display().to_string(), "BUNDLE")
}

#[test]
fn a_good_bundle_is_read_with_its_digests() {
    let folder = bundle("scim", "0.1.0");
    fs::write(folder.path().join("notes.txt"), "not part of it").expect("written");
    let bundle = VerifiedBundle::open(folder.path()).expect("good");
    assert_eq!(bundle.manifest().name.as_str(), "scim");
    assert_eq!(bundle.component(), COMPONENT);
    assert_eq!(bundle.component_digest(), Digest::of(COMPONENT));
    assert_eq!(bundle.readme(), "# A connector for tests\n");
    assert_eq!(bundle.digests().keys().collect::<Vec<_>>(), ["README.md", "connector.toml", "connector.wasm"]);
    assert!(bundle.digest_list().contains(&format!("{}  connector.wasm\n", Digest::of(COMPONENT))));
    assert_eq!(bundle.digest(), Digest::of(bundle.digest_list().as_bytes()));
}

#[test]
fn the_bundle_is_what_was_checked_whatever_happens_to_the_folder() {
    let folder = bundle("scim", "0.1.0");
    let bundle = VerifiedBundle::open(folder.path()).expect("good");
    fs::write(folder.path().join("connector.wasm"), b"something else").expect("written");
    assert_eq!(Digest::of(bundle.component()), bundle.component_digest());
}

#[test]
fn every_byte_of_every_file_counts() {
    let before = VerifiedBundle::open(bundle("scim", "0.1.0").path()).expect("good").digest();
    let folder = bundle("scim", "0.1.0");
    fs::write(folder.path().join("LICENCE"), "mine").expect("written");
    assert_ne!(VerifiedBundle::open(folder.path()).expect("good").digest(), before);
    let folder = bundle("scim", "0.1.0");
    fs::write(folder.path().join("README.md"), "# a connector for tests\n").expect("written");
    assert_ne!(VerifiedBundle::open(folder.path()).expect("good").digest(), before);
}

#[test]
fn missing_and_wrong_files_are_named() {
    let mut refusals = Vec::new();
    for name in ["connector.toml", "connector.wasm", "README.md"] {
        let folder = bundle("scim", "0.1.0");
        fs::remove_file(folder.path().join(name)).expect("there");
        refusals.push(refusal(&folder));
    }
    for (name, content) in [
        ("connector.toml", &b"manifest = 1\nname = 7\n"[..]),
        ("connector.toml", b"\xff\xfe"),
        ("README.md", b"\xff\xfe"),
        ("connector.wasm", b"\0asm\x01\0\0\0"),
        ("connector.wasm", b"\0asm\x0d\0\x02\0"),
        ("connector.wasm", b"\x7fELF\x02\x01\x01\0"),
        ("connector.wasm", b"export default {}"),
        ("connector.wasm", b""),
    ] {
        let folder = bundle("scim", "0.1.0");
        fs::write(folder.path().join(name), content).expect("written");
        refusals.push(refusal(&folder));
    }
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn files_that_are_too_large_are_not_read() {
    for (name, limit) in [("README.md", LARGEST_TEXT), ("connector.toml", LARGEST_TEXT), ("connector.wasm", LARGEST_COMPONENT)] {
        let folder = bundle("scim", "0.1.0");
        fs::File::create(folder.path().join(name)).and_then(|file| file.set_len(limit + 1)).expect("a sparse file");
        assert_eq!(refusal(&folder), format!("`BUNDLE/{name}` has more than {limit} bytes"));
    }
}

#[cfg(unix)]
#[test]
fn links_and_folders_are_refused() {
    use std::os::unix::fs::symlink;
    for name in ["connector.toml", "connector.wasm", "README.md", "LICENCE"] {
        for target in ["/etc/hostname", "other", "missing"] {
            let folder = bundle("scim", "0.1.0");
            let _ = fs::remove_file(folder.path().join(name));
            fs::write(folder.path().join("other"), COMPONENT).expect("written");
            symlink(target, folder.path().join(name)).expect("linked");
            assert!(refusal(&folder).contains("is not a plain file"), "{name} to {target}");
        }
        let folder = bundle("scim", "0.1.0");
        let _ = fs::remove_file(folder.path().join(name));
        fs::create_dir(folder.path().join(name)).expect("made");
        assert!(refusal(&folder).contains("is not a plain file"), "{name}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let Err(error) = VerifiedBundle::open(Path::new("/no/such/bundle")) else { panic!("must be refused") };
    assert!(error.to_string().starts_with("cannot open the folder `/no/such/bundle`: "), "{error}");
}
