//! `innkeeper backup` and `innkeeper restore`
//!
//! A backup is a tar, compressed with zstd. First in it is `backup.json`, which names every other file with its size and SHA-256; then come
//! the files: `state/…` of the state folder, `configuration/…` of the configuration directory.

mod contents;
pub(crate) mod restore;

use crate::arguments::{Backup, General};
use crate::context::Places;
use crate::error::CliError;
use crate::render::style::{faint, good};
use crate::reply::Reply;
use contents::Contents;
use innkeeper_policy::Configuration;
use innkeeper_store::SqliteStore;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The first file of a backup.
const LIST: &str = "backup.json";
/// The format that this program writes and reads.
const FORMAT: u32 = 1;
/// As much as zstd does by default.
const LEVEL: i32 = 3;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct List {
    format: u32,
    /// When it was made: what came later is not in it.
    made: Timestamp,
    /// The program that made it.
    program: String,
    /// The state folder, as the configuration names it.
    state: String,
    /// Whether the secrets are in it.
    secrets: bool,
    /// Every other file in it.
    files: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    size: u64,
    sha256: String,
}

pub(crate) fn run(general: &General, asked: &Backup) -> Result<Reply, CliError> {
    let configuration = Configuration::read(&general.directory)?;
    let places = Places::of(general);
    let failed = |error| CliError::File { what: "write", path: asked.file.clone(), error };
    if asked.file.exists() {
        return Err(CliError::InTheWay { path: asked.file.clone() });
    }
    let folder = asked.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // One file that SQLite wrote as of one moment, in the place of one that somebody may be writing to.
    let scratch = tempfile::tempdir_in(folder).map_err(failed)?;
    let store = scratch.path().join("innkeeper.db");
    SqliteStore::copy(places.store(), &store)?;
    let made = Timestamp::now();
    let mut contents = Contents::new();
    contents.add("state/innkeeper.db", store);
    contents.add_folder("state/connectors", &places.state.join("connectors"))?;
    if !asked.without_secrets {
        contents.add_folder("state/secrets", &places.secrets())?;
    }
    contents.add_configuration(&places.directory)?;
    let list = List {
        format: FORMAT,
        made,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        state: configuration.state().to_owned(),
        secrets: !asked.without_secrets,
        files: contents.measured()?,
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    contents.pack(&list, file.as_file_mut(), &asked.file)?;
    file.as_file().sync_all().map_err(failed)?;
    // Made for its owner alone; it stays so under its name.
    file.persist_noclobber(&asked.file).map_err(|error| failed(error.error))?;
    let secrets = match list.secrets {
        true => "Whoever has this file has the secrets in it, where their key lies beside them: keep it as you keep them.",
        false => "The secrets are not in it.",
    };
    let text = format!("{} {} files in {}.\n{}\n", good("Saved:"), list.files.len(), asked.file.display(), faint(secrets));
    Ok(Reply::done(text, &serde_json::json!({ "file": asked.file, "made": made, "secrets": list.secrets, "files": list.files })))
}

/// The size and the SHA-256 of a file.
fn measure(path: &Path) -> Result<Entry, CliError> {
    use sha2::{Digest, Sha256};
    let failed = |error| CliError::File { what: "read", path: path.to_owned(), error };
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(Entry { size, sha256 });
        }
        size += read as u64;
        hash.update(&buffer[..read]);
    }
}

/// The files below a folder, the folders in it too; none where it is not there.
fn below(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let failed = |error| CliError::File { what: "read", path: folder.to_owned(), error };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            files.extend(below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}
