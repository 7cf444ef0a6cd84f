//! SCIM PATCH: any user and any edit. What the server makes of our client's PATCH is what it gets as a whole by PUT, and what was asked for.

#![no_main]

use arbitrary::Arbitrary;
use innkeeper_fuzz::directory::{Directory, dialect};
use innkeeper_fuzz::word::Word;
use innkeeper_scim::{Choice, Dialect, ENTERPRISE, ExtensionPath, OpCase, PatchPath};
use innkeeper_sdk::types::{Account, Amendment, Delta, Edit, Intent, Outcome, Scalar, Value};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

#[derive(Arbitrary, Debug)]
struct Input {
    manners: u8,
    before: Vec<(u8, Vec<Element>)>,
    edits: Vec<(u8, Change)>,
}

/// One value of a multi-valued attribute, or the value of another.
#[derive(Arbitrary, Clone, Debug)]
struct Element {
    text: Word,
    label: Option<Label>,
    primary: bool,
    display: Option<Label>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Label {
    Work,
    Home,
    Other,
    Odd,
}

#[derive(Arbitrary, Debug)]
enum Change {
    Replace(Vec<Element>),
    Clear,
    Amend { add: Vec<Element>, remove: Vec<Element> },
}

/// Names in the contract.
const SINGLE: &[&str] = &[
    "displayName",
    "title",
    "externalId",
    "locale",
    "name.givenName",
    "name.familyName",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
];
const SEVERAL: &[&str] = &["phoneNumbers", "roles", "ims", "entitlements", "addresses.locality", "addresses.country"];
/// More values are no other case.
const MOST: usize = 6;

impl Label {
    fn text(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Home => "home",
            Self::Other => "OTHER",
            Self::Odd => "a \"b\"] c\\",
        }
    }
}

fuzz_target!(|input: Input| {
    let manners = by_patch(input.manners);
    let deltas: Vec<Delta> = deltas(&input.edits).into_iter().filter(|delta| is_understood(delta, &manners)).collect();
    if deltas.is_empty() {
        return;
    }
    let user = user(&input.before);
    let patched = edited(&user, &deltas, manners);
    let put = edited(&user, &deltas, Dialect { patch: Choice::No, ..dialect() });
    let (patched, put) = match (patched, put) {
        (Ok(patched), Ok(put)) => (patched, put),
        (Err(one), Err(other)) => return assert_eq!(one, other, "{user} {deltas:?}"),
        (one, other) => panic!("by PATCH {one:?}\nby PUT {other:?}\n{user} {deltas:?}"),
    };
    assert_eq!(told(&patched), told(&put), "by PATCH and by PUT\n{user} {deltas:?}");
    for delta in &deltas {
        check(delta, &deltas, &patched);
    }
});

/// What the server does differently, by bits.
fn by_patch(manners: u8) -> Dialect {
    Dialect {
        patch_path: [PatchPath::Filtered, PatchPath::Plain, PatchPath::Value, PatchPath::Filtered][usize::from(manners & 3)],
        extension_path: if manners & 4 == 0 { ExtensionPath::Colon } else { ExtensionPath::Urn },
        patch_op: if manners & 8 == 0 { OpCase::Lower } else { OpCase::Capital },
        ..dialect()
    }
}

/// A server that wants the extension's URN apart has a form of its own for what is taken out of one; a standard server has not.
fn is_understood(delta: &Delta, manners: &Dialect) -> bool {
    let clears = match &delta.edit {
        Edit::Clear => true,
        Edit::Replace(values) => values.is_empty(),
        Edit::Amend(_) => false,
    };
    !(clears && delta.name.starts_with("urn:") && manners.extension_path == ExtensionPath::Urn)
}

/// The user after the edit, or why not. The same edit once more changes nothing.
fn edited(user: &Json, deltas: &[Delta], dialect: Dialect) -> Result<Account, String> {
    let directory = Directory::default();
    let id = directory.add("ada", user.clone());
    let intent = Intent { id: "1".to_owned(), expected_version: None, extra: Vec::new() };
    let read = || directory.call(crate::dialect(), |scim| scim.get_user(&id)).expect("a user that is there");
    let before = read();
    let outcome = directory.call(dialect.clone(), |scim| scim.update_user(&id, deltas, &intent));
    let after = read();
    match outcome {
        Ok(Outcome::Done(_)) => {}
        Ok(Outcome::Already(_)) => assert_eq!(told(&before), told(&after), "nothing was to be changed"),
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            assert_eq!(told(&before), told(&after), "refused, and changed: {error:?}");
            return Err(format!("{:?}", error.code));
        }
    }
    let again = directory.call(dialect, |scim| scim.update_user(&id, deltas, &intent));
    again.unwrap_or_else(|error| panic!("once more: {error:?}"));
    assert_eq!(told(&read()), told(&after), "the same edit once more");
    Ok(after)
}

/// All attributes with their values, in an order that means nothing.
fn told(account: &Account) -> BTreeMap<&str, Vec<String>> {
    let sorted = |values: &[Value]| {
        let mut all: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        all.sort();
        all
    };
    // What is shown for a value our client does not take out by PATCH, because on many servers it is the server's.
    let compared = |name: &str| !name.ends_with(".display");
    let known = account.attributes.iter().filter(|attribute| compared(&attribute.name) && !attribute.values.is_empty());
    known.map(|attribute| (attribute.name.as_str(), sorted(&attribute.values))).collect()
}

/// What was asked for is there.
fn check(delta: &Delta, all: &[Delta], account: &Account) {
    // Two edits of parts of the same elements can be at odds.
    let attribute = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    if all.iter().filter(|other| attribute(&other.name) == attribute(&delta.name)).count() > 1 {
        return;
    }
    let none = Vec::new();
    let there =
        account.attributes.iter().find(|attribute| attribute.name == delta.name).map_or(&none, |attribute| &attribute.values);
    let has = |value: &&Value| there.iter().any(|there| folded(there) == folded(value));
    match &delta.edit {
        Edit::Clear => assert!(there.is_empty(), "{delta:?}: {there:?}"),
        Edit::Replace(wanted) => {
            assert!(wanted.iter().all(|value| has(&value)), "{delta:?}: {there:?}");
            assert_eq!(there.len(), wanted.len(), "{delta:?}: {there:?}");
        }
        Edit::Amend(amendment) => assert!(amendment.add.iter().all(|value| has(&value)), "{delta:?}: {there:?}"),
    }
}

/// The text of a value, as it is compared.
fn folded(value: &Value) -> String {
    match &value.scalar {
        Scalar::Text(text) | Scalar::Reference(text) | Scalar::DateTime(text) => text.to_lowercase(),
        other => format!("{other:?}"),
    }
}

/// The edits, one for each attribute.
fn deltas(edits: &[(u8, Change)]) -> Vec<Delta> {
    let mut deltas: Vec<Delta> = Vec::new();
    for (choice, change) in edits.iter().take(MOST) {
        let names: Vec<&str> = SINGLE.iter().chain(SEVERAL).copied().collect();
        let name = names[usize::from(*choice) % names.len()];
        if deltas.iter().any(|delta| delta.name == name) {
            continue;
        }
        let several = SEVERAL.contains(&name);
        let edit = match change {
            Change::Clear => Edit::Clear,
            Change::Replace(elements) => Edit::Replace(values(elements, if several { MOST } else { 1 })),
            Change::Amend { add, remove } if several => {
                let add = values(add, MOST);
                let remove = remove.iter().take(MOST).map(|element| Value::text(&element.text.0)).collect();
                Edit::Amend(Amendment { add, remove })
            }
            Change::Amend { add, .. } => Edit::Replace(values(add, 1)),
        };
        deltas.push(Delta { name: name.to_owned(), edit });
    }
    deltas
}

/// Each value once, and one of them the primary one at most: what configuration can ask for.
fn values(elements: &[Element], most: usize) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for element in elements.iter().take(most) {
        let mut value = Value::text(&element.text.0);
        if values.iter().any(|known| folded(known) == folded(&value)) {
            continue;
        }
        if most > 1 {
            value.label = element.label.map(|label| label.text().to_owned());
            value.primary = element.primary && !values.iter().any(|value| value.primary);
        }
        values.push(value);
    }
    values
}

/// The user before, as the server has it.
fn user(before: &[(u8, Vec<Element>)]) -> Json {
    let mut user = Map::new();
    for (choice, elements) in before {
        let Some(first) = elements.first() else { continue };
        let text = first.text.0.as_str();
        match choice % 10 {
            0 => drop(user.insert("displayName".to_owned(), text.into())),
            1 => drop(user.insert("title".to_owned(), text.into())),
            2 => drop(user.insert("externalId".to_owned(), text.into())),
            3 => drop(user.insert("name".to_owned(), json!({ "givenName": text, "familyName": "Byron" }))),
            4 => drop(user.insert(ENTERPRISE.to_owned(), json!({ "department": text, "manager": { "value": "m1" } }))),
            5 => drop(user.insert("phoneNumbers".to_owned(), array(elements, "value"))),
            6 => drop(user.insert("roles".to_owned(), array(elements, "value"))),
            7 => drop(user.insert("ims".to_owned(), array(elements, "value"))),
            _ => drop(user.insert("addresses".to_owned(), array(elements, "locality"))),
        }
    }
    Json::Object(user)
}

fn array(elements: &[Element], part: &str) -> Json {
    let mut primary = false;
    let one = |element: &Element| {
        let mut one = Map::from_iter([(part.to_owned(), Json::from(element.text.0.as_str()))]);
        if let Some(label) = element.label {
            one.insert("type".to_owned(), label.text().into());
        }
        if element.primary && !primary {
            primary = true;
            one.insert("primary".to_owned(), true.into());
        }
        if let Some(display) = element.display {
            let other = if part == "value" { "display" } else { "country" };
            one.insert(other.to_owned(), display.text().into());
        }
        Json::Object(one)
    };
    elements.iter().take(MOST).map(one).collect()
}
