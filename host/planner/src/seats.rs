//! Licences: what a plan costs, and that it gives no more than the app has.

use crate::planner::Scene;
use innkeeper_domain::{Case, CaseKind, Change, EntitlementKey, Operation, SeatUse, Seats};
use std::collections::{BTreeMap, BTreeSet};

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
            take_out(changes, &of.entitlement, short);
            of.given -= short;
            cases.push(case(of, total, used, short));
        }
    }
    uses.into_values().filter(|of| of.given + of.taken > 0).collect()
}

/// Takes out the last grants of an entitlement. Nothing ever waits for a grant.
fn take_out(changes: &mut Vec<Change>, entitlement: &EntitlementKey, count: usize) {
    let is_grant =
        |change: &&Change| matches!(&change.operation, Operation::Grant { entitlement: given, .. } if given == entitlement);
    let last: BTreeSet<_> = changes.iter().rev().filter(is_grant).take(count).map(|change| change.id.clone()).collect();
    changes.retain(|change| !last.contains(&change.id));
}

fn case(of: &SeatUse, total: u32, used: u32, short: usize) -> Case {
    let people = if short == 1 {
        "1 person who should hold it gets none".to_owned()
    } else {
        format!("{short} people who should hold it get none")
    };
    Case {
        person: None,
        label: None,
        kind: CaseKind::SeatsShort { entitlement: of.entitlement.clone(), short },
        text: format!(
            "{} {} has {total} seats, of which {used} are used: {people}. Buy more seats, or take it from somebody.",
            of.entitlement.kind, of.name
        ),
    }
}
