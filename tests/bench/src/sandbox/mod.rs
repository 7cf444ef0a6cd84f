//! One connector, run in four ways: in our sandbox, on bare wasmtime, natively, and the same work on Extism.
//!
//! The work: `describe`, which computes next to nothing, and a list of 1,000 accounts out of a JSON answer of some 220 kB.

pub mod bare;
pub mod beside;
pub mod native;
pub mod ours;

use std::fs;
use std::path::Path;

use innkeeper_bundle::VerifiedBundle;
use innkeeper_test_roster::Member;
use innkeeper_tests::{bundle, connector};

use crate::company::Company;
use crate::{Failure, Setting};

/// How many accounts are listed.
pub const ACCOUNTS: usize = 1_000;

/// The connector's component.
///
/// # Errors
/// When it was not compiled.
pub fn component(setting: &Setting, package: &str) -> Result<Vec<u8>, Failure> {
    let path = setting.connectors.join(connector::file_name(package));
    fs::read(&path).map_err(|error| Failure::new(path.display().to_string(), error))
}

/// What the system answers: 1,000 people of a company, eight texts each.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn answer(seed: u64) -> Result<String, Failure> {
    let company = Company::of(ACCOUNTS, seed);
    let member = |person: &crate::company::Employee| Member {
        id: format!("5f0c1d2e-0000-4000-8000-{:012}", person.employee_number.trim_start_matches('E')),
        user_name: person.user_name.clone(),
        given_name: person.given_name.to_owned(),
        family_name: person.family_name.to_owned(),
        display_name: person.display_name.clone(),
        email: person.user_name.clone(),
        title: person.title.clone(),
        department: person.department.to_owned(),
    };
    let members: Vec<Member> = company.employees.iter().map(member).collect();
    serde_json::to_string(&members).map_err(Failure::of("the answer"))
}

/// A bundle with this component, as its author would sign it.
///
/// # Errors
/// When it cannot be written.
pub fn verified(name: &str, wasm: &[u8], folder: &Path) -> Result<VerifiedBundle, Failure> {
    let manifest = format!(
        r#"manifest = 1
name = "{name}"
version = "0.1.0"
publisher = "innkeeper"
description = "For figures"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://api.example.com"
[[hosts]]
url = "https://api.example.com"
methods = ["GET"]
[entitlements]
"*" = "Whatever there is"
[configuration]
type = "object"
"#
    );
    for (file, content) in [("connector.toml", manifest.as_bytes()), ("connector.wasm", wasm), ("README.md", b"# For figures\n")]
    {
        fs::write(folder.join(file), content).map_err(Failure::of(file))?;
    }
    Ok(bundle::verified(folder))
}
