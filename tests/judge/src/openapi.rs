//! OpenAPI 3.0 and 3.1, and Swagger 2.0.

use crate::operation::{Content, Operation};
use crate::parameter::Parameter;
use crate::path::Template;
use crate::rule::Rule;
use crate::schema::{Dialect, Schemas};
use serde_json::{Map, Value, json};

const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

pub(crate) fn operations(document: &Value, wanted: &impl Fn(&str) -> bool) -> Vec<Operation> {
    let version = document["openapi"].as_str().unwrap_or_default();
    let dialect = if version.starts_with("3.1") { Dialect::Standard } else { Dialect::Nullable };
    let schemas = Schemas { dialect, document };
    let base = base(document);
    let paths = document["paths"].as_object().into_iter().flatten().filter(|(path, _)| wanted(path));
    paths
        .flat_map(|(path, item)| {
            let item = schemas.resolve(item);
            let methods = METHODS.iter().filter_map(|method| Some((method, item.get(*method)?)));
            methods.map(|(method, operation)| read(&schemas, &base, path, item, method, operation)).collect::<Vec<_>>()
        })
        .collect()
}

/// The path below which all others are: `basePath` of Swagger, the path of the first server of OpenAPI.
fn base(document: &Value) -> String {
    if let Some(base) = document["basePath"].as_str() {
        return base.trim_end_matches('/').to_owned();
    }
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |start| &rest[start..]));
    after_host.trim_end_matches('/').to_owned()
}

fn read(schemas: &Schemas<'_>, base: &str, path: &str, item: &Value, method: &str, operation: &Value) -> Operation {
    let own = operation["parameters"].as_array().into_iter().flatten();
    let common = item["parameters"].as_array().into_iter().flatten();
    let mut parameters: Vec<&Value> = own.map(|parameter| schemas.resolve(parameter)).collect();
    for parameter in common.map(|parameter| schemas.resolve(parameter)) {
        let same = |other: &&&Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        if parameters.iter().find(same).is_none() {
            parameters.push(parameter);
        }
    }
    let of = |place: &str| -> Vec<Parameter> {
        parameters.iter().filter(|parameter| parameter["in"] == place).map(|value| parameter(schemas, value)).collect()
    };
    let name = format!("{} {base}{path}", method.to_uppercase());
    Operation {
        name,
        method: method.to_owned(),
        path: Template::new(&format!("{base}{path}")),
        in_path: of("path"),
        in_query: of("query"),
        content: content(schemas, operation, &parameters),
        responses: responses(schemas, operation),
        only_success: false,
    }
}

fn parameter(schemas: &Schemas<'_>, value: &Value) -> Parameter {
    let inline = value.get("schema").is_none();
    let schema = schemas.alone(if inline { value } else { &value["schema"] });
    let schema = match schema {
        // In Swagger `required` says it of the parameter itself.
        Value::Object(mut schema) if inline => {
            schema.remove("required");
            Value::Object(schema)
        }
        schema => schema,
    };
    let resolved = schemas.resolve(&value["schema"]);
    let is_object = resolved["type"] == "object" || resolved.get("properties").is_some();
    Parameter {
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        required: value["required"] == Value::Bool(true),
        deep: value["style"] == "deepObject" || is_object,
        schema: Rule::new(schema),
    }
}

fn content(schemas: &Schemas<'_>, operation: &Value, parameters: &[&Value]) -> Content {
    if let Some(body) = operation.get("requestBody") {
        let body = schemas.resolve(body);
        let required = body["required"] == Value::Bool(true);
        return match json_of(&body["content"]) {
            Some(schema) => Content::Schema { schema: strict(schemas, schema), required },
            None => Content::Any,
        };
    }
    if let Some(body) = parameters.iter().find(|parameter| parameter["in"] == "body") {
        return Content::Schema { schema: strict(schemas, &body["schema"]), required: body["required"] == Value::Bool(true) };
    }
    let fields: Vec<&&Value> = parameters.iter().filter(|parameter| parameter["in"] == "formData").collect();
    if fields.is_empty() {
        // A query of Swagger's may travel as a form where the method has content.
        return if schemas.document.get("swagger").is_some() { Content::Any } else { Content::None };
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let field = parameter(schemas, field);
        if field.required {
            required.push(field.name.clone());
        }
        properties.insert(field.name, field.schema.schema().clone());
    }
    let schema = json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    Content::Schema { schema: Rule::new(schema), required: false }
}

/// A member that is not described is a spelling mistake, wherever the description says all the members there are.
fn strict(schemas: &Schemas<'_>, schema: &Value) -> Rule {
    let mut alone = schemas.alone(schema);
    let described = schemas.resolve(schema);
    let open = described.get("additionalProperties").is_some() || described.get("properties").is_none();
    if let (false, Some(alone)) = (open, alone.as_object_mut()) {
        alone.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    Rule::new(alone)
}

fn responses(schemas: &Schemas<'_>, operation: &Value) -> Vec<(String, Option<Rule>)> {
    let all = operation["responses"].as_object().into_iter().flatten();
    all.map(|(status, response)| {
        let response = schemas.resolve(response);
        let schema = response.get("schema").or_else(|| json_of(&response["content"]));
        (status.clone(), schema.map(|schema| Rule::new(schemas.alone(schema))))
    })
    .collect()
}

/// The schema of the JSON among the contents: `application/json`, `application/scim+json` and their like.
fn json_of(content: &Value) -> Option<&Value> {
    let mut all = content.as_object()?.iter();
    let (_, content) = all.find(|(kind, _)| kind.contains("json"))?;
    content.get("schema")
}
