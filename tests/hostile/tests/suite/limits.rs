//! Guests that want more than they may have.

use crate::guests::{crowd, starting};
use innkeeper_hostile::{Held, answer, attack};
use innkeeper_sandbox::FaultKind;
use serde_json::json;
use std::time::Duration;

const CPU: Duration = Duration::from_millis(50);
const BRIEF: Duration = Duration::from_millis(300);

#[test]
fn an_infinite_loop() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "spin" })).limited(|limits| limits.cpu = CPU).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::OutOfCpu { limit, .. } if limit.value == CPU))
    });
}

#[test]
fn a_loop_at_the_start() {
    attack(async |ground| {
        let guest = starting("", "", "(func $spin (loop (br 0))) (start $spin)");
        let app = ground.guest(guest).limited(|limits| limits.cpu = CPU).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::OutOfCpu { limit, .. } if limit.value == CPU))
    });
}

#[test]
fn waiting_for_the_clock() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "sleep" })).connect();
        Held::fault(&app.list().await, |kind| *kind == FaultKind::Waited)
    });
}

#[test]
fn waiting_for_ever_on_the_network() {
    attack(async |ground| {
        let server = ground.server(|_| innkeeper_hostile::Reply::Silence).await;
        let plot = ground.intruder(json!({ "deed": "send", "requests": [{}] })).at(&server, "");
        let app = plot.limited(|limits| limits.wall_clock = BRIEF).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::OutOfTime { limit, .. } if limit.value == BRIEF))
    });
}

#[test]
fn a_memory_bomb() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "hoard" })).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::OutOfMemory { limit, .. } if limit.value == 16 << 20))
    });
}

#[test]
fn memory_in_small_pieces() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "nibble" })).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::OutOfMemory { .. }))
    });
}

#[test]
fn many_small_memories() {
    attack(async |ground| {
        // Ten of 2 MiB: none is large, and together they are 20.
        let app = ground.guest(crowd(10, "(memory 32)")).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::OutOfMemory { .. }))
    });
}

#[test]
fn more_memories_than_any_component_has() {
    attack(async |ground| {
        // Each of them takes gibibytes of the host's addresses, and no memory.
        let app = ground.guest(crowd(60, "(memory 0)")).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::TooManyObjects { .. }))
    });
}

#[test]
fn a_crowd_of_instances() {
    attack(async |ground| {
        let app = ground.guest(crowd(500, "")).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::TooManyObjects { .. }))
    });
}

#[test]
fn a_table_bomb() {
    attack(async |ground| {
        let grow = "(table $all 1 funcref) (func $grow (loop (drop (table.grow $all (ref.null func) (i32.const 1000))) (br 0)))";
        let app = ground.guest(starting("", "", &format!("{grow} (start $grow)"))).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::TablesTooLarge { .. }))
    });
}

#[test]
fn a_table_that_is_large_from_the_start() {
    attack(async |ground| {
        let app = ground.guest(starting("", "", "(table 90000000 funcref)")).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::TablesTooLarge { .. }))
    });
}

#[test]
fn a_handle_bomb() {
    attack(async |ground| {
        let imports = r#"
            (import "wasi:io/streams@0.2.0" (instance $streams (export "output-stream" (type (sub resource)))))
            (alias export $streams "output-stream" (type $stream))
            (import "wasi:cli/stderr@0.2.0" (instance $stderr
                (export "output-stream" (type $own (eq $stream)))
                (export "get-stderr" (func (result (own $own))))))
            (core func $get (canon lower (func $stderr "get-stderr")))"#;
        let wired = r#"(with "host" (instance (export "get" (func $get))))"#;
        let core = r#"(import "host" "get" (func $get (result i32)))
            (func $take (loop (drop (call $get)) (br 0))) (start $take)"#;
        let app = ground.guest(starting(imports, wired, core)).connect();
        Held::fault(&app.describe().await, |kind| matches!(kind, FaultKind::TooManyHandles { .. }))
    });
}

#[test]
fn endless_recursion() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "recurse" })).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::Trap { .. } | FaultKind::StackOverflow))
    });
}

#[test]
fn endless_recursion_on_the_engines_own_stack() {
    attack(async |ground| {
        let guest = starting("", "", "(func $deep (call $deep)) (start $deep)");
        let app = ground.guest(guest).connect();
        Held::fault(&app.describe().await, |kind| *kind == FaultKind::StackOverflow)
    });
}

#[test]
fn a_huge_result() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "huge", "bytes": 3 << 20 })).connect();
        Held::fault(&app.list().await, |kind| matches!(kind, FaultKind::TooMuchData { limit } if *limit == 2 << 20))
    });
}

#[test]
fn too_many_requests() {
    attack(async |ground| {
        let server = ground.server(|_| answer(200, &[], "")).await;
        let app = ground.intruder(json!({ "deed": "flood", "count": 1_000_000, "target": "/" })).at(&server, "").connect();
        let flooded = app.list().await;
        assert_eq!(server.seen().len(), 20);
        Held::fault(&flooded, |kind| matches!(kind, FaultKind::TooManyRequests { limit, .. } if limit.value == 20))
    });
}

#[test]
fn more_bytes_than_a_call_may_receive() {
    attack(async |ground| {
        let server = ground.server(|_| answer(200, &[], "x".repeat(1 << 20))).await;
        let app = ground.intruder(json!({ "deed": "flood", "count": 10, "target": "/" })).at(&server, "").connect();
        let answered = app.names().await;
        Held::harmless(&answered, answered == ["3"])
    });
}
