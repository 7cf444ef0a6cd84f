//! `innkeeper audit verify`

use crate::arguments::General;
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{bad, faint, good};
use crate::reply::{Exit, Reply};
use innkeeper_bundle::{PublicKey, Signature};
use innkeeper_engine::Engine;
use innkeeper_store::{Checked, Verdict, check_export};
use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// What a key signs an export's seal for.
pub(super) const PURPOSE: &str = "audit seal 1";

/// The log itself.
pub(super) async fn store(general: &General, known: Option<&str>) -> Result<Reply, CliError> {
    let (engine, _) = context::engine(general, Access::Read)?;
    let verdict = engine.store().verify_audit().await?;
    let Some(broken) = &verdict.broken else {
        let mut text = format!(
            "{} {} entries, each with the hash of the one before. The last is {}\n",
            good("The audit log is whole:"),
            verdict.entries,
            verdict.head,
        );
        if let Some(pruned) = &verdict.pruned {
            let _ = writeln!(text, "The first {} are in an archive: its SHA-256 is {}", pruned.last, pruned.archive);
        }
        let found = match known {
            None => {
                let _ =
                    writeln!(text, "{}", faint("Keep this hash elsewhere to notice a log that was cut short or written anew."));
                None
            }
            Some(known) => Some(engine.store().audit_seq(known).await?),
        };
        return Ok(match found {
            Some(None) => Reply::new(missing(), &verdict, Exit::Failed),
            Some(Some(seq)) => Reply::done(format!("{text}The hash that was kept is that of entry {seq}.\n"), &verdict),
            None => Reply::done(text, &verdict),
        });
    };
    let text = format!(
        "{} entry {}: {}. The {} entries before it are whole.\n",
        bad("The audit log was altered:"),
        broken.seq,
        broken.why,
        verdict.entries
    );
    Ok(Reply::new(text, &verdict, Exit::Failed))
}

/// Refuses a log that is not whole.
pub(super) async fn whole(engine: &Engine) -> Result<Verdict, CliError> {
    let verdict = engine.store().verify_audit().await?;
    match &verdict.broken {
        None => Ok(verdict),
        Some(broken) => Err(CliError::AuditAltered { seq: broken.seq, why: broken.why.clone() }),
    }
}

/// Exports, one after the other, and at the end perhaps the log itself.
pub(super) fn files(
    general: &General,
    first: &Path,
    then: &[PathBuf],
    known: Option<&str>,
    signed_by: Option<&str>,
) -> Result<Reply, CliError> {
    let signed_by: Option<PublicKey> = signed_by.map(str::parse).transpose()?;
    let mut text = String::new();
    let mut json = Vec::new();
    let mut before: Option<Checked> = None;
    let mut found = None;
    for path in std::iter::once(first).chain(then.iter().map(PathBuf::as_path)) {
        if path == Path::new("store") {
            let left = context::wait(async {
                let (engine, _) = context::engine(general, Access::Read)?;
                let verdict = whole(&engine).await?;
                let seq = match known {
                    Some(known) => engine.store().audit_seq(known).await?,
                    None => None,
                };
                Ok((verdict, seq))
            })?;
            let (verdict, seq) = left;
            let begins = verdict.pruned.as_ref().map(|pruned| (pruned.last, pruned.hash.as_str()));
            if let Some(before) = &before
                && begins != Some((before.seal.last, before.seal.head.as_str()))
            {
                return Ok(altered(&format!(
                    "the log does not begin where the export before it ends, at entry {}",
                    before.seal.last
                )));
            }
            found = found.or(seq);
            let _ = writeln!(text, "{} the log, {} entries up to {}", good("whole"), verdict.entries, verdict.head);
            json.push(serde_json::json!({ "store": verdict }));
            continue;
        }
        let open = File::open(path).map_err(|error| CliError::File { what: "read", path: path.to_owned(), error })?;
        let checked = match check_export(BufReader::new(open), known) {
            Ok(checked) => checked,
            Err(fault) => return Ok(altered(&format!("{}, {fault}", path.display()))),
        };
        if let Some(before) = &before
            && (before.seal.last + 1, &before.seal.head) != (checked.seal.first, &checked.seal.previous)
        {
            let why = format!("{} does not begin where the one before ends, at entry {}", path.display(), before.seal.last);
            return Ok(altered(&why));
        }
        let key = match signer(&checked) {
            Ok(key) => key,
            Err(why) => return Ok(altered(&format!("{}: {why}", path.display()))),
        };
        if signed_by.is_some() && key != signed_by {
            return Ok(altered(&format!("{} is not signed by the key that was named", path.display())));
        }
        let seal = &checked.seal;
        let signed = key.map_or_else(|| "not signed".to_owned(), |key| format!("signed by {key}"));
        let _ = writeln!(
            text,
            "{} {}: {} entries, {} to {}, {signed}. Its last hash is {}",
            good("whole"),
            path.display(),
            seal.count,
            seal.first,
            seal.last,
            seal.head
        );
        if before.is_none() && seal.first > 1 {
            let _ = writeln!(text, "{}", faint(format!("What came before entry {} is not looked at.", seal.first)));
        }
        found = found.or(checked.known);
        json.push(serde_json::json!({ "file": path, "seal": seal, "signed-by": key }));
        before = Some(checked);
    }
    match (known, found) {
        (Some(_), None) => return Ok(altered(missing().trim_end())),
        (Some(_), Some(seq)) => {
            let _ = writeln!(text, "The hash that was kept is that of entry {seq}.");
        }
        (None, _) => {
            let _ = writeln!(text, "{}", faint("Compare the last hash with the one that was kept elsewhere: --head HASH."));
        }
    }
    Ok(Reply::done(text, &json))
}

/// Who signed an export; none where nobody did.
fn signer(checked: &Checked) -> Result<Option<PublicKey>, String> {
    let Some(text) = &checked.signature else { return Ok(None) };
    let signature: Signature = text.parse().map_err(|why| format!("the signature cannot be read: {why}"))?;
    match signature.attests(PURPOSE, checked.seal.text().as_bytes()) {
        true => Ok(Some(*signature.key())),
        false => Err("the signature is not one of this seal".to_owned()),
    }
}

fn missing() -> String {
    "The hash that was kept is not in the chain: the log was cut short before it, or written anew.\n".to_owned()
}

fn altered(why: &str) -> Reply {
    Reply::new(format!("{} {why}\n", bad("Altered:")), &serde_json::json!({ "broken": why }), Exit::Failed)
}
