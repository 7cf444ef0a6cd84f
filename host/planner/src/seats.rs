//! Licences: what a plan costs, and that it gives no more than the app has.

use crate::planner::Scene;
use crate::reclaim::reclaimable;
use innkeeper_domain::{AccountId, Case, CaseKind, Change, EntitlementKey, Operation, PersonId, Reclaimable, SeatUse, Seats};
use std::collections::{BTreeMap, BTreeSet};

/// How many people a case names, of those who get no seat and of those who hardly need theirs: as many as somebody reads.
const NAMED: usize = 20;

/// Counts what the changes give and take of entitlements that cost money or have seats, and takes out the grants for which there is no
/// seat: the last ones first, so that who was planned first is served first.
pub(crate) fn reserve(scene: &Scene<'_, '_>, changes: &mut Vec<Change>, cases: &mut Vec<Case>) -> Vec<SeatUse> {
    let mut uses: BTreeMap<EntitlementKey, SeatUse> = BTreeMap::new();
    for change in changes.iter() {
        let (Operation::Grant { entitlement, name } | Operation::Revoke { entitlement, name }) = &change.operation else {
            continue;
        };
        let Some(kind) = scene.schema.description.kind(&entitlement.kind).filter(|kind| kind.costs_money || kind.has_seats)
        else {
            continue;
        };
        let of = uses.entry(entitlement.clone()).or_insert_with(|| SeatUse {
            entitlement: entitlement.clone(),
            name: name.clone(),
            costs_money: kind.costs_money,
            given: 0,
            taken: 0,
            seats: scene.observed.entitlement(entitlement).and_then(|listed| listed.seats),
        });
        match change.operation {
            Operation::Grant { .. } => of.given += 1,
            _ => of.taken += 1,
        }
    }
    for of in uses.values_mut() {
        let Some(Seats { total: Some(total), used }) = of.seats else { continue };
        let free = (total as usize + of.taken).saturating_sub(used as usize);
        let short = of.given.saturating_sub(free);
        if short > 0 {
            let people = take_out(changes, &of.entitlement, short);
            of.given -= short;
            let is_managed = |id: &AccountId| scene.input.links.contains_key(id);
            let mut reclaim =
                reclaimable(scene.input.snapshot, Some(&of.entitlement), is_managed, &scene.input.reclaim, scene.input.today);
            reclaim.truncate(NAMED);
            cases.push(case(of, (total, used), short, people, reclaim));
        }
    }
    uses.into_values().filter(|of| of.given + of.taken > 0).collect()
}

/// Takes out the last grants of an entitlement, and tells whose. Nothing ever waits for a grant.
fn take_out(changes: &mut Vec<Change>, entitlement: &EntitlementKey, count: usize) -> Vec<(PersonId, String)> {
    let is_grant =
        |change: &&Change| matches!(&change.operation, Operation::Grant { entitlement: given, .. } if given == entitlement);
    let last: BTreeSet<_> = changes.iter().rev().filter(is_grant).take(count).map(|change| change.id.clone()).collect();
    let whose = changes.iter().filter(|change| last.contains(&change.id));
    let whose = whose.map(|change| (change.person.clone(), change.label.clone())).collect();
    changes.retain(|change| !last.contains(&change.id));
    whose
}

fn case(
    of: &SeatUse,
    (total, used): (u32, u32),
    short: usize,
    people: Vec<(PersonId, String)>,
    reclaim: Vec<Reclaimable>,
) -> Case {
    let get_none = if short == 1 {
        "1 person who should hold it gets none".to_owned()
    } else {
        format!("{short} people who should hold it get none")
    };
    let names = listed(people.iter().map(|(_, label)| label.clone()));
    let advice = match reclaim.is_empty() {
        true => "Buy more seats, or take it from somebody.".to_owned(),
        false => format!("Buy more seats, or take it from {}.", listed(reclaim.iter().map(ToString::to_string))),
    };
    Case {
        person: None,
        label: None,
        kind: CaseKind::SeatsShort {
            entitlement: of.entitlement.clone(),
            short,
            people: people.into_iter().map(|(person, _)| person).collect(),
            reclaim,
        },
        text: format!(
            "{} {} has {total} seats, of which {used} are used: {get_none} ({names}). {advice}",
            of.entitlement.kind, of.name
        ),
    }
}

/// Names with commas; those that are too many are counted.
fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let named = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}
