//! Attributes that somebody wrote over what we wrote, where the configuration leaves them so.

use crate::undo::after;
use innkeeper_domain::{
    AppPlan, Case, CaseKind, Change, ChangeRecord, ChangeState, Delta, Description, Edit, Operation, Uniqueness, Values,
};

/// Takes edits out of a change that would only write again what we wrote before, and gives a case for each. `history` is what was done
/// for the person on this app, newest first. What we never wrote, or what the rules want otherwise than then, stays in.
fn without_rewrites(change: &mut Change, history: &[ChangeRecord], description: &Description) -> Vec<Case> {
    let Operation::UpdateAccount { deltas } = &mut change.operation else { return Vec::new() };
    let parallel = change.reasons.len() == deltas.len();
    let (mut kept, mut reasons, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    for (at, delta) in std::mem::take(deltas).into_iter().enumerate() {
        // A unique value may be what somebody else waits for.
        let unique = delta.name == description.unique_name
            || description.attribute(&delta.name).is_some_and(|schema| schema.uniqueness != Uniqueness::None);
        if !unique && last_written(history, &delta).is_some_and(|written| meets(&written, &delta)) {
            let text = format!(
                "Somebody changed {} on the app after we wrote it; it is left so. Set it back on the app, change the mapping, or say \
                 `attributes = \"revert\"` under [drift].",
                delta.name.short()
            );
            let kind = CaseKind::AttributeDrift { attribute: delta.name.as_str().to_owned() };
            cases.push(Case { person: Some(change.person.clone()), label: Some(change.label.clone()), kind, text });
            continue;
        }
        kept.push(delta);
        reasons.extend(change.reasons.get(at).filter(|_| parallel).cloned());
    }
    *deltas = kept;
    if parallel && !reasons.is_empty() {
        change.reasons = reasons;
    }
    cases
}

/// What we wrote to the attribute the last time.
fn last_written(history: &[ChangeRecord], delta: &Delta) -> Option<Values> {
    let done = history.iter().filter(|record| matches!(record.state, ChangeState::Done { .. }));
    done.filter_map(|record| match &record.change.operation {
        Operation::UpdateAccount { deltas } => deltas.iter().find(|other| other.name == delta.name).map(after),
        Operation::CreateAccount { attributes, .. } => attributes.get(&delta.name).map(<[_]>::to_vec),
        _ => None,
    })
    .next()
}

/// Whether values are already what an edit would bring about.
fn meets(values: &Values, delta: &Delta) -> bool {
    let all = |wanted: &Values| wanted.iter().all(|value| values.iter().any(|there| value.is_met_by(there, false)));
    match &delta.edit {
        Edit::Replace(wanted) => wanted.len() == values.len() && all(wanted),
        Edit::Clear => values.is_empty(),
        Edit::Amend { add, remove } => all(add) && !remove.iter().any(|value| values.contains(value)),
    }
}

/// Whether a change could be one that only writes again.
pub(crate) fn may_rewrite(change: &Change) -> bool {
    matches!(change.operation, Operation::UpdateAccount { .. })
}

/// Leaves attributes of one app as somebody wrote them. `history_of` gives what was done for the person of a change, newest first.
pub(crate) fn report_attributes<'h>(
    plan: &mut AppPlan,
    description: &Description,
    history_of: impl Fn(&Change) -> &'h [ChangeRecord],
) {
    let mut cases = Vec::new();
    for change in plan.changes.iter_mut().filter(|change| may_rewrite(change)) {
        let history = history_of(change);
        cases.extend(without_rewrites(change, history, description));
    }
    let empty = |change: &Change| matches!(&change.operation, Operation::UpdateAccount { deltas } if deltas.is_empty());
    let gone: Vec<_> = plan.changes.iter().filter(|change| empty(change)).map(|change| change.id.clone()).collect();
    plan.changes.retain(|change| !empty(change));
    for change in &mut plan.changes {
        change.after.retain(|before| !gone.contains(before));
    }
    plan.cases.extend(cases);
}

#[cfg(test)]
mod tests;
