//! Apps on which only some people are touched.

use crate::planning::Observed;
use innkeeper_domain::{AppName, AppPlan, EntitlementKey, Operation, PersonId};
use innkeeper_policy::Evaluation;
use serde::Serialize;

/// An app on which only some people are touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pilot {
    /// The app.
    pub app: AppName,
    /// Who is in it.
    pub expression: String,
    /// How many people are not, and so are not touched on the app.
    pub outside: usize,
}

impl Pilot {
    /// The pilots of the apps that were read, as far as they concern somebody.
    pub(crate) fn all(observed: &[Observed<'_>], evaluation: &Evaluation, concerns: impl Fn(&PersonId) -> bool) -> Vec<Self> {
        let piloted = observed.iter().filter_map(|observed| Some((&observed.app.name, observed.app.pilot()?)));
        piloted
            .map(|(app, pilot)| Self {
                app: app.clone(),
                expression: pilot.text().to_owned(),
                outside: evaluation.outside.iter().filter(|(on, person)| on == app && concerns(person)).count(),
            })
            .collect()
    }
}

/// Takes out whoever the app's pilot does not have.
pub(crate) fn leave_outside(plan: &mut AppPlan, evaluation: &Evaluation) {
    let app = plan.app.clone();
    let inside = |person: &PersonId| !evaluation.outside.contains(&(app.clone(), person.clone()));
    if evaluation.outside.iter().all(|(other, _)| *other != app) {
        return;
    }
    plan.changes.retain(|change| inside(&change.person));
    plan.upcoming.retain(|upcoming| inside(&upcoming.person));
    plan.drift.retain(|drift| inside(&drift.person));
    plan.cases.retain(|case| case.person.as_ref().is_none_or(inside));
    plan.orphans.retain(|orphan| orphan.person.as_ref().is_none_or(inside));
    for seats in &mut plan.seats {
        let number = |wanted: fn(&Operation) -> Option<&EntitlementKey>| {
            plan.changes.iter().filter(|change| wanted(&change.operation) == Some(&seats.entitlement)).count()
        };
        let given = number(|operation| match operation {
            Operation::Grant { entitlement, .. } => Some(entitlement),
            _ => None,
        });
        let taken = number(|operation| match operation {
            Operation::Revoke { entitlement, .. } => Some(entitlement),
            _ => None,
        });
        (seats.given, seats.taken) = (given, taken);
    }
    plan.seats.retain(|seats| seats.given + seats.taken > 0);
}
