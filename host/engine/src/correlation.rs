//! What was decided by hand of who could be whose: one by one or thousands at a time.

mod open;
mod read;
mod sheet;

pub use open::{Candidate, OpenCases};
pub use read::{CaseDecisions, CaseWord, RowProblem};

use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{AccountId, AppName, PersonId};
use innkeeper_planner::CorrelationRules;
use innkeeper_store::{Register, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The decisions, by app and person.
const DECISIONS: Register<CorrelationDecision> = Register::new("correlation");

/// For how long a case is not spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct IgnoredCase {
    /// The first day on which it is spoken of again; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl IgnoredCase {
    fn holds(self, today: Date) -> bool {
        self.until.is_none_or(|until| today < until)
    }
}

/// What was decided of the accounts that could be one person's on one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct CorrelationDecision {
    /// The app.
    pub app: AppName,
    /// Who.
    pub person: PersonId,
    /// Accounts that are not theirs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<AccountId>,
    /// Whether the case is not spoken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<IgnoredCase>,
    /// Who decided last: the user name that the operating system gives.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl CorrelationDecision {
    /// What was decided on one app.
    pub(crate) async fn on(store: &dyn Store, app: &AppName) -> Result<Vec<Self>, StoreError> {
        let mut all: Vec<Self> = DECISIONS.all(store).await?.into_values().collect();
        all.retain(|decision| decision.app == *app);
        Ok(all)
    }

    fn key(app: &AppName, person: &PersonId) -> String {
        serde_json::json!([app, person]).to_string()
    }
}

/// The decisions that hold on a day, in the planner's words.
pub(crate) fn rules(decisions: &[CorrelationDecision], today: Date) -> CorrelationRules {
    let mut rules = CorrelationRules::default();
    for decision in decisions {
        let pairs = decision.apart.iter().map(|account| (decision.person.clone(), account.clone()));
        rules.apart.extend(pairs);
        if decision.ignored.is_some_and(|ignored| ignored.holds(today)) {
            rules.ignored.insert(decision.person.clone());
        }
    }
    rules
}

impl Engine {
    async fn correlation_decisions(&self) -> Result<Vec<CorrelationDecision>, EngineError> {
        Ok(DECISIONS.all(self.store()).await?.into_values().collect())
    }
}
