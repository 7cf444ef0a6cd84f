//! What a guest can see and reach.

use super::*;
use std::time::Duration;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Duration {
        Duration::from_millis(1_764_000_000_123)
    }
}

struct Fours;

impl Random for Fours {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        buffer.fill(4);
        Ok(())
    }
}

#[test]
fn a_guest_sees_its_settings_time_and_random_bytes_and_nothing_else() {
    let settings = Settings { clock: Arc::new(Noon), random: Arc::new(Fours), ..Settings::default() };
    let connector = load(settings, &hostile());
    let echo = json!({ "behaviour": "echo", "note": "ä\"\n" });
    let app = connect(&connector, echo, peer::Peer::silent(), Limits::default());
    insta::assert_debug_snapshot!(run(async { names(app.list_accounts(None).await) }));
}

#[test]
fn nothing_is_left_over_from_one_call_to_the_next() {
    let app = misbehaving(json!({ "behaviour": "count" }), Limits::default());
    run(async {
        for _ in 0..3 {
            assert_eq!(names(app.list_accounts(None).await), ["1"]);
        }
    });
}

#[test]
fn a_guest_cannot_wait_for_the_clock() {
    let app = misbehaving(json!({ "behaviour": "sleep" }), Limits::default());
    assert_eq!(run(async { fault(app.list_accounts(None).await) }).kind, FaultKind::Waited);
}
