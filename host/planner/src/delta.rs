//! One attribute as it should be against one as it is.

use crate::schema::Facts;
use innkeeper_domain::{Account, AttributeName, Delta, Edit, Hint, Mutability, Value, Values};
use std::borrow::Cow;

/// Whether a difference can be seen and put right after the account was made.
pub(crate) fn is_maintained(facts: Facts) -> bool {
    facts.mutability == Mutability::ReadWrite
}

/// The values that the account has; none if they are unknown.
pub(crate) fn observed<'a>(account: &'a Account, name: &AttributeName, facts: Facts, hint: &Hint) -> Option<Cow<'a, [Value]>> {
    if facts.is_unique_name {
        return Some(Cow::Owned(vec![Value::plain(account.unique_name.clone())]));
    }
    account.attributes.get_near(name.as_str(), hint).map(Cow::Borrowed)
}

/// What takes an attribute from `before` to `desired`; none if it is there already.
pub(crate) fn delta(name: &AttributeName, desired: &[Value], before: &[Value], facts: Facts) -> Option<Delta> {
    let edit = edit(desired, before, facts)?;
    Some(Delta { name: name.clone(), edit, before: before.to_vec() })
}

fn edit(desired: &[Value], before: &[Value], facts: Facts) -> Option<Edit> {
    let exact = facts.case_exact;
    let Some(first) = desired.first() else {
        return (!before.is_empty()).then_some(Edit::Clear);
    };
    if desired == before {
        return None;
    }
    if !facts.multi_valued.unwrap_or(desired.len() > 1 || before.len() > 1) {
        let met = before.first().is_some_and(|value| first.is_met_by(value, exact));
        return (!met).then(|| Edit::Replace(vec![first.clone()]));
    }
    if desired.iter().all(|value| value.label.is_some()) {
        return amend(desired, before, exact);
    }
    let met = desired.iter().all(|wanted| before.iter().any(|value| wanted.is_met_by(value, exact)));
    let asked_for = before.iter().all(|value| desired.iter().any(|wanted| wanted.is_met_by(value, exact)));
    (!met || !asked_for).then(|| Edit::Replace(whole(desired, before, exact)))
}

/// Desired values with labels own their labels alone: the work address is ours, the home address is not.
fn amend(desired: &[Value], before: &[Value], exact: bool) -> Option<Edit> {
    let add: Values =
        distinct(desired.iter().filter(|wanted| !before.iter().any(|value| wanted.is_met_by(value, exact))).cloned());
    let ours = |value: &&Value| desired.iter().any(|wanted| wanted.label == value.label);
    let stays = |value: &&Value| desired.iter().any(|wanted| wanted.is_met_by(value, exact));
    let remove: Values = before.iter().filter(ours).filter(|value| !stays(value)).cloned().collect();
    (!add.is_empty() || !remove.is_empty()).then_some(Edit::Amend { add, remove })
}

/// The whole list. A value that is there already keeps what we have no opinion of: its label, that it is primary.
fn whole(desired: &[Value], before: &[Value], exact: bool) -> Values {
    let sets_primary = desired.iter().any(|value| value.primary);
    distinct(desired.iter().map(|wanted| {
        let kept = before.iter().find(|value| wanted.is_met_by(value, exact));
        let mut value = kept.unwrap_or(wanted).clone();
        value.primary &= wanted.primary || !sets_primary;
        value
    }))
}

fn distinct(values: impl Iterator<Item = Value>) -> Values {
    let mut distinct = Values::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(multi_valued: bool) -> Facts {
        Facts {
            case_exact: false,
            multi_valued: Some(multi_valued),
            mutability: Mutability::ReadWrite,
            required: false,
            unique: None,
            is_unique_name: false,
        }
    }

    fn plain(texts: &[&str]) -> Values {
        texts.iter().map(|text| Value::plain(*text)).collect()
    }

    fn labelled(text: &str, label: &str) -> Value {
        Value { label: Some(label.into()), ..Value::plain(text) }
    }

    #[test]
    fn a_value_that_differs_only_in_case_is_left_alone() {
        assert_eq!(edit(&plain(&["ada"]), &plain(&["Ada"]), facts(false)), None);
        let exact = Facts { case_exact: true, ..facts(false) };
        assert_eq!(edit(&plain(&["ada"]), &plain(&["Ada"]), exact), Some(Edit::Replace(plain(&["ada"]))));
    }

    #[test]
    fn nothing_desired_clears_what_is_there_and_nothing_else() {
        assert_eq!(edit(&[], &plain(&["x"]), facts(false)), Some(Edit::Clear));
        assert_eq!(edit(&[], &[], facts(true)), None);
    }

    #[test]
    fn a_list_without_labels_is_owned_as_a_whole_and_its_order_means_nothing() {
        assert_eq!(edit(&plain(&["a", "b"]), &plain(&["B", "A"]), facts(true)), None);
        assert_eq!(edit(&plain(&["a"]), &plain(&["a", "b"]), facts(true)), Some(Edit::Replace(plain(&["a"]))));
    }

    #[test]
    fn a_kept_value_keeps_its_label() {
        let before = [labelled("a", "work")];
        let after = Edit::Replace(vec![labelled("a", "work"), Value::plain("b")]);
        assert_eq!(edit(&plain(&["a", "b"]), &before, facts(true)), Some(after));
    }

    #[test]
    fn a_desired_primary_takes_it_from_the_others() {
        let before = [Value { primary: true, ..Value::plain("a") }];
        let wanted = [Value::plain("a"), Value { primary: true, ..Value::plain("b") }];
        assert_eq!(edit(&wanted, &before, facts(true)), Some(Edit::Replace(wanted.to_vec())));
    }

    #[test]
    fn a_label_owns_its_own_values_and_leaves_the_others() {
        let before = [labelled("old@x", "work"), labelled("me@home", "home"), Value::plain("bare@x")];
        let expected = Edit::Amend { add: vec![labelled("new@x", "work")], remove: vec![labelled("old@x", "work")] };
        assert_eq!(edit(&[labelled("new@x", "work")], &before, facts(true)), Some(expected));
        assert_eq!(edit(&[labelled("OLD@x", "work")], &before, facts(true)), None);
    }
}
