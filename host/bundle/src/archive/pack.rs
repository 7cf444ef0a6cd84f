//! Writing archives: the same files give the same bytes.

use tar::{Builder, EntryType, Header};

/// Half a second for the largest components, and within a tenth of the size that the highest level reaches.
const LEVEL: i32 = 9;

/// An archive with these files, which come in the order of their names. Nothing of the machine, the time or who packs it is in it.
pub(crate) fn pack<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    compressed(files).expect("names of bundles fit into headers, and memory takes what is written to it")
}

fn compressed<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> std::io::Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_path(name)?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_cksum();
        archive.append(&header, bytes)?;
    }
    let archive = archive.into_inner()?;
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(&archive)
}
