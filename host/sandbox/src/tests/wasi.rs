//! Guests that use what is linked of WASI against the host: to wait, to let the host work or take memory, to see or print something.

use super::attack::{Attack, outcomes};
use super::*;

const RANDOM: &str = r#"
    (import "wasi:random/random@0.2.0" "get-random-bytes" (func $random (param i64 i32)))
    (import "wasi:random/insecure@0.2.0" "get-insecure-random-bytes" (func $insecure (param i64 i32)))"#;
const CLOCK: &str = r#"
    (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $duration (param i64) (result i32)))
    (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-instant" (func $instant (param i64) (result i32)))"#;
const STREAMS: &str = r#"
    (import "wasi:cli/stdin@0.2.0" "get-stdin" (func $stdin (result i32)))
    (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
    (import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
    (import "wasi:io/streams@0.2.0" "[method]output-stream.subscribe" (func $subscribe (param i32) (result i32)))
    (import "wasi:io/streams@0.2.0" "[method]input-stream.subscribe" (func $subscribe_in (param i32) (result i32)))
    (import "wasi:io/streams@0.2.0" "[method]input-stream.blocking-read" (func $read (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.0" "[method]output-stream.write-zeroes" (func $zeroes (param i32 i64 i32)))
    (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:io/poll@0.2.0" "poll" (func $poll (param i32 i32 i32)))"#;

fn with<'a>(imports: &'a str, probe: &'a str) -> Attack<'a> {
    Attack { imports, probe, ..Attack::default() }
}

#[test]
fn no_number_of_random_bytes_keeps_the_host_busy() {
    let outcomes = outcomes(&[
        ("all there are", with(RANDOM, "(call $random (i64.const -1) (i32.const 64)) (i32.const 0)")),
        ("64 MiB", with(RANDOM, "(call $random (i64.const 67108864) (i32.const 64)) (i32.const 0)")),
        ("all there are, insecure", with(RANDOM, "(call $insecure (i64.const -1) (i32.const 64)) (i32.const 0)")),
    ]);
    insta::assert_snapshot!(outcomes);
    let modest = with(RANDOM, "(call $random (i64.const 65536) (i32.const 64)) (i32.const 0)");
    let answered = modest.run(Limits::default());
    assert!(answered.result.is_ok(), "{answered:?}");
}

#[test]
fn the_contracts_random_bytes_are_cut() {
    let app = misbehaving(json!({ "behaviour": "random", "count": u32::MAX }), Limits::default());
    assert_eq!(run(async { names(app.list_accounts(None).await) }), ["4096"]);
}

#[test]
fn nothing_in_wasi_waits_for_the_clock() {
    for probe in [
        "(call $duration (i64.const -1))",
        "(call $duration (i64.const 0))",
        "(call $instant (i64.const -1))",
        "(call $instant (i64.const 0))",
    ] {
        assert_eq!(with(CLOCK, probe).fault(), FaultKind::Waited, "{probe}");
    }
}

#[test]
fn nothing_in_wasi_waits_for_a_stream() {
    let both = "(call $block (call $subscribe_in (call $stdin))) (call $block (call $subscribe (call $stderr)))
        (call $read (call $stdin) (i64.const -1) (i32.const 64)) (i32.const 0)";
    assert!(with(STREAMS, both).run(super::attack::tight()).result.is_ok(), "they are ready at once");
    let app = misbehaving(json!({ "behaviour": "listen" }), Limits::default());
    assert_eq!(run(async { names(app.list_accounts(None).await) }), ["Ok(0)"]);
}

#[test]
fn handles_are_bounded_and_so_is_what_is_done_with_them() {
    let again = |what: &str| format!("(loop $again {what} (br $again)) (i32.const 0)");
    let (streams, pollables) = (again("(drop (call $stdout))"), again("(drop (call $subscribe (i32.load (i32.const 64))))"));
    let pollables = format!("(i32.store (i32.const 64) (call $stderr)) {pollables}");
    let list = "(i32.store (i32.const 64) (call $subscribe (call $stderr)))
        (loop $again
          (i32.store offset=4096 (i32.mul (local.get $n) (i32.const 4)) (i32.load (i32.const 64)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $n) (i32.const 20000))))
        (call $poll (i32.const 4096) (i32.const 20000) (i32.const 128)) (i32.const 0)";
    let outcomes = outcomes(&[
        ("streams without end", with(STREAMS, &streams)),
        ("pollables without end", with(STREAMS, &pollables)),
        ("one pollable 20,000 times", with(STREAMS, list)),
        ("2^32 - 1 pollables", with(STREAMS, "(call $poll (i32.const 64) (i32.const -1) (i32.const 128)) (i32.const 0)")),
        ("no pollable", with(STREAMS, "(call $poll (i32.const 64) (i32.const 0) (i32.const 128)) (i32.const 0)")),
        ("a handle that it does not have", with(STREAMS, "(call $block (i32.const 77)) (i32.const 0)")),
        ("zeroes without end", with(STREAMS, "(call $zeroes (call $stderr) (i64.const -1) (i32.const 128)) (i32.const 0)")),
        (
            "zeroes without end, elsewhere",
            with(STREAMS, "(call $zeroes (call $stdout) (i64.const -1) (i32.const 128)) (i32.const 0)"),
        ),
    ]);
    insta::assert_snapshot!(outcomes);
}

#[test]
fn as_many_handles_as_the_limit_says_and_not_one_more() {
    let own = r#"(import "[export]handles" "[resource-new]thing" (func $new (param i32) (result i32)))"#;
    let worlds = [("attack", STREAMS, "(call $stdout)"), ("hoard", own, "(call $new (i32.const 1))")];
    for (world, imports, one) in worlds {
        let hold = |count: u32| {
            let probe = format!(
                "(loop $again (drop {one}) (local.set $n (i32.add (local.get $n) (i32.const 1)))
                   (br_if $again (i32.lt_u (local.get $n) (i32.const {count})))) (i32.const 0)"
            );
            Attack { world, imports, probe: &probe, ..Attack::default() }.run(Limits { handles: 10, ..Limits::default() })
        };
        assert!(hold(10).result.is_ok(), "{world}");
        assert_eq!(fault(hold(11)).kind, FaultKind::TooManyHandles { limit: 10 }, "{world}");
    }
}

#[test]
fn an_exit_is_a_fault_even_if_it_says_that_all_is_well() {
    let exit = r#"(import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))"#;
    insta::assert_snapshot!(outcomes(&[
        ("well", with(exit, "(call $exit (i32.const 0)) (i32.const 0)")),
        ("not well", with(exit, "(call $exit (i32.const 1)) (i32.const 0)")),
    ]));
}

#[test]
fn standard_output_goes_nowhere_however_much_it_is() {
    let app = misbehaving(json!({ "behaviour": "print", "bytes": 8 << 20 }), Limits::default());
    assert_eq!(run(async { names(app.list_accounts(None).await) }), ["written true"]);
}
