//! What is loaded, and what is not.

use super::*;

fn refusal(wasm: &[u8]) -> String {
    let runtime = Runtime::new(Settings::default()).expect("a sandbox");
    runtime.load(&bundle(wasm)).expect_err("not to be loaded").to_string()
}

/// The component with one name in it replaced by another of the same length, everywhere.
fn renamed(wasm: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "lengths are part of the format");
    let mut wasm = wasm.to_vec();
    let places: Vec<usize> = (0..wasm.len() - from.len()).filter(|&at| wasm[at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} is in the component");
    for at in places {
        wasm[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    wasm
}

#[test]
fn capabilities_are_the_exports() {
    let hostile = load(Settings::default(), &hostile());
    assert_eq!(hostile.capabilities().to_string(), "accounts");
    assert_eq!(hostile.label(), "guest 1.2.3");
    let directory = load(Settings::default(), &component("innkeeper-test-directory"));
    let expected = Capabilities { accounts: true, entitlements: true, people: true, ..Capabilities::default() };
    assert_eq!(*directory.capabilities(), expected);
}

#[test]
fn what_is_no_connector_is_refused_with_what_is_wrong() {
    let empty = [0, b'a', b's', b'm', 13, 0, 1, 0];
    let interface = "innkeeper:connector/connector@0.1.0";
    let nameless = renamed(&hostile(), interface, "innkeeper:connector/konnektor@0.1.0");
    let newer = renamed(&hostile(), "innkeeper:connector/http@0.1.0", "innkeeper:connector/http@0.1.1");
    let newer_export = renamed(&hostile(), "innkeeper:connector/accounts@0.1.0", "innkeeper:connector/accounts@0.2.0");
    let greedy = renamed(&hostile(), "innkeeper:connector/system@0.1.0", "innkeeper:connector/secret@0.1.0");
    let refusals = [
        ("exports nothing", refusal(&empty)),
        ("has no connector interface", refusal(&nameless)),
        ("imports a newer contract", refusal(&newer)),
        ("exports a newer contract", refusal(&newer_export)),
        ("imports something else", refusal(&greedy)),
    ];
    insta::assert_snapshot!(refusals.map(|(what, refusal)| format!("{what}: {refusal}")).join("\n\n"));
}

#[test]
fn a_component_that_is_cut_off_does_not_compile() {
    let mut broken = hostile();
    broken.truncate(broken.len() / 2);
    let refused = refusal(&broken);
    assert!(refused.starts_with("connector guest 1.2.3 cannot be compiled: "), "{refused}");
}

#[test]
fn settings_that_do_not_fit_are_refused_by_name() {
    let connector = load(Settings::default(), &hostile());
    let configuration = json!({ "behaviour": 1, "organisation": "acme" });
    let app = AppSettings {
        name: AppName::new("acme"),
        configuration,
        http: Arc::new(peer::Peer::silent()),
        limits: Limits::default(),
    };
    insta::assert_snapshot!(connector.connect(app).expect_err("two settings are wrong").to_string());
}

#[test]
fn an_interface_that_is_not_exported_is_unsupported_by_name() {
    let app = misbehaving(json!({ "behaviour": "count" }), Limits::default());
    let answers = run(async {
        [
            failure(app.list_entitlements(None).await),
            failure(app.revoke_sessions(&"7".into(), &"i".into()).await),
            failure(app.transfer_ownership(&"7".into(), &"8".into(), &"i".into()).await),
            failure(app.list_people(None).await),
        ]
    });
    insta::assert_snapshot!(answers.map(|failure| failure.to_string()).join("\n"));
}
