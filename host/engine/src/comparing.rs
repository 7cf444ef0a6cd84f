//! From people and what was seen on the apps to the plan of each app: the rules, and the comparison.
//!
//! A hundred thousand people on ten apps are a million desired accounts. [`app_by_app`] has those of one app for each processor in memory,
//! and drops them with the app's turn; [`evaluate`] and [`compare`] are for those who need all of them.

use crate::correlation;
use crate::drift;
use crate::names::{AppNames, KnownNames};
use crate::people::Population;
use crate::pilot::leave_outside;
use crate::planning::{Observed, reclaim_rule};
use innkeeper_domain::{
    AppName, AppPlan, Case, CaseKind, Description, DesiredAccount, Lifecycle, Operation, Person, PersonId, ReasonKind, Today,
};
use innkeeper_planner::{AppInput, CorrelationRules, DriftRules, Shield};
use innkeeper_policy::{App, AppEvaluation, Circumstances, Configuration, Evaluation};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// The names that the apps' accounts have.
fn names<'a>(observed: &'a [Observed<'_>]) -> KnownNames<'a> {
    let mut names = KnownNames::default();
    for observed in observed {
        let owners = observed.links.iter().map(|(id, link)| (id, &link.person)).collect();
        names.add(&observed.app.name, AppNames { snapshot: &observed.snapshot, owners, matchers: &observed.app.matchers });
    }
    names
}

/// Applies the rules to everybody.
pub(crate) fn evaluate(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    circumstances: &Circumstances,
) -> Evaluation {
    let description = |observed: &Observed<'_>| (observed.app.name.clone(), observed.snapshot.description.clone());
    let descriptions: BTreeMap<AppName, Description> = observed.iter().map(description).collect();
    configuration.evaluate(&population.people, circumstances.clone(), &names(observed), &descriptions)
}

/// What a plan is limited to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Focus {
    /// Only this person.
    pub(crate) person: Option<PersonId>,
    /// Nobody else's accounts were read, so that nothing can be said of them.
    pub(crate) alone: bool,
}

/// Compares what everybody should have with what was seen.
pub(crate) fn compare(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    evaluation: &Evaluation,
    moment: &Today,
    focus: &Focus,
) -> Vec<AppPlan> {
    let all = &evaluation.desired.accounts;
    let of = |app: &AppName, person: &PersonId| {
        let place = all.binary_search_by(|desired| (&desired.app, &desired.person).cmp(&(app, person)));
        place.ok().map(|place| &all[place])
    };
    let person = focus.person.as_ref().filter(|_| focus.alone);
    // Somebody's own accounts, and those of whoever inherits from them.
    let alone: Option<Vec<DesiredAccount>> = person.map(|person| {
        let heir = |app: &AppName| of(app, person).and_then(|own| own.transfer_to.as_ref());
        all.iter().filter(|desired| desired.person == *person || heir(&desired.app) == Some(&desired.person)).cloned().collect()
    });
    let accounts = alone.as_ref().unwrap_or(all);
    let ground = Ground::new(population, observed, moment);
    let turns = turns(configuration, observed);
    let plan_one = |position: usize| {
        let (app, observed) = turns[position];
        let first = accounts.partition_point(|desired| desired.app < app.name);
        let last = accounts.partition_point(|desired| desired.app <= app.name);
        Some(innkeeper_planner::plan_app(&ground.input(observed?, &accounts[first..last])))
    };
    let mut plans = ordered(turns.len(), plan_one, &turns);
    plans.iter_mut().for_each(|plan| tidy(plan, evaluation, focus));
    plans
}

/// Applies the rules and compares, one app after the other on each processor. The evaluation has everything but the desired accounts.
pub(crate) fn app_by_app(
    configuration: &Configuration,
    population: &Population,
    observed: &[Observed<'_>],
    circumstances: &Circumstances,
    focus: &Focus,
) -> (Evaluation, Vec<AppPlan>) {
    let moment = &circumstances.today;
    let (ground, names) = (Ground::new(population, observed, moment), names(observed));
    let turns = turns(configuration, observed);
    let shares: Mutex<Vec<(AppName, AppEvaluation)>> = Mutex::default();
    let plan_one = |position: usize| {
        let (app, observed) = turns[position];
        let description = observed.map(|observed| &observed.snapshot.description);
        let mut share = configuration.evaluate_app(&app.name, &population.people, circumstances.clone(), &names, description);
        let accounts = std::mem::take(&mut share.accounts);
        shares.lock().unwrap_or_else(PoisonError::into_inner).push((app.name.clone(), share));
        Some(innkeeper_planner::plan_app(&ground.input(observed?, &accounts)))
    };
    let mut plans = ordered(turns.len(), plan_one, &turns);
    let evaluation = Evaluation::together(moment.date(), shares.into_inner().unwrap_or_else(PoisonError::into_inner));
    plans.iter_mut().for_each(|plan| tidy(plan, &evaluation, focus));
    (evaluation, plans)
}

/// All apps, with what was seen of those that were read.
fn turns<'o, 'a>(configuration: &'a Configuration, observed: &'o [Observed<'a>]) -> Vec<(&'a App, Option<&'o Observed<'a>>)> {
    let seen: BTreeMap<&AppName, &Observed<'_>> = observed.iter().map(|observed| (&observed.app.name, observed)).collect();
    configuration.apps_by_need().map(|app| (app, seen.get(&app.name).copied())).collect()
}

fn ordered(
    apps: usize,
    plan_one: impl Fn(usize) -> Option<AppPlan> + Sync,
    turns: &[(&App, Option<&Observed<'_>>)],
) -> Vec<AppPlan> {
    let read = turns.iter().filter(|(_, observed)| observed.is_some());
    let needs = read.map(|(app, _)| (app.name.clone(), app.needs.clone())).collect();
    innkeeper_planner::plan_each(apps, plan_one, &needs)
        .expect("a configuration with a circle of needs is refused when it is read")
}

/// What is the same for all apps.
struct Ground<'g> {
    known_leavers: BTreeSet<PersonId>,
    rules: BTreeMap<&'g AppName, DriftRules>,
    nothing: DriftRules,
    correlation: BTreeMap<&'g AppName, CorrelationRules>,
    undecided: CorrelationRules,
    population: &'g Population,
    moment: &'g Today,
}

impl<'g> Ground<'g> {
    fn new(population: &'g Population, observed: &'g [Observed<'_>], moment: &'g Today) -> Self {
        let today = moment.date();
        let left = |person: &&Person| {
            matches!(person.lifecycle(moment), Lifecycle::Left { .. }) && !population.missing.contains(&person.id)
        };
        let rules = observed.iter().map(|seen| (&seen.app.name, drift::rules(seen.app.drift, &seen.decisions, today)));
        let correlation = observed.iter().map(|seen| (&seen.app.name, correlation::rules(&seen.correlation, today)));
        Self {
            known_leavers: population.people.iter().filter(left).map(|person| person.id.clone()).collect(),
            rules: rules.collect(),
            nothing: DriftRules::default(),
            correlation: correlation.collect(),
            undecided: CorrelationRules::default(),
            population,
            moment,
        }
    }

    fn input<'a>(&'a self, observed: &'a Observed<'_>, desired: &'a [DesiredAccount]) -> AppInput<'a> {
        let app = observed.app;
        AppInput {
            app: &app.name,
            mode: app.mode,
            snapshot: &observed.snapshot,
            desired,
            matchers: &app.matchers,
            links: &observed.links,
            owned: &observed.owned,
            correlation: self.correlation.get(&app.name).unwrap_or(&self.undecided),
            drift: self.rules.get(&app.name).unwrap_or(&self.nothing),
            delete_after: app.delete_after.and_then(|days| u16::try_from(days).ok()),
            revoke_from_leavers: app.revoke_from_leavers,
            unfinished: &observed.unfinished,
            reclaim: reclaim_rule(app),
            can_revoke_sessions: observed.capabilities.sessions,
            can_transfer: observed.capabilities.ownership,
            people_complete: self.population.complete,
            known_leavers: &self.known_leavers,
            shield: Shield {
                protect: &app.protect,
                service_accounts: &app.service_accounts,
                privileged: &app.privileged,
                held_elsewhere: Some(&observed.held_elsewhere),
            },
            today: self.moment.date(),
        }
    }
}

/// Adds what is to come, and takes out what must be left alone.
fn tidy(plan: &mut AppPlan, evaluation: &Evaluation, focus: &Focus) {
    let later = evaluation.upcoming.iter().filter(|(app, _)| *app == plan.app).map(|(_, later)| later.clone());
    plan.upcoming.extend(later);
    plan.upcoming.sort_by(|left, right| {
        (left.on, &left.person, &left.label, &left.what).cmp(&(right.on, &right.person, &right.label, &right.what))
    });
    say_swapped(plan, evaluation);
    leave_alone(plan, evaluation);
    leave_outside(plan, evaluation);
    if let Some(person) = &focus.person {
        narrow(plan, person);
    }
}

/// Says of what is taken away which app took its place.
fn say_swapped(plan: &mut AppPlan, evaluation: &Evaluation) {
    if evaluation.swapped.is_empty() {
        return;
    }
    for change in plan.changes.iter_mut().filter(|change| matches!(change.operation, Operation::Revoke { .. })) {
        if let Some(why) = evaluation.swapped.get(&(plan.app.clone(), change.person.clone())) {
            for reason in change.reasons.iter_mut().filter(|reason| reason.kind == ReasonKind::NoRole) {
                *reason = why.clone();
            }
        }
    }
}

/// Takes out whoever a rule could not decide on.
fn leave_alone(plan: &mut AppPlan, evaluation: &Evaluation) {
    let app = plan.app.clone();
    let held = |person: &PersonId| evaluation.held.contains(&(app.clone(), person.clone()));
    plan.changes.retain(|change| !held(&change.person));
    plan.upcoming.retain(|upcoming| !held(&upcoming.person));
    for problem in evaluation.problems.iter().filter(|problem| problem.app == app && problem.holds) {
        plan.cases.push(Case {
            person: Some(problem.person.clone()),
            label: None,
            kind: CaseKind::MissingValue { attribute: problem.place.to_string() },
            text: format!("{}: {}; {} is left alone on {app}", problem.place, problem.text, problem.person),
        });
    }
}

/// Keeps what is about one person, and the transfers to others that are theirs.
fn narrow(plan: &mut AppPlan, person: &PersonId) {
    plan.changes.retain(|change| change.person == *person);
    plan.upcoming.retain(|upcoming| upcoming.person == *person);
    plan.drift.retain(|drift| drift.person == *person);
    plan.cases.retain(|case| case.person.as_ref() == Some(person));
    plan.orphans.retain(|orphan| orphan.person.as_ref() == Some(person));
}
