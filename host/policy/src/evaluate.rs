//! What people should have: the rules and mappings applied to everybody on one day.

mod account;
mod attribute;
mod circumstances;
mod extra;
mod few;
mod stand;
mod standing;
mod swap;
mod unique;
mod value;

pub use circumstances::Circumstances;

pub use standing::{Judgement, Read, RoleStanding, SilentMapping, Verdict};
pub(crate) use value::{takes, type_in_words};

use crate::app::App;
use crate::configuration::Configuration;
use crate::expression::context;
use crate::problem::Place;
use account::{Draft, Rules};
use attribute::DraftAttribute;
use innkeeper_domain::{
    AppName, AttributeName, Description, DesiredAccount, DesiredAttribute, DesiredState, EntitlementRef, Person, PersonId,
    Presence, Reason, RoleName, Upcoming,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use unique::{Applicant, Register};

/// Fewer people than this are not worth a second thread.
const WORTH_A_THREAD: usize = 1_000;

/// Which names the apps' accounts have: what `unique` has to know.
pub trait Names: Sync {
    /// Whether an account that is not this person's has the value. An account of nobody known counts too, unless the app
    /// correlates by the attribute: then the account is about to be adopted, and the name with it.
    fn is_taken(&self, app: &AppName, attribute: &AttributeName, value: &str, by_other_than: &PersonId) -> bool;

    /// The value that the person's account has now.
    fn current(&self, app: &AppName, attribute: &AttributeName, person: &PersonId) -> Option<String>;
}

/// Nobody has any name: for a first look, and where no app was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNames;

impl Names for NoNames {
    fn is_taken(&self, _: &AppName, _: &AttributeName, _: &str, _: &PersonId) -> bool {
        false
    }

    fn current(&self, _: &AppName, _: &AttributeName, _: &PersonId) -> Option<String> {
        None
    }
}

/// What the rules say, and where they could not say anything.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// What people should have.
    pub desired: DesiredState,
    /// What could not be decided; sorted by app, person and place.
    pub problems: Vec<EvaluationProblem>,
    /// What follows on a later day if nothing changes, deletions aside, which the planner knows of.
    pub upcoming: Vec<(AppName, Upcoming)>,
    /// Whom to leave alone where: a rule read something unknown about them, so that nothing may be taken from them there.
    pub held: BTreeSet<(AppName, PersonId)>,
    /// Who is outside of an app's pilot: nothing is done for or to them there.
    pub outside: BTreeSet<(AppName, PersonId)>,
    /// What roles in observe mode would give; sorted by app and person.
    pub would: Vec<Would>,
    /// Why people have something on an app no more, where another app took its place.
    pub swapped: BTreeMap<(AppName, PersonId), Reason>,
}

/// What a role in observe mode would give one person on one app, beside what they get anyway.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Would {
    /// Where.
    pub app: AppName,
    /// Whom.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// The role.
    pub role: RoleName,
    /// What; an entitlement without kind and name is the account.
    pub grants: Vec<EntitlementRef>,
}

/// A rule or mapping that gave no usable value for one person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct EvaluationProblem {
    /// Where it matters.
    pub app: AppName,
    /// Whom it is about.
    pub person: PersonId,
    /// Where the expression stands.
    pub place: Place,
    /// What happened and what was expected.
    pub text: String,
    /// Whether the person must be left alone on the app.
    pub holds: bool,
}

/// What one app's share of an [`Evaluation`] is.
#[derive(Clone, Debug, Default)]
pub struct AppEvaluation {
    /// One for each person, sorted by person.
    pub accounts: Vec<DesiredAccount>,
    /// What could not be decided; sorted by person and place.
    pub problems: Vec<EvaluationProblem>,
    /// What follows on a later day if nothing changes.
    pub upcoming: Vec<Upcoming>,
    /// Whom to leave alone.
    pub held: BTreeSet<PersonId>,
    /// Who is outside of the pilot.
    pub outside: BTreeSet<PersonId>,
    /// What roles in observe mode would give; sorted by person.
    pub would: Vec<Would>,
    /// Why people have something here no more, where another app took its place.
    pub swapped: BTreeMap<PersonId, Reason>,
}

impl Evaluation {
    /// What the apps' shares come to.
    pub fn together(today: Date, mut apps: Vec<(AppName, AppEvaluation)>) -> Self {
        apps.sort_by(|(left, _), (right, _)| left.cmp(right));
        let accounts = Vec::with_capacity(apps.iter().map(|(_, share)| share.accounts.len()).sum());
        let (problems, upcoming, held) = (Vec::new(), Vec::new(), BTreeSet::new());
        let (outside, would, swapped) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
        let mut all = Self { desired: DesiredState { today, accounts }, problems, upcoming, held, outside, would, swapped };
        for (app, share) in apps {
            all.desired.accounts.extend(share.accounts);
            all.problems.extend(share.problems);
            all.upcoming.extend(share.upcoming.into_iter().map(|later| (app.clone(), later)));
            all.held.extend(share.held.into_iter().map(|person| (app.clone(), person)));
            all.outside.extend(share.outside.into_iter().map(|person| (app.clone(), person)));
            all.would.extend(share.would);
            all.swapped.extend(share.swapped.into_iter().map(|(person, why)| ((app.clone(), person), why)));
        }
        all
    }
}

impl Configuration {
    /// What all people should have on all apps at a moment, or on a day: one account for each person and app, sorted by app and person. The
    /// order of `people` does not matter. Values are made to fit the descriptions that are given.
    pub fn evaluate(
        &self,
        people: &[Person],
        circumstances: impl Into<Circumstances>,
        names: &dyn Names,
        descriptions: &BTreeMap<AppName, Description>,
    ) -> Evaluation {
        let circumstances = circumstances.into();
        let people = by_id(people);
        let on_app = |app: &App| {
            let description = descriptions.get(&app.name);
            (app.name.clone(), self.evaluate_on(app, &people, &circumstances, names, description, threads(people.len())))
        };
        Evaluation::together(circumstances.today.date(), self.apps.values().map(on_app).collect())
    }

    /// The same for one app alone, for those who cannot keep all accounts of all apps in memory. An app that is not configured
    /// has no accounts. Works on the calling thread alone, so that several apps can be evaluated at the same time.
    pub fn evaluate_app(
        &self,
        app: &AppName,
        people: &[Person],
        circumstances: impl Into<Circumstances>,
        names: &dyn Names,
        description: Option<&Description>,
    ) -> AppEvaluation {
        match self.apps.get(app) {
            Some(app) => self.evaluate_on(app, &by_id(people), &circumstances.into(), names, description, 1),
            None => AppEvaluation::default(),
        }
    }

    fn evaluate_on(
        &self,
        app: &App,
        people: &[&Person],
        circumstances: &Circumstances,
        names: &dyn Names,
        description: Option<&Description>,
        threads: usize,
    ) -> AppEvaluation {
        let on_leave = self.lifecycle.on_leave.as_ref();
        let rules = Rules::new(app, self.roles.values(), description, circumstances, on_leave, people);
        finish(&rules, drafts(&rules, threads), names)
    }
}

fn by_id(people: &[Person]) -> Vec<&Person> {
    let mut sorted: Vec<&Person> = people.iter().collect();
    sorted.sort_by(|left, right| left.id.cmp(&right.id));
    sorted
}

/// How many threads so many people are worth.
fn threads(people: usize) -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(people / WORTH_A_THREAD).max(1)
}

/// One draft for each person, in the same order; people are independent of each other up to here. A single thread drafts one when it is asked for:
/// what was just written is still in the processor's caches.
fn drafts<'r>(rules: &'r Rules<'_>, threads: usize) -> Box<dyn Iterator<Item = Draft> + 'r> {
    let work = |people: &'r [&Person]| {
        let context = context();
        people.iter().map(move |person| rules.draft(&context, person))
    };
    if threads == 1 {
        return Box::new(work(rules.people));
    }
    let share = rules.people.len().div_ceil(threads).max(1);
    let done: Vec<Vec<Draft>> = thread::scope(|scope| {
        let shares: Vec<_> = rules.people.chunks(share).map(|people| scope.spawn(move || work(people).collect())).collect();
        shares.into_iter().map(|share| share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    Box::new(done.into_iter().flatten())
}

/// Chooses the unique names, one person after the other, and puts the accounts together. Those who have or get an account choose
/// first: nobody loses a name to somebody who does not need it.
fn finish(rules: &Rules<'_>, drafts: impl Iterator<Item = Draft>, names: &dyn Names) -> AppEvaluation {
    let mut register = Register::new(&rules.app.name, names);
    let mut accounts: Vec<DesiredAccount> = Vec::with_capacity(rules.people.len());
    let (mut problems, mut upcoming, mut held) = (Vec::new(), Vec::new(), BTreeSet::new());
    let (mut outside, mut would, mut swapped) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
    let mut waiting = Vec::new();
    for (person, mut draft) in rules.people.iter().zip(drafts) {
        match draft.outside {
            true => drop(outside.insert(person.id.clone())),
            false => would.append(&mut draft.would),
        }
        if draft.problems.iter().any(|problem| problem.holds) {
            held.insert(person.id.clone());
        }
        swapped.extend(draft.swapped.take().map(|why| (person.id.clone(), why)));
        problems.append(&mut draft.problems);
        upcoming.append(&mut draft.upcoming);
        let Draft { mut account, attributes, .. } = draft;
        match account.presence {
            Presence::Active => complete(rules, person, &mut account, attributes, &mut register, &mut problems),
            _ => waiting.push((accounts.len(), attributes)),
        }
        accounts.push(account);
    }
    for (index, attributes) in waiting {
        complete(rules, rules.people[index], &mut accounts[index], attributes, &mut register, &mut problems);
    }
    problems.sort_by(|left, right| (&left.person, &left.place, &left.text).cmp(&(&right.person, &right.place, &right.text)));
    upcoming.sort_by(|left, right| (left.on, &left.person, &left.what).cmp(&(right.on, &right.person, &right.what)));
    AppEvaluation { accounts, problems, upcoming, held, outside, would, swapped }
}

fn complete(
    rules: &Rules<'_>,
    person: &Person,
    account: &mut DesiredAccount,
    attributes: Vec<DraftAttribute>,
    register: &mut Register<'_>,
    problems: &mut Vec<EvaluationProblem>,
) {
    account.attributes.reserve_exact(attributes.len());
    for DraftAttribute { position, values } in attributes {
        let mapped = &rules.mapped[position];
        let (name, exact, keeps) = (mapped.name(), mapped.is_exact(), account.presence == Presence::Active);
        match register.settle(values, &Applicant { person: &person.id, attribute: name, exact, keeps }) {
            Ok(values) => {
                let strength = mapped.mapping.strength;
                account.attributes.push(DesiredAttribute { name: name.clone(), values, strength });
            }
            Err(why) => problems.push(rules.value_problem(person, mapped.mapping, &why)),
        }
    }
    account.attribute_reasons = match account.attributes.len() == rules.mapped.len() {
        true => rules.attribute_reasons.clone(),
        false => {
            // Both are in the order of the configuration.
            let mut mapped = rules.mapped.iter();
            let of = |attribute: &DesiredAttribute| mapped.find(|mapped| *mapped.name() == attribute.name);
            account.attributes.iter().filter_map(of).map(|mapped| mapped.reason.clone()).collect()
        }
    };
}
