//! What a PATCH has to say about a multi-valued attribute, as little as possible: what it does not name cannot be lost.

use crate::filter::quoted;
use crate::resource::{Object, text};
use serde_json::{Value as Json, json};

/// One operation of a PATCH (RFC 7644, section 3.5.2).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Add { path: String, value: Json },
    Replace { path: String, value: Json },
    Remove { path: String },
}

/// The operations that lead from the elements before to those after. Without `selects` no path has a filter.
pub(crate) fn difference(path: &str, before: &[Object], after: &[Object], selects: bool) -> Vec<Op> {
    if before == after {
        return Vec::new();
    }
    if after.is_empty() {
        return vec![Op::Remove { path: path.to_owned() }];
    }
    if selects && let Some(ops) = by_label(path, before, after) {
        return ops;
    }
    let gone: Vec<&Object> = before.iter().filter(|element| !after.contains(element)).collect();
    let new: Vec<&Object> = after.iter().filter(|element| !before.contains(element)).collect();
    if gone.is_empty() && after.len() == before.len() + new.len() {
        // The same in another order is the same (RFC 7643, section 2.4).
        return if new.is_empty() { Vec::new() } else { vec![Op::Add { path: path.to_owned(), value: json!(new) }] };
    }
    if selects
        && new.is_empty()
        && before.len() == after.len() + gone.len()
        && let Some(filters) = gone.iter().map(|element| selector(element, before)).collect::<Option<Vec<_>>>()
    {
        return filters.iter().map(|filter| Op::Remove { path: format!("{path}[{filter}]") }).collect();
    }
    vec![Op::Replace { path: path.to_owned(), value: json!(after) }]
}

/// Edits in place, `emails[type eq "work"].value`, where every element has a label of its own and the labels stay the same.
fn by_label(path: &str, before: &[Object], after: &[Object]) -> Option<Vec<Op>> {
    let labels = |elements: &[Object]| elements.iter().map(|element| text(element, "type")).collect::<Option<Vec<_>>>();
    let (mut old, mut new) = (labels(before)?, labels(after)?);
    old.sort();
    new.sort();
    if old != new || old.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(&pair[1])) {
        return None;
    }
    let mut ops = Vec::new();
    for element in after {
        let label = text(element, "type")?;
        let old = before.iter().find(|other| text(other, "type").as_deref() == Some(label.as_str()))?;
        let path = format!("{path}[type eq {}]", quoted(&label));
        // What is shown for a value is the server's on many servers, which then refuse to have it removed.
        for key in old.keys().filter(|key| !element.contains_key(*key) && !key.eq_ignore_ascii_case("display")) {
            ops.push(Op::Remove { path: format!("{path}.{key}") });
        }
        for (key, value) in element.iter().filter(|(key, value)| old.get(*key) != Some(value)) {
            ops.push(Op::Replace { path: format!("{path}.{key}"), value: value.clone() });
        }
    }
    Some(ops)
}

/// A filter that selects this element and no other.
fn selector(element: &Object, all: &[Object]) -> Option<String> {
    [&["value"][..], &["type"], &["type", "value"]].iter().find_map(|names| {
        let wanted = names.iter().map(|name| text(element, name)).collect::<Option<Vec<_>>>()?;
        let selects = |other: &&Object| {
            names
                .iter()
                .zip(&wanted)
                .all(|(name, wanted)| text(other, name).is_some_and(|there| there.eq_ignore_ascii_case(wanted)))
        };
        let terms = names.iter().zip(&wanted).map(|(name, wanted)| format!("{name} eq {}", quoted(wanted)));
        (all.iter().filter(selects).count() == 1).then(|| terms.collect::<Vec<_>>().join(" and "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As much of a server's PATCH as these operations need.
    fn apply(mut elements: Vec<Object>, ops: &[Op]) -> Vec<Object> {
        for op in ops {
            match op {
                Op::Add { path, value } => {
                    assert_eq!(path, "emails");
                    elements.extend(value.as_array().into_iter().flatten().filter_map(Json::as_object).cloned());
                }
                Op::Replace { path, value } if path == "emails" => {
                    elements = value.as_array().into_iter().flatten().filter_map(Json::as_object).cloned().collect();
                }
                Op::Remove { path } if path == "emails" => elements.clear(),
                Op::Replace { path, value } => {
                    let (filter, part) = selection(path);
                    let selected: Vec<_> = elements.iter_mut().filter(|element| selects(filter, element)).collect();
                    assert_eq!(selected.len(), 1, "{path}");
                    for element in selected {
                        element.insert(part.to_owned(), value.clone());
                    }
                }
                Op::Remove { path } => {
                    let (filter, part) = selection(path);
                    assert!(elements.iter().any(|element| selects(filter, element)), "no target for {path}");
                    if part.is_empty() {
                        elements.retain(|element| !selects(filter, element));
                    }
                    for element in elements.iter_mut().filter(|element| selects(filter, element)) {
                        element.remove(part);
                    }
                }
            }
        }
        elements
    }

    fn selection(path: &str) -> (&str, &str) {
        let (filter, part) = path.strip_prefix("emails[").and_then(|rest| rest.rsplit_once(']')).expect("a filter");
        (filter, part.trim_start_matches('.'))
    }

    fn selects(filter: &str, element: &Object) -> bool {
        filter.split(" and ").all(|term| {
            let (name, value) = term.split_once(" eq ").expect("a comparison");
            element.get(name).and_then(Json::as_str).map(quoted).as_deref() == Some(value)
        })
    }

    fn elements() -> impl Strategy<Value = Vec<Object>> {
        let text = |choices: &'static [&'static str]| proptest::option::of(proptest::sample::select(choices));
        let element = (text(&["a", "b", "c"]), text(&["work", "home", "other"]), text(&["x"])).prop_map(|(value, label, odd)| {
            let members = [("value", value), ("type", label), ("odd", odd)];
            members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))).collect::<Object>()
        });
        proptest::collection::vec(element.prop_filter("an element", |element| !element.is_empty()), 0..4)
    }

    fn sorted(elements: &[Object]) -> Vec<String> {
        let mut all: Vec<_> = elements.iter().map(|element| json!(element).to_string()).collect();
        all.sort();
        all
    }

    proptest! {
        #[test]
        fn the_operations_lead_from_before_to_after(before in elements(), after in elements(), selects in any::<bool>()) {
            let ops = difference("emails", &before, &after, selects);
            let paths = ops.iter().map(|op| match op {
                Op::Add { path, .. } | Op::Replace { path, .. } | Op::Remove { path } => path,
            });
            prop_assert!(selects || paths.into_iter().all(|path| path == "emails"), "{:?}", ops);
            prop_assert_eq!(sorted(&apply(before.clone(), &ops)), sorted(&after), "{:?}", ops);
        }

        #[test]
        fn nothing_is_said_about_what_is_the_same(elements in elements()) {
            let reversed: Vec<_> = elements.iter().rev().cloned().collect();
            for selects in [true, false] {
                prop_assert_eq!(difference("emails", &elements, &reversed, selects), Vec::new());
            }
        }
    }
}
