//! The audit log: a chain of hashes that anybody can recompute.
//!
//! The *body* of an entry is one line of canonical JSON: no white space, keys sorted by their bytes, with the members
//! `at`, `previous`, `seq`, `subject`, `what` and `who`. The entry's hash is the SHA-256 of the body, in hexadecimal, and the next
//! body carries it as `previous`; before the first entry it is sixty-four zeros. Taking entries away from the end leaves
//! a shorter chain that is whole, and whoever can write the file can compute all hashes anew: an auditor keeps the last
//! hash in another place.

use innkeeper_domain::{AppName, ChangeRecord, PersonId, RunId, RunRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The kinds of entry that the store writes by itself.
pub mod kind {
    /// A run began.
    pub const RUN_STARTED: &str = "run.started";
    /// A run ended.
    pub const RUN_FINISHED: &str = "run.finished";
    /// The oldest entries were moved to an archive.
    pub const PRUNED: &str = "audit.pruned";
    /// Before the state's name: a change became final, `change.done`.
    pub const CHANGE: &str = "change.";
}

/// Before the first entry.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// Who did it: the user name that the operating system gives.
    pub who: String,
    /// What kind of thing, in dotted words: `secret.set`, `change.done`.
    pub what: String,
    /// The rest, an object. Its members `person`, `app` and `run`, where they are text, can be asked for. Never a secret.
    pub subject: Value,
}

/// An event with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// The hash of the entry before, in hexadecimal.
    pub previous: String,
    /// The SHA-256 of `body`, in hexadecimal.
    pub hash: String,
    /// Exactly what was hashed.
    pub body: String,
}

/// Which entries to list; what is none is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this person.
    pub person: Option<PersonId>,
    /// About this app.
    pub app: Option<AppName>,
    /// Of this run.
    pub run: Option<RunId>,
}

/// The first entry that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Broken {
    /// Its number.
    pub seq: u64,
    /// What is wrong with it.
    pub why: String,
}

/// The oldest entries, which were moved to an archive: what the entry `audit.pruned` says of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pruned {
    /// How many were moved.
    pub count: u64,
    /// The number of the last of them.
    pub last: u64,
    /// Its hash: the first entry that is left has it as `previous`.
    pub hash: String,
    /// The SHA-256 of the archive, in hexadecimal.
    pub archive: String,
}

impl Pruned {
    /// What an entry says, where it is one of these.
    pub(crate) fn of(entry: &AuditEntry) -> Option<Self> {
        (entry.event.what == kind::PRUNED).then(|| serde_json::from_value(entry.event.subject.clone()).ok())?
    }
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verdict {
    /// How many entries are whole, from the first on.
    pub entries: u64,
    /// What was moved to an archive before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pruned: Option<Pruned>,
    /// The hash of the last whole entry; keep it elsewhere to notice a chain that was cut short.
    pub head: String,
    /// Where the chain breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
}

#[derive(Deserialize)]
struct Body {
    at: Timestamp,
    previous: String,
    seq: u64,
    subject: Value,
    what: String,
    who: String,
}

impl AuditEntry {
    /// The next entry of a chain.
    pub(crate) fn seal(event: AuditEvent, seq: u64, previous: String) -> Self {
        let body = canonical(&serde_json::json!({
            "at": event.at.to_string(),
            "previous": previous,
            "seq": seq,
            "subject": event.subject,
            "what": event.what,
            "who": event.who,
        }));
        let hash = hash_of(&body);
        Self { seq, event, previous, hash, body }
    }

    /// The entry that a body describes. The hash is the body's own, to be compared with what was written beside it.
    pub(crate) fn read(body: String) -> Result<Self, serde_json::Error> {
        let Body { at, previous, seq, subject, what, who } = serde_json::from_str(&body)?;
        let hash = hash_of(&body);
        Ok(Self { seq, event: AuditEvent { at, who, what, subject }, previous, hash, body })
    }

    /// A member of the subject that is text.
    pub(crate) fn subject_text(&self, member: &str) -> Option<&str> {
        self.event.subject.get(member)?.as_str()
    }
}

/// What the audit log says of a run.
pub(crate) fn run_event(run: &RunRecord, what: &str, at: Timestamp) -> AuditEvent {
    let subject = serde_json::json!({ "run": run.id, "plan": run.plan });
    AuditEvent { at, who: run.by.clone(), what: what.to_owned(), subject }
}

/// What the audit log says of a change that became final.
pub(crate) fn change_event(record: &ChangeRecord, by: String) -> Result<AuditEvent, serde_json::Error> {
    let change = &record.change;
    let mut subject = serde_json::json!({
        "run": record.run,
        "change": record.id,
        "app": record.app,
        "person": change.person,
        "label": change.label,
        "account": serde_json::to_value(&change.account)?,
        "operation": serde_json::to_value(&change.operation)?,
        "reasons": serde_json::to_value(&change.reasons)?,
        "intent": record.intent,
        "outcome": serde_json::to_value(&record.state)?,
        "attempts": record.attempts.len(),
    });
    // The last thing that went over the wire; all of it is in the journal.
    if let Some(exchange) = record.attempts.iter().rev().find_map(|attempt| attempt.exchanges.last()) {
        subject["exchange"] = serde_json::to_value(exchange)?;
    }
    Ok(AuditEvent { at: record.at, who: by, what: format!("{}{}", kind::CHANGE, record.state.name()), subject })
}

pub(crate) fn hash_of(body: &str) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// JSON without white space, with the keys of every object sorted by their bytes, whatever order `serde_json` keeps them in.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
            let members: Vec<String> =
                sorted.into_iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        simple => simple.to_string(),
    }
}
