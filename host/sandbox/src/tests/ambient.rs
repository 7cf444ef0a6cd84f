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

#[test]
fn a_reserved_header_is_refused_by_the_real_client_before_anything_is_sent() {
    use innkeeper_egress::{Client, Credentials, HostRule, Method, Options, Policy};
    let base: url::Url = "https://api.example.com".parse().expect("a URL");
    let rule = HostRule::new(base.clone(), vec![Method::Get]).expect("a rule");
    let policy = Policy::granting("acme", base, vec![rule]);
    let client = run(async { Client::new(policy, None, Credentials::none(), Options::default()) }).expect("a client");
    let connector = load(Settings::default(), &hostile());
    let app = connect(&connector, json!({ "behaviour": "reserved-header" }), client, Limits::default());
    let answer = run(app.list_accounts(None));
    assert_eq!(answer.exchanges.len(), 1);
    assert_eq!(answer.exchanges[0].status, None);
    let failure = failure(answer);
    assert!(failure.message.contains("authorization"), "{failure}");
}
