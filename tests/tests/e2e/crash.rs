//! The program is killed where it hurts, and nothing is lost, made twice or sent blindly.

use innkeeper_tests::crash;

/// Always the same moments, so that a failure is seen again.
const SEED: u64 = 20_261_122;

#[test]
fn whatever_is_killed_goes_on_and_nothing_is_sent_twice() {
    let report = crash::run(SEED, 30, |_, _| {});
    assert!(report.faults.is_empty(), "cargo xtask crash --kills 30 --seed {SEED}\n{:?}", report.faults);
    assert_eq!(report.kills(), 30);
    assert!(report.killed.get("apply").is_some_and(|kills| *kills > 5), "{report:?}");
    assert!(report.moments.len() > 2, "{report:?}");
}
