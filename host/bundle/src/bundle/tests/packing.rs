//! Bundles as archives.

use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Signed once: that is the slow part.
static SIGNED: LazyLock<Bundle> = LazyLock::new(|| signed("scim", "0.1.0"));

/// An archive with these files, whatever they are.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    crate::archive::pack(files.iter().copied())
}

#[test]
fn the_same_bundle_packs_to_the_same_bytes_wherever_it_lies() {
    assert_eq!(signed("scim", "0.1.0").pack(), signed("scim", "0.1.0").pack());
    let laid_out = laid_out(&signed("scim", "0.1.0"));
    fs::write(laid_out.path().join("notes.txt"), "not part of it").expect("written");
    assert_eq!(Bundle::open(laid_out.path()).expect("good").pack(), signed("scim", "0.1.0").pack());
    assert_ne!(unsigned("scim", "0.1.0").pack(), signed("scim", "0.1.0").pack());
}

#[test]
fn an_archive_is_opened_like_a_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (path, bundle) = (folder.path().join("scim-0.1.0.tar.zst"), signed("scim", "0.1.0"));
    fs::write(&path, bundle.pack()).expect("written");
    let read = Bundle::open(&path).expect("good");
    assert_eq!((read.digest(), read.signature()), (bundle.digest(), bundle.signature()));
}

#[test]
fn an_archive_has_all_files_of_a_bundle() {
    let whole = signed("scim", "0.1.0");
    for without in ["README.md", "SHA256SUMS", "connector.toml", "connector.wasm"] {
        let files: Vec<_> = whole.files().filter(|(name, _)| *name != without).collect();
        let error = Bundle::from_archive(&archive(&files)).expect_err(without);
        assert!(matches!(&error, BundleError::Missing { path } if path.ends_with(without)), "{error}");
    }
    let files: Vec<_> = whole.files().filter(|(name, _)| *name != SIGNATURE).collect();
    assert_eq!(Bundle::from_archive(&archive(&files)).expect("whole").signature(), None);
}

#[test]
fn a_second_component_is_no_part_of_a_bundle() {
    let whole = signed("scim", "0.1.0");
    let files: Vec<_> = whole.files().chain([("other.wasm", COMPONENT)]).collect();
    match Bundle::from_archive(&archive(&files)).expect_err("must be refused") {
        BundleError::Archive { error: ArchiveError::Unexpected { name }, .. } => assert_eq!(name, "other.wasm"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_that_was_changed_in_an_archive_is_named() {
    let whole = signed("scim", "0.1.0");
    for (changed, content) in whole.files().filter(|(name, _)| !name.starts_with(SUMS)) {
        let content = [content, b"\n"].concat();
        let files: Vec<_> = whole.files().map(|(name, bytes)| (name, if name == changed { &*content } else { bytes })).collect();
        let error = Bundle::from_archive(&archive(&files)).expect_err(changed);
        assert!(matches!(&error, BundleError::DigestDiffers { path } if path.ends_with(changed)), "{error}");
    }
}

/// Altered bytes are refused, or mean exactly what they meant before.
fn refused_or_the_same(archive: &[u8], original: &Bundle) -> Result<(), TestCaseError> {
    let read = Bundle::from_archive(archive).and_then(|bundle| bundle.verify(&trust(), TODAY));
    if let Ok(verified) = read {
        prop_assert_eq!(verified.digest(), original.digest());
        prop_assert_eq!(verified.key(), &key().public());
        prop_assert!(verified.files().eq(original.files()));
    }
    Ok(())
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    // Each writes a folder and packs it twice.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn packing_and_reading_gives_the_same_bundle(readme in ".{0,30}", license in prop::option::of(bytes(600)), more in bytes(600)) {
        let folder = folder("scim", "0.1.0");
        fs::write(folder.path().join("README.md"), readme).expect("written");
        fs::write(folder.path().join("connector.wasm"), [COMPONENT, &more].concat()).expect("written");
        if let Some(license) = license {
            fs::write(folder.path().join("LICENSE"), license).expect("written");
        }
        let bundle = Bundle::open(folder.path()).expect("good");
        let packed = bundle.pack();
        let read = Bundle::from_archive(&packed).expect("good");
        prop_assert!(read.files().eq(bundle.files()));
        prop_assert_eq!(read.pack(), packed);
    }
}

proptest! {
    #[test]
    fn an_altered_archive_never_verifies_as_something_else(place in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut packed = SIGNED.pack();
        let place = place.index(packed.len());
        packed[place] ^= change;
        refused_or_the_same(&packed, &SIGNED)?;
    }

    /// What the check sum of the compression would notice, were it not made anew.
    #[test]
    fn an_altered_tar_never_verifies_as_something_else(place in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut tar = zstd::stream::decode_all(SIGNED.pack().as_slice()).expect("zstd");
        let place = place.index(tar.len());
        tar[place] ^= change;
        refused_or_the_same(&zstd::bulk::compress(&tar, 1).expect("compressed"), &SIGNED)?;
    }

    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in bytes(500), file in any::<prop::sample::Index>()) {
        let _ = Bundle::from_archive(&bytes);
        let file = file.index(SIGNED.files().count());
        let replaced = SIGNED.files().enumerate().map(|(number, (name, good))| (name, if number == file { &*bytes } else { good }));
        let _ = Bundle::from_archive(&crate::archive::pack(replaced));
    }
}
