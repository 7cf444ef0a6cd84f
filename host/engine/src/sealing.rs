//! From what was planned to the artefact.

use crate::error::EngineError;
use crate::people::Population;
use crate::planning::Observed;
use innkeeper_domain::{AppPlan, AppSeen, AppSnapshot, Inputs, Plan, SnapshotId};
use innkeeper_policy::Configuration;
use jiff::Timestamp;
use jiff::civil::Date;

/// Seals the plans of the apps into the artefact.
pub(crate) fn seal(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    plans: Vec<AppPlan>,
    created: Timestamp,
    today: Date,
    by: &str,
) -> Result<Plan, EngineError> {
    Ok(Plan::seal(created, today, by, inputs(configuration, population, observed), plans)?)
}

/// What a plan is computed from.
pub(crate) fn inputs(configuration: &Configuration, population: &Population, observed: &[Observed<'_>]) -> Inputs {
    Inputs {
        configuration: configuration.digest(),
        sources: population.seen.clone(),
        apps: observed.iter().map(|observed| (observed.app.name.clone(), seen(observed))).collect(),
    }
}

/// One reading of an app, for the plan that is made of it.
fn seen(observed: &Observed<'_>) -> AppSeen {
    let AppSnapshot { description, accounts, entitlements, grants } = &observed.snapshot;
    let listings = [
        (accounts.content.len(), &accounts.completeness),
        (entitlements.content.len(), &entitlements.completeness),
        (grants.content.len(), &grants.completeness),
    ];
    AppSeen {
        snapshot: SnapshotId::of(observed.app.name.as_str(), accounts.taken, listings),
        taken: accounts.taken,
        unique_name: description.unique_name.clone(),
        connector: observed.connector.clone(),
    }
}
