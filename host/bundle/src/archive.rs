//! A bundle as one file: a tar of plain files, compressed with zstd.
//!
//! The headers are read by code of our own, block by block, and anything that two programs could understand differently is refused: an
//! archive has one meaning. Nothing is unpacked on the way: all of it stays in memory, which is bounded by what a bundle can have.

use crate::{BundleError, layout};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use tar::{EntryType, Header};
use zstd::stream::read::Decoder;

mod error;
mod pack;

pub use error::ArchiveError;
pub(crate) use pack::pack;

/// Compressed or not, a bundle has a component, three texts, and little besides.
pub(crate) const LARGEST_ARCHIVE: u64 = layout::LARGEST_COMPONENT + 4 * layout::LARGEST_TEXT;

/// The decompressor remembers at most 8 MiB (2^23), which is what the highest of the usual levels asks for.
const WINDOW_LOG: u32 = 23;

const BLOCK: usize = 512;
/// Programs fill an archive up to a multiple of 20 blocks.
const MOST_PADDING: usize = 20;

/// The files in an archive, by name. `path` is for messages.
pub(crate) fn read(bytes: &[u8], path: &Path) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let too_large = || BundleError::TooLarge { path: path.to_owned(), limit: LARGEST_ARCHIVE };
    if bytes.len() as u64 > LARGEST_ARCHIVE {
        return Err(too_large());
    }
    let refuse = |error| BundleError::Archive { path: path.to_owned(), error };
    let decoder = Decoder::with_buffer(bytes).and_then(|mut decoder| {
        decoder.window_log_max(WINDOW_LOG)?;
        Ok(decoder.single_frame())
    });
    let mut decoder = decoder.map_err(|error| refuse(ArchiveError::Compression(error)))?;
    let mut files = BTreeMap::new();
    // Several files could have a component's name, and which of them is it is known later.
    let mut left = LARGEST_ARCHIVE;
    loop {
        let block = block(&mut decoder).map_err(refuse)?;
        if is_zero(&block) {
            break;
        }
        let header = Header::from_byte_slice(&block);
        let (name, limit) = file(header).map_err(refuse)?;
        if files.contains_key(&name) {
            return Err(refuse(ArchiveError::Duplicate { name }));
        }
        if files.len() == layout::MOST_FILES {
            return Err(refuse(ArchiveError::TooManyFiles { limit: layout::MOST_FILES }));
        }
        let size = size(header, &name).map_err(refuse)?;
        if size > limit {
            return Err(BundleError::TooLarge { path: path.join(name), limit });
        }
        left = left.checked_sub(size).ok_or_else(too_large)?;
        let content = content(&mut decoder, size).map_err(refuse)?;
        files.insert(name, content);
    }
    end(&mut decoder).map_err(refuse)?;
    match decoder.finish() {
        [] => Ok(files),
        _ => Err(refuse(ArchiveError::TrailingData)),
    }
}

/// The name of a plain file that bundles have, and how large it may be.
fn file(header: &Header) -> Result<(String, u64), ArchiveError> {
    let sum = header.as_bytes().iter().enumerate().map(|(place, byte)| match place {
        // The sum is taken as if its own place were blank.
        148..156 => u32::from(b' '),
        _ => u32::from(*byte),
    });
    if header.cksum().ok() != Some(sum.sum()) {
        return Err(ArchiveError::Header);
    }
    let bytes = header.path_bytes();
    // Shown as it can be shown: it is a stranger's, and the message goes to a terminal.
    let shown: String = String::from_utf8_lossy(&bytes).escape_debug().collect();
    match header.entry_type() {
        EntryType::Regular => {}
        EntryType::Link | EntryType::Symlink => return Err(ArchiveError::Link { name: shown }),
        EntryType::Directory => return Err(ArchiveError::Folder { name: shown }),
        EntryType::Char | EntryType::Block | EntryType::Fifo => return Err(ArchiveError::Device { name: shown }),
        _ => return Err(ArchiveError::Extension { name: shown }),
    }
    let separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    if bytes.first().is_some_and(separator) {
        return Err(ArchiveError::Absolute { name: shown });
    }
    if bytes.split(separator).any(|part| part == b"..") {
        return Err(ArchiveError::Parent { name: shown });
    }
    if bytes.iter().any(separator) {
        return Err(ArchiveError::Separator { name: shown });
    }
    // Plain files had another mark before there was a standard.
    if header.as_ustar().is_none() || header.as_old().linkflag != [b'0'] {
        return Err(ArchiveError::Extension { name: shown });
    }
    let name = String::from_utf8(bytes.into_owned()).ok();
    let known = name.and_then(|name| layout::limit(&name).map(|limit| (name, limit)));
    known.ok_or(ArchiveError::Unexpected { name: shown })
}

fn size(header: &Header, name: &str) -> Result<u64, ArchiveError> {
    // A number in binary is an extension, for files that are larger than any of a bundle's.
    if header.as_old().size[0] & 0x80 != 0 {
        return Err(ArchiveError::Extension { name: name.to_owned() });
    }
    header.entry_size().map_err(|_| ArchiveError::Header)
}

/// A file's bytes, and the rest of its last block behind them.
fn content(reader: &mut impl Read, size: u64) -> Result<Vec<u8>, ArchiveError> {
    let mut content = Vec::new();
    reader.by_ref().take(size).read_to_end(&mut content).map_err(ArchiveError::Compression)?;
    if content.len() as u64 != size {
        return Err(ArchiveError::Truncated);
    }
    let mut rest = [0; BLOCK];
    let rest = &mut rest[..content.len().next_multiple_of(BLOCK) - content.len()];
    fill(reader, rest)?;
    if is_zero(rest) { Ok(content) } else { Err(ArchiveError::TrailingData) }
}

/// After the first empty block, there is a second one, and nothing but a few more.
fn end(reader: &mut impl Read) -> Result<(), ArchiveError> {
    if !is_zero(&block(reader)?) {
        return Err(ArchiveError::TrailingData);
    }
    let mut padding = Vec::new();
    let most = MOST_PADDING * BLOCK;
    reader.by_ref().take(most as u64 + 1).read_to_end(&mut padding).map_err(ArchiveError::Compression)?;
    if padding.len() <= most && is_zero(&padding) { Ok(()) } else { Err(ArchiveError::TrailingData) }
}

fn block(reader: &mut impl Read) -> Result<[u8; BLOCK], ArchiveError> {
    let mut block = [0; BLOCK];
    fill(reader, &mut block)?;
    Ok(block)
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), ArchiveError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]).map_err(ArchiveError::Compression)? {
            0 => return Err(ArchiveError::Truncated),
            read => filled += read,
        }
    }
    Ok(())
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests;
