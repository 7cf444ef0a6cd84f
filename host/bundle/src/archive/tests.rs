use super::*;
use crate::samples::{COMPONENT, README, manifest, unsigned};
use proptest::prelude::*;

/// What an archive is made of, one piece after the other.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    /// The files of a good bundle.
    fn good() -> Self {
        let bundle = unsigned("crm", "0.1.0");
        bundle.files().fold(Self::default(), |tar, (name, bytes)| tar.file(name, bytes))
    }

    fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.entry(&header(name, bytes.len() as u64), bytes)
    }

    /// Something of another kind, with one in the place of a good name that the kind has.
    fn kind(self, kind: EntryType, name: &str) -> Self {
        let mut header = header(name, 0);
        header.set_entry_type(kind);
        header.set_link_name_literal("README.md").expect("fits");
        header.set_cksum();
        self.entry(&header, b"")
    }

    fn entry(mut self, header: &Header, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    fn zeros(mut self, bytes: usize) -> Self {
        self.0.resize(self.0.len() + bytes, 0);
        self
    }

    fn compressed(&self) -> Vec<u8> {
        zstd::bulk::compress(&self.0, 1).expect("compressed")
    }

    /// With an end.
    fn whole(self) -> Vec<u8> {
        self.zeros(2 * BLOCK).compressed()
    }
}

/// A header with any name at all in it.
fn header(name: &str, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn refusal(archive: &[u8]) -> BundleError {
    read(archive, Path::new("crm.tar.zst")).expect_err("must be refused")
}

/// What the archive's own checks say.
fn trick(archive: &[u8]) -> ArchiveError {
    match refusal(archive) {
        BundleError::Archive { error, .. } => error,
        other => panic!("{other}"),
    }
}

fn named(name: &str) -> ArchiveError {
    trick(&Tar::good().file(name, b"content").whole())
}

fn of_kind(kind: EntryType) -> ArchiveError {
    trick(&Tar::good().kind(kind, "LICENSE").whole())
}

#[test]
fn an_archive_is_read_as_it_was_packed() {
    let bundle = unsigned("crm", "0.1.0");
    let files = read(&bundle.pack(), Path::new("crm.tar.zst")).expect("good");
    assert_eq!(files["connector.toml"], manifest("crm", "0.1.0").as_bytes());
    assert_eq!((files["connector.wasm"].as_slice(), files["README.md"].as_slice()), (COMPONENT, README.as_bytes()));
    assert_eq!(files.keys().collect::<Vec<_>>(), ["README.md", "SHA256SUMS", "connector.toml", "connector.wasm"]);
}

#[test]
fn what_the_usual_programs_pack_is_read() {
    let archive = Tar::good().zeros(MOST_PADDING * BLOCK).compressed();
    assert_eq!(read(&archive, Path::new("crm.tar.zst")).expect("good").len(), 4);
}

#[test]
fn nothing_of_the_machine_or_the_time_is_in_an_archive() {
    let packed = zstd::stream::decode_all(unsigned("crm", "0.1.0").pack().as_slice()).expect("zstd");
    let mut archive = tar::Archive::new(packed.as_slice());
    for entry in archive.entries().expect("a tar") {
        let entry = entry.expect("an entry");
        let header = entry.header();
        let numbers = (header.mode().ok(), header.uid().ok(), header.gid().ok(), header.mtime().ok());
        assert_eq!(numbers, (Some(0o644), Some(0), Some(0), Some(0)));
        assert_eq!((header.username().ok().flatten(), header.groupname().ok().flatten()), (Some(""), Some("")));
        assert!(header.as_ustar().is_some());
    }
}

#[test]
fn absolute_paths_are_refused() {
    for name in ["/README.md", "/", "\\README.md", "//host/README.md", "/../README.md"] {
        assert!(matches!(named(name), ArchiveError::Absolute { name: seen } if seen == name.replace('\\', "\\\\")), "{name}");
    }
}

#[test]
fn paths_that_lead_out_are_refused() {
    for name in ["..", "../README.md", "a/../../README.md", "a\\..\\README.md", "README.md/.."] {
        assert!(matches!(named(name), ArchiveError::Parent { .. }), "{name}");
    }
}

#[test]
fn paths_with_folders_are_refused() {
    for name in ["./README.md", "crm/README.md", "crm\\README.md", "README.md/"] {
        assert!(matches!(named(name), ArchiveError::Separator { .. }), "{name}");
    }
    // A folder in the field that is there for long paths.
    let mut header = header("README.md", 0);
    header.as_ustar_mut().expect("ustar").prefix[..3].copy_from_slice(b"crm");
    header.set_cksum();
    assert!(matches!(trick(&Tar::default().entry(&header, b"").whole()), ArchiveError::Separator { .. }));
}

#[test]
fn links_are_refused() {
    for kind in [EntryType::Symlink, EntryType::Link] {
        assert!(matches!(of_kind(kind), ArchiveError::Link { name } if name == "LICENSE"));
    }
}

#[test]
fn devices_and_pipes_are_refused() {
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        assert!(matches!(of_kind(kind), ArchiveError::Device { name } if name == "LICENSE"));
    }
}

#[test]
fn folders_are_refused() {
    assert!(matches!(of_kind(EntryType::Directory), ArchiveError::Folder { name } if name == "LICENSE"));
}

#[test]
fn extensions_of_the_format_are_refused() {
    for kind in [
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::GNUSparse,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::Continuous,
        EntryType::new(b'V'),
    ] {
        assert!(matches!(of_kind(kind), ArchiveError::Extension { name } if name == "LICENSE"), "{kind:?}");
    }
    for mut other in [Header::new_gnu(), Header::new_old()] {
        other.set_path("README.md").expect("fits");
        other.set_entry_type(EntryType::Regular);
        other.set_size(0);
        other.set_cksum();
        assert!(matches!(trick(&Tar::default().entry(&other, b"").whole()), ArchiveError::Extension { .. }));
    }
    // The mark that plain files had before there was a standard.
    let mut old = header("README.md", 0);
    old.as_old_mut().linkflag = [0];
    old.set_cksum();
    assert!(matches!(trick(&Tar::default().entry(&old, b"").whole()), ArchiveError::Extension { .. }));
    // A size in binary.
    let mut header = header("README.md", 0);
    header.as_old_mut().size = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    header.set_cksum();
    assert!(matches!(trick(&Tar::default().entry(&header, b"a").whole()), ArchiveError::Extension { .. }));
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    for name in ["README.md", "connector.wasm", "SHA256SUMS"] {
        assert!(matches!(named(name), ArchiveError::Duplicate { name: seen } if seen == name));
    }
}

#[test]
fn what_is_no_part_of_a_bundle_is_refused_by_its_name() {
    for name in
        ["", ".", "notes.txt", "readme.md", "LICENCE", "sha256sums", "connector.toml ", ".wasm", "connector.wasm.sig", "a b.wasm"]
    {
        assert!(matches!(named(name), ArchiveError::Unexpected { name: seen } if seen == name), "{name}");
    }
    assert!(matches!(named("a\u{1b}[2Jb"), ArchiveError::Unexpected { name } if name == "a\\u{1b}[2Jb"));
}

#[test]
fn more_files_than_a_bundle_has_are_refused() {
    let many = (0..10).fold(Tar::default(), |tar, number| tar.file(&format!("{number}.wasm"), COMPONENT));
    assert!(matches!(trick(&many.whole()), ArchiveError::TooManyFiles { limit: 6 }));
}

#[test]
fn a_file_that_is_too_large_is_refused_by_its_header() {
    for (name, limit) in [
        ("connector.toml", layout::LARGEST_TEXT),
        ("README.md", layout::LARGEST_TEXT),
        ("LICENSE", layout::LARGEST_TEXT),
        ("SHA256SUMS", 4096),
        ("SHA256SUMS.sig", 1024),
        ("connector.wasm", layout::LARGEST_COMPONENT),
    ] {
        // Nothing follows it: had anything been read, that would have been said instead.
        let archive = Tar::default().entry(&header(name, limit + 1), b"").compressed();
        let error = refusal(&archive);
        assert!(
            matches!(&error, BundleError::TooLarge { path, limit: seen } if path.ends_with(name) && *seen == limit),
            "{error}"
        );
    }
}

#[test]
fn several_files_do_not_share_a_limit_each() {
    let large = layout::LARGEST_COMPONENT;
    let archive = Tar::default().file("a.wasm", &vec![0; large as usize]).entry(&header("b.wasm", large), b"").whole();
    assert!(archive.len() < 100_000, "a bomb: {}", archive.len());
    assert!(matches!(refusal(&archive), BundleError::TooLarge { limit: LARGEST_ARCHIVE, .. }));
}

#[test]
fn a_bomb_of_nothing_is_not_unpacked() {
    let zeros = Tar::default().zeros(8 << 20).compressed();
    assert!(matches!(trick(&zeros), ArchiveError::TrailingData));
    assert!(matches!(trick(&Tar::good().zeros(8 << 20).compressed()), ArchiveError::TrailingData));
    // Where the compression ends with the last file, what follows is another one's.
    assert!(matches!(trick(&[Tar::good().compressed(), zeros].concat()), ArchiveError::Truncated));
}

#[test]
fn more_memory_than_a_bundle_needs_is_not_given() {
    use std::io::Write;
    let pack = |window| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("made");
        encoder.window_log(window).expect("a window");
        encoder.write_all(&Tar::good().zeros(2 * BLOCK).0).expect("written");
        encoder.finish().expect("finished")
    };
    assert!(read(&pack(WINDOW_LOG), Path::new("crm.tar.zst")).is_ok());
    assert!(matches!(trick(&pack(WINDOW_LOG + 1)), ArchiveError::Compression(_)));
}

#[test]
fn what_is_not_compressed_with_zstd_is_refused() {
    for bytes in [&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08\0", &Tar::good().zeros(2 * BLOCK).0] {
        let error = trick(bytes);
        assert!(matches!(error, ArchiveError::Compression(_) | ArchiveError::Truncated), "{error}");
    }
}

#[test]
fn an_archive_that_was_cut_off_is_refused_wherever() {
    let tar = Tar::good().zeros(2 * BLOCK).0;
    for end in (0..tar.len()).step_by(100) {
        let error = trick(&Tar(tar[..end].to_vec()).compressed());
        assert!(matches!(error, ArchiveError::Truncated), "{end}: {error}");
    }
    let archive = unsigned("crm", "0.1.0").pack();
    for end in 1..archive.len() {
        let error = trick(&archive[..end]);
        assert!(matches!(error, ArchiveError::Compression(_) | ArchiveError::Truncated), "{end}: {error}");
    }
}

#[test]
fn a_damaged_header_is_refused() {
    let mut tar = Tar::good();
    tar.0[100] ^= 1;
    assert!(matches!(trick(&tar.whole()), ArchiveError::Header));
    let mut header = header("README.md", 0);
    header.as_old_mut().size = *b"00000000009\0";
    header.set_cksum();
    assert!(matches!(trick(&Tar::default().entry(&header, b"").whole()), ArchiveError::Header));
}

#[test]
fn data_behind_or_between_the_files_is_refused() {
    // In the last block of a file.
    let mut tar = Tar::default().file("README.md", b"short");
    *tar.0.last_mut().expect("padding") = 1;
    assert!(matches!(trick(&tar.whole()), ArchiveError::TrailingData));
    // In place of the second empty block.
    assert!(matches!(trick(&Tar::good().zeros(BLOCK).file("LICENSE", b"").whole()), ArchiveError::TrailingData));
    // Behind the end.
    assert!(matches!(trick(&Tar::good().zeros(2 * BLOCK).file("LICENSE", b"").whole()), ArchiveError::TrailingData));
    // More emptiness than any program leaves.
    assert!(matches!(trick(&Tar::good().zeros((MOST_PADDING + 3) * BLOCK).compressed()), ArchiveError::TrailingData));
    // Behind what was compressed: anything, an empty frame, one that programs skip.
    let good = Tar::good().whole();
    let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, b'h', b'i'];
    for more in [&b"more"[..], &[0], &zstd::bulk::compress(b"", 1).expect("compressed"), &skipped] {
        assert!(matches!(trick(&[&good, more].concat()), ArchiveError::TrailingData), "{more:?}");
    }
}

#[test]
fn every_message_names_what_it_is_about() {
    let name = || "evil.txt".to_owned();
    let errors = [
        ArchiveError::Compression(std::io::Error::other("Unknown frame descriptor")),
        ArchiveError::Truncated,
        ArchiveError::Header,
        ArchiveError::Absolute { name: name() },
        ArchiveError::Parent { name: name() },
        ArchiveError::Separator { name: name() },
        ArchiveError::Link { name: name() },
        ArchiveError::Device { name: name() },
        ArchiveError::Folder { name: name() },
        ArchiveError::Extension { name: name() },
        ArchiveError::Duplicate { name: name() },
        ArchiveError::Unexpected { name: name() },
        ArchiveError::TooManyFiles { limit: layout::MOST_FILES },
        ArchiveError::TrailingData,
    ];
    let messages = errors.map(|error| BundleError::Archive { path: "crm.tar.zst".into(), error }.to_string());
    insta::assert_snapshot!(messages.join("\n"));
}

proptest! {
    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let _ = read(&bytes, Path::new("crm.tar.zst"));
        let _ = read(&Tar(bytes.clone()).whole(), Path::new("crm.tar.zst"));
        let tar = Tar::default().file("README.md", b"short");
        let _ = read(&Tar([tar.0, bytes].concat()).whole(), Path::new("crm.tar.zst"));
    }

    #[test]
    fn whatever_the_header_nothing_panics(place in 0..BLOCK, bytes in prop::collection::vec(any::<u8>(), 1..20)) {
        let mut header = header("README.md", 3);
        for (place, byte) in (place..BLOCK).zip(bytes) {
            header.as_mut_bytes()[place] = byte;
        }
        let _ = read(&Tar::default().entry(&header, b"abc").whole(), Path::new("crm.tar.zst"));
        header.set_cksum();
        let _ = read(&Tar::default().entry(&header, b"abc").whole(), Path::new("crm.tar.zst"));
    }
}
