//! The plans of all apps, those first that others need.

use crate::{AppInput, planner::plan_app_after};
use innkeeper_domain::{AppMode, AppName, AppPlan, ChangeId, Operation, PersonId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Apps that need each other in a circle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the apps {} need each other in a circle: take one of the `needs` out", names(.apps))]
pub struct NeedsCycle {
    /// The apps of the circle and those that wait for it, by name.
    pub apps: Vec<AppName>,
}

fn names(apps: &[AppName]) -> String {
    apps.iter().map(AppName::as_str).collect::<Vec<_>>().join(", ")
}

/// Plans all apps. `needs` says which apps an app needs: a mailbox before the chat that invites by mail. An account on an app is
/// created after the same person's account on the apps that it needs, where that is created by the same plan and the needed app
/// is written to at all. Changes are numbered over all apps.
///
/// # Errors
/// When apps need each other in a circle.
pub fn plan(inputs: &[AppInput<'_>], needs: &BTreeMap<AppName, Vec<AppName>>) -> Result<Vec<AppPlan>, NeedsCycle> {
    let mut last = 0;
    let mut creates: HashMap<AppName, HashMap<PersonId, ChangeId>> = HashMap::new();
    let mut plans = Vec::with_capacity(inputs.len());
    let needed: BTreeSet<&AppName> = needs.values().flatten().collect();
    for input in ordered(inputs, needs)? {
        let mut plan = plan_app_after(input, &mut last);
        for need in needs.get(input.app).into_iter().flatten() {
            if let Some(creates) = creates.get(need) {
                wait_for(&mut plan, creates);
            }
        }
        if needed.contains(input.app) && input.mode == AppMode::Enforce {
            creates.insert(input.app.clone(), created(&plan));
        }
        plans.push(plan);
    }
    Ok(plans)
}

/// The inputs so that each comes after those that it needs, and by name where there is a choice.
fn ordered<'i, 'a>(
    inputs: &'i [AppInput<'a>],
    needs: &BTreeMap<AppName, Vec<AppName>>,
) -> Result<Vec<&'i AppInput<'a>>, NeedsCycle> {
    let mut waiting: BTreeMap<&AppName, &AppInput<'a>> = inputs.iter().map(|input| (input.app, input)).collect();
    let mut ordered = Vec::with_capacity(inputs.len());
    while !waiting.is_empty() {
        let ready = |app: &&&AppName| needs.get(**app).into_iter().flatten().all(|need| !waiting.contains_key(need));
        let Some(app) = waiting.keys().find(ready).copied() else {
            return Err(NeedsCycle { apps: waiting.into_keys().cloned().collect() });
        };
        ordered.extend(waiting.remove(app));
    }
    Ok(ordered)
}

fn created(plan: &AppPlan) -> HashMap<PersonId, ChangeId> {
    let creates = plan.changes.iter().filter(|change| matches!(change.operation, Operation::CreateAccount { .. }));
    creates.map(|change| (change.person.clone(), change.id.clone())).collect()
}

fn wait_for(plan: &mut AppPlan, creates: &HashMap<PersonId, ChangeId>) {
    for change in &mut plan.changes {
        if let (Operation::CreateAccount { .. }, Some(id)) = (&change.operation, creates.get(&change.person)) {
            change.after.push(id.clone());
        }
    }
}
