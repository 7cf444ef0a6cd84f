//! Guests that take time and room in ways that no compiler knows.

use super::attack::{Attack, outcomes, tight};
use super::*;

#[test]
fn a_loop_is_stopped_wherever_it_is() {
    let probe = |probe| Attack { probe, ..Attack::default() };
    let rest = |rest| Attack { rest, ..Attack::default() };
    let outcomes = outcomes(&[
        ("in the start function", rest("(func $start (loop $for_ever (br $for_ever))) (start $start)")),
        ("in the initialiser", rest(r#"(func (export "_initialize") (loop $for_ever (br $for_ever)))"#)),
        ("in a call", probe("(loop $for_ever (br $for_ever)) (i32.const 0)")),
        ("by calling itself last", probe("(return_call $probe)")),
        (
            "by filling memory",
            probe("(loop $for_ever (memory.fill (i32.const 0) (i32.const 0) (i32.const 131072)) (br $for_ever)) (i32.const 0)"),
        ),
    ]);
    insta::assert_snapshot!(outcomes);
}

#[test]
fn nothing_of_a_guest_runs_when_it_is_loaded() {
    let attack = Attack { rest: "(func $start unreachable) (start $start)", ..Attack::default() };
    load(Settings::default(), &attack.component());
    let kind = attack.fault();
    assert!(matches!(&kind, FaultKind::NotStarted { reason } if reason.contains("unreachable")), "{kind}");
}

#[test]
fn whatever_is_hoarded_is_bounded() {
    let memories = "(memory 0)".repeat(20);
    let small: String = (0..10).map(|number| format!("(memory $m{number} 0)")).collect();
    let grow: String = (0..10).map(|number| format!("(drop (memory.grow $m{number} (i32.const 1)))")).collect();
    let grow = format!("(loop $again {grow} (br $again)) (i32.const 0)");
    let outcomes = outcomes(&[
        ("many memories", Attack { rest: &memories, ..Attack::default() }),
        ("many small memories that grow", Attack { rest: &small, probe: &grow, ..Attack::default() }),
        ("one memory that is large from the start", Attack { rest: "(memory 30000)", ..Attack::default() }),
        (
            "a table that grows",
            Attack {
                rest: "(table $t 0 funcref)",
                probe: "(loop $again (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $again)) (i32.const 0)",
                ..Attack::default()
            },
        ),
        (
            "tables that are large from the start",
            Attack { rest: "(table 60000 funcref) (table 60000 funcref)", ..Attack::default() },
        ),
        ("deep recursion", Attack { probe: "(i32.add (call $probe) (i32.const 1))", ..Attack::default() }),
        (
            "resources of its own",
            Attack {
                world: "hoard",
                imports: r#"(import "[export]handles" "[resource-new]thing" (func $new (param i32) (result i32)))"#,
                probe: "(loop $again (drop (call $new (i32.const 1))) (br $again)) (i32.const 0)",
                ..Attack::default()
            },
        ),
    ]);
    insta::assert_snapshot!(outcomes);
}

#[test]
fn memory_that_threads_share_is_not_there() {
    let attack = Attack { rest: "(memory 1 10 shared)", ..Attack::default() };
    let refused =
        Runtime::new(Settings::default()).expect("a sandbox").load(&bundle(&attack.component())).expect_err("not loaded");
    assert!(matches!(&refused, SandboxError::Compile { reason, .. } if reason.contains("threads")), "{refused}");
}

#[test]
fn settings_larger_than_any_app_has_are_refused() {
    let connector = load(Settings::default(), &Attack::default().component());
    let configuration = json!({ "note": "x".repeat(2 << 20) });
    let http = Arc::new(peer::Peer::silent());
    let refused = connector.connect(AppSettings { name: AppName::new("acme"), configuration, http, limits: tight() });
    let refused = refused.expect_err("too large").to_string();
    assert!(refused.contains("config: has 2097163 bytes as JSON, and may have 1048576"), "{refused}");
}
