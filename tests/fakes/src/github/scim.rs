//! SCIM of an enterprise: our SCIM service with GitHub's manners.

use serde_json::{Value, json};

use super::GitHub;
use super::refusal::Refusal;
use crate::scim::{Embedded, PatchSupport, Quirks, Reply};
use crate::web::{Answer, Request};

/// How many entries a page has where the request does not say.
const PAGE: usize = 30;

pub(super) fn service(base: &str, enterprise: &str) -> Embedded {
    let quirks = Quirks { patch: PatchSupport::Body, page_cap: 100, etags: false, no_discovery: true, ..Quirks::default() };
    Embedded::new(format!("{base}/scim/v2/enterprises/{enterprise}"), quirks)
}

fn refused(status: u16, scim_type: Option<&str>, detail: &str) -> Answer {
    let mut body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status, "detail": detail });
    if let Some(scim_type) = scim_type {
        body["scimType"] = scim_type.into();
    }
    Answer::of(status, "application/scim+json", body.to_string())
}

impl GitHub {
    /// A request below `/scim/v2/enterprises/{enterprise}`; the path is what is below that.
    pub(super) fn scim_request(&mut self, request: &Request, path: &[&str]) -> Answer {
        let kind = match path {
            [kind @ ("Users" | "Groups"), ..] if path.len() <= 2 => *kind,
            _ => return Refusal::not_found().into(),
        };
        let mut body = match request.body.is_empty() {
            true => None,
            false => match request.json() {
                Some(body) => Some(body),
                None => return refused(400, Some("invalidSyntax"), "The body is not JSON."),
            },
        };
        if let Some(body) = &mut body {
            let wrong = match request.method.as_str() {
                "POST" | "PUT" => incomplete(kind, body),
                "PATCH" => {
                    tame(body);
                    None
                }
                _ => None,
            };
            if let Some(wrong) = wrong {
                return refused(400, Some("invalidValue"), &wrong);
            }
        }
        let query = match (request.method.as_str(), path.len()) {
            ("GET", 1) => match listing(request, kind) {
                Ok(query) => query,
                Err(wrong) => return refused(400, Some("invalidFilter"), &wrong),
            },
            _ => request.query.clone(),
        };
        if let Some(body) = &body
            && self.externally_taken(kind, path.get(1).copied(), body)
        {
            return refused(409, Some("uniqueness"), "externalId is taken.");
        }
        let path = format!("/{}", path.join("/"));
        shown(self.scim.answer(&request.method, &path, &query, body.as_ref()))
    }

    /// An `externalId` is one person's or one group's.
    fn externally_taken(&mut self, kind: &str, id: Option<&str>, body: &Value) -> bool {
        let Some(external) = body.get("externalId").and_then(Value::as_str) else { return false };
        let filter = format!("externalId eq {}", Value::from(external));
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("filter", &filter).finish();
        let found = self.scim.answer("GET", &format!("/{kind}"), &query, None);
        let resources = found.body.as_ref().and_then(|body| body["Resources"].as_array());
        resources.into_iter().flatten().any(|resource| resource["id"].as_str() != id)
    }

    /// The users of the enterprise, as SCIM shows them.
    pub fn scim_users(&mut self) -> Vec<Value> {
        self.scim_all("/Users")
    }

    /// The groups of the enterprise, as SCIM shows them.
    pub fn scim_groups(&mut self) -> Vec<Value> {
        self.scim_all("/Groups")
    }

    fn scim_all(&mut self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let reply = self.scim.answer("GET", path, &format!("startIndex={}", all.len() + 1), None);
            let page = reply.body.map(|mut body| body["Resources"].take());
            match page {
                Some(Value::Array(page)) if !page.is_empty() => all.extend(page),
                _ => return all,
            }
        }
    }
}

/// What a body lacks of what GitHub requires, and that it is in one form with ours: members carry `displayName` here.
fn incomplete(kind: &str, body: &mut Value) -> Option<String> {
    let required: &[&str] = match kind {
        "Users" => &["schemas", "externalId", "active", "userName", "displayName", "emails"],
        _ => &["schemas", "externalId", "displayName"],
    };
    if let Some(name) = required.iter().find(|name| body.get(**name).is_none_or(Value::is_null)) {
        return Some(format!("{name} is required."));
    }
    if kind == "Users" && body["emails"].as_array().is_none_or(Vec::is_empty) {
        return Some("emails is required.".to_owned());
    }
    for member in body.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
        rename(member);
    }
    None
}

fn rename(member: &mut Value) {
    if let Value::Object(member) = member
        && let Some(name) = member.remove("displayName")
    {
        member.insert("display".to_owned(), name);
    }
}

/// Operations whose path has a filter are without effect.
fn tame(body: &mut Value) {
    let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut) else { return };
    let filtered = |operation: &Value| {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        // A member that goes is named by a filter everywhere; that form has an effect.
        path.contains('[') && !path.to_ascii_lowercase().starts_with("members[")
    };
    operations.retain(|operation| !filtered(operation));
    for operation in operations.iter_mut() {
        for member in operation.get_mut("value").and_then(Value::as_array_mut).into_iter().flatten() {
            rename(member);
        }
    }
    if operations.is_empty() {
        operations.push(json!({ "op": "replace", "value": {} }));
    }
}

/// The query of a listing: one comparison of one of a few attributes, and thirty entries.
fn listing(request: &Request, kind: &str) -> Result<String, String> {
    let mut query = form_urlencoded::Serializer::new(request.query.clone());
    if let Some(filter) = request.parameter("filter") {
        let allowed: &[&str] =
            if kind == "Users" { &["userName", "externalId", "id", "displayName"] } else { &["externalId", "id", "displayName"] };
        let mut words = filter.splitn(3, ' ');
        let (name, operator, value) =
            (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let quoted = value.len() >= 2
            && (value.starts_with('"') && value.ends_with('"') || value.starts_with('\'') && value.ends_with('\''));
        if !allowed.iter().any(|known| known.eq_ignore_ascii_case(name)) || !operator.eq_ignore_ascii_case("eq") || !quoted {
            return Err(format!("The filter `{filter}` is not supported."));
        }
        // Both kinds of quotes are in the documented examples.
        let inner = value[1..value.len() - 1].replace("\\\"", "\"");
        let others = form_urlencoded::parse(request.query.as_bytes()).filter(|(key, _)| key != "filter");
        let mut clean = form_urlencoded::Serializer::new(String::new());
        clean.extend_pairs(others).append_pair("filter", &format!("{name} eq {}", Value::from(inner)));
        query = form_urlencoded::Serializer::new(clean.finish());
    }
    if request.parameter("count").is_none() {
        query.append_pair("count", &PAGE.to_string());
    }
    Ok(query.finish())
}

fn shown(reply: Reply) -> Answer {
    let Some(mut body) = reply.body else { return Answer::empty(reply.status) };
    match reply.status {
        404 => return Refusal::not_found().into(),
        status if status >= 400 => {
            return refused(status, body["scimType"].as_str(), body["detail"].as_str().unwrap_or_default());
        }
        _ => {}
    }
    if let Some(resources) = body.get_mut("Resources").and_then(Value::as_array_mut) {
        resources.iter_mut().for_each(complete);
    } else {
        complete(&mut body);
    }
    let answer = Answer::of(reply.status, "application/scim+json", body.to_string());
    match reply.location {
        Some(location) if reply.status == 201 => answer.header("location", location),
        _ => answer,
    }
}

/// What GitHub always says: of users, that they have addresses and whether they are active; of members, where they are.
fn complete(resource: &mut Value) {
    let user = resource["meta"]["resourceType"] == "User";
    let base =
        resource["meta"]["location"].as_str().and_then(|location| location.rsplitn(3, '/').nth(2)).unwrap_or_default().to_owned();
    let Value::Object(resource) = resource else { return };
    if user {
        resource.entry("active").or_insert(Value::Bool(true));
        resource.entry("emails").or_insert_with(|| json!([]));
        return;
    }
    for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(id) = member["value"].as_str() {
            member["$ref"] = format!("{base}/Users/{id}").into();
        }
    }
}
