//! The audit log as a file that anybody can check without the store.
//!
//! A line for each entry, `{"hash":"…","body":…}`, with the body exactly as it was hashed; then one line, the *seal*, with the number of
//! entries, the first and the last of them, the hash before and the hash at the end. Every byte counts: the file is as it was written, or it
//! is not whole. What a file alone cannot tell: whether somebody who could write it made all of it anew.

use crate::audit::{GENESIS, canonical, hash_of};
use crate::{AuditEntry, Pruned};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

/// What an export says of itself at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Seal {
    /// How many entries it has.
    pub count: u64,
    /// The number of the first one, or of the one that would be.
    pub first: u64,
    /// The hash of the last one; where there is none, the one before.
    pub head: String,
    /// The number of the last one; one less than `first` where there is none.
    pub last: u64,
    /// The hash of the entry before the first one; sixty-four zeros before entry 1.
    pub previous: String,
}

impl Seal {
    fn before(first: u64, previous: String) -> Self {
        Self { count: 0, first, head: previous.clone(), last: first.saturating_sub(1), previous }
    }

    fn add(&mut self, hash: String) {
        self.count += 1;
        self.last += 1;
        self.head = hash;
    }

    /// What a signature is made over: canonical JSON.
    pub fn text(&self) -> String {
        canonical(&serde_json::json!({
            "count": self.count, "first": self.first, "head": self.head, "last": self.last, "previous": self.previous,
        }))
    }

    fn line(&self, signature: Option<&str>) -> String {
        match signature {
            None => format!("{{\"seal\":{}}}", self.text()),
            Some(signature) => format!("{{\"seal\":{},\"signature\":{}}}", self.text(), serde_json::Value::from(signature)),
        }
    }
}

/// An export that is being written.
pub struct Export<W> {
    out: W,
    seal: Seal,
}

impl<W: Write> Export<W> {
    /// Begins with the entry of this number; `previous` is the hash of the one before, none before entry 1.
    pub fn begin(out: W, first: u64, previous: Option<String>) -> Self {
        Self { out, seal: Seal::before(first, previous.unwrap_or_else(|| GENESIS.to_owned())) }
    }

    /// Adds the next entry.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, entry: &AuditEntry) -> io::Result<()> {
        writeln!(self.out, "{}", line(entry))?;
        self.seal.add(entry.hash.clone());
        Ok(())
    }

    /// Adds the next entry as another line than its own, for an export that proves nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn pass(&mut self, entry: &AuditEntry, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.seal.add(entry.hash.clone());
        Ok(())
    }

    /// Ends without a seal; gives what it would have been.
    pub fn unsealed(self) -> (W, Seal) {
        (self.out, self.seal)
    }

    /// Ends with the seal, which may be signed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, sign: impl FnOnce(&str) -> Option<String>) -> io::Result<(W, Seal)> {
        let signature = sign(&self.seal.text());
        writeln!(self.out, "{}", self.seal.line(signature.as_deref()))?;
        Ok((self.out, self.seal))
    }
}

fn line(entry: &AuditEntry) -> String {
    format!("{{\"hash\":\"{}\",\"body\":{}}}", entry.hash, entry.body)
}

/// The first line of an export that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}line {line}: {why}", seq.map_or(String::new(), |seq| format!("entry {seq}, ")))]
pub struct ExportFault {
    /// Counted from 1.
    pub line: u64,
    /// The entry that is there, or should be, where that is known.
    pub seq: Option<u64>,
    /// What is wrong.
    pub why: String,
}

/// An export that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    /// What it says of itself, and what was found to be so.
    pub seal: Seal,
    /// The signature of the seal, as text. It was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Where the hash was found that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<u64>,
    /// The newest entry in it about entries that were cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pruned: Option<Pruned>,
}

/// Reads an export, line by line; `known` is a hash that somebody kept elsewhere.
///
/// # Errors
/// The first thing that is wrong; what cannot be read counts as that.
pub fn check_export(mut input: impl BufRead, known: Option<&str>) -> Result<Checked, ExportFault> {
    let mut seal: Option<Seal> = None;
    let (mut number, mut found, mut pruned) = (0, None, None);
    loop {
        number += 1;
        let expected = seal.as_ref().map(|seal| seal.last + 1);
        let fault = |seq: Option<u64>, why: String| ExportFault { line: number, seq, why };
        let mut bytes = Vec::new();
        input.read_until(b'\n', &mut bytes).map_err(|error| fault(expected, error.to_string()))?;
        if bytes.is_empty() {
            return Err(fault(expected, "the seal is missing: the end was cut off".to_owned()));
        }
        let text = bytes.strip_suffix(b"\n").and_then(|bytes| std::str::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| fault(expected, "the line is cut off, or is no text".to_owned()))?;
        if text.starts_with("{\"seal\":") {
            let (sealed, signature) =
                read_seal(text).ok_or_else(|| fault(None, "the seal is not as it was written".to_owned()))?;
            let counted = seal.unwrap_or_else(|| Seal::before(sealed.first, sealed.previous.clone()));
            if sealed != counted || (sealed.first == 1) != (sealed.previous == GENESIS) {
                let why = format!(
                    "the seal speaks of {} entries up to {}, and there are {} up to {}",
                    sealed.count, sealed.last, counted.count, counted.last
                );
                return Err(fault(Some(counted.last + 1), why));
            }
            let mut rest = [0];
            return match input.read(&mut rest) {
                Ok(0) => Ok(Checked { seal: sealed, signature, known: found, pruned }),
                Ok(_) => Err(ExportFault { line: number + 1, seq: None, why: "something follows the seal".to_owned() }),
                Err(error) => Err(fault(None, error.to_string())),
            };
        }
        let (hash, body) = split(text).ok_or_else(|| fault(expected, "the line is not as it was written".to_owned()))?;
        if hash_of(body) != hash {
            return Err(fault(expected, "this entry is not what was hashed".to_owned()));
        }
        let entry =
            AuditEntry::read(body.to_owned()).map_err(|error| fault(expected, format!("this entry cannot be read: {error}")))?;
        let seal = seal.get_or_insert_with(|| Seal::before(entry.seq, entry.previous.clone()));
        if entry.seq != seal.last + 1 {
            return Err(fault(expected, format!("entry {} is here: this one is missing, or was moved", entry.seq)));
        }
        if entry.previous != seal.head || (entry.seq == 1) != (entry.previous == GENESIS) {
            return Err(fault(expected, "this entry does not follow the one before it".to_owned()));
        }
        if known == Some(entry.hash.as_str()) {
            found = Some(entry.seq);
        }
        pruned = Pruned::of(&entry).or(pruned);
        seal.add(entry.hash);
    }
}

fn split(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("{\"hash\":\"")?;
    let (hash, rest) = rest.split_at_checked(64)?;
    Some((hash, rest.strip_prefix("\",\"body\":")?.strip_suffix('}')?))
}

/// The seal and its signature; none where a byte of it is not as it would have been written.
fn read_seal(line: &str) -> Option<(Seal, Option<String>)> {
    #[derive(Deserialize)]
    struct Line {
        seal: Seal,
        signature: Option<String>,
    }
    let Line { seal, signature } = serde_json::from_str(line).ok()?;
    (seal.line(signature.as_deref()) == line).then_some((seal, signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AuditEvent;
    use proptest::prelude::*;
    use serde_json::json;

    fn export(entries: u64, since: u64, signature: Option<&str>) -> Vec<u8> {
        let mut previous = GENESIS.to_owned();
        let mut export = None;
        for seq in 1..=entries {
            let at = jiff::Timestamp::UNIX_EPOCH + jiff::Span::new().hours(i64::try_from(seq).unwrap());
            let subject = json!({ "person": format!("p{seq}"), "text": "é \"quoted\"\n" });
            let event = AuditEvent { at, who: "grace".into(), what: "secret.set".into(), subject };
            let entry = AuditEntry::seal(event, seq, previous.clone());
            if seq >= since {
                let begun = || Export::begin(Vec::new(), seq, (seq > 1).then(|| previous.clone()));
                export.get_or_insert_with(begun).add(&entry).unwrap();
            }
            previous = entry.hash;
        }
        let export = export.unwrap_or_else(|| Export::begin(Vec::new(), since, (entries > 0).then_some(previous)));
        export.finish(|_| signature.map(str::to_owned)).unwrap().0
    }

    fn fault(bytes: &[u8]) -> ExportFault {
        check_export(bytes, None).unwrap_err()
    }

    #[test]
    fn an_export_is_whole_from_any_entry_on_and_knows_the_hashes_in_it() {
        for (entries, since) in [(0, 1), (5, 1), (5, 4), (5, 6)] {
            let checked = check_export(export(entries, since, None).as_slice(), None).unwrap();
            assert_eq!((checked.seal.count, checked.seal.last), ((entries + 1).saturating_sub(since), entries));
        }
        let whole = export(5, 1, Some("signed"));
        let head = check_export(whole.as_slice(), None).unwrap().seal.head;
        let checked = check_export(whole.as_slice(), Some(&head)).unwrap();
        assert_eq!((checked.known, checked.signature.as_deref()), (Some(5), Some("signed")));
        assert_eq!(
            check_export(export(4, 1, None).as_slice(), Some(&head)).unwrap().known,
            None,
            "a log that was cut short anew"
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_entry() {
        let text = String::from_utf8(export(4, 1, None)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let of = |lines: &[&str]| fault((lines.join("\n") + "\n").as_bytes()).to_string();
        assert_eq!(
            of(&[lines[0], lines[2], lines[3], lines[4]]),
            "entry 2, line 2: entry 3 is here: this one is missing, or was moved"
        );
        assert_eq!(of(&lines[..4]), "entry 5, line 5: the seal is missing: the end was cut off");
        let cut = of(&[lines[0], lines[1], lines[4]]);
        assert_eq!(cut, "entry 3, line 3: the seal speaks of 4 entries up to 4, and there are 2 up to 2");
        let edited = text.replacen("p3", "p9", 1);
        assert_eq!(fault(edited.as_bytes()).to_string(), "entry 3, line 3: this entry is not what was hashed");
    }

    proptest! {
        /// Whatever is done to an export once is found.
        #[test]
        fn any_single_alteration_is_found(
            entries in 0_u64..6, since in 1_u64..4, signed: bool, kind in 0..6, place: prop::sample::Index, other: prop::sample::Index, bit in 0..8,
        ) {
            prop_assume!(since <= entries + 1);
            let bytes = export(entries, since, signed.then_some("innkeeper-signature 1\n"));
            let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (at, to) = (place.index(lines.len()), other.index(lines.len()));
            let altered = match kind {
                0 => {
                    let mut bytes = bytes.clone();
                    let at = place.index(bytes.len());
                    // What a signature says is checked by whoever has the key.
                    prop_assume!(!signed || at < bytes.len() - lines[lines.len() - 1].len());
                    bytes[at] ^= 1_u8 << bit;
                    bytes
                }
                1 => {
                    lines.remove(at);
                    lines.concat()
                }
                2 => {
                    let line = lines[at].clone();
                    lines.insert(to, line);
                    lines.concat()
                }
                3 => {
                    prop_assume!(at != to);
                    lines.swap(at, to);
                    lines.concat()
                }
                4 => bytes[..place.index(bytes.len())].to_vec(),
                _ => [bytes.clone(), lines[at].clone()].concat(),
            };
            prop_assert!(check_export(altered.as_slice(), None).is_err());
        }
    }
}
