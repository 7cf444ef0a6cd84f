//! The store through its public face, on real files.

mod access;
mod audit;
mod failing;
mod journal;
mod links;
mod opening;
mod people;
mod register;

use crate::{Mutation, SqliteStore, Store};
use innkeeper_domain::{
    AccountId, AccountTarget, AppName, Attributes, Change, ChangeId, ChangeRecord, ChangeState, EntitlementKey, IntentId,
    Operation, Origin, PersonId, PersonRecord, PlanId, Precondition, Reason, ReasonKind, RunId, RunRecord, RunState, SourceName,
    Value,
};
use jiff::{Span, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A folder with a store in it; the folder goes when this does.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("innkeeper.db")
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.path()).unwrap()
    }

    /// Changes the file behind the store's back.
    fn tamper(&self, sql: &str) {
        rusqlite::Connection::open(self.path()).unwrap().execute_batch(sql).unwrap();
    }
}

/// So many hours after the beginning of the test's time.
fn at(hours: i64) -> Timestamp {
    "2026-11-22T09:00:00.25Z".parse::<Timestamp>().unwrap() + Span::new().hours(hours)
}

fn app(name: &str) -> AppName {
    AppName::new(name)
}

fn group(id: &str) -> EntitlementKey {
    EntitlementKey { kind: "group".into(), id: id.into() }
}

fn person(id: &str, title: &str) -> PersonRecord {
    PersonRecord {
        id: PersonId::new(id),
        attributes: Attributes::from([("title".into(), vec![Value::plain(title)])]),
        active: Some(true),
        restricted: Default::default(),
        origin: Origin { source: SourceName::new("hr"), record: id.into(), place: Some(format!("people.csv:{id}").into()) },
    }
}

fn run(id: &str, plan: &str) -> RunRecord {
    RunRecord {
        id: RunId::new(id),
        plan: PlanId::new(plan),
        by: "grace".into(),
        started: at(0),
        finished: None,
        state: RunState::Running,
    }
}

fn change(run: &str, id: &str, person: &str) -> ChangeRecord {
    let change = Change {
        id: ChangeId::new(id),
        person: PersonId::new(person),
        label: format!("{person}@acme.example"),
        account: AccountTarget::New,
        operation: Operation::CreateAccount { unique_name: person.into(), attributes: Attributes::new(), grants: Vec::new() },
        reasons: vec![Reason::new(ReasonKind::Joiner, "joiner")],
        precondition: Precondition::NoAccount { values: Vec::new() },
        after: Vec::new(),
    };
    ChangeRecord {
        run: RunId::new(run),
        app: app("chat"),
        id: ChangeId::new(id),
        change,
        intent: IntentId::new(format!("{run}-{id}")),
        state: ChangeState::Planned,
        at: at(0),
        attempts: Vec::new(),
    }
}

fn in_state(record: &ChangeRecord, state: ChangeState, hours: i64) -> ChangeRecord {
    ChangeRecord { state, at: at(hours), ..record.clone() }
}

fn done(account: &str) -> ChangeState {
    ChangeState::Done { already: false, account: Some(AccountId::new(account)) }
}
