//! The audit log in the database.

use super::fault::Fault;
use super::query::{all, execute, first, limit};
use crate::audit::{GENESIS, kind};
use crate::{AuditEntry, AuditEvent, AuditFilter, Broken, Pruned, Refusal, Verdict};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

/// As in `schema_1.sql`.
const KEPT: &str =
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END";

pub(crate) fn append(connection: &Connection, event: AuditEvent) -> Result<AuditEntry, Fault> {
    let sql = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let last = first(connection, sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let (last, previous) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
    // A number is never given twice: what was cut off stays noticeable.
    let seq = last.max(highest(connection)?) + 1;
    let entry = AuditEntry::seal(event, u64::try_from(seq).unwrap_or(0), previous);
    let sql = "INSERT INTO audit (seq, hash, person, app, run, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let [person, app, run] = indexed(&entry);
    execute(connection, sql, params![seq, entry.hash, person, app, run, entry.body])?;
    Ok(entry)
}

/// The highest number ever given.
fn highest(connection: &Connection) -> Result<i64, Fault> {
    let highest = first(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'audit'", [], |row| Ok(row.get(0)?))?;
    Ok(highest.unwrap_or(0))
}

fn indexed(entry: &AuditEntry) -> [Option<&str>; 3] {
    ["person", "app", "run"].map(|member| entry.subject_text(member))
}

pub(crate) fn list(connection: &Connection, filter: &AuditFilter, most: usize) -> Result<Vec<AuditEntry>, Fault> {
    let sql = "SELECT body FROM audit
               WHERE (?1 IS NULL OR person = ?1) AND (?2 IS NULL OR app = ?2) AND (?3 IS NULL OR run = ?3)
               ORDER BY seq DESC LIMIT ?4";
    let AuditFilter { person, app, run } = filter;
    let parameters = params![
        person.as_ref().map(|person| person.as_str()),
        app.as_ref().map(|app| app.as_str()),
        run.as_ref().map(|run| run.as_str()),
        limit(most),
    ];
    all(connection, sql, parameters, |row| Ok(AuditEntry::read(row.get(0)?)?))
}

/// Entries from a number on, oldest first.
pub(crate) fn from(connection: &Connection, seq: u64, most: usize) -> Result<Vec<AuditEntry>, Fault> {
    let sql = "SELECT body FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    all(connection, sql, params![seq, limit(most)], |row| Ok(AuditEntry::read(row.get(0)?)?))
}

pub(crate) fn seq_of(connection: &Connection, hash: &str) -> Result<Option<u64>, Fault> {
    let seq = first(connection, "SELECT seq FROM audit WHERE hash = ?1", [hash], |row| Ok(row.get::<_, i64>(0)?))?;
    Ok(seq.and_then(|seq| u64::try_from(seq).ok()))
}

/// Takes the oldest entries away. The one place where the log becomes shorter: the trigger that forbids it is lifted for this statement
/// and set again in the same transaction.
pub(crate) fn prune(connection: &Connection, pruned: &Pruned, at: Timestamp, who: String) -> Result<AuditEntry, Fault> {
    let last = i64::try_from(pruned.last).unwrap_or(i64::MAX);
    let sql = "SELECT count(*), max(CASE seq WHEN ?1 THEN hash END) FROM audit WHERE seq <= ?1";
    let found = first(connection, sql, [last], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?)))?;
    let same = |(count, hash): &(i64, Option<String>)| {
        u64::try_from(*count) == Ok(pruned.count) && hash.as_deref() == Some(pruned.hash.as_str())
    };
    if !found.is_some_and(|found| same(&found)) {
        return Err(Refusal::NotPruned.into());
    }
    let event = AuditEvent { at, who, what: kind::PRUNED.to_owned(), subject: serde_json::to_value(pruned)? };
    let entry = append(connection, event)?;
    connection.execute_batch("DROP TRIGGER audit_is_kept")?;
    execute(connection, "DELETE FROM audit WHERE seq <= ?1", [last])?;
    connection.execute_batch(KEPT)?;
    Ok(entry)
}

/// The newest entry about entries that were cut off.
fn last_pruned(connection: &Connection) -> Result<Option<Pruned>, Fault> {
    let sql = "SELECT body FROM audit WHERE json_valid(body) AND json_extract(body, '$.what') = ?1 ORDER BY seq DESC LIMIT 1";
    let body = first(connection, sql, [kind::PRUNED], |row| Ok(row.get::<_, String>(0)?))?;
    Ok(body.and_then(|body| Pruned::of(&AuditEntry::read(body).ok()?)))
}

pub(crate) fn verify(connection: &Connection) -> Result<Verdict, Fault> {
    let first_left = first(connection, "SELECT min(seq) FROM audit", [], |row| Ok(row.get::<_, Option<i64>>(0)?))?.flatten();
    // A log that does not begin at its beginning has to say why.
    let pruned = last_pruned(connection)?.filter(|pruned| first_left == i64::try_from(pruned.last + 1).ok());
    let before = pruned.as_ref().map_or(0, |pruned| pruned.last);
    let head = pruned.as_ref().map_or_else(|| GENESIS.to_owned(), |pruned| pruned.hash.clone());
    let mut verdict = Verdict { entries: 0, pruned, head, broken: None };
    let mut statement = connection.prepare("SELECT seq, hash, person, app, run, body FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let expected = before + verdict.entries + 1;
        match check(row, expected, &verdict.head)? {
            Ok(hash) => (verdict.entries, verdict.head) = (verdict.entries + 1, hash),
            Err(why) => {
                verdict.broken = Some(Broken { seq: expected, why });
                return Ok(verdict);
            }
        }
    }
    let last = before + verdict.entries;
    if highest(connection)? > limit(usize::try_from(last).unwrap_or(usize::MAX)) {
        verdict.broken = Some(Broken { seq: last + 1, why: "this entry and what followed it is missing".to_owned() });
    }
    Ok(verdict)
}

/// The entry's hash, or what is wrong with it.
fn check(row: &Row<'_>, expected: u64, previous: &str) -> Result<Result<String, String>, Fault> {
    let seq: i64 = row.get(0)?;
    if u64::try_from(seq) != Ok(expected) {
        return Ok(Err("this entry is missing".to_owned()));
    }
    let entry = match AuditEntry::read(row.get(5)?) {
        Ok(entry) => entry,
        Err(error) => return Ok(Err(format!("this entry cannot be read: {error}"))),
    };
    let beside = [row.get::<_, Option<String>>(2)?, row.get(3)?, row.get(4)?];
    if entry.hash != row.get::<_, String>(1)? {
        return Ok(Err("this entry is not what was hashed".to_owned()));
    }
    if entry.previous != previous || entry.seq != expected {
        return Ok(Err("this entry does not follow the one before it".to_owned()));
    }
    if indexed(&entry) != beside.each_ref().map(Option::as_deref) {
        return Ok(Err("this entry is filed under a person, app or run that it is not about".to_owned()));
    }
    Ok(Ok(entry.hash))
}
