//! The plans of all apps, those first that others need.

use crate::{AppInput, plan_app};
use innkeeper_domain::{AccountTarget, AppMode, AppName, AppPlan, ChangeId, Operation, PersonId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
    plan_each(inputs.len(), |position| Some(plan_app(&inputs[position])), needs)
}

/// The same for those who make each app's input when its turn comes and drop it with the plan: `plan_one` is given the positions of the
/// apps, on as many threads as there are processors, and leaves out an app by giving none.
///
/// # Errors
/// When apps need each other in a circle.
pub fn plan_each(
    apps: usize,
    plan_one: impl Fn(usize) -> Option<AppPlan> + Sync,
    needs: &BTreeMap<AppName, Vec<AppName>>,
) -> Result<Vec<AppPlan>, NeedsCycle> {
    let (mut last, mut ready) = (0, Vec::with_capacity(apps));
    let mut creates: HashMap<AppName, HashMap<PersonId, ChangeId>> = HashMap::new();
    let needed: BTreeSet<&AppName> = needs.values().flatten().collect();
    for mut plan in ordered(side_by_side(apps, plan_one), needs)? {
        last = number_from(&mut plan, last);
        for need in needs.get(&plan.app).into_iter().flatten() {
            if let Some(creates) = creates.get(need) {
                wait_for(&mut plan, creates);
            }
        }
        if needed.contains(&plan.app) && plan.mode == AppMode::Enforce {
            creates.insert(plan.app.clone(), created(&plan));
        }
        ready.push(plan);
    }
    Ok(ready)
}

/// Apps do not depend on each other: whichever thread is free takes the next one.
fn side_by_side(apps: usize, plan_one: impl Fn(usize) -> Option<AppPlan> + Sync) -> Vec<AppPlan> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(apps);
    if threads < 2 {
        return (0..apps).filter_map(plan_one).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut plans = Vec::new();
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                position if position < apps => plans.extend(plan_one(position)),
                _ => return plans,
            }
        }
    };
    thread::scope(|scope| {
        let shares: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let done = shares.into_iter().map(|share| share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.flatten().collect()
    })
}

/// The plans so that each comes after those that it needs, and by name where there is a choice.
fn ordered(plans: Vec<AppPlan>, needs: &BTreeMap<AppName, Vec<AppName>>) -> Result<Vec<AppPlan>, NeedsCycle> {
    let mut waiting: BTreeMap<AppName, AppPlan> = plans.into_iter().map(|plan| (plan.app.clone(), plan)).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = |app: &&AppName| needs.get(*app).into_iter().flatten().all(|need| !waiting.contains_key(need));
        let Some(app) = waiting.keys().find(ready).cloned() else {
            return Err(NeedsCycle { apps: waiting.into_keys().collect() });
        };
        ordered.extend(waiting.remove(&app));
    }
    Ok(ordered)
}

/// Numbers the changes of a plan, which begin with `c1`, after those that came before. Gives the highest number.
fn number_from(plan: &mut AppPlan, last: usize) -> usize {
    let mut highest = last;
    let mut move_on = |id: &mut ChangeId| {
        if let Some(number) = id.as_str().strip_prefix('c').and_then(|number| number.parse::<usize>().ok()) {
            highest = highest.max(number + last);
            *id = ChangeId::new(format!("c{}", number + last));
        }
    };
    for change in &mut plan.changes {
        move_on(&mut change.id);
        change.after.iter_mut().for_each(&mut move_on);
        if let AccountTarget::Created { by } = &mut change.account {
            move_on(by);
        }
    }
    highest
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
