//! Guests that lie to the host about addresses, lengths and text.

use super::attack::{Attack, outcomes};

const CONFIG: &str = r#"(import "innkeeper:connector/config@0.1.0" "get" (func $config (param i32)))"#;
const LOG: &str = r#"(import "innkeeper:connector/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))"#;
const HTTP: &str = r#"(import "innkeeper:connector/http@0.1.0" "send"
    (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#;

fn answering(probe: &str) -> Attack<'_> {
    Attack { probe, ..Attack::default() }
}

/// `status` begins at 4 with `profile`: whether there is one, its address, its length.
fn profile(address: &str, length: &str) -> String {
    format!(
        "(i32.store8 (i32.const 4) (i32.const 1)) (i32.store (i32.const 8) (i32.const {address}))
         (i32.store (i32.const 12) (i32.const {length})) (i32.const 0)"
    )
}

/// The list of abilities is at 28: its address, its length.
fn abilities(address: &str, length: &str) -> String {
    format!("(i32.store (i32.const 28) (i32.const {address})) (i32.store (i32.const 32) (i32.const {length})) (i32.const 0)")
}

#[test]
fn a_lie_about_the_answer_is_a_fault() {
    let (outside, endless, negative) = (profile("0xfffffff0", "32"), profile("64", "0xffffffff"), profile("64", "0x80000000"));
    let bytes = profile("64", "2").replacen("(i32.store8", "(i32.store16 (i32.const 64) (i32.const 0xfeff)) (i32.store8", 1);
    let cut = profile("64", "1").replacen("(i32.store8", "(i32.store8 (i32.const 64) (i32.const 0xc3)) (i32.store8", 1);
    let (many, wrapping, crooked) = (abilities("64", "0xffffffff"), abilities("64", "0x08000000"), abilities("65", "1"));
    let outcomes = outcomes(&[
        ("an address outside of memory", answering("(i32.const -8)")),
        ("an address that is not aligned", answering("(i32.const 1)")),
        ("neither answer nor error", answering("(i32.store8 (i32.const 0) (i32.const 2)) (i32.const 0)")),
        ("neither some nor none", answering("(i32.store8 (i32.const 4) (i32.const 7)) (i32.const 0)")),
        (
            "a code of error that there is not",
            answering("(i32.store8 (i32.const 0) (i32.const 1)) (i32.store8 (i32.const 4) (i32.const 99)) (i32.const 0)"),
        ),
        ("text outside of memory", answering(&outside)),
        ("text without an end", answering(&endless)),
        ("text of a negative length", answering(&negative)),
        ("text that is not UTF-8", answering(&bytes)),
        ("text that is cut off within a character", answering(&cut)),
        ("a list of 2^32 - 1", answering(&many)),
        ("a list whose size in bytes wraps around", answering(&wrapping)),
        ("a list that is not aligned", answering(&crooked)),
    ]);
    insta::assert_snapshot!(outcomes);
}

/// A thousand abilities whose reasons are all the same 60 KiB: small for the guest, 60 MiB for the host.
#[test]
fn an_answer_that_is_small_for_the_guest_and_large_for_the_host_is_not_taken() {
    let probe = "(i32.store (i32.const 28) (i32.const 4096)) (i32.store (i32.const 32) (i32.const 1000))
        (loop $again
          (i32.store8 offset=4108 (i32.mul (local.get $n) (i32.const 24)) (i32.const 1))
          (i32.store offset=4112 (i32.mul (local.get $n) (i32.const 24)) (i32.const 0x10000))
          (i32.store offset=4116 (i32.mul (local.get $n) (i32.const 24)) (i32.const 60000))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $n) (i32.const 1000))))
        (i32.const 0)";
    insta::assert_snapshot!(outcomes(&[("the same text a thousand times", answering(probe))]));
}

#[test]
fn an_allocator_that_lies_loops_or_breaks_is_a_fault() {
    let attack =
        |realloc| Attack { imports: CONFIG, probe: "(call $config (i32.const 64)) (i32.const 0)", realloc, ..Attack::default() };
    let outcomes = outcomes(&[
        ("it gives memory outside of memory", attack("(i32.const -8)")),
        ("it gives the last byte", attack("(i32.const 131071)")),
        ("it loops", attack("(loop $for_ever (br $for_ever)) (i32.const 0)")),
        ("it breaks", attack("unreachable")),
        ("it calls the host", attack("(call $config (i32.const 64)) (i32.const 0)")),
    ]);
    insta::assert_snapshot!(outcomes);
}

#[test]
fn settings_that_are_more_than_the_memory_of_a_guest_do_not_fit_and_harm_nobody() {
    let limits = super::Limits { memory: 128 << 10, ..super::attack::tight() };
    let grow = "(drop (memory.grow (i32.const 1)))";
    let attack = Attack {
        imports: CONFIG,
        probe: "(call $config (i32.const 64)) (i32.const 0)",
        realloc: &format!("{grow} (i32.const 4096)"),
        ..Attack::default()
    };
    let kind = super::fault(attack.run(limits)).kind;
    assert!(matches!(kind, super::FaultKind::OutOfMemory { .. }), "{kind}");
}

#[test]
fn what_comes_after_the_answer_is_bounded_too() {
    let after =
        |what: &str| format!(r#"(func (export "cabi_post_innkeeper:connector/connector@0.1.0#probe") (param i32) {what})"#);
    let (loops, breaks, calls) =
        (after("(loop $for_ever (br $for_ever))"), after("unreachable"), after("(call $config (i32.const 64))"));
    let attack = |rest| Attack { imports: CONFIG, rest, ..Attack::default() };
    let outcomes =
        outcomes(&[("it loops", attack(&loops)), ("it breaks", attack(&breaks)), ("it calls the host", attack(&calls))]);
    insta::assert_snapshot!(outcomes);
}

#[test]
fn a_lie_to_the_hosts_own_functions_is_a_fault() {
    let log =
        |level: &str, message: &str, fields: &str| format!("(call $log (i32.const {level}) {message} {fields}) (i32.const 0)");
    let at = |address: &str, length: &str| format!("(i32.const {address}) (i32.const {length})");
    let none = at("64", "0");
    let send = |headers: &str, method: &str| {
        format!(
            "(call $send (i32.const {method}) {none} {none} {headers} (i32.const 0) (i32.const 0) {none} (i32.const 0) {none} (i32.const 0) (i32.const 0) (i32.const 1024)) (i32.const 0)"
        )
    };
    let texts = [
        log("99", &none, &none),
        log("2", &at("0xfffffff0", "64"), &none),
        log("2", &at("64", "0xffffffff"), &none),
        format!("(i32.store8 (i32.const 64) (i32.const 0xff)) {}", log("2", &at("64", "1"), &none)),
        log("2", &none, &at("64", "0xffffffff")),
        log("2", &none, &at("64", "0x10000000")),
        send(&at("64", "0xffffffff"), "0"),
        send(&none, "77"),
    ];
    let names = [
        "a level that there is not",
        "a message outside of memory",
        "a message without an end",
        "a message that is not UTF-8",
        "2^32 - 1 fields",
        "fields whose size in bytes wraps around",
        "2^32 - 1 headers",
        "a method that there is not",
    ];
    let imports = format!("{LOG} {HTTP}");
    let attacks: Vec<_> =
        names.into_iter().zip(&texts).map(|(name, probe)| (name, Attack { imports: &imports, ..answering(probe) })).collect();
    insta::assert_snapshot!(outcomes(&attacks));
}
