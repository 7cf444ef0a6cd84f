//! The plan file: any bytes. A plan that is read and written again is the same plan, with the same id.

#![no_main]

use innkeeper_domain::{Plan, PlanError};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    match Plan::read(bytes) {
        Ok(plan) => check(&plan),
        // Nobody guesses a hash: what was altered is sealed again, and then has to be a plan.
        Err(PlanError::Altered { said, actual }) => {
            assert_ne!(said, actual);
            // Fields that no plan has are refused, and where they are not even text they are not JSON.
            let Ok(mut file) = serde_json::from_slice::<Value>(bytes) else { return };
            file["id"] = actual.as_str().into();
            let sealed = file.to_string();
            match Plan::read(sealed.as_bytes()) {
                Ok(plan) => {
                    assert_eq!(plan.id(), &actual);
                    check(&plan);
                }
                Err(PlanError::UnknownField { field }) => assert!(!field.is_empty()),
                Err(error) => panic!("{error}: {sealed}"),
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fn check(plan: &Plan) {
    let written = bytes(plan);
    let again = Plan::read(&written).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    assert_eq!(&again, plan);
    assert_eq!(bytes(&again), written);
    let counted: usize = plan.apps().iter().map(|app| app.summary().0.values().sum::<usize>()).sum();
    let changes: usize = plan.apps().iter().map(|app| app.changes.len()).sum();
    assert!(counted <= changes);
    assert_eq!(plan.is_empty(), changes == 0);
}

fn bytes(plan: &Plan) -> Vec<u8> {
    let mut bytes = Vec::new();
    plan.write(&mut bytes).expect("what was read can be written");
    bytes
}
