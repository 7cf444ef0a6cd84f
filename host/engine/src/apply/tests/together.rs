//! Writes to an entitlement whose holders are not written each by themselves.

use super::super::context::AppContext;
use super::super::gather::Gathering;
use super::super::write::Written;
use super::{Run, create, grant_after, team};
use crate::retry::Patience;
use crate::target::Answer;
use crate::world::{Trouble, World, description};
use innkeeper_domain::{EntitlementKind, ErrorCode, Failure, HolderWrites, IntentId};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Starts a write for each person while somebody else is writing, and lets all of them go at once. Gives also how many requests were said to
/// have failed.
async fn all_at_once(world: &Arc<World>, people: &[(&str, bool)]) -> (Vec<Answer<Written>>, usize) {
    let failures = Arc::new(AtomicUsize::new(0));
    let gathering = Arc::new(Gathering::default());
    let alone = gathering.alone().await;
    let tasks: Vec<_> = people
        .iter()
        .map(|(name, adds)| {
            let (world, gathering, id, adds) = (world.clone(), gathering.clone(), world.account(name, ""), *adds);
            let (intent, failures) = (IntentId::new(format!("intent-{name}")), failures.clone());
            tokio::spawn(async move {
                let failed = |_: &Failure| _ = failures.fetch_add(1, Relaxed);
                gathering.write(world.as_ref(), &team(), &id, adds, &intent, &failed).await
            })
        })
        .collect();
    // On the one thread of the test every task runs until it waits.
    tokio::task::yield_now().await;
    drop(alone);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    (answers, failures.load(Relaxed))
}

#[tokio::test]
async fn those_who_wait_are_written_together() {
    let world = Arc::new(World::default());
    let (answers, failures) = all_at_once(&world, &[("ada", true), ("bob", true), ("cy", false), ("dan", true)]).await;
    assert_eq!(world.writes(), ["amend 7 +3 -1"]);
    assert_eq!((world.held(), failures), (3, 0));
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
    let (answers, failures) = all_at_once(&world, &[("ada", true), ("bob", true)]).await;
    assert_eq!(world.writes(), ["amend 7 +2 -0", "grant id-ada", "grant id-bob"]);
    assert!(answers[0].result.is_err() && answers[1].result.is_ok());
    // That several were refused together says nothing of the app.
    assert_eq!(failures, 1);
}

#[tokio::test]
async fn an_unknown_outcome_is_everybodys_and_nothing_is_sent_again_blindly() {
    let world = Arc::new(World::default());
    world.trouble(Trouble::AnswerLost);
    let (answers, failures) = all_at_once(&world, &[("ada", true), ("bob", true)]).await;
    assert_eq!((world.writes(), failures), (vec!["amend 7 +2 -0".to_owned()], 1));
    let code = |answer: &Answer<Written>| answer.result.as_ref().unwrap_err().code;
    assert!(answers.iter().all(|answer| code(answer) == ErrorCode::OutcomeUnknown));
}

/// What the app sees of two grants that come while somebody else writes to the same team.
async fn two_grants_of(writes: HolderWrites) -> Vec<String> {
    let run = Run::new();
    let team_kind = EntitlementKind {
        name: team().kind.to_string(),
        description: None,
        assignable: true,
        has_seats: false,
        costs_money: false,
        nests: false,
        holder_writes: writes,
    };
    let description = innkeeper_domain::Description { entitlement_kinds: vec![team_kind], ..description() };
    let changes = ["ada", "bob"].map(|name| [create(name, name), grant_after(&format!("{name}-team"), name, name)]).concat();
    let (_, records) = run.begin(changes).await;
    let app = run.run_app();
    let context = Arc::new(AppContext::new(&app, run.world.clone(), description, Patience::default(), run.journal()));
    let gathering = context.gathering(&team());
    let alone = gathering.alone().await;
    let grants = records.into_iter().filter(|record| record.change.id.as_str().ends_with("-team"));
    let tasks: Vec<_> = grants
        .map(|record| {
            let (context, id) = (context.clone(), run.world.account(record.change.person.as_str(), ""));
            tokio::spawn(async move { context.write(&record, Some(&id), None).await })
        })
        .collect();
    // On the one thread of the test every task runs until it waits.
    tokio::task::yield_now().await;
    drop(alone);
    for task in tasks {
        assert!(task.await.unwrap().result.is_ok());
    }
    run.world.writes()
}

#[tokio::test]
async fn only_an_app_that_can_write_many_at_once_is_asked_to() {
    assert_eq!(two_grants_of(HolderWrites::Each).await, ["grant id-ada", "grant id-bob"]);
    assert_eq!(two_grants_of(HolderWrites::Many).await, ["amend 7 +2 -0"]);
    assert_eq!(two_grants_of(HolderWrites::All).await, ["amend 7 +2 -0"]);
}
