//! An edit of one attribute, turned round.

use innkeeper_domain::{Delta, Edit, Value, Values};

/// The edit that takes one back, with what the first one left behind as what was there before. None where it changed nothing.
pub(crate) fn reversed(delta: &Delta) -> Option<Delta> {
    let before = after(delta);
    let edit = match &delta.edit {
        Edit::Replace(values) if *values == delta.before => return None,
        Edit::Clear if delta.before.is_empty() => return None,
        Edit::Replace(_) | Edit::Clear if delta.before.is_empty() => Edit::Clear,
        Edit::Replace(_) | Edit::Clear => Edit::Replace(delta.before.clone()),
        Edit::Amend { add, remove } => {
            // What was there all the same, or never was, is not ours to take away or to give.
            let new = |value: &&Value| !delta.before.contains(value);
            let lost = |value: &&Value| delta.before.contains(value) && !add.contains(value);
            let back: Values = remove.iter().filter(lost).cloned().collect();
            let away: Values = add.iter().filter(new).cloned().collect();
            if back.is_empty() && away.is_empty() {
                return None;
            }
            Edit::Amend { add: back, remove: away }
        }
    };
    Some(Delta { name: delta.name.clone(), edit, before })
}

/// The values that an edit leaves behind.
pub(crate) fn after(delta: &Delta) -> Values {
    applied(&delta.edit, &delta.before)
}

/// What an edit makes of values.
pub(crate) fn applied(edit: &Edit, values: &Values) -> Values {
    match edit {
        Edit::Replace(values) => values.clone(),
        Edit::Clear => Values::new(),
        Edit::Amend { add, remove } => {
            let mut left: Values = values.iter().filter(|value| !remove.contains(value)).cloned().collect();
            left.extend(add.iter().filter(|value| !values.contains(value) || remove.contains(value)).cloned());
            left
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Values> {
        proptest::collection::btree_set("[a-d]", 0..4).prop_map(|texts| texts.into_iter().map(Value::plain).collect())
    }

    /// Edits as the planner writes them: each changes something, and an amendment adds what is not there and removes what is.
    fn deltas() -> impl Strategy<Value = Delta> {
        (values(), values(), values(), 0..3u8).prop_map(|(before, new, gone, kind)| {
            let edit = match kind {
                0 if !new.is_empty() => Edit::Replace(new),
                1 => Edit::Amend {
                    add: new.into_iter().filter(|value| !before.contains(value)).collect(),
                    remove: gone.into_iter().filter(|value| before.contains(value)).collect(),
                },
                _ => Edit::Clear,
            };
            Delta { name: "title".into(), edit, before }
        })
    }

    /// The order of an attribute's values says nothing.
    fn sorted(mut delta: Delta) -> Delta {
        delta.before.sort();
        match &mut delta.edit {
            Edit::Replace(values) => values.sort(),
            Edit::Amend { add, remove } => {
                add.sort();
                remove.sort();
            }
            Edit::Clear => {}
        }
        delta
    }

    proptest! {
        #[test]
        fn an_edit_that_is_reversed_twice_is_the_first_one(delta in deltas()) {
            if let Some(reverse) = reversed(&delta) {
                let twice = reversed(&reverse).expect("what changes something can be taken back");
                prop_assert_eq!(sorted(twice), sorted(delta));
            }
        }

        #[test]
        fn the_reverse_brings_back_what_was_there(delta in deltas()) {
            let mut back = reversed(&delta).map_or_else(|| after(&delta), |reverse| after(&reverse));
            back.sort();
            let mut before = delta.before;
            before.sort();
            prop_assert_eq!(back, before);
        }
    }

    #[test]
    fn a_value_that_was_there_before_it_was_added_stays() {
        let edit = Edit::Amend { add: vec![Value::plain("a"), Value::plain("b")], remove: vec![Value::plain("z")] };
        let delta = Delta { name: "emails".into(), edit, before: vec![Value::plain("a")] };
        let reverse = reversed(&delta).expect("b is new");
        assert_eq!(reverse.edit, Edit::Amend { add: Vec::new(), remove: vec![Value::plain("b")] });
    }
}
