//! What a connector can do: the interfaces that it exports.

use crate::SandboxError;
use crate::bindings::{connector, entitlements, ownership, people, sessions};
use crate::contract::{CONTRACT, Interface};
use crate::export::Accounts;
use crate::guest::Guest;
use innkeeper_bundle::check_contract;
use semver::Version;
use std::fmt;
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre};

/// The optional interfaces that a connector exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Logins.
    pub accounts: bool,
    /// What accounts can hold.
    pub entitlements: bool,
    /// Where accounts are signed in.
    pub sessions: bool,
    /// What accounts own.
    pub ownership: bool,
    /// People: a source.
    pub people: bool,
}

impl Capabilities {
    /// The names of the interfaces, in the order of the contract.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        [
            ("accounts", self.accounts),
            ("entitlements", self.entitlements),
            ("sessions", self.sessions),
            ("ownership", self.ownership),
            ("people", self.people),
        ]
        .into_iter()
        .filter_map(|(name, exported)| exported.then_some(name))
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.names().collect::<Vec<_>>().join(", "))
    }
}

/// Where a component's functions are: looked up once, so that a call finds them by number.
pub(crate) struct Exports {
    pub(crate) connector: Option<connector::GuestIndices>,
    pub(crate) accounts: Option<Accounts>,
    pub(crate) entitlements: Option<entitlements::GuestIndices>,
    pub(crate) sessions: Option<sessions::GuestIndices>,
    pub(crate) ownership: Option<ownership::GuestIndices>,
    pub(crate) people: Option<people::GuestIndices>,
}

/// Whether this host speaks the version. wasmtime links a component that wants a *newer* compatible version than the host has,
/// and the component then meets a host that lacks what it relies on; so versions are compared here.
pub(crate) fn speaks(wanted: &Version, name: &str) -> Result<(), SandboxError> {
    match check_contract(wanted, &[CONTRACT]) {
        Ok(_) => Ok(()),
        Err(reason) => Err(SandboxError::Contract { connector: name.to_owned(), reason }),
    }
}

/// What a component exports of the contract, after every version was compared.
pub(crate) fn read(engine: &Engine, component: &Component, name: &str) -> Result<Capabilities, SandboxError> {
    let shape = component.component_type();
    let exported: Vec<&str> = shape.exports(engine).map(|(name, _)| name).collect();
    let imported = shape.imports(engine).map(|(name, _)| name);
    for text in exported.iter().copied().chain(imported) {
        let Some(interface) = Interface::parse(text) else { continue };
        speaks(&interface.version, name)?;
    }
    let has = |wanted: &str| exported.iter().any(|text| Interface::parse(text).is_some_and(|found| found.name == wanted));
    if !has("connector") {
        return Err(SandboxError::NotAConnector { connector: name.to_owned(), exports: listed(exported) });
    }
    Ok(Capabilities {
        accounts: has("accounts"),
        entitlements: has("entitlements"),
        sessions: has("sessions"),
        ownership: has("ownership"),
        people: has("people"),
    })
}

/// Names in an order that does not depend on the tool that made the component.
fn listed(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// The component's imports that the host does not have, by name.
pub(crate) fn unknown_imports(engine: &Engine, component: &Component) -> Vec<String> {
    let known = |text: &str| match Interface::parse(text) {
        Some(interface) => ["types", "http", "log", "config", "system"].contains(&interface.name),
        // Every toolchain has its own minor version of WASI 0.2, and wasmtime matches them.
        None => text.starts_with("wasi:") && text.contains("@0.2.") && !text.starts_with("wasi:http/"),
    };
    let shape = component.component_type();
    shape.imports(engine).map(|(name, _)| name).filter(|name| !known(name)).map(str::to_owned).collect()
}

/// Looks the functions up and checks their types.
pub(crate) fn bind(instance: &InstancePre<Guest>, capabilities: &Capabilities) -> wasmtime::Result<Exports> {
    fn wanted<T>(exported: bool, look_up: impl FnOnce() -> wasmtime::Result<T>) -> wasmtime::Result<Option<T>> {
        exported.then(look_up).transpose()
    }
    Ok(Exports {
        connector: wanted(true, || connector::GuestIndices::new(instance))?,
        accounts: wanted(capabilities.accounts, || Accounts::new(instance))?,
        entitlements: wanted(capabilities.entitlements, || entitlements::GuestIndices::new(instance))?,
        sessions: wanted(capabilities.sessions, || sessions::GuestIndices::new(instance))?,
        ownership: wanted(capabilities.ownership, || ownership::GuestIndices::new(instance))?,
        people: wanted(capabilities.people, || people::GuestIndices::new(instance))?,
    })
}
