//! From deltas to what is sent.
//!
//! An edit is made on a copy of the user, and what differs afterwards is sent: Google keeps what is not named, clears what is
//! `null`, and replaces arrays as a whole (`users.update`).

use crate::attribute::{self, Attribute, EMAILS, Field, Rule};
use crate::user::{Object, objects};
use innkeeper_sdk::types::{Amendment, Edit, Scalar, Value};
use innkeeper_sdk::{Error, Result};
use serde_json::{Value as Json, json};

/// The attribute of this name, to write it.
///
/// # Errors
/// `invalid` for one that users do not have, or that is Google's to say.
pub(crate) fn writable(name: &str) -> Result<&'static Attribute> {
    match attribute::find(name) {
        None => Err(refused(name, "is no attribute of a user here")),
        Some(attribute) if attribute.rule == Rule::ReadOnly => Err(refused(name, "is read-only")),
        Some(attribute) => Ok(attribute),
    }
}

/// The values that an attribute has after an edit.
///
/// # Errors
/// `invalid` for values that the attribute cannot have.
pub(crate) fn after(attribute: &Attribute, edit: &Edit, before: &[Value]) -> Result<Vec<Value>> {
    let values = match edit {
        Edit::Replace(values) => values.clone(),
        Edit::Clear => Vec::new(),
        Edit::Amend(_) if !attribute.is_multi_valued() => return Err(refused(attribute.name, "has one value at most")),
        Edit::Amend(amendment) => amended(before, amendment)?,
    };
    check(attribute, values)
}

/// The values, if the attribute can have them. An empty text is no value.
pub(crate) fn check(attribute: &Attribute, values: Vec<Value>) -> Result<Vec<Value>> {
    let mut kept = Vec::new();
    for value in values {
        if !text(&value.scalar)?.is_empty() {
            kept.push(value);
        }
    }
    if kept.len() > 1 && !attribute.is_multi_valued() {
        return Err(refused(attribute.name, "has one value at most"));
    }
    if kept.is_empty() && !matches!(attribute.rule, Rule::Optional) {
        return Err(refused(attribute.name, "cannot be empty"));
    }
    Ok(kept)
}

fn amended(before: &[Value], amendment: &Amendment) -> Result<Vec<Value>> {
    let meets = |wish: &Value, there: &Value| -> Result<bool> {
        let labels = wish.label.as_ref().zip(there.label.as_ref());
        Ok(text(&wish.scalar)?.eq_ignore_ascii_case(&text(&there.scalar)?)
            && labels.is_none_or(|(wish, there)| wish.eq_ignore_ascii_case(there)))
    };
    let is_among = |wishes: &[Value], there: &Value| -> Result<bool> {
        for wish in wishes {
            if meets(wish, there)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let mut values = Vec::new();
    for there in before {
        if !is_among(&amendment.remove, there)? {
            values.push(there.clone());
        }
    }
    for added in &amendment.add {
        match values.iter().position(|there| meets(added, there).unwrap_or(false)) {
            Some(position) => values[position].primary |= added.primary,
            None => values.push(added.clone()),
        }
    }
    Ok(values)
}

/// A value as text, which is what Google keeps of nearly everything.
pub(crate) fn text(scalar: &Scalar) -> Result<String> {
    match scalar {
        Scalar::Text(text) | Scalar::Reference(text) | Scalar::DateTime(text) => Ok(text.trim().to_owned()),
        Scalar::Integer(number) => Ok(number.to_string()),
        Scalar::Boolean(flag) => Ok(flag.to_string()),
        Scalar::Decimal(number) => Ok(number.to_string()),
    }
}

/// Gives a user these values.
///
/// # Errors
/// `invalid` for a value that the attribute cannot have.
pub(crate) fn set(user: &mut Object, attribute: &Attribute, values: &[Value]) -> Result<()> {
    let single = values.first().map(|value| text(&value.scalar)).transpose()?;
    match attribute.field {
        Field::Text(&[name]) => put(user, name, single.map(Json::from)),
        Field::Text(path) => {
            if let [outer, inner] = path {
                let mut object = user.get(*outer).and_then(Json::as_object).cloned().unwrap_or_default();
                put(&mut object, inner, single.map(Json::from));
                put(user, outer, Some(Json::Object(object)));
            }
        }
        Field::Flag(name) => put(user, name, single.map(|text| flag(attribute.name, &text)).transpose()?),
        Field::Organization(part) => set_organization(user, part, single),
        Field::Entry { array, kind } => set_entry(user, array, kind, single),
        Field::Typed(typed) => {
            let before = typed.entries(user);
            let mut entries = Vec::new();
            for value in values {
                let text = text(&value.scalar)?;
                if attribute.name == EMAILS && is_primary(user, &text) {
                    return Err(refused(EMAILS, "cannot have the primary address in it, which is userName"));
                }
                entries.push(Json::Object(typed.entry(&text, value, &before)));
            }
            put_array(user, typed.array, entries);
        }
        // Requests of their own, and nothing to write.
        Field::Aliases | Field::Time(_) => {}
    }
    Ok(())
}

fn is_primary(user: &Object, address: &str) -> bool {
    user.get("primaryEmail").and_then(Json::as_str).is_some_and(|primary| primary.eq_ignore_ascii_case(address))
}

fn flag(name: &str, text: &str) -> Result<Json> {
    if text.eq_ignore_ascii_case("true") {
        Ok(Json::Bool(true))
    } else if text.eq_ignore_ascii_case("false") {
        Ok(Json::Bool(false))
    } else {
        Err(refused(name, "is true or false"))
    }
}

/// The primary organisation with one part changed. An organisation of which nothing is left is taken out.
fn set_organization(user: &mut Object, part: &str, text: Option<String>) {
    let mut all = objects(user, "organizations");
    let position = match attribute::primary(&all) {
        Some(position) => position,
        None if text.is_none() => return,
        None => {
            all.push(Object::from_iter([("primary".to_owned(), json!(true)), ("type".to_owned(), json!("work"))]));
            all.len() - 1
        }
    };
    put(&mut all[position], part, text.map(Json::from));
    let says_nothing = |name: &String| ["primary", "type", "customType"].contains(&name.as_str());
    if all[position].keys().all(says_nothing) {
        all.remove(position);
    }
    put_array(user, "organizations", all.into_iter().map(Json::Object).collect());
}

/// The array with one entry of this type, or none; entries of other types stay.
fn set_entry(user: &mut Object, array: &str, kind: &str, text: Option<String>) {
    let mut all = objects(user, array);
    let position = all.iter().position(|entry| attribute::is_of(entry, kind));
    match (position, text) {
        (Some(position), Some(text)) => put(&mut all[position], "value", Some(Json::from(text))),
        (Some(position), None) => {
            all.remove(position);
        }
        (None, Some(text)) => {
            all.push(Object::from_iter([("value".to_owned(), Json::from(text)), ("type".to_owned(), json!(kind))]));
        }
        (None, None) => return,
    }
    put_array(user, array, all.into_iter().map(Json::Object).collect());
}

fn put(object: &mut Object, name: &str, value: Option<Json>) {
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

fn put_array(user: &mut Object, name: &str, entries: Vec<Json>) {
    put(user, name, (!entries.is_empty()).then_some(Json::Array(entries)));
}

/// What has to be sent to get from one state of a user to another.
pub(crate) fn difference(before: &Object, after: &Object) -> Object {
    let mut body = Object::new();
    for name in before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))) {
        let (was, is) = (before.get(name), after.get(name));
        if was == is {
            continue;
        }
        // Of the name Google keeps the parts that are not sent.
        let value = match (was.and_then(Json::as_object), is.and_then(Json::as_object)) {
            (was, Some(is)) if name == "name" => Json::Object(difference(was.unwrap_or(&Object::new()), is)),
            _ => is.cloned().unwrap_or(Json::Null),
        };
        body.insert(name.clone(), value);
    }
    body
}

/// `invalid` for one attribute.
pub(crate) fn refused(name: &str, why: &str) -> Error {
    Error::invalid(format!("{name} {why}")).with_field(name, why)
}
