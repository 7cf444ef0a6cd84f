//! The audit log in the database.

use super::fault::Fault;
use super::query::{all, execute, first, limit};
use crate::audit::GENESIS;
use crate::{AuditEntry, AuditEvent, AuditFilter, Broken, Verdict};
use rusqlite::{Connection, Row, params};

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

pub(crate) fn verify(connection: &Connection) -> Result<Verdict, Fault> {
    let mut verdict = Verdict { entries: 0, head: GENESIS.to_owned(), broken: None };
    let mut statement = connection.prepare("SELECT seq, hash, person, app, run, body FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let expected = verdict.entries + 1;
        match check(row, expected, &verdict.head)? {
            Ok(hash) => verdict = Verdict { entries: expected, head: hash, broken: None },
            Err(why) => {
                verdict.broken = Some(Broken { seq: expected, why });
                return Ok(verdict);
            }
        }
    }
    if highest(connection)? > limit(usize::try_from(verdict.entries).unwrap_or(usize::MAX)) {
        verdict.broken = Some(Broken { seq: verdict.entries + 1, why: "this entry and what followed it is missing".to_owned() });
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
