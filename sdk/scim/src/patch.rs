//! PATCH (RFC 7644, section 3.5.2).

use crate::Scim;
use crate::array::{Op, difference};
use crate::dialect::{Dialect, ExtensionPath, PatchPath};
use crate::edit;
use crate::flatten;
use crate::resource::{Object, Resource, member};
use crate::standard;
use crate::write::{Change, Write};
use serde_json::{Map, Value as Json, json};

/// Whether the operations depend on what is there now: then it has to be read first.
pub(crate) fn needs_current(writes: &[Write]) -> bool {
    writes.iter().any(|write| edit::has_elements(&write.target) || matches!(write.edit, Change::Amend(_)))
}

/// The operations for these writes. With the resource as it is now they say only what is different.
pub(crate) fn operations(writes: &[Write], current: Option<&Resource>, dialect: &Dialect) -> Vec<Op> {
    let Some(current) = current else {
        return writes.iter().map(|write| operation(write, &write.edit.values(&[], &write.target))).collect();
    };
    let mut object = current.object.clone();
    let mut arrays: Vec<(&Write, Vec<Object>)> = Vec::new();
    let mut ops = Vec::new();
    for write in writes {
        let before = flatten::values(&object, &write.target);
        let after = write.edit.values(&before, &write.target);
        if edit::has_elements(&write.target) {
            // Several writes may be about one array: `addresses.locality` and `addresses.country`.
            if !arrays.iter().any(|(other, _)| other.target.definition == write.target.definition) {
                arrays.push((write, elements(&object, write)));
            }
        } else if !same_values(&before, &after, write) {
            ops.push(operation(write, &after));
        }
        edit::set(&mut object, &write.target, &after);
    }
    for (write, before) in arrays {
        let selects = dialect.patch_path != PatchPath::Plain;
        ops.extend(difference(&write.target.definition.path(), &before, &elements(&object, write), selects));
    }
    ops
}

fn same_values(before: &[innkeeper_sdk::types::Value], after: &[innkeeper_sdk::types::Value], write: &Write) -> bool {
    before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|(one, other)| crate::write::same(&one.scalar, &other.scalar, &write.target) && one.scalar == other.scalar)
}

fn elements(object: &Object, write: &Write) -> Vec<Object> {
    let definition = &write.target.definition;
    let container = match &definition.extension {
        Some(urn) => member(object, urn).and_then(Json::as_object),
        None => Some(object),
    };
    let array = container.and_then(|container| member(container, &definition.name)).and_then(Json::as_array);
    array.into_iter().flatten().filter_map(Json::as_object).cloned().collect()
}

/// The operation that gives one attribute these values, whatever it has.
fn operation(write: &Write, values: &[innkeeper_sdk::types::Value]) -> Op {
    let target = &write.target;
    let attribute = target.definition.path();
    let mut scratch = Object::new();
    edit::set(&mut scratch, target, values);
    let container = match &target.definition.extension {
        Some(urn) => scratch.get(urn).and_then(Json::as_object),
        None => Some(&scratch),
    };
    let node = container.and_then(|container| container.get(&target.definition.name));
    match (&target.part, node) {
        // A part that is not `value` is edited by itself: the other parts stay.
        (Some(part), node) if !part.eq_ignore_ascii_case("value") && !target.definition.multi_valued => {
            let path = format!("{attribute}.{part}");
            match node.and_then(Json::as_object).and_then(|node| node.get(part)) {
                Some(value) => Op::Replace { path, value: value.clone() },
                None => Op::Remove { path },
            }
        }
        (_, Some(value)) => Op::Replace { path: attribute, value: value.clone() },
        (_, None) => Op::Remove { path: attribute },
    }
}

impl Scim {
    /// The body of a PATCH with these operations, in the way this server wants them.
    pub(crate) fn patch_body(&self, ops: &[Op]) -> Json {
        let name = |op: &str| self.dialect.op(op);
        let by_value = self.dialect.patch_path == PatchPath::Value;
        let mut operations = Vec::new();
        let mut together = Object::new();
        let mut extensions: Vec<(&str, Object)> = Vec::new();
        for op in ops {
            match (op, self.extension_of(op)) {
                (Op::Replace { value, .. }, Some((urn, path))) if !by_value => {
                    let place = extensions.iter().position(|(known, _)| *known == urn).unwrap_or_else(|| {
                        extensions.push((urn, Object::new()));
                        extensions.len() - 1
                    });
                    nest(&mut extensions[place].1, path, value);
                }
                (Op::Remove { .. }, Some((urn, path))) => {
                    operations.push(json!({ "op": name("remove"), "path": format!("{urn}.{path}") }));
                }
                (Op::Replace { path, value }, _) if by_value && !path.contains('[') => nest(&mut together, path, value),
                (Op::Replace { path, value }, _) => {
                    operations.push(json!({ "op": name("replace"), "path": path, "value": value }));
                }
                (Op::Add { path, value }, _) => operations.push(json!({ "op": name("add"), "path": path, "value": value })),
                (Op::Remove { path }, _) => operations.push(json!({ "op": name("remove"), "path": path })),
            }
        }
        for (urn, value) in extensions {
            operations.push(json!({ "op": name("add"), "path": urn, "value": value }));
        }
        if !together.is_empty() {
            operations.push(json!({ "op": name("replace"), "value": together }));
        }
        json!({ "schemas": [standard::PATCH], "Operations": operations })
    }

    /// The URN and the rest of the path, where this server wants to hear them apart.
    fn extension_of<'a>(&self, op: &'a Op) -> Option<(&'a str, &'a str)> {
        let (Op::Add { path, .. } | Op::Replace { path, .. } | Op::Remove { path }) = op;
        let apart = self.dialect.extension_path == ExtensionPath::Urn && !path.contains('[');
        path.rsplit_once(':').filter(|_| apart)
    }
}

/// Puts a value where a path says, for servers that take no path.
fn nest(root: &mut Object, path: &str, value: &Json) {
    let (urn, path) = match path.rsplit_once(':') {
        Some((urn, path)) => (Some(urn), path),
        None => (None, path),
    };
    let mut place = root;
    let mut keys: Vec<&str> = urn.into_iter().chain(path.split('.')).collect();
    let last = keys.pop().unwrap_or(path);
    for key in keys {
        let inner = place.entry(key).or_insert_with(|| Json::Object(Map::new()));
        if !inner.is_object() {
            *inner = Json::Object(Map::new());
        }
        let Json::Object(inner) = inner else { return };
        place = inner;
    }
    place.insert(last.to_owned(), value.clone());
}
