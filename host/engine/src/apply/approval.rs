//! From a plan file to a plan that may be carried out.

use crate::error::EngineError;
use innkeeper_domain::{AppName, Plan, Summary};
use innkeeper_planner::guard;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the person who approves says beside yes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Approval {
    /// Where more may be taken away than the guard allows: an app and a class of change, `github:suspend`.
    pub allow: BTreeSet<String>,
}

impl Approval {
    /// For a plan that is about one person whom somebody named: who names a person has decided about them, and the guard is for what
    /// nobody named.
    pub fn of_one_person(plan: &Plan) -> Self {
        let allow = plan
            .apps()
            .iter()
            .flat_map(|app| guard::losses(app).into_keys().map(|class| format!("{}:{class}", app.app)))
            .collect();
        Self { allow }
    }
}

/// How much of one app a plan may take away, and of how much.
#[derive(Clone, Debug)]
pub(crate) struct GuardedApp {
    pub(crate) limits: guard::Limits,
    /// How many accounts are managed there.
    pub(crate) managed: usize,
    /// What earlier runs took away within the guard's window.
    pub(crate) recent: Summary,
}

/// A plan that may be carried out: for today or earlier, unaltered, and within the guard or knowingly beyond it. Only
/// [`ApprovedPlan::check`] makes one, and the executor takes nothing else.
#[derive(Debug)]
pub struct ApprovedPlan(Plan);

impl ApprovedPlan {
    pub(crate) fn check(
        plan: Plan,
        approval: Approval,
        today: Date,
        apps: &BTreeMap<AppName, GuardedApp>,
    ) -> Result<Self, EngineError> {
        if plan.today() > today {
            return Err(EngineError::TooEarly { plan: plan.id().clone(), day: plan.today(), today });
        }
        let breaches: Vec<String> = breaches(&plan, apps)
            .filter(|breach| !approval.allow.contains(&breach.token()))
            .map(|breach| breach.to_string())
            .collect();
        if breaches.is_empty() { Ok(Self(plan)) } else { Err(EngineError::Held { breaches }) }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

/// What of a plan passes the guard's limits.
pub(crate) fn breaches(plan: &Plan, apps: &BTreeMap<AppName, GuardedApp>) -> impl Iterator<Item = guard::Breach> {
    let guarded = plan.apps().iter().filter_map(|app| Some((app, apps.get(&app.app)?)));
    guarded.flat_map(|(app, guarded)| guard::check(app, guarded.managed, &guarded.recent, &guarded.limits))
}
