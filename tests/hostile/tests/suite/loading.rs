//! Components that are none, or are made for another host.

use crate::guests::{named, starting};
use innkeeper_bundle::BundleError;
use innkeeper_hostile::{Ground, Held, Shipment, attack};
use innkeeper_sandbox::{CacheSettings, Runtime, SandboxError, Settings};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// The host refuses a component with these bytes before it is compiled.
fn no_component(bytes: impl Into<Vec<u8>>) -> Held {
    Held::not_taken(Shipment::new(bytes).bundle(), |error| matches!(error, BundleError::NotAComponent { .. }))
}

#[test]
fn text_in_the_place_of_a_component() {
    attack(async |_| no_component(starting("", "", "")));
}

#[test]
fn native_code_in_the_place_of_a_component() {
    attack(async |ground| {
        let compiled = entries(&ground.compiled()).remove(0);
        let entry = fs::read(compiled).expect("compiled code");
        let at = entry.windows(4).position(|four| four == b"\x7fELF").expect("compiled code is an ELF file");
        no_component(&entry[at..])
    });
}

#[test]
fn native_code_behind_the_head_of_a_component() {
    attack(async |ground| {
        let compiled = entries(&ground.compiled()).remove(0);
        let code = fs::read(compiled).expect("compiled code");
        let component = [&[0, b'a', b's', b'm', 13, 0, 1, 0], code.as_slice()].concat();
        Held::not_loaded(ground.guest(component).load(), |error| matches!(error, SandboxError::Compile { .. }))
    });
}

#[test]
fn a_core_module_in_the_place_of_a_component() {
    attack(async |_| no_component([0, b'a', b's', b'm', 1, 0, 0, 0]));
}

#[test]
fn a_component_that_is_cut_off() {
    attack(async |ground| {
        let mut component = ground.component();
        component.truncate(component.len() / 2);
        Held::not_loaded(ground.guest(component).load(), |error| matches!(error, SandboxError::Compile { .. }))
    });
}

#[test]
fn an_oversized_component() {
    attack(async |_| {
        let component = [&[0, b'a', b's', b'm', 13, 0, 1, 0][..], &vec![0; 64 << 20]].concat();
        Held::not_taken(Shipment::new(component).bundle(), |error| matches!(error, BundleError::TooLarge { .. }))
    });
}

#[test]
fn a_component_of_something_else() {
    attack(async |ground| {
        let guest = named("example:other/thing@0.1.0", "", "", "");
        Held::not_loaded(ground.guest(guest).load(), |error| matches!(error, SandboxError::NotAConnector { .. }))
    });
}

#[test]
fn functions_of_another_form() {
    attack(async |ground| {
        // `describe` has no result here, and the contract's has one.
        let app = ground.guest(starting("", "", "")).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, innkeeper_sandbox::FaultKind::Trap { .. }))
    });
}

/// A component of this version of the contract, as its interface says it and as its manifest does.
fn of_contract(ground: &Ground, version: &str) -> Held {
    let interface = format!("innkeeper:connector/connector@{version}");
    let exported = ground.guest(named(&interface, "", "", "")).load();
    assert!(matches!(exported, Err(SandboxError::Contract { .. })), "{exported:?}");
    let wanted = format!("contract = \"{version}\"");
    let plot = ground.intruder(json!({}));
    let said = plot.shipped(|shipment| shipment.manifest = shipment.manifest.replace("contract = \"0.1.0\"", &wanted));
    Held::not_loaded(said.load(), |error| matches!(error, SandboxError::Contract { .. }))
}

#[test]
fn a_contract_that_is_too_new() {
    attack(async |ground| {
        let newer = ["0.1.1", "0.2.0", "1.0.0"].map(|version| of_contract(ground, version));
        newer.into_iter().next().expect("several were tried")
    });
}

#[test]
fn a_contract_that_is_too_old() {
    attack(async |ground| of_contract(ground, "0.0.9"));
}

#[test]
fn compiled_code_that_somebody_altered() {
    attack(async |ground| {
        let folder = ground.folder().join("compiled");
        let sandbox = || {
            let settings = Settings { cache: Some(CacheSettings::new(&folder)), ..Settings::default() };
            Runtime::new(settings).expect("a sandbox")
        };
        // A small guest, for it is compiled four times.
        let load = |runtime: &Runtime| ground.guest(starting("", "", "")).load_in(runtime).expect("a connector");
        load(&sandbox());
        let path = entries(&folder).remove(0);
        let good = fs::read(&path).expect("compiled code");
        let flipped = |at: usize| {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            bytes
        };
        let forgeries = [flipped(0), flipped(good.len() / 2), flipped(good.len() - 1), good[..40].to_vec(), Vec::new()];
        for forged in &forgeries {
            fs::write(&path, forged).expect("written");
            load(&sandbox());
            let now = fs::read(&path).expect("compiled again");
            assert!(now != *forged, "what was altered is not used, and compiled again");
        }
        Held::harmless(&forgeries.len(), true)
    });
}

/// The entries of a folder of compiled code.
fn entries(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "cwasm")).collect()
}
