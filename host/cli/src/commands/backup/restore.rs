//! `innkeeper restore`
//!
//! Everything is unpacked beside its place and checked first; only then are the files that are there moved into a folder beside, and
//! those of the backup put in their places.

use super::{FORMAT, LIST, List, below, measure};
use crate::arguments::{General, Restore};
use crate::context;
use crate::error::CliError;
use crate::render::style::{faint, good};
use crate::reply::Reply;
use innkeeper_engine::{RESTORED, RESTORED_KEY, Restored};
use innkeeper_store::{AuditEvent, SqliteStore};
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Component, Path, PathBuf};

pub(crate) fn run(general: &General, asked: &Restore) -> Result<Reply, CliError> {
    let directory = asked.into.as_ref().unwrap_or(&general.directory);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| CliError::File { what: "write", path, error }
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let staging = tempfile::Builder::new().prefix(".restoring-").tempdir_in(directory).map_err(failed(directory))?;
    let list = unpack(&asked.file, staging.path())?;
    SqliteStore::inspect(staging.path().join("state/innkeeper.db"))?;
    let question = format!("Replace the state and the configuration in {} by those of {}?", directory.display(), list.made);
    context::confirm(general, asked.yes, "restoring a backup", &question)?;

    let state = directory.join(&list.state);
    context::make_private(&state)?;
    // Nobody else begins to write while the files change places.
    let hold = SqliteStore::hold(state.join("innkeeper.db"))?;
    let at = Timestamp::now();
    let aside = directory.join(format!("before-restore-{}", at.strftime("%Y%m%dT%H%M%S%.3fZ")));
    context::make_private(&aside)?;
    let mut moved = 0;
    for (name, place) in targets(&list, directory) {
        if place.exists() {
            let kept = aside.join(&name);
            fs::create_dir_all(kept.parent().unwrap_or(&aside)).map_err(failed(&kept))?;
            fs::rename(&place, &kept).map_err(failed(&kept))?;
            moved += 1;
        }
    }
    for file in below(staging.path())? {
        let Some(name) = file.strip_prefix(staging.path()).ok().and_then(Path::to_str) else { continue };
        let place = place(name, &list, directory);
        let folder = place.parent().unwrap_or(directory);
        if name.starts_with("state/") {
            context::make_private(folder)?;
        } else {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        fs::rename(&file, &place).map_err(failed(&place))?;
    }
    let restored = Restored { made: list.made, at };
    let subject = serde_json::json!({ "made": list.made, "sha256": measure(&asked.file)?.sha256 });
    let event = AuditEvent { at, who: context::user(), what: "store.restored".to_owned(), subject };
    SqliteStore::decide_beside(state.join("innkeeper.db"), &[RESTORED.put(RESTORED_KEY, &restored)?], event)?;
    drop(hold);
    let text = format!(
        "{} the backup of {}.{}\n{}\n",
        good("Restored:"),
        list.made,
        if moved > 0 { format!(" What was there is in {}.", aside.display()) } else { String::new() },
        faint("The apps are newer than this. Next: innkeeper plan, which reads all of them anew; then look at what it says."),
    );
    if moved == 0 {
        let _ = fs::remove_dir(&aside);
    }
    Ok(Reply::done(text, &serde_json::json!({ "restored": restored, "aside": (moved > 0).then_some(aside) })))
}

/// What has to make room: the store with its log, and everything that the backup has.
fn targets(list: &List, directory: &Path) -> Vec<(String, PathBuf)> {
    let mut names: Vec<String> =
        ["innkeeper.db", "innkeeper.db-wal", "innkeeper.db-shm", "connectors", "compiled", "last-plan.json"]
            .map(|name| format!("state/{name}"))
            .into();
    if list.secrets {
        names.push("state/secrets".to_owned());
    }
    names.extend(list.files.keys().filter(|name| name.starts_with("configuration/")).cloned());
    names.into_iter().map(|name| (name.clone(), place(&name, list, directory))).collect()
}

fn place(name: &str, list: &List, directory: &Path) -> PathBuf {
    match name.split_once('/') {
        Some(("state", rest)) => directory.join(&list.state).join(rest),
        Some((_, rest)) => directory.join(rest),
        None => directory.join(name),
    }
}

/// Unpacks a backup into an empty folder, and checks every file against the list.
fn unpack(path: &Path, into: &Path) -> Result<List, CliError> {
    let failed = |error| CliError::File { what: "read", path: path.to_owned(), error };
    let refuse = |why: String| CliError::BackupRefused { path: path.to_owned(), why };
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(failed)?;
    let mut archive = tar::Archive::new(decoder);
    let mut list: Option<List> = None;
    for entry in archive.entries().map_err(|error| refuse(error.to_string()))? {
        let mut entry = entry.map_err(|error| refuse(error.to_string()))?;
        let name = entry.path().ok().and_then(|path| path.to_str().map(str::to_owned));
        let name = name.ok_or_else(|| refuse("a name in it is no text".to_owned()))?;
        let Some(known) = &list else {
            let read = (name == LIST).then(|| serde_json::from_reader::<_, List>(&mut entry).ok()).flatten();
            let read = read.filter(|list| list.format == FORMAT && plain(&list.state));
            list = Some(read.ok_or_else(|| refuse("it is no backup that this innkeeper knows".to_owned()))?);
            continue;
        };
        let named =
            known.files.contains_key(&name) && plain(&name) && matches!(name.split('/').next(), Some("state" | "configuration"));
        if !named || !entry.header().entry_type().is_file() || into.join(&name).exists() {
            return Err(refuse(format!("`{}` should not be in it", name.escape_debug())));
        }
        let place = into.join(&name);
        context::make_private(place.parent().unwrap_or(into))?;
        entry.unpack(&place).map_err(|error| refuse(format!("{name}: {error}")))?;
        if known.files.get(&name) != Some(&measure(&place)?) {
            return Err(refuse(format!("{name} is not what was saved")));
        }
    }
    let list = list.ok_or_else(|| refuse("it is empty".to_owned()))?;
    match list.files.keys().find(|name| !into.join(name).exists()) {
        Some(missing) => Err(refuse(format!("{missing} is missing"))),
        None if !list.files.contains_key("state/innkeeper.db") => Err(refuse("it has no store".to_owned())),
        None => Ok(list),
    }
}

/// Whether a name leads nowhere but down.
fn plain(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}
