//! Apps that show with a delay what was written, and what is not there any more when it is to be taken away.

use super::*;
use innkeeper_store::Mutation;

/// Both attempts of the same run are told apart by what the journal has.
async fn again(run: &Run) -> RunReport {
    let (record, records) = run.store.run(&RunId::new("run")).await.unwrap().unwrap();
    run.execute(record, records).await
}

#[tokio::test(start_paused = true)]
async fn a_create_that_the_app_does_not_show_yet_is_not_sent_again_and_is_found_later() {
    let run = Run::new();
    run.world.show_late(true);
    run.world.trouble(Trouble::AnswerLost);
    let report = run.apply(vec![create("c1", "ada")]).await;
    assert_eq!(states(&report), ["unknown"]);
    assert_eq!(states(&again(&run).await), ["unknown"]);
    run.world.show_late(false);
    assert_eq!(states(&again(&run).await), ["done"]);
    assert_eq!(run.world.writes(), ["create ada"]);
    assert_eq!(run.store.links(&app()).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_may_have_arrived_has_not_failed_because_it_is_refused_the_second_time() {
    let run = Run::new();
    let ada = run.world.account("ada", "");
    run.world.show_late(true);
    run.world.trouble(Trouble::AnswerLost);
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::PermissionDenied, "no")));
    let operation = Operation::Grant { entitlement: team(), name: "backend".into() };
    let grant = change("c1", "ada", existing(&ada, "ada"), operation, Precondition::Created);
    assert_eq!(states(&run.apply(vec![grant]).await), ["unknown"]);
    run.world.show_late(false);
    assert_eq!(states(&again(&run).await), ["done"]);
    assert_eq!(run.store.owned_grants(&app()).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_is_not_all_there_does_not_say_that_nothing_is_held() {
    let run = Run::new();
    let ada = run.world.account("ada", "");
    run.world.list_no_grants(true);
    run.world.trouble(Trouble::AnswerLost);
    run.world.trouble(Trouble::Refused(Failure::new(ErrorCode::PermissionDenied, "no")));
    let operation = Operation::Grant { entitlement: team(), name: "backend".into() };
    let grant = change("c1", "ada", existing(&ada, "ada"), operation, Precondition::Created);
    assert_eq!(states(&run.apply(vec![grant]).await), ["unknown"]);
    run.world.list_no_grants(false);
    assert_eq!(states(&again(&run).await), ["done"]);
    assert_eq!(run.world.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_found_when_it_is_to_be_deleted_is_gone_and_that_is_no_failure() {
    let missing = || Trouble::Refused(Failure::new(ErrorCode::NotFound, "404"));
    let delete = |id: &AccountId| change("c1", "ada", existing(id, "ada"), Operation::DeleteAccount, Precondition::Created);
    let run = Run::new();
    run.world.trouble(missing());
    let report = run.apply(vec![delete(&AccountId::new("id-ada"))]).await;
    assert!(matches!(report.changes[0].state, ChangeState::Done { already: true, .. }), "{:?}", report.changes[0].state);

    let run = Run::new();
    let ada = run.world.account("ada", "");
    run.world.trouble(missing());
    assert_eq!(states(&run.apply(vec![delete(&ada)]).await), ["failed"], "it is there");
}

#[tokio::test(start_paused = true)]
async fn a_managed_account_that_the_listing_does_not_show_yet_is_asked_for_by_its_id() {
    let run = Run::new();
    assert_eq!(states(&run.apply(vec![create("c1", "ada")]).await), ["done"]);
    let link = run.store.links(&app()).await.unwrap().into_values().next().unwrap();
    let gone = Mutation::Link { app: app(), account: AccountId::new("id-bob"), link };
    run.store.apply(&[gone]).await.unwrap();
    let shown = async |late: bool| {
        run.world.show_late(late);
        let (store, target, app) = (run.store.as_ref(), run.world.as_ref(), app());
        let sharing = Default::default();
        let reader = crate::collect::Reader::new(&app, target, Patience::NONE, &Quiet, &sharing);
        let mut snapshot = reader.everything(Timestamp::UNIX_EPOCH).await.unwrap();
        crate::unlisted::add(store, &app, target, Patience::NONE, &mut snapshot).await.unwrap().unwrap();
        snapshot.accounts.content.iter().map(|account| account.unique_name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(true).await, ["ada"], "and bob, who is gone, is not made up");
    assert_eq!(shown(false).await, ["ada"]);
}
