//! PATCH (RFC 7644, section 3.5.2). All operations of a request are done, or none.

use serde_json::Value;

use super::answer::{Object, Refusal};
use super::directory::Members;
use super::filter::Filter;
use super::path::Path;
use super::resource;
use super::schema::{Attribute, ResourceType};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Replace,
    Remove,
}

/// What to do to a group's members, in order. Carried out only when everything else of the request is good.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum MemberEdit {
    Add(Vec<Object>),
    Replace(Vec<Object>),
    RemoveWhere(Filter),
    RemoveAll,
}

/// A checked PATCH: the attributes as they will be, and what to do to the members.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Patched {
    pub(super) object: Object,
    pub(super) members: Vec<MemberEdit>,
}

/// Does the operations of a PATCH body to a copy of the attributes.
pub(super) fn apply(kind: ResourceType, object: &Object, body: &Value, folds: bool) -> Result<Patched, Refusal> {
    let operations = body.as_object().and_then(|body| field(body, "Operations")).and_then(Value::as_array);
    let operations = operations.filter(|operations| !operations.is_empty());
    let operations = operations.ok_or_else(|| Refusal::invalid_value("`Operations` is an array of one or more"))?;
    let mut patch = Patch { kind, object: object.clone(), members: Vec::new(), folds };
    for operation in operations {
        patch.operation(operation)?;
    }
    let object = resource::read(kind, Value::Object(patch.object))?;
    Ok(Patched { object, members: patch.members })
}

/// Carries out the edits; says whether anything changed.
pub(super) fn edit_members(members: &mut Members, edits: Vec<MemberEdit>, folds: bool) -> bool {
    let mut changed = false;
    for edit in edits {
        match edit {
            MemberEdit::Add(added) => {
                for member in added {
                    let Some(value) = member.get("value").and_then(Value::as_str).map(str::to_owned) else { continue };
                    if !members.contains_key(&value) {
                        members.insert(value, member);
                        changed = true;
                    }
                }
            }
            MemberEdit::Replace(new) => {
                let new = by_value(new);
                changed |= new != *members;
                *members = new;
            }
            MemberEdit::RemoveWhere(filter) => {
                let before = members.len();
                match filter.exact().as_slice() {
                    [(target, value)] if filter.is_comparison() && target.attribute.is_some_and(|a| a.name == "value") => {
                        members.shift_remove(*value);
                    }
                    _ => members.retain(|_, member| !filter.matches(member, folds)),
                }
                changed |= members.len() != before;
            }
            MemberEdit::RemoveAll => {
                changed |= !members.is_empty();
                members.clear();
            }
        }
    }
    changed
}

/// Members by their `value`; those without one are left out.
pub(super) fn by_value(members: Vec<Object>) -> Members {
    let key = |member: &Object| member.get("value").and_then(Value::as_str).map(str::to_owned);
    members.into_iter().filter_map(|member| Some((key(&member)?, member))).collect()
}

struct Patch {
    kind: ResourceType,
    object: Object,
    members: Vec<MemberEdit>,
    folds: bool,
}

impl Patch {
    fn operation(&mut self, operation: &Value) -> Result<(), Refusal> {
        let operation = operation.as_object().ok_or_else(|| Refusal::invalid_value("an operation is an object"))?;
        let name = field(operation, "op").and_then(Value::as_str).unwrap_or_default();
        let kind = match name.to_ascii_lowercase().as_str() {
            "add" => Kind::Add,
            "replace" => Kind::Replace,
            "remove" => Kind::Remove,
            _ => return Err(Refusal::invalid_value(format!("`{name}` is no operation"))),
        };
        let value = field(operation, "value").cloned();
        let path = field(operation, "path").and_then(Value::as_str);
        match (path, kind) {
            (None, Kind::Remove) => Err(Refusal::bad("noTarget", "`remove` needs a path")),
            (Some(_), Kind::Remove) if value.as_ref().is_some_and(|value| !value.is_null()) => {
                Err(Refusal::invalid_value("`remove` takes no value; a filter in the path says what to remove"))
            }
            (Some(path), _) => {
                let path = Path::parse(self.kind, path)?;
                self.at(kind, &path, value.unwrap_or_default())
            }
            (None, _) => {
                let Some(Value::Object(values)) = value else {
                    return Err(Refusal::invalid_value("without a path the value is an object"));
                };
                for (name, value) in values {
                    if name.eq_ignore_ascii_case("schemas") {
                        continue;
                    }
                    let path = Path::parse(self.kind, &name)
                        .map_err(|_| Refusal::invalid_value(format!("there is no attribute `{name}`")))?;
                    self.at(kind, &path, value)?;
                }
                Ok(())
            }
        }
    }

    fn at(&mut self, kind: Kind, path: &Path, value: Value) -> Result<(), Refusal> {
        let target = path.target;
        // Null and nothing are the same to SCIM (RFC 7643, section 2.5).
        let kind = if value.is_null() { Kind::Remove } else { kind };
        let Some(attribute) = target.attribute else {
            let urn = target.extension.expect("a path without an attribute is an extension");
            return self.extension(kind, urn, value);
        };
        if attribute.read_only {
            return Err(Refusal::bad("mutability", format!("`{}` is read-only", attribute.name)));
        }
        if kind == Kind::Remove && attribute.required && path.filter.is_none() && target.part.is_none() {
            return Err(Refusal::bad("mutability", format!("`{}` is required", attribute.name)));
        }
        if self.kind == ResourceType::Group && attribute.name == "members" {
            return self.group_members(kind, path, attribute, value);
        }
        let folds = self.folds;
        let object = match target.extension {
            Some(urn) => object_at(&mut self.object, urn),
            None => &mut self.object,
        };
        if attribute.multi_valued {
            plural(object, kind, path, attribute, value, folds)
        } else {
            singular(object, kind, attribute, target.part, value)
        }
    }

    fn extension(&mut self, kind: Kind, urn: &'static str, value: Value) -> Result<(), Refusal> {
        if kind == Kind::Remove {
            self.object.remove(urn);
            return Ok(());
        }
        let Value::Object(values) = value else { return Err(Refusal::invalid_value(format!("`{urn}` is an object"))) };
        for (name, value) in values {
            let path = Path::parse(self.kind, &format!("{urn}:{name}"))?;
            self.at(kind, &path, value)?;
        }
        Ok(())
    }

    fn group_members(&mut self, kind: Kind, path: &Path, attribute: &Attribute, value: Value) -> Result<(), Refusal> {
        if path.target.part.is_some() || (path.filter.is_some() && kind != Kind::Remove) {
            return Err(Refusal::bad("invalidPath", "a member is added or removed as a whole"));
        }
        let edit = match (kind, path.filter.clone()) {
            (Kind::Remove, Some(filter)) => MemberEdit::RemoveWhere(filter),
            (Kind::Remove, None) => MemberEdit::RemoveAll,
            (Kind::Add, _) => MemberEdit::Add(objects(attribute, value)?),
            (Kind::Replace, _) => MemberEdit::Replace(objects(attribute, value)?),
        };
        self.members.push(edit);
        Ok(())
    }
}

fn singular(
    object: &mut Object,
    kind: Kind,
    attribute: &'static Attribute,
    part: Option<&'static Attribute>,
    value: Value,
) -> Result<(), Refusal> {
    match (part, kind) {
        (None, Kind::Remove) => {
            object.remove(attribute.name);
        }
        (Some(part), Kind::Remove) => {
            if let Some(Value::Object(parts)) = object.get_mut(attribute.name) {
                parts.remove(part.name);
            }
        }
        (Some(part), _) => {
            let value = resource::coerced(part, value)?;
            set(object_at(object, attribute.name), part, value);
        }
        (None, _) => match resource::one(attribute, value)? {
            // Sub-attributes that are not named stay as they are.
            Some(Value::Object(parts)) => object_at(object, attribute.name).extend(parts),
            value => set(object, attribute, value),
        },
    }
    Ok(())
}

fn plural(
    object: &mut Object,
    kind: Kind,
    path: &Path,
    attribute: &'static Attribute,
    value: Value,
    folds: bool,
) -> Result<(), Refusal> {
    let mut values: Vec<Object> = match object.remove(attribute.name) {
        Some(Value::Array(values)) => values.into_iter().filter_map(into_object).collect(),
        _ => Vec::new(),
    };
    let picked = |value: &Object| path.filter.as_ref().is_none_or(|filter| filter.matches(value, folds));
    match (path.target.part, kind) {
        (None, Kind::Remove) => values.retain(|value| !picked(value)),
        (Some(part), Kind::Remove) => {
            for value in values.iter_mut().filter(|value| picked(value)) {
                value.remove(part.name);
            }
        }
        (None, Kind::Replace) if path.filter.is_none() => values = objects(attribute, value)?,
        (None, Kind::Add) if path.filter.is_none() => {
            for new in objects(attribute, value)? {
                if !values.contains(&new) {
                    yield_primary(&mut values, &new);
                    values.push(new);
                }
            }
        }
        (part, _) => {
            let indexes: Vec<_> = (0..values.len()).filter(|index| picked(&values[*index])).collect();
            if indexes.is_empty() && path.filter.is_some() {
                return Err(Refusal::bad("noTarget", format!("no value of `{}` matches", attribute.name)));
            }
            for index in indexes {
                let mut new = values[index].clone();
                match part {
                    Some(part) => {
                        let value = resource::coerced(part, value.clone())?;
                        set(&mut new, part, value);
                    }
                    None => new.extend(objects(attribute, value.clone())?.into_iter().flatten()),
                }
                if new != values[index] {
                    yield_primary(&mut values, &new);
                    values[index] = new;
                }
            }
        }
    }
    object.insert(attribute.name.to_owned(), values.into_iter().map(Value::Object).collect());
    Ok(())
}

/// A new primary value makes the old one an ordinary one (RFC 7644, section 3.5.2).
fn yield_primary(values: &mut [Object], new: &Object) {
    if new.get("primary") == Some(&Value::Bool(true)) {
        for value in values.iter_mut().filter(|value| value.get("primary") == Some(&Value::Bool(true))) {
            value.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

/// One value or several of a multi-valued attribute.
fn objects(attribute: &Attribute, value: Value) -> Result<Vec<Object>, Refusal> {
    let values = if value.is_array() { value } else { Value::Array(vec![value]) };
    match resource::coerced(attribute, values)? {
        Some(Value::Array(values)) => Ok(values.into_iter().filter_map(into_object).collect()),
        _ => Ok(Vec::new()),
    }
}

fn into_object(value: Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn set(object: &mut Object, attribute: &Attribute, value: Option<Value>) {
    match value {
        Some(value) => object.insert(attribute.name.to_owned(), value),
        None => object.remove(attribute.name),
    };
}

fn object_at<'a>(object: &'a mut Object, name: &str) -> &'a mut Object {
    let slot = object.entry(name).or_insert_with(|| Value::Object(Object::new()));
    if !slot.is_object() {
        *slot = Value::Object(Object::new());
    }
    slot.as_object_mut().expect("it was made an object")
}

/// A field of a message, whatever the case of its name.
fn field<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
