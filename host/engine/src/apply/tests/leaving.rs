//! What an older plan still does to somebody who was offboarded meanwhile.

use super::*;

fn revoke(id: &str, account: &AccountId, name: &str) -> Change {
    let operation = Operation::Revoke { entitlement: team(), name: "backend".into() };
    change(id, name, existing(account, name), operation, active("Engineer"))
}

/// Ada has left since the plan was made.
async fn states(change: impl FnOnce(&World) -> Change) -> (Vec<ChangeState>, Vec<String>) {
    let run = Run::new();
    let change = change(&run.world);
    let (record, records) = run.begin(vec![change]).await;
    let means = run.means(Patience::default());
    means.active.leaves(&PersonId::new("ada"));
    let modes = BTreeMap::from([(app(), AppMode::Enforce)]);
    let apps = BTreeMap::from([(app(), run.run_app())]);
    let report = execute(record, records, &modes, apps, means, Arc::new(Quiet)).await.unwrap();
    (report.changes.into_iter().map(|record| record.state).collect(), run.world.writes())
}

#[tokio::test]
async fn it_gives_nothing() {
    let (states, writes) = states(|_| create("c", "ada")).await;
    assert!(matches!(&states[..], [ChangeState::Skipped { text }] if text.contains("offboarded")), "{states:?}");
    assert!(writes.is_empty());
}

#[tokio::test]
async fn what_is_left_of_a_closing_that_was_cut_off_is_carried_out() {
    let (states, writes) = states(|world| revoke("r", &world.account("ada", "Engineer"), "ada")).await;
    assert!(matches!(states[..], [ChangeState::Done { .. }]), "{states:?}");
    assert_eq!(writes, ["revoke id-ada"]);
}
