//! Every kind of change is refused when what it was planned on is no longer so, says what is different, and holds nobody else up.

use super::*;

fn text(record: &ChangeRecord) -> &str {
    match &record.state {
        ChangeState::Stale { text } => text,
        state => panic!("{} is {state:?}", record.id),
    }
}

#[tokio::test(start_paused = true)]
async fn an_adoption_is_checked_like_a_write_and_what_follows_it_is_not_done() {
    let run = Run::new();
    let ada: AccountId = run.world.account("ada", "Countess");
    let adopt = change("c1", "ada", existing(&ada, "ada"), Operation::Adopt, active("Engineer"));
    let grant = Operation::Grant { entitlement: team(), name: "backend".into() };
    let after =
        Change { after: vec![ChangeId::new("c1")], ..change("c2", "ada", existing(&ada, "ada"), grant, active("Countess")) };
    let report = run.apply(vec![adopt, after]).await;
    assert_eq!(states(&report), ["stale", "skipped"]);
    assert_eq!(text(&report.changes[0]), "title is \"Countess\" and was \"Engineer\" when the plan was made; make a new plan");
    assert!(run.store.links(&app()).await.unwrap().is_empty(), "nobody got the account");
    assert_eq!(run.world.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_adoption_that_still_holds_links_the_account_and_writes_nothing() {
    let run = Run::new();
    let ada = run.world.account("ada", "Countess");
    let report = run.apply(vec![change("c1", "ada", existing(&ada, "ada"), Operation::Adopt, active("Countess"))]).await;
    assert_eq!(states(&report), ["done"]);
    assert_eq!(run.store.links(&app()).await.unwrap().len(), 1);
    assert_eq!(run.world.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_change_of_an_account_that_is_gone_is_stale_and_the_others_go_on() {
    let run = Run::new();
    let (gone, bob) = (AccountId::new("gone"), run.world.account("bob", ""));
    let delta = innkeeper_domain::Delta {
        name: "title".into(),
        edit: innkeeper_domain::Edit::Clear,
        before: vec![Value::plain("Engineer")],
    };
    let operations = [
        Operation::UpdateAccount { deltas: vec![delta] },
        Operation::Suspend,
        Operation::Reactivate,
        Operation::RevokeSessions,
        Operation::TransferOwnership { to: bob.clone() },
        Operation::DeleteAccount,
        Operation::Grant { entitlement: team(), name: "backend".into() },
        Operation::Revoke { entitlement: team(), name: "backend".into() },
        Operation::Adopt,
    ];
    let mut changes: Vec<Change> = (operations.into_iter().enumerate())
        .map(|(at, operation)| {
            change(&format!("c{at}"), &format!("p{at}"), existing(&gone, "gone"), operation, active("Engineer"))
        })
        .collect();
    changes.push(suspend("last", &bob, "bob"));
    let report = run.apply(changes).await;
    let (last, stale) = report.changes.split_last().expect("there are changes");
    for record in stale {
        assert_eq!(text(record), "the account no longer exists; make a new plan", "{:?}", record.change.operation);
    }
    assert_eq!(last.state.name(), "done");
    assert_eq!(run.world.writes(), ["suspended id-bob"]);
}
