//! The kill switch in the middle of a run.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_pause_lets_a_change_end_and_begins_no_other() {
    let run = Run::paused_after(1);
    let report = run.apply(vec![create("c1", "ada"), grant_after("c2", "ada", "c1")]).await;
    assert_eq!(states(&report), ["done", "postponed"]);
    assert_eq!(run.world.writes(), ["create ada"]);
    assert!(report.is_success());
}

#[tokio::test(start_paused = true)]
async fn what_a_pause_stopped_before_it_was_sent_is_there_for_a_later_plan() {
    let run = Run::paused_after(1);
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::Unavailable, "the request was not sent")));
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["postponed"]);
    assert_eq!(run.world.writes(), ["create ada"], "nothing is tried again");
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_is_settled_also_while_the_app_is_paused() {
    let run = Run::paused_after(1);
    run.world.trouble(Trouble::AnswerLost);
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["done"]);
    assert_eq!(run.world.writes(), ["create ada"]);
}
