//! Edits of a resource as JSON, which touch nothing that is not named: for creates, for whole-object PUT, and to see what a PATCH
//! has to say.

use crate::definition::Kind;
use crate::resource::{Object, boolean, member, spelling, text};
use crate::schema::{Target, is_beside};
use crate::standard::USER;
use crate::write::{json, same};
use innkeeper_sdk::types::Value;
use serde_json::{Value as Json, json as object};

/// Gives the target exactly these values.
pub(crate) fn set(resource: &mut Object, target: &Target, values: &[Value]) {
    let Some(urn) = &target.definition.extension else {
        set_in(resource, target, values);
        return;
    };
    let key = spelling(resource, urn);
    let mut extension = resource.get(&key).and_then(Json::as_object).cloned().unwrap_or_default();
    set_in(&mut extension, target, values);
    if extension.is_empty() {
        resource.remove(&key);
    } else {
        resource.insert(key, Json::Object(extension));
        declare(resource, urn);
    }
}

/// Names the schema among the resource's `schemas` (RFC 7643, section 3).
pub(crate) fn declare(resource: &mut Object, urn: &str) {
    let schemas = resource.entry(spelling(resource, "schemas")).or_insert_with(|| object!([USER]));
    if let Json::Array(schemas) = schemas
        && !schemas.iter().any(|known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(urn)))
    {
        schemas.push(Json::String(urn.to_owned()));
    }
}

fn set_in(container: &mut Object, target: &Target, values: &[Value]) {
    let key = spelling(container, &target.definition.name);
    let before = container.get(&key).cloned().unwrap_or(Json::Null);
    let after = match &target.part {
        None => simple(target, values),
        Some(part) if target.definition.multi_valued => elements(before, target, part, values),
        Some(part) => complex(before, target, part, values),
    };
    if after.is_null() {
        container.remove(&key);
    } else {
        container.insert(key, after);
    }
}

fn simple(target: &Target, values: &[Value]) -> Json {
    let mut all = values.iter().map(|value| json(&value.scalar, target.kind()));
    match values {
        [] => Json::Null,
        _ if target.definition.multi_valued || target.leaf().multi_valued => Json::Array(all.collect()),
        _ => all.next().unwrap_or(Json::Null),
    }
}

/// One part of a complex attribute with one value.
fn complex(before: Json, target: &Target, part: &str, values: &[Value]) -> Json {
    let mut node = before.as_object().cloned().unwrap_or_default();
    if part.eq_ignore_ascii_case("value") {
        // The rest, such as a manager's `$ref` and `displayName`, is about the old value.
        node.clear();
    }
    let key = spelling(&node, part);
    match values.first() {
        Some(value) if target.leaf().multi_valued => {
            let all = std::iter::once(value).chain(&values[1..]).map(|value| json(&value.scalar, target.kind()));
            node.insert(key, Json::Array(all.collect()));
        }
        Some(value) => {
            node.insert(key, json(&value.scalar, target.kind()));
        }
        None => {
            node.remove(&key);
        }
    }
    if node.is_empty() { Json::Null } else { Json::Object(node) }
}

/// One part of a complex attribute with several values.
fn elements(before: Json, target: &Target, part: &str, values: &[Value]) -> Json {
    let before: Vec<Object> = match before {
        Json::Array(elements) => elements.into_iter().map(|element| as_element(element, part)).collect(),
        Json::Null => Vec::new(),
        single => vec![as_element(single, part)],
    };
    let after =
        if part.eq_ignore_ascii_case("value") { replace(before, target, values) } else { edit(before, target, part, values) };
    if after.is_empty() { Json::Null } else { Json::Array(after.into_iter().map(Json::Object).collect()) }
}

fn as_element(node: Json, part: &str) -> Object {
    match node {
        Json::Object(element) => element,
        bare => Object::from_iter([(part.to_owned(), bare)]),
    }
}

/// Exactly these values. An element that has one of them stays as it is with all that is beside it; what a changed value does not
/// say, its label and whether it is the primary one, it takes over from the value whose place it takes.
fn replace(mut before: Vec<Object>, target: &Target, values: &[Value]) -> Vec<Object> {
    let has = |element: &Object, value: &Value| {
        let there = member(element, "value").map(|node| match node {
            Json::String(text) => same(&value.scalar, &innkeeper_sdk::types::Scalar::Text(text.clone()), target),
            other => *other == json(&value.scalar, target.kind()),
        });
        let label = value.label.as_ref().is_none_or(|label| is_labelled(element, label));
        there == Some(true) && label
    };
    let mut after: Vec<Option<Object>> = vec![None; values.len()];
    // A value with a label first: one without may take any other.
    for labelled in [true, false] {
        for (slot, value) in after.iter_mut().zip(values).filter(|(_, value)| value.label.is_some() == labelled) {
            if let Some(index) = before.iter().position(|element| has(element, value)) {
                *slot = Some(before.remove(index));
            }
        }
    }
    let open = after.iter().filter(|slot| slot.is_none()).count();
    let primary_is_said = values.iter().any(|value| value.primary);
    for (slot, value) in after.iter_mut().zip(values) {
        let element = slot.get_or_insert_with(|| {
            let heir = match &value.label {
                Some(label) => before.iter().position(|element| is_labelled(element, label)),
                None if open == 1 && before.len() == 1 => Some(0),
                None => None,
            };
            let mut element = Object::from_iter([("value".to_owned(), json(&value.scalar, target.kind()))]);
            if let Some(old) = heir.map(|index| before.remove(index)) {
                element.extend(
                    old.into_iter().filter(|(key, _)| ["type", "primary"].iter().any(|kept| kept.eq_ignore_ascii_case(key))),
                );
            }
            element
        });
        if let Some(label) = &value.label {
            let key = spelling(element, "type");
            element.entry(key).or_insert_with(|| Json::String(label.clone()));
        }
        let key = spelling(element, "primary");
        if value.primary {
            element.insert(key, Json::Bool(true));
        } else if primary_is_said && element.get(&key).and_then(boolean) == Some(true) {
            element.remove(&key);
        }
    }
    after.into_iter().flatten().collect()
}

/// Exactly these values of one part, `addresses.locality`, by label; the other parts stay.
fn edit(mut before: Vec<Object>, target: &Target, part: &str, values: &[Value]) -> Vec<Object> {
    let mut used = vec![false; before.len()];
    let mut places: Vec<Option<usize>> = vec![None; values.len()];
    // What is so already stays where it is; after that a label finds its element, before the values that fit anywhere.
    for (is_so, labelled) in [(true, true), (true, false), (false, true), (false, false)] {
        for (place, value) in places.iter_mut().zip(values) {
            if place.is_some() || value.label.is_some() != labelled {
                continue;
            }
            let fits = |index: &usize| {
                let element = &before[*index];
                !used[*index]
                    && value.label.as_ref().is_none_or(|label| is_labelled(element, label))
                    && (!is_so || member(element, part).is_some_and(|there| *there == json(&value.scalar, target.kind())))
            };
            *place = (0..before.len()).filter(fits).min_by_key(|index| !labelled && text(&before[*index], "type").is_some());
            if let Some(index) = place {
                used[*index] = true;
            }
        }
    }
    if values.iter().any(|value| value.primary) {
        // There is one primary value at most (RFC 7643, section 2.4).
        for element in before.iter_mut().filter(|element| member(element, "primary").and_then(boolean) == Some(true)) {
            let key = spelling(element, "primary");
            element.remove(&key);
        }
    }
    for (place, value) in places.into_iter().zip(values) {
        let index = place.unwrap_or_else(|| {
            let label = value.label.iter().map(|label| ("type".to_owned(), Json::String(label.clone())));
            before.push(label.collect());
            used.push(true);
            before.len() - 1
        });
        let element = &mut before[index];
        let key = spelling(element, part);
        element.insert(key, json(&value.scalar, target.kind()));
        if value.primary {
            let key = spelling(element, "primary");
            element.insert(key, Json::Bool(true));
        }
    }
    for (element, used) in before.iter_mut().zip(&used) {
        if !used {
            let key = spelling(element, part);
            element.remove(&key);
        }
    }
    // An element that only says what its value would be is no value.
    before.retain(|element| element.keys().any(|key| !is_beside(key)));
    before
}

/// Whether the element's `type` is this label.
pub(crate) fn is_labelled(element: &Object, label: &str) -> bool {
    text(element, "type").is_some_and(|kind| kind.eq_ignore_ascii_case(label))
}

/// The value of `active`, as the server wants to be told.
pub(crate) fn active(active: bool, as_string: bool) -> Json {
    match (as_string, active) {
        (false, _) => Json::Bool(active),
        (true, true) => Json::String("True".to_owned()),
        (true, false) => Json::String("False".to_owned()),
    }
}

/// Whether the definition of the target is one whose elements have labels.
pub(crate) fn has_elements(target: &Target) -> bool {
    target.definition.kind == Kind::Complex && target.definition.multi_valued
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flatten;
    use crate::standard::{self, ENTERPRISE};
    use crate::write::{Change, meets};
    use innkeeper_sdk::types::Amendment;
    use proptest::prelude::*;

    fn target(name: &str) -> Target {
        Target::find(name, &standard::definitions()).expect("a standard attribute")
    }

    fn element() -> impl Strategy<Value = Json> {
        let label = proptest::option::of(prop_oneof![Just("work"), Just("home"), Just("other")]);
        ("[a-c]{1,2}", label, any::<bool>()).prop_map(|(value, label, display)| {
            let mut element = object!({ "value": value, "locality": value });
            if let Some(label) = label {
                element["type"] = object!(label);
            }
            if display {
                element["unknown"] = object!(true);
            }
            element
        })
    }

    fn wished() -> impl Strategy<Value = Vec<Value>> {
        let label = proptest::option::of(prop_oneof![Just("work"), Just("home"), Just("other")]);
        let value = ("[a-c]{1,2}", label).prop_map(|(text, label)| match label {
            Some(label) => Value::text(text).labelled(label),
            None => Value::text(text),
        });
        proptest::collection::vec(value, 0..4)
    }

    proptest! {
        #[test]
        fn what_is_set_is_there_afterwards(before in proptest::collection::vec(element(), 0..4), values in wished()) {
            for name in ["emails", "addresses.locality"] {
                let target = target(name);
                let mut user = Object::from_iter([(target.definition.name.clone(), object!(before))]);
                set(&mut user, &target, &values);
                let after = flatten::values(&user, &target);
                prop_assert_eq!(after.len(), values.len(), "{:?}", user);
                for value in &values {
                    prop_assert!(after.iter().any(|there| meets(value, there, &target)), "{:?} in {:?}", value, after);
                }
                // And to set it again changes nothing.
                let once = user.clone();
                set(&mut user, &target, &values);
                prop_assert_eq!(once, user);
            }
        }

        #[test]
        fn nothing_else_is_touched(text in "[a-z]{1,5}", name in prop_oneof![Just("title"), Just("name.givenName"), Just("emails")]) {
            let before = object!({
                "id": "1", "userName": "ada", "name": { "familyName": "L", "odd": 1 }, "colour": [1, { "a": null }], "urn:x": { "b": 2 },
            });
            let mut user = before.as_object().cloned().unwrap_or_default();
            set(&mut user, &target(name), &[Value::text(text)]);
            set(&mut user, &target(name), &[]);
            prop_assert_eq!(before, Json::Object(user));
        }
    }

    #[test]
    fn a_new_manager_leaves_nothing_of_the_old_one() {
        let mut user =
            object!({ (ENTERPRISE): { "manager": { "value": "m1", "displayName": "Grace", "$ref": "x" }, "division": "D" } });
        let user = user.as_object_mut().expect("an object");
        set(user, &target(&format!("{ENTERPRISE}:manager")), &[Value::text("m2")]);
        assert_eq!(user[ENTERPRISE], object!({ "manager": { "value": "m2" }, "division": "D" }));
        assert_eq!(user["schemas"], object!([USER, ENTERPRISE]));
    }

    #[test]
    fn an_extension_without_attributes_is_left_out() {
        let mut user = Object::from_iter([(ENTERPRISE.to_owned(), object!({ "division": "D" }))]);
        set(&mut user, &target(&format!("{ENTERPRISE}:division")), &[]);
        assert!(user.is_empty());
    }

    #[test]
    fn a_changed_value_keeps_its_label_and_its_rank_and_a_kept_one_keeps_all() {
        let mut user = Object::from_iter([(
            "emails".to_owned(),
            object!([{ "value": "a@x", "type": "work", "primary": true }, { "value": "b@x", "type": "home", "verified": true }]),
        )]);
        set(&mut user, &target("emails"), &[Value::text("c@x").labelled("work"), Value::text("b@x")]);
        assert_eq!(
            user["emails"],
            object!([{ "value": "c@x", "type": "work", "primary": true }, { "value": "b@x", "type": "home", "verified": true }])
        );
        // There is one primary value at most.
        set(&mut user, &target("emails"), &[Value::text("c@x"), Value::text("b@x").primary()]);
        assert_eq!(
            user["emails"],
            object!([{ "value": "c@x", "type": "work" }, { "value": "b@x", "type": "home", "verified": true, "primary": true }])
        );
    }

    #[test]
    fn a_new_primary_value_takes_the_rank_from_the_old_one() {
        for (name, part) in [("emails", "value"), ("addresses.country", "country")] {
            let target = target(name);
            let amended = |add: Value| {
                let array = object!([{ (part): "a", "type": "work", "primary": true }, { (part): "b", "type": "home" }]);
                let mut user = Object::from_iter([(target.definition.name.clone(), array)]);
                let change = Change::Amend(Amendment { add: vec![add], remove: Vec::new() });
                let wanted = change.values(&flatten::values(&user, &target), &target);
                set(&mut user, &target, &wanted);
                let values = flatten::values(&user, &target);
                values.into_iter().map(|value| Value { label: None, ..value }).collect::<Vec<_>>()
            };
            let [a, b, c] = ["a", "b", "c"].map(Value::text);
            assert_eq!(amended(c.clone().primary()), [a.clone(), b.clone(), c.primary()], "{name}");
            assert_eq!(amended(b.clone().primary()), [a.clone(), b.clone().primary()], "{name}");
            assert_eq!(amended(a.clone()), [a.primary(), b], "{name}");
        }
    }
}
