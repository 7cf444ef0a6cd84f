//! Values that no two accounts may share: who gets them, and in which order they become free.

use crate::correlate::Owner;
use crate::create::Candidate;
use crate::delta::observed;
use crate::draft::Before;
use crate::key::{key, text_key};
use crate::maintain::Maintenance;
use crate::planner::Scene;
use innkeeper_domain::{Case, CaseKind, Delta, Edit, Hint, PersonId, Presence, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// A unique attribute, by its position in the schema, and a key of one of its values.
type Claim<'v> = (usize, Cow<'v, str>);

/// What one account would take and give up.
#[derive(Default)]
struct Want<'v> {
    person: usize,
    /// None for an account that is to be made.
    account: Option<usize>,
    gains: Vec<(Claim<'v>, &'v Value)>,
    drops: Vec<Claim<'v>>,
}

/// Everybody around one value.
struct Rivals<'v> {
    claim: Claim<'v>,
    shown: String,
    wants: Vec<usize>,
    holders: Vec<usize>,
}

/// What became of one wish.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// Whether it can be fulfilled.
    pub(crate) granted: bool,
    /// What has to happen before.
    pub(crate) after: Vec<Before>,
    /// How many updates have to happen before, one behind the other.
    pub(crate) depth: u32,
}

/// What became of the wishes.
pub(crate) struct Settlement {
    /// For each maintenance.
    pub(crate) updates: Vec<Verdict>,
    /// For each candidate.
    pub(crate) creates: Vec<Verdict>,
    pub(crate) cases: Vec<Case>,
}

/// Decides every wish for a unique value. A value that two people want goes to neither; one that an account has is free only if that
/// account gives it up in this plan, and then in this order.
pub(crate) fn settle(
    scene: &Scene<'_, '_>,
    maintenances: &[Maintenance<'_>],
    candidates: &[Candidate<'_>],
    deleted: &[bool],
) -> Settlement {
    let names: Vec<Value> = candidates.iter().map(|candidate| Value::plain(candidate.unique_name.as_str())).collect();
    let mut wants: Vec<Want<'_>> = maintenances.iter().map(|maintenance| of_update(scene, maintenance)).collect();
    wants.extend(candidates.iter().zip(&names).map(|(candidate, name)| of_create(scene, candidate, name)));
    let rivals = rivals(scene, &wants);
    let mut verdicts = resolve(&wants, &rivals, deleted);
    let cases = collisions(scene, &wants, &rivals, &verdicts, deleted);
    let creates = verdicts.split_off(maintenances.len());
    Settlement { updates: verdicts, creates, cases }
}

fn of_update<'v>(scene: &Scene<'_, '_>, maintenance: &'v Maintenance<'_>) -> Want<'v> {
    let mut want = Want { person: maintenance.person, account: Some(maintenance.account), ..Want::default() };
    for (Delta { name, edit, before }, _) in &maintenance.deltas {
        let facts = scene.schema.named(name);
        let Some(attribute) = facts.unique else { continue };
        let claims = |values: &'v [Value]| -> Vec<(Claim<'v>, &'v Value)> {
            values.iter().filter_map(|value| Some(((attribute, key(&value.scalar, facts.case_exact)?), value))).collect()
        };
        let (gained, dropped) = match edit {
            Edit::Replace(values) => (claims(values), claims(before)),
            Edit::Clear => (Vec::new(), claims(before)),
            Edit::Amend { add, remove } => (claims(add), claims(remove)),
        };
        let stays = |claim: &Claim<'_>| gained.iter().any(|(gain, _)| gain == claim);
        want.drops.extend(dropped.into_iter().map(|(claim, _)| claim).filter(|claim| !stays(claim)));
        want.gains.extend(gained);
    }
    want
}

fn of_create<'v>(scene: &Scene<'_, '_>, candidate: &'v Candidate<'_>, name: &'v Value) -> Want<'v> {
    let mut want = Want { person: candidate.person, ..Want::default() };
    for (attribute, unique) in scene.schema.unique.iter().enumerate() {
        let exact = scene.schema.named(unique).case_exact;
        let values = match attribute {
            0 => std::slice::from_ref(name),
            _ => candidate.attributes.get(*unique).unwrap_or_default(),
        };
        want.gains.extend(values.iter().filter_map(|value| Some(((attribute, key(&value.scalar, exact)?), value))));
    }
    want
}

/// Groups the wishes by value and finds the accounts that have the values.
fn rivals<'v>(scene: &Scene<'_, '_>, wants: &[Want<'v>]) -> Vec<Rivals<'v>> {
    let mut rivals: Vec<Rivals<'v>> = Vec::new();
    let mut by_claim: HashMap<Claim<'v>, usize> = HashMap::new();
    for (index, want) in wants.iter().enumerate() {
        for (claim, value) in &want.gains {
            let group = *by_claim.entry(claim.clone()).or_insert_with(|| {
                rivals.push(Rivals {
                    claim: claim.clone(),
                    shown: value.scalar.to_string(),
                    wants: Vec::new(),
                    holders: Vec::new(),
                });
                rivals.len() - 1
            });
            if rivals[group].wants.last() != Some(&index) {
                rivals[group].wants.push(index);
            }
        }
    }
    for (attribute, name) in scene.schema.unique.iter().enumerate() {
        if !rivals.iter().any(|rivals| rivals.claim.0 == attribute) {
            continue;
        }
        let facts = scene.schema.named(name);
        for (position, account) in scene.observed.accounts.iter().enumerate() {
            let mut found = |key: Option<Cow<'_, str>>| {
                if let Some(&group) = key.and_then(|key| by_claim.get(&(attribute, key)))
                    && rivals[group].holders.last() != Some(&position)
                {
                    rivals[group].holders.push(position);
                }
            };
            if facts.is_unique_name {
                found(text_key(&account.unique_name, facts.case_exact));
            } else if let Some(values) = observed(account, name, facts, &Hint::default()) {
                values.iter().for_each(|value| found(key(&value.scalar, facts.case_exact)));
            }
        }
    }
    rivals
}

/// Grants the wishes whose values are free, then those whose values have become free, until no more do. What waits for itself in a
/// circle is never reached.
fn resolve(wants: &[Want<'_>], rivals: &[Rivals<'_>], deleted: &[bool]) -> Vec<Verdict> {
    let of_account = by_account(wants);
    let mut verdicts = vec![Verdict { granted: false, ..Verdict::default() }; wants.len()];
    let mut refused = vec![false; wants.len()];
    let mut open = vec![0u32; wants.len()];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); wants.len()];
    for group in rivals {
        for &want in &group.wants {
            refused[want] |= group.wants.len() > 1;
            for &holder in group.holders.iter().filter(|holder| wants[want].account != Some(**holder)) {
                if deleted[holder] {
                    verdicts[want].after.push(Before::Deletion(holder));
                } else if let Some(other) = gives_up(wants, &of_account, holder, group) {
                    verdicts[want].after.push(Before::Update(holder));
                    waiting[other].push(want);
                    open[want] += 1;
                } else {
                    refused[want] = true;
                }
            }
        }
    }
    let mut ready: Vec<usize> = (0..wants.len()).filter(|&want| !refused[want] && open[want] == 0).collect();
    while let Some(want) = ready.pop() {
        verdicts[want].granted = true;
        let depth = verdicts[want].depth + 1;
        for &next in &waiting[want] {
            verdicts[next].depth = verdicts[next].depth.max(depth);
            open[next] -= 1;
            if open[next] == 0 && !refused[next] {
                ready.push(next);
            }
        }
    }
    verdicts
}

fn by_account(wants: &[Want<'_>]) -> HashMap<usize, usize> {
    wants.iter().enumerate().filter_map(|(index, want)| Some((want.account?, index))).collect()
}

/// The update by which a holder gives a value up.
fn gives_up(wants: &[Want<'_>], of_account: &HashMap<usize, usize>, holder: usize, group: &Rivals<'_>) -> Option<usize> {
    of_account.get(&holder).copied().filter(|&other| wants[other].drops.contains(&group.claim))
}

/// One case for each value that cannot be had.
fn collisions(
    scene: &Scene<'_, '_>,
    wants: &[Want<'_>],
    rivals: &[Rivals<'_>],
    verdicts: &[Verdict],
    deleted: &[bool],
) -> Vec<Case> {
    let of_account = by_account(wants);
    let mut cases = Vec::new();
    for group in rivals {
        let refused = |want: &&usize| !verdicts[**want].granted;
        let Some(&first) = group.wants.iter().find(refused) else { continue };
        let blocks = |holder: &&usize| {
            let freed = gives_up(wants, &of_account, **holder, group).is_some_and(|other| verdicts[other].granted);
            wants[first].account != Some(**holder) && !deleted[**holder] && !freed
        };
        let holders: Vec<usize> = group.holders.iter().filter(blocks).copied().collect();
        if group.wants.len() > 1 || !holders.is_empty() {
            cases.push(collision(scene, wants, group, &holders));
        }
    }
    cases
}

fn collision(scene: &Scene<'_, '_>, wants: &[Want<'_>], group: &Rivals<'_>, holders: &[usize]) -> Case {
    let person_of = |want: usize| scene.correlation.people[wants[want].person];
    let attribute = scene.schema.unique[group.claim.0];
    let mut people: Vec<PersonId> = group.wants.iter().map(|&want| person_of(want).person.clone()).collect();
    let wanting: Vec<String> = group
        .wants
        .iter()
        .map(|&want| person_of(want))
        .map(|desired| format!("{} ({})", desired.label, desired.person))
        .collect();
    let mut having = Vec::new();
    for &holder in holders {
        let name = &scene.observed.accounts[holder].unique_name;
        let owner = match scene.correlation.owners[holder] {
            Owner::Linked { link, .. } => Some(&link.person),
            Owner::Matched { person } => Some(&scene.correlation.people[person].person),
            Owner::Nobody | Owner::Knot => None,
        };
        having.push(match owner {
            Some(person) if has_left(scene, person) => match group.wants.as_slice() {
                // Names are given again: only a human knows whether it is the same one.
                [want] => format!(
                    "the account {name} of {person} has it, who has left: if that is the same human, innkeeper onboard {} --was {person}",
                    person_of(*want).person
                ),
                _ => format!("the account {name} of {person} has it, who has left"),
            },
            Some(person) => format!("the account {name} of {person} has it"),
            None => format!("the account {name} has it, which is nobody's that we know"),
        });
        people.extend(owner.cloned());
    }
    people.sort_unstable();
    people.dedup();
    let having = if having.is_empty() { String::new() } else { format!("; {}", having.join(", ")) };
    let single = (group.wants.len() == 1).then(|| person_of(group.wants[0]));
    Case {
        person: single.map(|desired| desired.person.clone()),
        label: single.map(|desired| desired.label.to_string()),
        text: format!(
            "{attribute} `{}` is unique on the app, and the rules give it to {}{having}. Change a record or the mapping, so that each \
             account has its own.",
            group.shown,
            wanting.join(", ")
        ),
        kind: CaseKind::Collision { attribute: attribute.to_string(), value: group.shown.clone(), people },
    }
}

/// Whether an account is somebody's who does not work here any more, or of whom nothing is known any more.
fn has_left(scene: &Scene<'_, '_>, person: &PersonId) -> bool {
    let known = scene.correlation.find(person).map(|known| scene.correlation.people[known].presence);
    known.is_none_or(|presence| matches!(presence, Presence::Closed { .. }))
}
