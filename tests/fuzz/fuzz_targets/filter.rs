//! SCIM filters: any value of any attribute. What our client writes the server's parser reads back as that attribute and that value, and as
//! nothing else.

#![no_main]

use arbitrary::Arbitrary;
use innkeeper_fuzz::directory::{Directory, dialect};
use innkeeper_fuzz::word::Word;
use innkeeper_scim::ENTERPRISE;
use innkeeper_sdk::testing::{Body, Request, Response, Transport};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

/// Somebody who is looked for, and somebody else.
#[derive(Arbitrary, Debug)]
struct Input {
    attribute: u8,
    wanted: Word,
    other: Word,
}

/// By the contract's name: how a user looks that has a value, and whether case matters.
const ATTRIBUTES: &[(&str, fn(&str) -> Value, bool)] = &[
    ("displayName", |value| json!({ "displayName": value }), false),
    ("title", |value| json!({ "title": value }), false),
    ("externalId", |value| json!({ "externalId": value }), true),
    ("userType", |value| json!({ "userType": value }), false),
    ("name.familyName", |value| json!({ "name": { "familyName": value } }), false),
    ("phoneNumbers", |value| json!({ "phoneNumbers": [{ "value": BESIDE }, { "value": value, "type": "work" }] }), false),
    ("roles.display", |value| json!({ "roles": [{ "value": BESIDE, "display": value }] }), false),
    ("addresses.locality", |value| json!({ "addresses": [{ "locality": value }] }), false),
    (DEPARTMENT, |value| json!({ (ENTERPRISE): { "department": value } }), false),
    (MANAGER, |value| json!({ (ENTERPRISE): { "manager": { "value": value } } }), false),
];
/// What everybody has beside it.
const BESIDE: &str = "1";
const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

fuzz_target!(|input: Input| {
    let (attribute, user, exact) = ATTRIBUTES[usize::from(input.attribute) % ATTRIBUTES.len()];
    let (wanted, other) = (input.wanted.0.as_str(), input.other.0.as_str());
    if wanted == BESIDE {
        return;
    }
    let directory = Directory::default();
    let (ada, grace) = (directory.add("ada", user(wanted)), directory.add("grace", user(other)));
    let same = wanted == other || (!exact && wanted.to_lowercase() == other.to_lowercase());

    let seen = Seen::default();
    let found = directory.call_through(Listener { transport: directory.transport(), seen: seen.clone() }, dialect(), |scim| {
        scim.find_users(attribute, wanted).unwrap_or_else(|error| panic!("{attribute} {wanted:?}: {error:?}"))
    });

    // Judged by what the server answers: our client would sort out afterwards whom a wrong filter gave.
    let seen = seen.borrow();
    let [(filter, status, ids)] = seen.as_slice() else { panic!("asked more than once: {seen:?}") };
    let filter = filter.as_deref().unwrap_or_else(|| panic!("asked for everybody: {seen:?}"));
    assert_eq!(*status, 200, "{filter}");
    assert!(ids.contains(&ada), "{filter} does not find {wanted:?}");
    assert_eq!(ids.contains(&grace), same, "{filter} with {other:?}");
    let found: Vec<&str> = found.iter().map(|account| account.id.as_str()).collect();
    assert!(found.contains(&ada.as_str()), "{filter}: the client does not know {wanted:?} again");
    assert_eq!(found.contains(&grace.as_str()), same, "{filter} with {other:?}");
});

/// The filter of each request, with the status and the ids of its answer.
type Seen = Rc<RefCell<Vec<(Option<String>, u16, Vec<String>)>>>;

struct Listener<T> {
    transport: T,
    seen: Seen,
}

impl<T: Transport> Transport for Listener<T> {
    fn send(&mut self, request: &Request) -> Result<Response, innkeeper_sdk::testing::HttpError> {
        let response = self.transport.send(request)?;
        let filter = request.query.iter().find(|field| field.name == "filter").map(|field| field.value.clone());
        let body: Value = match &response.body {
            Body::Text(text) => serde_json::from_str(text).unwrap_or_default(),
            Body::Bytes(_) => Value::Null,
        };
        let users = body["Resources"].as_array().into_iter().flatten();
        let ids = users.filter_map(|user| user["id"].as_str()).map(str::to_owned).collect();
        self.seen.borrow_mut().push((filter, response.status, ids));
        Ok(response)
    }
}
