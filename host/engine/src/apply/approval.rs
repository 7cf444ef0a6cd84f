//! From a plan file to a plan that may be carried out.

use crate::approvals::{GivenApproval, Standing};
use crate::error::EngineError;
use innkeeper_domain::{AppMode, AppName, Operation, PersonId, Plan};
use innkeeper_planner::guard::{self, Breach, GuardedApp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What whoever applies a plan says beside yes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Approval {
    /// That more may be done at once than the guard allows.
    pub overriding: Option<Override>,
    /// That somebody is offboarded by hand. Whoever names a person has decided about that person: a plan that only closes what this person
    /// has is its own approval, and the guard, which is for what nobody named, lets it pass. Onboarding is not: it gives access, and
    /// giving can wait for whoever the app asks.
    pub offboards: Option<PersonId>,
}

/// Why more may be done at once than the guard allows, for one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Override {
    reason: String,
    allow: BTreeSet<String>,
}

/// A reason that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason has at least three words: who reads the audit log in a year wants to understand it")]
pub struct NoReason;

impl Override {
    /// Lets pass what is named, an app and a class each (`github:suspend`), or everything if nothing is.
    ///
    /// # Errors
    /// When the reason has fewer than three words.
    pub fn new(reason: &str, allow: impl IntoIterator<Item = String>) -> Result<Self, NoReason> {
        let reason = reason.trim();
        if reason.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count() < 3 {
            return Err(NoReason);
        }
        Ok(Self { reason: reason.to_owned(), allow: allow.into_iter().collect() })
    }

    fn lets_pass(&self, breach: &Breach) -> bool {
        self.allow.is_empty() || self.allow.contains(&breach.token())
    }
}

/// What is known about a plan apart from itself.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// What the guard has to know of each app.
    pub(crate) guarded: BTreeMap<AppName, GuardedApp>,
    /// Where its approvals stand.
    pub(crate) standing: Vec<Standing>,
    /// Every approval that was given.
    pub(crate) approvals: Vec<GivenApproval>,
    /// What was let pass when the plan was applied before and the run was cut off.
    pub(crate) passed: BTreeSet<String>,
}

/// Why a plan may be carried out.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The approvals that were given.
    pub approvals: Vec<GivenApproval>,
    /// Limits that it passes knowingly, and why.
    pub overridden: Option<(String, Vec<Breach>)>,
    /// Who is offboarded by hand, with the classes of which the guard then does not count it.
    pub offboards: Option<PersonId>,
}

/// A plan that may be carried out: for today or earlier, unaltered, approved by whom its apps ask, and within the guard or knowingly beyond
/// it. Only [`ApprovedPlan::check`] makes one, and the executor takes nothing else.
#[derive(Debug)]
pub struct ApprovedPlan {
    plan: Plan,
    proof: Proof,
}

impl ApprovedPlan {
    pub(crate) fn check(plan: Plan, approval: Approval, today: Date, ground: Ground) -> Result<Self, EngineError> {
        if plan.today() > today {
            return Err(EngineError::TooEarly { plan: plan.id().clone(), day: plan.today(), today });
        }
        if let Some(person) = approval.offboards.filter(|person| only_closes(&plan, person)) {
            return Ok(Self { plan, proof: Proof { offboards: Some(person), ..Proof::default() } });
        }
        let missing: Vec<&Standing> = ground.standing.iter().filter(|standing| !standing.is_met()).collect();
        if !missing.is_empty() {
            let demands = missing.iter().map(ToString::to_string).collect();
            return Err(EngineError::Unapproved { plan: plan.id().clone(), demands });
        }
        // What is not written holds nothing up: in warn mode a limit that would be passed is a finding.
        let written = |app: &AppName| plan.apps().iter().any(|planned| planned.app == *app && planned.mode == AppMode::Enforce);
        let beyond = breaches(&plan, &ground.guarded)
            .filter(|breach| written(&breach.app))
            .filter(|breach| !ground.passed.contains(&breach.token()));
        let (passed, held): (Vec<Breach>, Vec<Breach>) =
            beyond.partition(|breach| approval.overriding.as_ref().is_some_and(|overriding| overriding.lets_pass(breach)));
        if !held.is_empty() {
            return Err(EngineError::Held { breaches: held.iter().map(ToString::to_string).collect() });
        }
        let overridden = approval.overriding.filter(|_| !passed.is_empty()).map(|overriding| (overriding.reason, passed));
        Ok(Self { plan, proof: Proof { approvals: ground.approvals, overridden, offboards: None } })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Why it may be carried out.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}

/// Whether a plan does nothing but close what one person has.
fn only_closes(plan: &Plan, person: &PersonId) -> bool {
    plan.apps().iter().flat_map(|app| &app.changes).all(|change| {
        let closes = match change.operation {
            Operation::Suspend
            | Operation::RevokeSessions
            | Operation::TransferOwnership { .. }
            | Operation::DeleteAccount
            | Operation::Revoke { .. }
            | Operation::Adopt => true,
            Operation::CreateAccount { .. }
            | Operation::UpdateAccount { .. }
            | Operation::Reactivate
            | Operation::Grant { .. }
            | Operation::AssumeGrant { .. } => false,
        };
        closes && change.person == *person
    })
}

/// What of a plan passes the guard's limits.
pub(crate) fn breaches(plan: &Plan, apps: &BTreeMap<AppName, GuardedApp>) -> impl Iterator<Item = Breach> {
    let guarded = plan.apps().iter().filter_map(|app| Some((app, apps.get(&app.app)?)));
    guarded.flat_map(|(app, guarded)| guard::check(app, guarded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_some_words() {
        assert!(Override::new("the sales team was sold", []).is_ok());
        for empty in ["", "  ", "ok", "because yes", "- - -"] {
            assert_eq!(Override::new(empty, []), Err(NoReason), "{empty}");
        }
    }
}
