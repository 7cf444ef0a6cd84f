//! An entry as an event of the Open Cybersecurity Schema Framework, <https://schema.ocsf.io>: see `docs/audit.md`.

use innkeeper_store::AuditEntry;
use serde_json::{Value, json};

/// The version of the schema that the events are of.
const SCHEMA: &str = "1.5.0";

/// Identity & Access Management.
const CATEGORY: u64 = 3;
const ACCOUNT_CHANGE: (u64, &str) = (3001, "Account Change");
const ENTITY_MANAGEMENT: (u64, &str) = (3004, "Entity Management");
const USER_ACCESS: (u64, &str) = (3005, "User Access Management");

/// The number of an activity that the class has no name for.
const OTHER: u64 = 99;

/// The event of an entry.
pub(super) fn event(entry: &AuditEntry) -> Value {
    let (what, subject) = (entry.event.what.as_str(), &entry.event.subject);
    let operation = subject["operation"]["do"].as_str().filter(|_| what.starts_with("change."));
    let ((class, class_name), activity, activity_name) = match operation {
        Some(operation) => of_operation(operation),
        None => of_word(what),
    };
    let (status, status_name) = outcome(what);
    let mut event = json!({
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": CATEGORY,
        "category_name": "Identity & Access Management",
        "class_uid": class,
        "class_name": class_name,
        "type_uid": class * 100 + activity,
        "time": entry.event.at.as_millisecond(),
        // Informational: how grave something is, a rule of the SIEM decides.
        "severity_id": 1,
        "status_id": status,
        "status": status_name,
        "message": what,
        "actor": { "user": { "name": entry.event.who } },
        "metadata": {
            "version": SCHEMA,
            "product": { "name": "Innkeeper", "vendor_name": "Innkeeper", "version": env!("CARGO_PKG_VERSION") },
            "uid": entry.hash,
            "sequence": entry.seq,
            "log_name": "audit",
        },
        "unmapped": { "what": what, "subject": subject, "previous": entry.previous },
    });
    if class == ENTITY_MANAGEMENT.0 {
        event["entity"] = entity(what, subject);
        return event;
    }
    let account = [&subject["account"]["existing"]["id"], &subject["outcome"]["account"]].into_iter().find_map(Value::as_str);
    event["user"] = json!({ "name": subject["label"], "uid": account.or(subject["person"].as_str()) });
    if class == USER_ACCESS.0 {
        let entitlement = &subject["operation"]["entitlement"];
        let name = subject["operation"]["name"].as_str().or(entitlement["id"].as_str()).unwrap_or("unknown");
        let kind = entitlement["kind"].as_str().unwrap_or("entitlement");
        event["privileges"] = json!([format!("{kind}/{name}")]);
        event["resources"] = json!([{ "name": subject["app"], "type": "app" }]);
    }
    event
}

/// The class and the activity of an operation on an account or a grant.
fn of_operation(operation: &str) -> ((u64, &'static str), u64, String) {
    let (class, activity, name) = match operation {
        "create-account" => (ACCOUNT_CHANGE, 1, "Create"),
        "reactivate" => (ACCOUNT_CHANGE, 2, "Enable"),
        "suspend" => (ACCOUNT_CHANGE, 5, "Disable"),
        "delete-account" => (ACCOUNT_CHANGE, 6, "Delete"),
        "grant" | "assume-grant" => (USER_ACCESS, 1, "Assign Privileges"),
        "revoke" => (USER_ACCESS, 2, "Revoke Privileges"),
        other => (ACCOUNT_CHANGE, OTHER, other),
    };
    (class, activity, name.to_owned())
}

/// Everything that is not about an account: a run, a person, a connector, a secret, the log itself.
fn of_word(what: &str) -> ((u64, &'static str), u64, String) {
    let verb = what.rsplit('.').next().unwrap_or(what);
    let (activity, name) = match verb {
        "installed" | "trusted" | "started" => (1, "Create"),
        "removed" | "distrusted" | "pruned" => (4, "Delete"),
        _ => (3, "Update"),
    };
    (ENTITY_MANAGEMENT, activity, name.to_owned())
}

/// Success, failure, or neither yet.
fn outcome(what: &str) -> (u64, &'static str) {
    match what {
        "change.failed" | "change.stale" | "verify.missed" => (2, "Failure"),
        "change.postponed" | "change.skipped" | "change.manual" => (OTHER, "Other"),
        _ => (1, "Success"),
    }
}

fn entity(what: &str, subject: &Value) -> Value {
    let kind = what.split('.').next().unwrap_or(what);
    let name = ["name", "person", "plan", "run", "app"].into_iter().find_map(|member| subject[member].as_str());
    json!({ "type": kind, "name": name.unwrap_or(kind) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_store::AuditEvent;

    fn of(what: &str, subject: Value) -> Value {
        let at = "2026-11-22T09:00:00.25Z".parse().unwrap();
        let event = AuditEvent { at, who: "grace".into(), what: what.into(), subject };
        let entry = AuditEntry { seq: 7, event, previous: "0".repeat(64), hash: "a".repeat(64), body: String::new() };
        super::event(&entry)
    }

    #[test]
    fn a_change_of_an_account_a_grant_and_a_decision_become_events_of_their_classes() {
        let suspended = json!({ "app": "chat", "person": "ada", "label": "ada@acme.example", "account": { "existing": { "id": "U7" } },
            "operation": { "do": "suspend" }, "outcome": { "state": "done" } });
        let granted = json!({ "app": "chat", "person": "ada", "label": "ada@acme.example", "account": "new", "outcome": { "state": "failed" },
            "operation": { "do": "grant", "name": "Sales", "entitlement": { "kind": "group", "id": "g1" } } });
        let events = [of("change.done", suspended), of("change.failed", granted), of("secret.set", json!({ "name": "token" }))];
        insta::with_settings!({ filters => vec![(env!("CARGO_PKG_VERSION"), "VERSION")] }, {
            insta::assert_json_snapshot!(events);
        });
    }

    #[test]
    fn the_type_is_the_class_and_the_activity() {
        for (operation, class, kind) in [("create-account", 3001, 300_101), ("revoke", 3005, 300_502), ("adopt", 3001, 300_199)] {
            let event = of("change.done", json!({ "operation": { "do": operation } }));
            assert_eq!((event["class_uid"].as_u64(), event["type_uid"].as_u64()), (Some(class), Some(kind)), "{operation}");
        }
    }
}
