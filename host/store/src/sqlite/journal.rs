//! Runs, and where their changes stand.

use super::fault::Fault;
use super::query::{all, execute, first, json, limit, parsed, parsed_option};
use super::{chain, links};
use crate::audit::{change_event, kind, run_event};
use crate::{Mutation, Refusal, Transition};
use innkeeper_domain::{AppName, ChangeId, ChangeRecord, ChangeState, IntentId, PersonId, PlanId, RunId, RunRecord, RunState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, ErrorCode, Params, Row, params};

const RUN: &str = "SELECT id, plan, started_by, started, finished FROM run";
const CHANGE: &str = "SELECT run, app, id, change, intent, state, at, attempts FROM change";

/// A run and its changes, ready to be written.
pub(crate) struct NewRun {
    run: RunRecord,
    changes: Vec<(ChangeRecord, Columns)>,
}

/// A change in a new state, ready to be written.
pub(crate) struct NewState {
    record: ChangeRecord,
    columns: Columns,
    effects: Vec<Mutation>,
}

struct Columns {
    change: String,
    state: String,
    attempts: String,
}

impl Columns {
    fn of(record: &ChangeRecord) -> Result<Self, Fault> {
        Ok(Self {
            change: serde_json::to_string(&record.change)?,
            state: serde_json::to_string(&record.state)?,
            attempts: serde_json::to_string(&record.attempts)?,
        })
    }
}

impl NewRun {
    pub(crate) fn new(run: &RunRecord, changes: &[ChangeRecord]) -> Result<Self, Fault> {
        let with_columns = |record: &ChangeRecord| Ok((record.clone(), Columns::of(record)?));
        Ok(Self { run: run.clone(), changes: changes.iter().map(with_columns).collect::<Result<_, Fault>>()? })
    }
}

impl NewState {
    pub(crate) fn new(record: &ChangeRecord, effects: &[Mutation]) -> Result<Self, Fault> {
        Ok(Self { record: record.clone(), columns: Columns::of(record)?, effects: effects.to_vec() })
    }
}

pub(crate) fn begin(connection: &Connection, NewRun { run, changes }: &NewRun) -> Result<(), Fault> {
    if let Some(before) = run_of_plan(connection, &run.plan)? {
        return Err(Refusal::PlanApplied { plan: run.plan.clone(), run: before.id }.into());
    }
    let sql = "INSERT INTO run (id, plan, started_by, started, finished) VALUES (?1, ?2, ?3, ?4, ?5)";
    let finished = run.finished.map(|at| at.to_string());
    execute(connection, sql, params![run.id.as_str(), run.plan.as_str(), run.by, run.started.to_string(), finished])?;
    for (record, columns) in changes {
        let sql = "INSERT INTO change (run, id, app, person, intent, change, state, at, attempts, open)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let parameters = params![
            run.id.as_str(),
            record.id.as_str(),
            record.app.as_str(),
            record.change.person.as_str(),
            record.intent.as_str(),
            columns.change,
            columns.state,
            record.at.to_string(),
            columns.attempts,
            !record.state.is_final(),
        ];
        execute(connection, sql, parameters).map_err(|fault| match fault {
            Fault::Database(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Refusal::TwiceInJournal { run: run.id.clone(), change: record.id.clone() }.into()
            }
            other => other,
        })?;
        add_transition(connection, connection.last_insert_rowid(), record, columns)?;
    }
    chain::append(connection, run_event(run, kind::RUN_STARTED, run.started))?;
    Ok(())
}

fn add_transition(connection: &Connection, change: i64, record: &ChangeRecord, columns: &Columns) -> Result<(), Fault> {
    let sql = "INSERT INTO transition (change, at, state) VALUES (?1, ?2, ?3)";
    execute(connection, sql, params![change, record.at.to_string(), columns.state])?;
    Ok(())
}

pub(crate) fn record(connection: &Connection, NewState { record, columns, effects }: &NewState) -> Result<(), Fault> {
    let sql = "SELECT change.seq, change.state, run.started_by FROM change JOIN run ON run.id = change.run
               WHERE change.run = ?1 AND change.id = ?2";
    let before = first(connection, sql, [record.run.as_str(), record.id.as_str()], |row| {
        Ok((row.get::<_, i64>(0)?, json::<ChangeState>(row, 1)?, row.get::<_, String>(2)?))
    })?;
    let Some((seq, before, by)) = before else {
        return Err(Refusal::UnknownChange { run: record.run.clone(), change: record.id.clone() }.into());
    };
    if before.is_final() && before != record.state && !matches!(before, ChangeState::Manual { .. }) {
        return Err(Refusal::AlreadyFinal {
            run: record.run.clone(),
            change: record.id.clone(),
            state: before.name().to_owned(),
            wanted: record.state.name(),
        }
        .into());
    }
    let sql = "UPDATE change SET state = ?2, at = ?3, attempts = ?4, open = ?5 WHERE seq = ?1";
    let is_final = record.state.is_final();
    execute(connection, sql, params![seq, columns.state, record.at.to_string(), columns.attempts, !is_final])?;
    add_transition(connection, seq, record, columns)?;
    links::apply(connection, effects)?;
    if is_final && before != record.state {
        chain::append(connection, change_event(record, by)?)?;
    }
    Ok(())
}

pub(crate) fn finish(connection: &Connection, run: &RunId, at: Timestamp) -> Result<(), Fault> {
    let Some(mut record) = one_run(connection, " WHERE id = ?1", [run.as_str()])? else {
        return Err(Refusal::UnknownRun { run: run.clone() }.into());
    };
    if record.state == RunState::Finished {
        return Ok(());
    }
    let sql = "SELECT count(*) FROM change WHERE run = ?1 AND open = 1";
    let open: Option<i64> = first(connection, sql, [run.as_str()], |row| Ok(row.get(0)?))?;
    match open.map(usize::try_from) {
        None | Some(Ok(0)) => {}
        Some(open) => return Err(Refusal::StillOpen { run: run.clone(), open: open.unwrap_or(usize::MAX) }.into()),
    }
    execute(connection, "UPDATE run SET finished = ?2 WHERE id = ?1", params![run.as_str(), at.to_string()])?;
    record.finished = Some(at);
    chain::append(connection, run_event(&record, kind::RUN_FINISHED, at))?;
    Ok(())
}

pub(crate) fn runs(connection: &Connection, most: usize) -> Result<Vec<RunRecord>, Fault> {
    all(connection, &format!("{RUN} ORDER BY seq DESC LIMIT ?1"), [limit(most)], run_row)
}

pub(crate) fn run(connection: &Connection, run: &RunId) -> Result<Option<(RunRecord, Vec<ChangeRecord>)>, Fault> {
    let Some(record) = one_run(connection, " WHERE id = ?1", [run.as_str()])? else { return Ok(None) };
    Ok(Some((record, changes(connection, " WHERE run = ?1 ORDER BY seq", [run.as_str()])?)))
}

pub(crate) fn run_of_plan(connection: &Connection, plan: &PlanId) -> Result<Option<RunRecord>, Fault> {
    one_run(connection, " WHERE plan = ?1", [plan.as_str()])
}

pub(crate) fn open_changes(connection: &Connection) -> Result<Vec<ChangeRecord>, Fault> {
    changes(connection, " WHERE open = 1 ORDER BY seq", [])
}

pub(crate) fn begun_changes(connection: &Connection) -> Result<Vec<ChangeRecord>, Fault> {
    let sql = " WHERE open = 1 AND json_extract(state, '$.state') NOT IN ('planned', 'intended') ORDER BY seq";
    changes(connection, sql, [])
}

pub(crate) fn open_runs(connection: &Connection) -> Result<Vec<RunId>, Fault> {
    all(connection, "SELECT DISTINCT run FROM change WHERE open = 1 ORDER BY run", [], |row| {
        Ok(RunId::new(row.get::<_, String>(0)?))
    })
}

/// A finished run is of its last moment; moments are text, of which a fraction of a second sorts before the second.
pub(crate) fn changes_since(connection: &Connection, since: Timestamp, operations: &str) -> Result<Vec<ChangeRecord>, Fault> {
    let from = since.checked_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN);
    let sql = " WHERE run IN (SELECT id FROM run WHERE finished IS NULL OR finished >= ?1)
                AND json_extract(change, '$.operation.do') IN (SELECT value FROM json_each(?2))
                AND json_extract(state, '$.state') NOT IN ('planned', 'intended')";
    let mut found = changes(connection, sql, params![from.to_string(), operations])?;
    found.retain(|record| record.at >= since);
    Ok(found)
}

pub(crate) fn changes_for(connection: &Connection, person: &PersonId, app: Option<&AppName>) -> Result<Vec<ChangeRecord>, Fault> {
    match app {
        Some(app) => changes(connection, " WHERE person = ?1 AND app = ?2 ORDER BY seq DESC", [person.as_str(), app.as_str()]),
        None => changes(connection, " WHERE person = ?1 ORDER BY seq DESC", [person.as_str()]),
    }
}

pub(crate) fn history(connection: &Connection, run: &RunId, change: &ChangeId) -> Result<Vec<Transition>, Fault> {
    let sql = "SELECT transition.at, transition.state FROM transition JOIN change ON change.seq = transition.change
               WHERE change.run = ?1 AND change.id = ?2 ORDER BY transition.seq";
    all(connection, sql, [run.as_str(), change.as_str()], |row| Ok(Transition { at: parsed(row, 0)?, state: json(row, 1)? }))
}

fn one_run(connection: &Connection, filter: &str, parameters: impl Params) -> Result<Option<RunRecord>, Fault> {
    first(connection, &format!("{RUN}{filter}"), parameters, run_row)
}

fn changes(connection: &Connection, filter: &str, parameters: impl Params) -> Result<Vec<ChangeRecord>, Fault> {
    all(connection, &format!("{CHANGE}{filter}"), parameters, change_row)
}

fn run_row(row: &Row<'_>) -> Result<RunRecord, Fault> {
    let finished: Option<Timestamp> = parsed_option(row, 4)?;
    Ok(RunRecord {
        id: RunId::new(row.get::<_, String>(0)?),
        plan: PlanId::new(row.get::<_, String>(1)?),
        by: row.get(2)?,
        started: parsed(row, 3)?,
        finished,
        state: if finished.is_some() { RunState::Finished } else { RunState::Running },
    })
}

fn change_row(row: &Row<'_>) -> Result<ChangeRecord, Fault> {
    Ok(ChangeRecord {
        run: RunId::new(row.get::<_, String>(0)?),
        app: AppName::new(row.get::<_, String>(1)?),
        id: ChangeId::new(row.get::<_, String>(2)?),
        change: json(row, 3)?,
        intent: IntentId::new(row.get::<_, String>(4)?),
        state: json(row, 5)?,
        at: parsed(row, 6)?,
        attempts: json(row, 7)?,
    })
}
