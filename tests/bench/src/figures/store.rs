//! What is remembered: `store_size_per_million_grants`, the whole store of a company whose accounts hold a million grants, and
//! `audit_verify_per_second`, how fast the chain of the audit log is walked.

use std::path::Path;

use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppName, AppSnapshot, AttributeName, Attributes, Completeness, Description, Entitlement,
    EntitlementKey, Grant, Holder, Snapshot, Value,
};
use innkeeper_store::{AuditEvent, SqliteStore, Store};
use jiff::{Timestamp, ToSpan as _};

use crate::company::{Company, Group};
use crate::{Failure, Measured, Setting};

const APPS: usize = 10;
/// Of the company's four groups that everybody is in, three are on each app: 33,334 people on ten apps hold a million.
const PEOPLE: usize = 33_334;
/// Entries of the audit log.
const ENTRIES: usize = 20_000;
const WALKS: usize = 5;

/// Measures.
///
/// # Errors
/// When the store fails.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::of("a temporary folder"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::of("tokio"))?;
    runtime.block_on(async {
        let size = size(setting, &folder.path().join("size")).await?;
        let walks = walks(&folder.path().join("audit.db")).await?;
        Ok(vec![
            Measured::new("store_size_per_million_grants", "MiB", vec![size]),
            Measured::new("audit_verify_per_second", "/s", walks),
        ])
    })
}

async fn size(setting: &Setting, folder: &Path) -> Result<f64, Failure> {
    std::fs::create_dir(folder).map_err(Failure::of("a folder"))?;
    let company = Company::of(PEOPLE, setting.seed);
    let mut groups = company.groups();
    groups.retain(|group| group.rule.as_ref().is_none_or(|(attribute, _)| *attribute != "costCenter"));
    let store = SqliteStore::open(folder.join("store.db")).map_err(Failure::of("the store"))?;
    let mut grants = 0;
    for number in 0..APPS {
        let snapshot = snapshot(&company, &groups, number);
        grants += snapshot.grants.content.len();
        store.save_app(&AppName::new(format!("app{number}")), &snapshot).await.map_err(Failure::of("the store"))?;
    }
    drop(store);
    let files = std::fs::read_dir(folder).map_err(Failure::of("a folder"))?;
    let bytes: u64 = files.filter_map(|file| file.ok()?.metadata().ok()).map(|file| file.len()).sum();
    Ok(bytes as f64 / (1 << 20) as f64 / grants as f64 * 1e6)
}

fn snapshot(company: &Company, groups: &[Group], app: usize) -> AppSnapshot {
    let taken = Timestamp::UNIX_EPOCH + 490_000.hours();
    let id = |member: usize| AccountId::new(format!("{app:02}0c1d2e-0000-4000-8000-{member:012}"));
    let account = |(number, person): (usize, &crate::company::Employee)| Account {
        id: id(number),
        unique_name: person.user_name.as_str().into(),
        status: if person.works_here() { AccountStatus::Active } else { AccountStatus::Suspended },
        attributes: person.attributes(company).into_iter().map(attribute).collect::<Attributes>(),
        version: Some(format!("W/\"{number}\"").into()),
        invitation: None,
    };
    let key = |number: usize| EntitlementKey { kind: "group".into(), id: format!("{number}").into() };
    let entitlement = |(number, group): (usize, &Group)| Entitlement {
        key: key(number),
        name: group.name.clone(),
        description: None,
        assignable: true,
        parent: None,
        seats: None,
    };
    let of = |(number, group): (usize, &Group)| {
        let held = |member: &usize| Grant { entitlement: key(number), holder: Holder::Account(id(*member)) };
        group.members.iter().map(held).collect::<Vec<_>>()
    };
    AppSnapshot {
        description: Description {
            accounts: Vec::new(),
            unique_name: AttributeName::new("userName"),
            searchable: Vec::new(),
            entitlement_kinds: Vec::new(),
            grant_scopes: Default::default(),
            suspend: None,
            delete: None,
            quirks: Default::default(),
        },
        accounts: complete(taken, company.employees.iter().enumerate().map(account).collect()),
        entitlements: complete(taken, groups.iter().enumerate().map(entitlement).collect()),
        grants: complete(taken, groups.iter().enumerate().flat_map(of).collect()),
    }
}

fn complete<T>(taken: Timestamp, content: T) -> Snapshot<T> {
    Snapshot { taken, completeness: Completeness::Complete, content }
}

fn attribute((name, value): (&'static str, String)) -> (AttributeName, Vec<Value>) {
    let values = if value.is_empty() { Vec::new() } else { vec![Value::plain(value)] };
    (AttributeName::new(name), values)
}

async fn walks(path: &Path) -> Result<Vec<f64>, Failure> {
    let store = SqliteStore::open(path).map_err(Failure::of("the store"))?;
    let company = Company::of(ENTRIES, 1);
    for (number, person) in company.employees.iter().enumerate() {
        let subject = serde_json::json!({
            "run": "019a0000-0000-7000-8000-000000000000",
            "change": number,
            "app": "directory",
            "person": person.employee_number,
            "label": person.display_name,
            "operation": { "do": "grant", "kind": "group", "name": person.department },
            "reasons": [{ "kind": "role", "role": "department", "because": "person.department" }],
            "outcome": { "state": "done" },
            "attempts": 1,
        });
        let event =
            AuditEvent { at: Timestamp::UNIX_EPOCH + 490_000.hours(), who: "admin".into(), what: "change.done".into(), subject };
        store.append_audit(&event).await.map_err(Failure::of("the audit log"))?;
    }
    let mut walks = Vec::new();
    for _ in 0..WALKS {
        let start = std::time::Instant::now();
        let verdict = store.verify_audit().await.map_err(Failure::of("the audit log"))?;
        let taken = start.elapsed();
        if verdict.entries < ENTRIES as u64 || verdict.broken.is_some() {
            return Err(Failure::new("the audit log", "it is not whole"));
        }
        walks.push(ENTRIES as f64 / taken.as_secs_f64());
    }
    Ok(walks)
}
