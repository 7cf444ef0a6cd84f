//! How the service is.

use innkeeper_domain::{AppName, PlanId, RunId};
use innkeeper_store::Register;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the service writes down how it is: one entry, `engine`.
pub const SERVICE: Register<Health> = Register::new("service");

/// How the service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Health {
    /// The process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// When this was written.
    pub at: Timestamp,
    /// What it does, in a word: `reading`, `writing`, `waiting`, `stopped`.
    pub doing: String,
    /// When it last finished all that was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// When something is due next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// The last run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// How many runs since the start did not do all that they should.
    pub troubled_runs: u64,
    /// Why no source can be read, so that nothing is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Apps that are left alone for a while.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quarantined: BTreeMap<AppName, Quarantined>,
    /// Apps on which changes wait for a human.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<AppName, Held>,
}

/// An app that is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Quarantined {
    /// Since when.
    pub since: Timestamp,
    /// How often in a row it failed.
    pub times: usize,
    /// When it is tried again.
    pub next: Timestamp,
    /// Why.
    pub why: String,
}

/// Changes that wait for a human.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Held {
    /// The plan that holds them.
    pub plan: PlanId,
    /// Since when.
    pub since: Timestamp,
    /// Why, in a sentence.
    pub why: String,
    /// What to type to carry it out.
    pub command: String,
    /// The SHA-256 of what it would do, in hexadecimal, to tell whether it is still the same.
    pub digest: String,
}

impl Health {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            pid: std::process::id(),
            started: now,
            at: now,
            doing: "starting".to_owned(),
            last: None,
            next: None,
            run: None,
            troubled_runs: 0,
            trouble: None,
            quarantined: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    /// Whether all is well: sources and apps can be read. That something waits for a human is no fault.
    pub fn is_well(&self) -> bool {
        self.trouble.is_none() && self.quarantined.is_empty()
    }
}
