//! What goes into a backup.

use super::{Entry, LEVEL, LIST, List, below, measure};
use crate::error::CliError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files by their names in the backup.
pub(super) struct Contents(BTreeMap<String, PathBuf>);

impl Contents {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn add(&mut self, name: &str, path: PathBuf) {
        self.0.insert(name.to_owned(), path);
    }

    /// Everything below a folder, where it is there.
    pub(super) fn add_folder(&mut self, name: &str, folder: &Path) -> Result<(), CliError> {
        for path in below(folder)? {
            let Some(rest) = path.strip_prefix(folder).ok().and_then(Path::to_str) else { continue };
            self.add(&format!("{name}/{rest}"), path.clone());
        }
        Ok(())
    }

    /// The configuration itself, the lock and whom to trust. People's files stay where they come from.
    pub(super) fn add_configuration(&mut self, directory: &Path) -> Result<(), CliError> {
        let failed = |error| CliError::File { what: "read", path: directory.to_owned(), error };
        for entry in std::fs::read_dir(directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let ours = name.ends_with(".toml") || matches!(name, "innkeeper.lock" | "innkeeper.trust");
            if ours && entry.path().is_file() {
                self.add(&format!("configuration/{name}"), entry.path());
            }
        }
        Ok(())
    }

    pub(super) fn measured(&self) -> Result<BTreeMap<String, Entry>, CliError> {
        self.0.iter().map(|(name, path)| Ok((name.clone(), measure(path)?))).collect()
    }

    /// Writes all of it. A file that has changed since it was measured makes an archive that its own list refuses, so it is an error here.
    pub(super) fn pack(&self, list: &List, out: &mut File, path: &Path) -> Result<(), CliError> {
        let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
        let mut archive = tar::Builder::new(zstd::stream::write::Encoder::new(out, LEVEL).map_err(failed)?);
        let text = serde_json::to_vec_pretty(list).map_err(|error| failed(error.into()))?;
        append(&mut archive, LIST, text.len() as u64, text.as_slice()).map_err(failed)?;
        for (name, from) in &self.0 {
            let size = list.files.get(name).map_or(0, |entry| entry.size);
            let file = File::open(from).map_err(|error| CliError::File { what: "read", path: from.clone(), error })?;
            append(&mut archive, name, size, file).map_err(failed)?;
            if Some(&measure(from)?) != list.files.get(name) {
                return Err(CliError::BackupChanged { path: from.clone() });
            }
        }
        archive.into_inner().and_then(zstd::stream::write::Encoder::finish).map_err(failed)?;
        Ok(())
    }
}

fn append<W: io::Write>(archive: &mut tar::Builder<W>, name: &str, size: u64, content: impl Read) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    archive.append_data(&mut header, name, content.take(size))
}
