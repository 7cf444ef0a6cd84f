use super::*;
use crate::samples::{COMPONENT, TODAY, folder, key, manifest, signed, trust, unsigned};
use std::fs;
use tempfile::TempDir;

mod openssl;
mod packing;

fn refused(folder: &TempDir) -> BundleError {
    Bundle::open(folder.path()).expect_err("must be refused")
}

fn refusal(folder: &TempDir) -> String {
    refused(folder).to_string().replace(&folder.path().display().to_string(), "BUNDLE")
}

/// A folder with the files of a bundle in it.
fn laid_out(bundle: &Bundle) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in bundle.files() {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    folder
}

#[test]
fn a_good_bundle_is_read_with_its_digests() {
    let folder = folder("scim", "0.1.0");
    fs::write(folder.path().join("notes.txt"), "not part of it").expect("written");
    let bundle = Bundle::open(folder.path()).expect("good");
    assert_eq!(bundle.manifest().name.as_str(), "scim");
    assert_eq!(bundle.component(), COMPONENT);
    assert_eq!(bundle.component_digest(), Digest::of(COMPONENT));
    assert_eq!(bundle.readme(), "# A connector for tests\n");
    assert_eq!(bundle.digests().keys().collect::<Vec<_>>(), ["README.md", "connector.toml", "connector.wasm"]);
    assert!(bundle.digest_list().contains(&format!("{}  connector.wasm\n", Digest::of(COMPONENT))));
    assert_eq!(bundle.digest(), Digest::of(bundle.digest_list().as_bytes()));
    assert_eq!((bundle.exports().expect("read"), bundle.imports().expect("read")), (vec![], vec![]));
    assert_eq!(bundle.signature(), None);
}

#[test]
fn the_bundle_is_what_was_checked_whatever_happens_to_the_folder() {
    let folder = folder("scim", "0.1.0");
    let bundle = Bundle::open(folder.path()).expect("good");
    fs::write(folder.path().join("connector.wasm"), b"something else").expect("written");
    assert_eq!(Digest::of(bundle.component()), bundle.component_digest());
}

#[test]
fn every_byte_of_every_file_counts() {
    let before = unsigned("scim", "0.1.0").digest();
    for (name, content) in [("LICENSE", "mine"), ("README.md", "# a connector for tests\n")] {
        let folder = folder("scim", "0.1.0");
        fs::write(folder.path().join(name), content).expect("written");
        assert_ne!(Bundle::open(folder.path()).expect("good").digest(), before, "{name}");
    }
}

#[test]
fn missing_and_wrong_files_are_named() {
    let mut refusals = Vec::new();
    for name in ["connector.toml", "connector.wasm", "README.md"] {
        let folder = folder("scim", "0.1.0");
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
        ("SHA256SUMS.sig", b"untrusted comment: signature"),
        ("SHA256SUMS.sig", b"\xff\xfe"),
        ("SHA256SUMS", b"\xff\xfe"),
        ("SHA256SUMS", b"connector.wasm\n"),
        ("SHA256SUMS", b""),
    ] {
        let folder = laid_out(&signed("scim", "0.1.0"));
        // Where the list is of the files as they are, the file itself is what is wrong.
        if !name.starts_with("SHA") {
            fs::remove_file(folder.path().join(SUMS)).expect("there");
            fs::remove_file(folder.path().join(SIGNATURE)).expect("there");
        }
        fs::write(folder.path().join(name), content).expect("written");
        refusals.push(refusal(&folder));
    }
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_component_that_is_damaged_further_on_is_only_so_when_it_is_read() {
    let folder = folder("scim", "0.1.0");
    fs::write(folder.path().join("connector.wasm"), [COMPONENT, &[11, 100]].concat()).expect("written");
    let bundle = Bundle::open(folder.path()).expect("a component by its head");
    for error in [bundle.exports().expect_err("damaged"), bundle.imports().expect_err("damaged")] {
        assert!(matches!(&error, BundleError::Component { path, .. } if path.ends_with("connector.wasm")), "{error}");
    }
}

#[test]
fn files_that_are_too_large_are_not_read() {
    for name in ["README.md", "LICENSE", "connector.toml", "connector.wasm", "SHA256SUMS", "SHA256SUMS.sig"] {
        let limit = layout::limit(name).expect("a bundle's");
        let folder = folder("scim", "0.1.0");
        fs::File::create(folder.path().join(name)).and_then(|file| file.set_len(limit + 1)).expect("a sparse file");
        assert_eq!(refusal(&folder), format!("`BUNDLE/{name}` has more than {limit} bytes"));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("crm.tar.zst");
    fs::File::create(&path).and_then(|file| file.set_len(archive::LARGEST_ARCHIVE + 1)).expect("a sparse file");
    assert!(matches!(Bundle::open(&path), Err(BundleError::TooLarge { limit: archive::LARGEST_ARCHIVE, .. })));
}

#[cfg(unix)]
#[test]
fn links_and_folders_are_refused() {
    use std::os::unix::fs::symlink;
    for name in ["connector.toml", "connector.wasm", "README.md", "LICENSE", "SHA256SUMS", "SHA256SUMS.sig"] {
        for target in ["/etc/hostname", "other", "missing"] {
            let folder = folder("scim", "0.1.0");
            let _ = fs::remove_file(folder.path().join(name));
            fs::write(folder.path().join("other"), COMPONENT).expect("written");
            symlink(target, folder.path().join(name)).expect("linked");
            assert!(matches!(refused(&folder), BundleError::NotAFile { .. }), "{name} to {target}");
        }
        let folder = folder("scim", "0.1.0");
        let _ = fs::remove_file(folder.path().join(name));
        fs::create_dir(folder.path().join(name)).expect("made");
        assert!(matches!(refused(&folder), BundleError::NotAFile { .. }), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_an_archive_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("crm.tar.zst");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo is there");
    assert!(made.success());
    assert!(matches!(Bundle::open(&path), Err(BundleError::NotAFile { .. })));
}

#[test]
fn what_is_not_there_is_named() {
    let error = Bundle::open(Path::new("/no/such/bundle")).expect_err("must be refused");
    assert!(error.to_string().starts_with("cannot open the bundle `/no/such/bundle`: "), "{error}");
}

#[test]
fn a_file_that_was_changed_after_signing_is_named() {
    for (name, content) in [
        ("README.md", "# Another\n".to_owned()),
        ("connector.toml", manifest("scim", "0.1.0").replace("GET", "PUT")),
        ("connector.wasm", String::from_utf8_lossy(COMPONENT).into_owned() + "\0"),
    ] {
        let folder = laid_out(&signed("scim", "0.1.0"));
        fs::write(folder.path().join(name), content).expect("written");
        let error = refused(&folder);
        assert!(matches!(&error, BundleError::DigestDiffers { path } if path.ends_with(name)), "{error}");
    }
    let folder = laid_out(&signed("scim", "0.1.0"));
    fs::write(folder.path().join("LICENSE"), "mine").expect("written");
    assert!(matches!(refused(&folder), BundleError::NotListed { path } if path.ends_with("LICENSE")));
}

#[test]
fn a_signature_without_what_it_signs_is_refused() {
    let folder = laid_out(&signed("scim", "0.1.0"));
    fs::remove_file(folder.path().join(SUMS)).expect("there");
    assert!(matches!(refused(&folder), BundleError::Missing { path } if path.ends_with(SUMS)));
}

#[test]
fn what_is_laid_out_is_the_same_bundle_again() {
    let bundle = signed("scim", "0.1.0");
    let read = Bundle::open(laid_out(&bundle).path()).expect("good");
    assert_eq!((read.digest(), read.signature()), (bundle.digest(), bundle.signature()));
    read.verify(&trust(), TODAY).expect("trusted");
}

#[test]
fn signing_again_replaces_the_signature() {
    let other = SigningKey::sample(2);
    let bundle = signed("scim", "0.1.0").sign(&other);
    assert_eq!(bundle.signature().expect("signed").key(), &other.public());
    assert_eq!(bundle.files().count(), 5);
    assert_eq!(bundle.sign(&key()).pack(), signed("scim", "0.1.0").pack());
}
