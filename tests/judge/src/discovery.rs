//! Google's Discovery documents.

use crate::operation::{Content, Operation};
use crate::parameter::Parameter;
use crate::path::Template;
use crate::rule::Rule;
use crate::schema::{Dialect, Schemas};
use serde_json::{Value, json};

pub(crate) fn operations(document: &Value, wanted: &impl Fn(&str) -> bool) -> Vec<Operation> {
    let schemas = Schemas { dialect: Dialect::Discovery, document };
    let mut operations = Vec::new();
    resource(&schemas, document, wanted, &mut operations);
    operations
}

fn resource(schemas: &Schemas<'_>, resource: &Value, wanted: &impl Fn(&str) -> bool, operations: &mut Vec<Operation>) {
    for method in resource["methods"].as_object().into_iter().flat_map(serde_json::Map::values) {
        operations.extend(operation(schemas, method).filter(|_| wanted(method["path"].as_str().unwrap_or_default())));
    }
    for inner in resource["resources"].as_object().into_iter().flat_map(serde_json::Map::values) {
        self::resource(schemas, inner, wanted, operations);
    }
}

fn operation(schemas: &Schemas<'_>, method: &Value) -> Option<Operation> {
    let service = schemas.document["servicePath"].as_str().unwrap_or_default();
    let path = format!("/{service}{}", plain(method["path"].as_str()?, method["flatPath"].as_str()));
    let verb = method["httpMethod"].as_str()?.to_owned();
    let own = method["parameters"].as_object().into_iter().flatten();
    let common = schemas.document["parameters"].as_object().into_iter().flatten();
    let all: Vec<(bool, Parameter)> = own.chain(common).map(|(name, value)| parameter(schemas, name, value)).collect();
    let of = |in_path| all.iter().filter(|(place, _)| *place == in_path).map(|(_, parameter)| parameter.clone()).collect();
    let content = match method.get("request") {
        Some(request) => {
            let mut schema = schemas.alone(request);
            strict(schemas, request, &mut schema);
            Content::Schema { schema: Rule::new(schema), required: true }
        }
        None => Content::None,
    };
    let response = method.get("response").map(|response| Rule::new(schemas.alone(response)));
    Some(Operation {
        name: format!("{verb} {path}"),
        method: verb,
        path: Template::new(&path),
        in_path: of(true),
        in_query: of(false),
        content,
        responses: vec![("2XX".to_owned(), response)],
        only_success: true,
    })
}

/// The path whose placeholders are segments. `{+name}` can stand for several, as in `customers/1/printers/2`; then the flat path says
/// which, and a path of that form is no other operation's.
fn plain<'m>(path: &'m str, flat: Option<&'m str>) -> &'m str {
    let segments = |path: &str| path.split('/').count();
    flat.filter(|flat| path.contains("{+") && segments(flat) != segments(path)).unwrap_or(path)
}

/// A member that is not described is a spelling mistake: Google drops it without a word.
fn strict(schemas: &Schemas<'_>, request: &Value, schema: &mut Value) {
    let names = schemas.resolve(request)["properties"].as_object().map(|members| members.keys().cloned().collect::<Vec<_>>());
    if let (Some(names), Some(schema)) = (names, schema.as_object_mut()) {
        schema.insert("propertyNames".to_owned(), json!({ "enum": names }));
    }
}

fn parameter(schemas: &Schemas<'_>, name: &str, value: &Value) -> (bool, Parameter) {
    let mut schema = schemas.alone(value);
    // The minimum and maximum of a parameter are texts there.
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("pattern");
        for bound in ["minimum", "maximum"] {
            if let Some(number) = value[bound].as_str().and_then(|text| text.parse::<i64>().ok()) {
                schema.insert(bound.to_owned(), number.into());
            }
        }
    }
    if value["repeated"] == Value::Bool(true) {
        schema = json!({ "type": "array", "items": schema });
    }
    let required = value["required"] == Value::Bool(true);
    (value["location"] == "path", Parameter { name: name.to_owned(), required, schema: Rule::new(schema), deep: false })
}
