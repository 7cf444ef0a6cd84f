//! Guests written in WebAssembly text: what no compiler would make.
//!
//! A guest is a core module whose function `probe` is called; module `wit-component` wraps it as it would wrap any author's. Where
//! `probe` answers with address 0 and nobody wrote there, that is an empty status and all is well.

use super::*;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A guest, by the parts of its module.
pub(super) struct Attack<'a> {
    /// The world: `attack` or `hoard`.
    pub(super) world: &'a str,
    /// Imports, which stand before everything else.
    pub(super) imports: &'a str,
    /// What `probe` does; it leaves an address.
    pub(super) probe: &'a str,
    /// What `cabi_realloc` does with its parameters 0 to 3; it leaves an address.
    pub(super) realloc: &'a str,
    /// More of the module.
    pub(super) rest: &'a str,
}

/// The first 4 KiB are for the tests' data; after that memory is given out and never taken back.
const BUMP: &str = "(global.get $next) (global.set $next (i32.add (global.get $next)
    (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8))))";

impl Default for Attack<'_> {
    fn default() -> Self {
        Self { world: "attack", imports: "", probe: "(i32.const 0)", realloc: BUMP, rest: "" }
    }
}

impl Attack<'_> {
    fn text(&self) -> String {
        format!(
            r#"(module
  {}
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {})
  (func (export "innkeeper:connector/connector@0.1.0#describe") (result i32) unreachable)
  (func $probe (export "innkeeper:connector/connector@0.1.0#probe") (result i32) (local $n i32) {})
  {}
)"#,
            self.imports, self.realloc, self.probe, self.rest
        )
    }

    /// The component.
    pub(super) fn component(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.text()).unwrap_or_else(|error| panic!("{error}\n{}", self.text()));
        let mut resolve = Resolve::default();
        resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/0.1.0")).expect("the contract");
        let package = resolve.push_str("attack.wit", include_str!("wat/attack.wit")).expect("good WIT");
        let world = resolve.select_world(&[package], Some(self.world)).expect("a world");
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("embedded");
        let encoder = ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode());
        encoder.unwrap_or_else(|error| panic!("{error:?}\n{}", self.text()))
    }

    /// Loads the guest and calls it once.
    pub(super) fn run(&self, limits: Limits) -> Answer<Status> {
        let connector = load(Settings::default(), &self.component());
        let app = connect(&connector, json!({ "note": "x".repeat(1_000) }), peer::Peer::silent(), limits);
        run(app.probe())
    }

    /// The fault that it makes, inside tight limits.
    pub(super) fn fault(&self) -> FaultKind {
        fault(self.run(tight())).kind
    }
}

/// Little time and memory, so that nobody waits for attacks.
pub(super) fn tight() -> Limits {
    Limits { cpu: std::time::Duration::from_millis(200), memory: 16 << 20, ..Limits::default() }
}

/// What became of each attack, a line each.
pub(super) fn outcomes(attacks: &[(&str, Attack<'_>)]) -> String {
    attacks.iter().map(|(what, attack)| format!("{what}: {}\n", attack.fault())).collect()
}

#[test]
fn a_guest_that_does_nothing_wrong_is_answered() {
    let status = Attack::default().run(tight()).result.expect("an empty status");
    assert_eq!(status, Status { profile: None, system: None, abilities: vec![] });
}
