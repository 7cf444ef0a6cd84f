//! Archives with more in them than a bundle has.

use innkeeper_bundle::{ArchiveError, Bundle, BundleError};
use innkeeper_hostile::{Held, Shipment, attack, key};
use tar::{EntryType, Header};

/// One entry of an archive that is made by hand.
struct Entry {
    name: Vec<u8>,
    kind: EntryType,
    content: Vec<u8>,
}

fn file(name: &str, content: impl Into<Vec<u8>>) -> Entry {
    Entry { name: name.as_bytes().to_vec(), kind: EntryType::Regular, content: content.into() }
}

fn special(name: &str, kind: EntryType) -> Entry {
    Entry { kind, ..file(name, "") }
}

/// The smallest component: the head of one.
const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 13, 0, 1, 0];

/// The files of a good bundle that the trusted publisher signed.
fn good() -> Vec<Entry> {
    let bundle = Shipment::new(COMPONENT).bundle().expect("a good bundle").sign(key());
    bundle.files().map(|(name, bytes)| file(name, bytes)).collect()
}

/// The bytes of a tar file, with nothing checked.
fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..entry.name.len()].copy_from_slice(&entry.name);
        header.set_entry_type(entry.kind);
        header.set_mode(0o644);
        header.set_size(entry.content.len() as u64);
        if entry.kind.is_symlink() || entry.kind.is_hard_link() {
            header.set_link_name("/etc/passwd").expect("it fits");
        }
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&entry.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("compressed")
}

/// A good bundle with these entries besides is refused, for this reason.
fn refused(more: Vec<Entry>, expected: impl FnOnce(&ArchiveError) -> bool) -> Held {
    let entries: Vec<Entry> = good().into_iter().chain(more).collect();
    unread(&packed(&tar(&entries)), expected)
}

fn unread(archive: &[u8], expected: impl FnOnce(&ArchiveError) -> bool) -> Held {
    Held::not_taken(Bundle::from_archive(archive), |error| matches!(error, BundleError::Archive { error, .. } if expected(error)))
}

#[test]
fn a_symbolic_link() {
    attack(async |_| {
        Bundle::from_archive(&packed(&tar(&good()))).expect("without it, it is a good bundle");
        refused(vec![special("LICENSE", EntryType::Symlink)], |error| matches!(error, ArchiveError::Link { .. }))
    });
}

#[test]
fn a_hard_link() {
    attack(async |_| refused(vec![special("LICENSE", EntryType::Link)], |error| matches!(error, ArchiveError::Link { .. })));
}

#[test]
fn a_device() {
    attack(async |_| refused(vec![special("LICENSE", EntryType::Char)], |error| matches!(error, ArchiveError::Device { .. })));
}

#[test]
fn a_folder() {
    attack(async |_| {
        refused(vec![special("LICENSE", EntryType::Directory)], |error| matches!(error, ArchiveError::Folder { .. }))
    });
}

#[test]
fn an_absolute_path() {
    attack(async |_| refused(vec![file("/etc/cron.d/intruder", "x")], |error| matches!(error, ArchiveError::Absolute { .. })));
}

#[test]
fn a_path_that_leads_out() {
    attack(async |_| refused(vec![file("../../innkeeper.trust", "x")], |error| matches!(error, ArchiveError::Parent { .. })));
}

#[test]
fn a_path_with_folders() {
    attack(async |_| refused(vec![file("docs/README.md", "x")], |error| matches!(error, ArchiveError::Separator { .. })));
}

#[test]
fn the_same_name_twice() {
    attack(async |_| {
        let other = file("connector.wasm", [COMPONENT.as_slice(), b"another"].concat());
        refused(vec![other], |error| matches!(error, ArchiveError::Duplicate { .. }))
    });
}

#[test]
fn a_file_that_bundles_do_not_have() {
    attack(async |_| refused(vec![file("install.sh", "rm -rf /")], |error| matches!(error, ArchiveError::Unexpected { .. })));
}

#[test]
fn an_extension_of_the_format() {
    attack(async |_| {
        let attributes = Entry { kind: EntryType::XHeader, ..file("LICENSE", "20 path=../escaped\n") };
        refused(vec![attributes, file("LICENSE", "x")], |error| matches!(error, ArchiveError::Extension { .. }))
    });
}

#[test]
fn more_files_than_a_bundle_has() {
    attack(async |_| {
        let many = (0..1000).map(|number| file(&format!("part-{number}.wasm"), "x")).collect();
        refused(many, |error| matches!(error, ArchiveError::TooManyFiles { .. }))
    });
}

#[test]
fn a_second_archive_behind_the_first() {
    attack(async |_| {
        let archive = packed(&tar(&good()));
        unread(&[archive.clone(), archive].concat(), |error| matches!(error, ArchiveError::TrailingData))
    });
}

#[test]
fn a_decompression_bomb() {
    attack(async |_| {
        // A component that would be just what is allowed and one byte, in a few kilobytes.
        let entries = [file("connector.wasm", vec![0; (64 << 20) + 1])];
        let bomb = packed(&tar(&entries));
        assert!(bomb.len() < 64 << 10, "small on its way: {}", bomb.len());
        Held::not_taken(Bundle::from_archive(&bomb), |error| matches!(error, BundleError::TooLarge { .. }))
    });
}

#[test]
fn a_decompression_bomb_behind_the_end() {
    attack(async |_| {
        let mut bytes = tar(&good());
        bytes.resize(bytes.len() + (256 << 20), 0);
        unread(&packed(&bytes), |error| matches!(error, ArchiveError::TrailingData))
    });
}

#[test]
fn an_archive_that_needs_much_memory() {
    attack(async |_| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("an encoder");
        encoder.long_distance_matching(true).and_then(|()| encoder.window_log(30)).expect("set");
        std::io::Write::write_all(&mut encoder, &tar(&good())).expect("compressed");
        unread(&encoder.finish().expect("compressed"), |error| matches!(error, ArchiveError::Compression(_)))
    });
}

#[test]
fn an_archive_that_breaks_off() {
    attack(async |_| {
        let whole = tar(&good());
        unread(&packed(&whole[..whole.len() / 2]), |error| matches!(error, ArchiveError::Truncated))
    });
}
