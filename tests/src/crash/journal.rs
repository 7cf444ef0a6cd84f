//! What the system saw, judged: every write there once, and none repeated without a look in between.

use std::collections::BTreeMap;

use innkeeper_fakes::scim::Seen;
use serde_json::Value;

/// Who has which id, and the other way round.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Of users as the server shows them.
    pub(super) fn of(users: &[Value]) -> Self {
        let text = |user: &Value, member: &str| user[member].as_str().unwrap_or_default().to_owned();
        Self(users.iter().map(|user| (text(user, "id"), text(user, "userName"))).collect())
    }

    fn name(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| format!("the unknown {id}"))
    }
}

/// What a request was to change, in words that a plan uses, too; empty for one that only reads.
fn writes(seen: &Seen, names: &Names) -> Vec<String> {
    let path: Vec<&str> = seen.path.split('/').filter(|part| !part.is_empty()).collect();
    let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
    match (seen.method.as_str(), path.as_slice()) {
        ("GET", _) | ("POST", [.., ".search"]) => Vec::new(),
        ("POST", ["Users"]) => vec![format!("create-account {}", body["userName"].as_str().unwrap_or("?"))],
        ("PATCH", ["Users", id]) => {
            let closes = operations(&body).any(|operation| operation.to_string().contains("\"active\""));
            vec![format!("{} {}", if closes { "suspend" } else { "update-account" }, names.name(id))]
        }
        ("PATCH", ["Groups", group]) => operations(&body).flat_map(|operation| memberships(operation, group, names)).collect(),
        (method, _) => vec![format!("{method} {}", seen.path)],
    }
}

fn operations(body: &Value) -> impl Iterator<Item = &Value> {
    body["Operations"].as_array().into_iter().flatten()
}

/// Who is put into a group, and who is taken out.
fn memberships(operation: &Value, group: &str, names: &Names) -> Vec<String> {
    let path = operation["path"].as_str().unwrap_or_default();
    let verb = match operation["op"].as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
        "add" => "grant",
        "remove" => "revoke",
        other => return vec![format!("{other} {path} of {group}")],
    };
    // `members[value eq "7"]` names one; a list in the value names several.
    let filtered = path.split('"').nth(1).map(str::to_owned);
    let listed = operation["value"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str());
    let members = listed.map(str::to_owned).chain(filtered);
    members.map(|id| format!("{verb} {group} {}", names.name(&id))).collect()
}

/// Whether a read shows what became of a write.
fn shows(read: &Seen, write: &str, written: &Seen) -> bool {
    if read.method != "GET" || read.outcome.is_none_or(|status| status >= 500) {
        return false;
    }
    let folder = written.path.split('/').nth(1).unwrap_or_default();
    let query = form_urlencoded::parse(read.query.as_bytes()).find(|(key, _)| key == "filter").map(|(_, value)| value);
    let mut parts = read.path.split('/').filter(|part| !part.is_empty());
    match (parts.next() == Some(folder), parts.next(), query) {
        (false, ..) => false,
        // The resource itself.
        (true, Some(id), _) => written.path.split('/').nth(2) == Some(id),
        // The whole listing.
        (true, None, None) => true,
        // A search: for the name, or for the group.
        (true, None, Some(filter)) => {
            write.split(' ').skip(1).any(|word| filter.contains(word)) || filter.contains("members.value")
        }
    }
}

/// Every write that went out again although nobody had looked what became of it.
pub(super) fn blind(journal: &[Seen], names: &Names) -> Vec<String> {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, seen) in journal.iter().enumerate() {
        for write in writes(seen, names) {
            if let Some(before) = last.insert(write.clone(), at) {
                let between = &journal[before + 1..at];
                if !between.iter().any(|read| shows(read, &write, &journal[before])) {
                    faults.push(format!(
                        "`{write}` was sent as request {before} and again as {at}, and nothing was read in between"
                    ));
                }
            }
        }
    }
    faults
}

/// How often each write was carried out.
pub(super) fn carried_out(journal: &[Seen], names: &Names) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for seen in journal.iter().filter(|seen| seen.outcome.is_some_and(|status| (200..300).contains(&status))) {
        for write in writes(seen, names) {
            *counts.entry(write).or_insert(0) += 1;
        }
    }
    counts
}

/// Every write that was expected and did not arrive exactly once, and every one that nobody expected.
pub(super) fn not_once(counts: &BTreeMap<String, usize>, expected: &std::collections::BTreeSet<String>) -> Vec<String> {
    let missing = expected.iter().filter(|write| !counts.contains_key(*write)).map(|write| format!("`{write}` never arrived"));
    let wrong = counts.iter().filter_map(|(write, times)| match (expected.contains(write), times) {
        (true, 1) => None,
        (true, _) => Some(format!("`{write}` arrived {times} times")),
        (false, _) => Some(format!("`{write}` arrived, and no plan had it")),
    });
    missing.chain(wrong).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn seen(method: &str, path: &str, query: &str, body: &Value, outcome: Option<u16>) -> Seen {
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
        Seen { method, path, query, body: body.to_string(), status: 0, outcome }
    }

    fn create(name: &str, outcome: Option<u16>) -> Seen {
        seen("POST", "/Users", "", &json!({ "userName": name }), outcome)
    }

    fn join(id: &str) -> Seen {
        let body = json!({ "Operations": [{ "op": "add", "path": "members", "value": [{ "value": id }] }] });
        seen("PATCH", "/Groups/g", "", &body, Some(204))
    }

    fn read(path: &str, query: &str) -> Seen {
        seen("GET", path, query, &Value::Null, Some(200))
    }

    fn names() -> Names {
        Names::of(&[json!({ "id": "7", "userName": "ada" }), json!({ "id": "8", "userName": "grace" })])
    }

    #[test]
    fn a_create_that_is_repeated_blindly_is_found_and_one_that_was_looked_for_is_not() {
        let look = read("/Users", "filter=userName+eq+%22ada%22");
        let other = read("/Users", "filter=userName+eq+%22grace%22");
        assert_eq!(blind(&[create("ada", None), look, create("ada", Some(201))], &names()), Vec::<String>::new());
        assert_eq!(blind(&[create("ada", None), other, create("ada", Some(201))], &names()).len(), 1);
        assert_eq!(blind(&[create("ada", Some(201)), create("grace", Some(201))], &names()), Vec::<String>::new());
    }

    #[test]
    fn a_membership_that_is_repeated_blindly_is_found() {
        assert_eq!(blind(&[join("7"), join("8"), join("7")], &names()).len(), 1);
        assert_eq!(blind(&[join("7"), read("/Groups/g", ""), join("7")], &names()), Vec::<String>::new());
        assert_eq!(blind(&[join("7"), read("/Groups/h", ""), join("7")], &names()).len(), 1);
    }

    #[test]
    fn what_arrived_twice_or_never_or_unasked_is_found() {
        let journal =
            [create("ada", Some(201)), create("ada", Some(201)), create("eve", Some(201)), create("lin", None), join("8")];
        let expected: BTreeSet<String> = ["create-account ada", "create-account lin", "grant g grace"].map(str::to_owned).into();
        assert_eq!(
            not_once(&carried_out(&journal, &names()), &expected),
            [
                "`create-account lin` never arrived",
                "`create-account ada` arrived 2 times",
                "`create-account eve` arrived, and no plan had it"
            ]
        );
    }

    #[test]
    fn closing_and_leaving_a_group_are_told_apart() {
        let body = json!({ "Operations": [{ "op": "replace", "value": { "active": false } }] });
        let close = seen("PATCH", "/Users/7", "", &body, Some(204));
        let body = json!({ "Operations": [{ "op": "remove", "path": "members[value eq \"7\"]" }] });
        let leave = seen("PATCH", "/Groups/g", "", &body, Some(204));
        let counts = carried_out(&[close, leave], &names());
        assert_eq!(counts.keys().collect::<Vec<_>>(), ["revoke g ada", "suspend ada"]);
    }
}
