//! Text by which a guest wants to deceive whoever reads it.

use innkeeper_domain::ErrorCode;
use innkeeper_hostile::{Ground, Held, attack};
use innkeeper_sandbox::FaultKind;
use serde_json::json;

/// Clears the screen, goes back to the line's beginning, and writes a line of its own.
const STEERING: &str = "all is well\u{1b}[2J\u{1b}]0;title\u{7}\r\n2026-01-01T00:00:00Z  INFO forged: nothing happened\u{9b}31m";

/// Whether there is anything in the text that steers a terminal. Line breaks are the log's own.
fn steers(text: &str) -> bool {
    text.chars().any(|character| character.is_control() && character != '\n')
}

/// The log's lines with this in them.
fn lines(ground: &Ground, wanted: &str) -> Vec<String> {
    ground.log().lines().filter(|line| line.contains(wanted)).map(str::to_owned).collect()
}

#[test]
fn a_huge_log() {
    attack(async |ground| {
        let mark = format!("chatter of {:p}", ground);
        let app = ground.intruder(json!({ "deed": "log", "text": mark, "lines": 100_000 })).connect();
        let answered = app.names().await;
        let (written, dropped) = (lines(ground, &mark), lines(ground, "dropped=99950"));
        Held::harmless(&(answered, written.len()), written.len() == 50 && dropped.len() == 1)
    });
}

#[test]
fn control_characters_in_the_log() {
    attack(async |ground| {
        let mark = format!("mark of {:p}", ground);
        let app = ground.intruder(json!({ "deed": "log", "text": format!("{mark} {STEERING}"), "lines": 3 })).connect();
        app.names().await;
        let written = lines(ground, &mark);
        let forged = ground.log().lines().any(|line| line.starts_with("2026-01-01T00:00:00Z  INFO forged"));
        Held::harmless(&written, written.len() == 3 && !forged && !written.iter().any(|line| steers(line)))
    });
}

#[test]
fn control_characters_in_a_panic() {
    attack(async |ground| {
        let answer = ground.intruder(json!({ "deed": "complain", "text": STEERING })).connect().list().await;
        let told = answer.result.as_ref().map(|_| String::new()).unwrap_or_else(ToString::to_string);
        assert!(told.contains("all is well") && !steers(&told), "{told:?}");
        Held::fault(&answer, |kind| matches!(kind, FaultKind::Trap { .. }))
    });
}

#[test]
fn control_characters_in_a_failure() {
    attack(async |ground| {
        let answer = ground.intruder(json!({ "deed": "fail", "text": STEERING })).connect().list().await;
        let told = answer.result.as_ref().map(|_| String::new()).unwrap_or_else(ToString::to_string);
        assert!(told.contains("all is well") && !steers(&told), "{told:?}");
        Held::failure(&answer, ErrorCode::Internal)
    });
}

#[test]
fn text_that_runs_backwards() {
    attack(async |ground| {
        let mark = format!("direction of {:p}", ground);
        let app = ground
            .intruder(json!({ "deed": "log", "text": format!("{mark} \u{202e}lla si llew\u{2066}"), "lines": 1 }))
            .connect();
        app.names().await;
        let written = lines(ground, &mark);
        let turns = |line: &String| line.contains(['\u{202e}', '\u{2066}']);
        Held::harmless(&written, written.len() == 1 && !written.iter().any(turns))
    });
}
