//! A plan for a whole company on ten apps when nothing is to do: time, memory, growth.
//!
//! People as the source gave them, and what the apps, the links and the owned grants were read to be, are in memory, shared as the engine
//! shares them. What is timed is all from there to the finished plan: rules, mappings, correlation, comparison, guard.
//!
//! Growth is one company of a hundred thousand beside ten companies of ten thousand, one after the other: as much data, of which a plan meets
//! nothing in the processor's caches that the last plan left there. Beside it stands the same small company ten times in a row, which is found
//! there from the second time on, and which nobody plans so.

mod seen;

use crate::measured::{peak_memory, time};
use crate::{Failure, Measured, Setting};
use innkeeper_domain::Guard;
use innkeeper_planner::guard::{self, GuardedApp, Marks, Tally};
use innkeeper_planner::{AppInput, CorrelationRules, DriftRules, ReclaimRule, Shield};
use innkeeper_policy::NoNames;
use seen::World;
use std::collections::{BTreeMap, BTreeSet};

/// How many people the large company has.
const LARGE: usize = 100_000;

/// How many people the small one has.
const SMALL: usize = 10_000;

/// On how many apps everybody has an account.
const APPS: usize = 10;

/// How often each is measured.
const SAMPLES: usize = 3;

/// Measures time, memory and growth of a plan with nothing to do.
///
/// # Errors
/// When the company cannot be planned, or the plan is not empty.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let (mut large, mut ratios, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    let whole = World::of(LARGE, APPS, setting.seed)?;
    plan(&whole)?;
    let memory = peak_memory()?;
    let many = (LARGE / SMALL) as u64;
    let parts = (0..many).map(|part| World::of(SMALL, APPS, setting.seed + part)).collect::<Result<Vec<_>, _>>()?;
    parts.iter().try_for_each(plan)?;
    for _ in 0..SAMPLES {
        // As much work each, so that all see the same neighbours on the machine.
        let (again, same) = time(|| (0..many).try_for_each(|_| plan(&parts[0])));
        let (each, others) = time(|| parts.iter().try_for_each(plan));
        let (planned, took) = time(|| plan(&whole));
        again.and(each).and(planned)?;
        let took = took.as_secs_f64();
        large.push(took);
        ratios.push(took / (others.as_secs_f64() / many as f64));
        warm.push(took / (same.as_secs_f64() / many as f64));
    }
    Ok(vec![
        Measured::new("plan_noop_100k_x_10", "s", large),
        Measured::new("plan_memory_100k_x_10", "MiB", vec![memory]),
        Measured::new("plan_growth_10k_to_100k", "ratio", ratios).against("one small company again and again", warm),
    ])
}

/// Plans everybody on all apps, and asks the guard.
fn plan(world: &World) -> Result<(), Failure> {
    let apps: Vec<_> = world.configuration.apps_by_need().collect();
    let (nothing, rules, leavers, unfinished) = (BTreeSet::new(), DriftRules::default(), BTreeSet::new(), BTreeSet::new());
    let decided = CorrelationRules::default();
    let plan_one = |position: usize| {
        let app = apps[position];
        let seen = &world.seen[&app.name];
        let description = Some(&seen.snapshot.description);
        let evaluation = world.configuration.evaluate_app(&app.name, &world.people, world.today.clone(), &NoNames, description);
        Some(innkeeper_planner::plan_app(&AppInput {
            app: &app.name,
            mode: app.mode,
            snapshot: &seen.snapshot,
            desired: &evaluation.accounts,
            matchers: &app.matchers,
            links: &seen.links,
            owned: &seen.owned,
            correlation: &decided,
            drift: &rules,
            delete_after: None,
            revoke_from_leavers: app.revoke_from_leavers,
            unfinished: &unfinished,
            reclaim: ReclaimRule::default(),
            can_revoke_sessions: false,
            can_transfer: false,
            people_complete: true,
            known_leavers: &leavers,
            shield: Shield { protect: &[], service_accounts: &[], privileged: &[], held_elsewhere: Some(&nothing) },
            today: crate::company::TODAY,
        }))
    };
    let plans = innkeeper_planner::plan_each(apps.len(), plan_one, &BTreeMap::new()).map_err(Failure::of("the plan"))?;
    for plan in &plans {
        let managed = world.seen[&plan.app].links.len();
        let guarded = GuardedApp { guard: Guard::default(), marks: Marks::default(), managed, recent: Tally::default() };
        if !guard::check(plan, &guarded).is_empty()
            || !plan.changes.is_empty()
            || !plan.cases.is_empty()
            || !plan.drift.is_empty()
        {
            return Err(Failure::new("the plan", format!("{} has something to do on {}", plan.changes.len(), plan.app)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_in_which_everybody_has_everything_has_nothing_to_do() {
        let mut world = World::of(300, 2, 1).unwrap();
        plan(&world).unwrap();
        world.seen.values_mut().for_each(|seen| drop(seen.snapshot.grants.content.pop()));
        assert!(plan(&world).is_err(), "a grant that is missing is noticed");
    }
}
