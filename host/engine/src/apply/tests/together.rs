//! Writes to an entitlement whose holders are written as a whole.

use super::super::gather::Gathering;
use super::super::write::Written;
use super::team;
use crate::target::Answer;
use crate::world::{Trouble, World};
use innkeeper_domain::{ErrorCode, Failure, IntentId};
use std::sync::Arc;

/// Starts a write for each person while somebody else is writing, and lets all of them go at once.
async fn all_at_once(world: &Arc<World>, people: &[(&str, bool)]) -> Vec<Answer<Written>> {
    let gathering = Arc::new(Gathering::default());
    let alone = gathering.alone().await;
    let tasks: Vec<_> = people
        .iter()
        .map(|(name, adds)| {
            let (world, gathering, id, adds) = (world.clone(), gathering.clone(), world.account(name, ""), *adds);
            let intent = IntentId::new(format!("intent-{name}"));
            tokio::spawn(async move { gathering.write(world.as_ref(), &team(), &id, adds, &intent).await })
        })
        .collect();
    // On the one thread of the test every task runs until it waits.
    tokio::task::yield_now().await;
    drop(alone);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn those_who_wait_are_written_together() {
    let world = Arc::new(World::default());
    let answers = all_at_once(&world, &[("ada", true), ("bob", true), ("cy", false), ("dan", true)]).await;
    assert_eq!(world.writes(), ["amend 7 +3 -1"]);
    assert_eq!(world.held(), 3);
    assert!(answers.iter().all(|answer| answer.result.is_ok() && answer.exchanges.len() == 1));
}

#[tokio::test]
async fn one_that_is_alone_is_a_plain_grant() {
    let world = Arc::new(World::default());
    all_at_once(&world, &[("ada", true)]).await;
    assert_eq!(world.writes(), ["grant id-ada"]);
}

#[tokio::test]
async fn where_one_of_them_is_refused_each_is_tried_alone() {
    let world = Arc::new(World::default());
    world.trouble(Trouble::Refused(Failure::new(ErrorCode::Invalid, "no such user")));
    world.trouble(Trouble::Refused(Failure::new(ErrorCode::Invalid, "no such user")));
    let answers = all_at_once(&world, &[("ada", true), ("bob", true)]).await;
    assert_eq!(world.writes(), ["amend 7 +2 -0", "grant id-ada", "grant id-bob"]);
    assert!(answers[0].result.is_err() && answers[1].result.is_ok());
}

#[tokio::test]
async fn an_unknown_outcome_is_everybodys_and_nothing_is_sent_again_blindly() {
    let world = Arc::new(World::default());
    world.trouble(Trouble::AnswerLost);
    let answers = all_at_once(&world, &[("ada", true), ("bob", true)]).await;
    assert_eq!(world.writes(), ["amend 7 +2 -0"]);
    let code = |answer: &Answer<Written>| answer.result.as_ref().unwrap_err().code;
    assert!(answers.iter().all(|answer| code(answer) == ErrorCode::OutcomeUnknown));
}
