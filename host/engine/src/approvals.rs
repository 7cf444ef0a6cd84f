//! Who has approved of a plan, and whether that is what its apps demand.

use innkeeper_bundle::{PublicKey, SigningKey};
use innkeeper_domain::{AppMode, AppName, Plan, PlanId};
use innkeeper_policy::{ApprovalDemand, Configuration};
use innkeeper_store::{Mutation, Register, Store, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// By plan and approver, so that two who approve at the same time do not write over each other.
const GIVEN: Register<GivenApproval> = Register::new("approval");

/// That somebody approves of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenApproval {
    /// Of which.
    pub plan: PlanId,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they have said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Their signature over plan and name, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Why an approval is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefused {
    /// No app of the plan asks for approvals.
    #[error("no app of plan {} demands an approval: it can be applied as it is", plan.short())]
    NotDemanded {
        /// The plan.
        plan: PlanId,
    },
    /// It is not theirs to approve.
    #[error("`{by}` may not approve plan {}; who may: {}", plan.short(), may.join(", "))]
    NotAsked {
        /// The plan.
        plan: PlanId,
        /// Who tried.
        by: String,
        /// Who may.
        may: Vec<String>,
    },
    /// It is a plan of their own.
    #[error("`{by}` made plan {}, and somebody else has to approve it", plan.short())]
    Own {
        /// The plan.
        plan: PlanId,
        /// Who tried.
        by: String,
    },
    /// The configuration has a key for them, and they did not use it.
    #[error("approvals of `{by}` count only with their signature")]
    Unsigned {
        /// Who tried.
        by: String,
    },
    /// The key is nobody's.
    #[error("the key {key} is no approver's")]
    UnknownKey {
        /// Its public half.
        key: String,
    },
}

/// What one app demands, and what of it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Standing {
    /// The app.
    pub app: AppName,
    /// How many have to approve.
    pub count: usize,
    /// Who has, as far as it counts.
    pub given: Vec<String>,
    /// Who else may.
    pub may: Vec<String>,
    /// What was given and does not count, with the reason.
    pub void: Vec<String>,
}

impl Standing {
    /// Whether nothing is missing.
    pub fn is_met(&self) -> bool {
        self.given.len() >= self.count
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, count, given, may, void } = self;
        let noun = if *count == 1 { "approval" } else { "approvals" };
        write!(formatter, "{app}: {} of {count} {noun}", given.len())?;
        if !given.is_empty() {
            write!(formatter, " ({})", given.join(", "))?;
        }
        if !self.is_met() {
            match may.is_empty() {
                true => write!(formatter, "; nobody else may approve this plan")?,
                false => write!(formatter, "; who may approve: {}", may.join(", "))?,
            }
        }
        void.iter().try_for_each(|why| write!(formatter, "; {why}"))
    }
}

impl GivenApproval {
    /// An approval of a plan by `who`, or, with a key, by the approver whose key it is.
    ///
    /// # Errors
    /// When it would count nowhere.
    pub fn give(
        configuration: &Configuration,
        plan: &Plan,
        who: &str,
        key: Option<&SigningKey>,
        note: Option<String>,
        at: Timestamp,
    ) -> Result<Self, ApprovalRefused> {
        let by = match key {
            None => who.to_owned(),
            Some(key) => {
                let public = key.public().to_string();
                let owner = configuration.approvers().find(|approver| approver.key == public);
                owner.ok_or(ApprovalRefused::UnknownKey { key: public })?.name.clone()
            }
        };
        let demands: Vec<&ApprovalDemand> = demands(configuration, plan).map(|(_, demand)| demand).collect();
        let id = plan.id().clone();
        if demands.is_empty() {
            return Err(ApprovalRefused::NotDemanded { plan: id });
        }
        let asked = || demands.iter().filter(|demand| demand.by.contains(&by));
        if asked().next().is_none() {
            let mut may: Vec<String> = demands.iter().flat_map(|demand| demand.by.iter().cloned()).collect();
            may.sort();
            may.dedup();
            return Err(ApprovalRefused::NotAsked { plan: id, by, may });
        }
        if plan.by() == by && asked().all(|demand| !demand.own) {
            return Err(ApprovalRefused::Own { plan: id, by });
        }
        if key.is_none() && configuration.approver(&by).is_some() {
            return Err(ApprovalRefused::Unsigned { by });
        }
        let signature = key.map(|key| key.sign_statement(&statement(&id, &by)));
        Ok(Self { plan: id, by, at, note, signature })
    }

    /// What writes it down.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn mutation(&self) -> Result<Mutation, StoreError> {
        GIVEN.put(format!("{}/{}", self.plan, self.by), self)
    }

    /// Everything that was given for a plan.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn all(store: &dyn Store, plan: &PlanId) -> Result<Vec<Self>, StoreError> {
        Ok(GIVEN.all(store).await?.into_values().filter(|given| given.plan == *plan).collect())
    }
}

/// Where the approvals of a plan stand, for every app that demands some.
pub(crate) fn standing(configuration: &Configuration, plan: &Plan, approvals: &[GivenApproval]) -> Vec<Standing> {
    demands(configuration, plan)
        .map(|(app, demand)| {
            let mut standing =
                Standing { app: app.clone(), count: demand.count, given: Vec::new(), may: Vec::new(), void: Vec::new() };
            for name in &demand.by {
                let own = plan.by() == name && !demand.own;
                match approvals.iter().find(|given| given.by == *name && given.plan == *plan.id()) {
                    Some(_) if own => standing.void.push(format!("{name} made the plan")),
                    Some(given) if !is_signed(configuration, given) => {
                        standing.void.push(format!("the approval of {name} is not signed with the key of {name}"));
                        standing.may.push(name.clone());
                    }
                    Some(_) => standing.given.push(name.clone()),
                    None if own => {}
                    None => standing.may.push(name.clone()),
                }
            }
            standing
        })
        .collect()
}

/// The apps that a plan writes to and that demand approvals.
fn demands<'a>(configuration: &'a Configuration, plan: &'a Plan) -> impl Iterator<Item = (&'a AppName, &'a ApprovalDemand)> {
    let written = plan.apps().iter().filter(|app| app.mode == AppMode::Enforce && !app.changes.is_empty());
    written.filter_map(|app| Some((&app.app, configuration.app(&app.app)?.approval.as_ref()?)))
}

/// Whether an approval is signed as far as it has to be.
fn is_signed(configuration: &Configuration, given: &GivenApproval) -> bool {
    let Some(approver) = configuration.approver(&given.by) else { return true };
    let key: Result<PublicKey, _> = approver.key.parse();
    let statement = statement(&given.plan, &given.by);
    key.is_ok_and(|key| given.signature.as_ref().is_some_and(|signature| key.has_signed(&statement, signature)))
}

/// What an approver signs. The name is in it, so that two names with one key are two signatures.
fn statement(plan: &PlanId, by: &str) -> String {
    format!("approval\nplan {plan}\nby {by}\n")
}

#[cfg(test)]
mod tests;
