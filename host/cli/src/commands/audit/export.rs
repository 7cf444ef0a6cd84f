//! `innkeeper audit export` and `innkeeper audit prune`

use super::ocsf;
use super::verify::{PURPOSE, whole};
use crate::arguments::{ExportFormat, General, Since};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{faint, good};
use crate::reply::Reply;
use innkeeper_bundle::{Signature, SigningKey};
use innkeeper_engine::Engine;
use innkeeper_store::{AuditEntry, Export, Pruned, Seal};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How many entries are read at once: a log is larger than the memory may be.
const PAGE: usize = 1_000;

pub(super) async fn export(
    general: &General,
    format: ExportFormat,
    since: Option<Since>,
    out: Option<&Path>,
    key: Option<&Path>,
) -> Result<Reply, CliError> {
    let key = key.map(SigningKey::read).transpose()?;
    let (engine, _) = context::engine(general, Access::Read)?;
    whole(&engine).await?;
    let first = match since {
        None => 1,
        Some(Since::Entry(seq)) => seq.max(1),
        Some(Since::Day(day)) => first_on(&engine, midnight(day)).await?,
    };
    let Some(path) = out else {
        let stdout = io::stdout().lock();
        let _ = write(&engine, stdout, format, first, u64::MAX, key.as_ref(), Path::new("standard output")).await?;
        return Ok(Reply::done("", &serde_json::Value::Null));
    };
    let (seal, digest) = to_file(&engine, path, format, first, u64::MAX, key.as_ref()).await?;
    let text = format!(
        "{} {} entries, {} to {}, in {}.\nIts last hash is {}\n{}\n",
        good("Exported:"),
        seal.count,
        seal.first,
        seal.last,
        path.display(),
        seal.head,
        faint("Keep this hash elsewhere: the file alone does not tell whether all of it was made anew."),
    );
    Ok(Reply::done(text, &serde_json::json!({ "file": path, "sha256": digest, "seal": seal })))
}

pub(super) async fn prune(
    general: &General,
    before: Date,
    archive: &Path,
    key: Option<&Path>,
    yes: bool,
) -> Result<Reply, CliError> {
    let key = key.map(SigningKey::read).transpose()?;
    let (engine, _) = context::engine(general, Access::Write)?;
    let verdict = whole(&engine).await?;
    let first = verdict.pruned.map_or(1, |pruned| pruned.last + 1);
    let end = first_on(&engine, midnight(before)).await?;
    if end <= first {
        let text = format!("No entry is older than {before}: the log stays as it is.\n");
        return Ok(Reply::done(text, &serde_json::json!({ "pruned": 0 })));
    }
    let count = end - first;
    context::confirm(general, yes, "pruning the audit log", &format!("Move {count} entries to {}?", archive.display()))?;
    let (seal, digest) = to_file(&engine, archive, ExportFormat::Jsonl, first, end, key.as_ref()).await?;
    let pruned = Pruned { count: seal.count, last: seal.last, hash: seal.head, archive: digest };
    let entry = engine.store().prune_audit(&pruned, engine.now(), &context::user()).await?;
    let text = format!(
        "{} {} entries are in {}, and the log begins with entry {}. Entry {} says so.\n{}\n",
        good("Moved:"),
        pruned.count,
        archive.display(),
        pruned.last + 1,
        entry.seq,
        faint(format!("Both together: innkeeper audit verify {} --then store", archive.display())),
    );
    Ok(Reply::done(text, &serde_json::json!({ "pruned": pruned, "entry": entry.seq })))
}

/// Days of the log are days of UTC, as its times are.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The number of the first entry at or after a moment; one more than the last where there is none.
async fn first_on(engine: &Engine, moment: Timestamp) -> Result<u64, CliError> {
    let mut next = 1;
    loop {
        let page = engine.store().audit_from(next, PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { return Ok(next) };
        if let Some(entry) = page.iter().find(|entry| entry.event.at >= moment) {
            return Ok(entry.seq);
        }
        next = last + 1;
    }
}

/// Writes a new file that its owner alone can read, whole or not at all; gives its seal and its SHA-256.
async fn to_file(
    engine: &Engine,
    path: &Path,
    format: ExportFormat,
    first: u64,
    end: u64,
    key: Option<&SigningKey>,
) -> Result<(Seal, String), CliError> {
    let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
    if path.exists() {
        return Err(CliError::InTheWay { path: path.to_owned() });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let hashed = Hashed { out: BufWriter::new(file.as_file_mut()), hash: Sha256::new() };
    let (seal, Hashed { mut out, hash }) = write(engine, hashed, format, first, end, key, path).await?;
    out.flush().map_err(failed)?;
    drop(out);
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    // What is taken from the log after this must be on the disk under its name.
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok((seal, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

async fn write<W: Write>(
    engine: &Engine,
    out: W,
    format: ExportFormat,
    first: u64,
    end: u64,
    key: Option<&SigningKey>,
    path: &Path,
) -> Result<(Seal, W), CliError> {
    let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
    let mut page = engine.store().audit_from(first, PAGE).await?;
    let previous = match page.first() {
        Some(entry) => (entry.seq > 1).then(|| entry.previous.clone()),
        // Nothing is that new: the seal says after which entry.
        None => engine.store().audit(&innkeeper_store::AuditFilter::default(), 1).await?.pop().map(|last| last.hash),
    };
    let begins = match page.first() {
        Some(entry) => entry.seq,
        None => engine.store().audit(&innkeeper_store::AuditFilter::default(), 1).await?.pop().map_or(1, |last| last.seq + 1),
    };
    let mut export = Export::begin(out, begins, previous);
    while let Some(last) = page.last().map(|entry| entry.seq) {
        for entry in page.iter().filter(|entry| entry.seq < end) {
            match format {
                ExportFormat::Jsonl => export.add(entry),
                ExportFormat::Ocsf => export.pass(entry, &ocsf::event(entry).to_string()),
            }
            .map_err(failed)?;
        }
        page = if last >= end { Vec::<AuditEntry>::new() } else { engine.store().audit_from(last + 1, PAGE).await? };
    }
    let (out, seal) = match format {
        ExportFormat::Jsonl => {
            export.finish(|seal| key.map(|key| Signature::attest(PURPOSE, seal.as_bytes(), key).to_string())).map_err(failed)?
        }
        ExportFormat::Ocsf => export.unsealed(),
    };
    Ok((seal, out))
}

/// What is written, and its SHA-256.
struct Hashed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
