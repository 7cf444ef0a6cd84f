//! Archives out of what a fuzzer can change: it would never find a checksum, a digest or a compressed byte by chance.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const BLOCK: usize = 512;
const SUMS: &str = "SHA256SUMS";
/// Ordinary files.
const REGULAR: u8 = b'0';

/// A `.tar.zst` of these parts. The first line of a part is a file's name, perhaps with `|` and the mark of another type behind it; the rest
/// is what is in it. A part whose first line is empty goes into the archive as it is. A digest list that is missing is made.
///
/// # Panics
/// When nothing can be compressed any more.
pub fn of_parts<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut tar, mut digests) = (Vec::new(), BTreeMap::new());
    for part in parts {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let (line, content) = (&part[..end], part.get(end + 1..).unwrap_or_default());
        if line.is_empty() {
            tar.extend_from_slice(content);
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
            continue;
        }
        let (name, mark) = match line {
            [name @ .., b'|', mark] => (name, *mark),
            name => (name, REGULAR),
        };
        entry(&mut tar, name, mark, content);
        digests.insert(String::from_utf8_lossy(name).into_owned(), hex(&Sha256::digest(content)));
    }
    if !digests.contains_key(SUMS) {
        digests.retain(|name, _| *name != format!("{SUMS}.sig"));
        let list: String = digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        entry(&mut tar, SUMS.as_bytes(), REGULAR, list.as_bytes());
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    zstd::bulk::compress(&tar, 1).expect("memory can be compressed into memory")
}

/// The header of POSIX (pax, "ustar Interchange Format"), and the content up to a whole block.
fn entry(tar: &mut Vec<u8>, name: &[u8], mark: u8, content: &[u8]) {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name[..name.len().min(100)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[mark]);
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
