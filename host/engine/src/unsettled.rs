//! Writes that left and of which nobody knows what became of them. The next run settles them; until then, what they may have given counts as
//! given by us, so that nobody keeps it who should not.

use crate::error::EngineError;
use crate::planning::Observed;
use innkeeper_domain::{AccountId, AccountTarget, AppName, ChangeRecord, ChangeState, EntitlementKey, Operation};
use innkeeper_store::Store;

/// Adds to what we own on each app what open changes may have granted there.
pub(crate) async fn own(store: &dyn Store, open: &[ChangeRecord], observed: &mut [Observed<'_>]) -> Result<(), EngineError> {
    for (app, account, entitlement) in grants(store, open).await? {
        if let Some(observed) = observed.iter_mut().find(|observed| observed.app.name == app) {
            observed.owned.insert((account, entitlement));
        }
    }
    Ok(())
}

/// What may have been granted, of changes that are open.
async fn grants(store: &dyn Store, open: &[ChangeRecord]) -> Result<Vec<(AppName, AccountId, EntitlementKey)>, EngineError> {
    let mut grants = Vec::new();
    for record in open.iter().filter(|record| may_have_arrived(&record.state)) {
        let Operation::Grant { entitlement, .. } = &record.change.operation else { continue };
        let account = match &record.change.account {
            AccountTarget::Existing { id, .. } => Some(id.clone()),
            AccountTarget::Created { by } => {
                let of_person = store.changes_for(&record.change.person, Some(&record.app)).await?;
                of_person.into_iter().find(|made| made.run == record.run && made.id == *by).and_then(made)
            }
            AccountTarget::New => None,
        };
        grants.extend(account.map(|account| (record.app.clone(), account, entitlement.clone())));
    }
    Ok(grants)
}

fn may_have_arrived(state: &ChangeState) -> bool {
    matches!(state, ChangeState::Sent | ChangeState::Unknown { .. } | ChangeState::Waiting { token: Some(_), .. })
}

fn made(record: ChangeRecord) -> Option<AccountId> {
    match record.state {
        ChangeState::Done { account, .. } => account,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{
        Attributes, Change, ChangeId, ErrorCode, Failure, IntentId, PersonId, PlanId, Precondition, Reason, ReasonKind, RunId,
        RunRecord, RunState,
    };
    use innkeeper_store::SqliteStore;
    use jiff::Timestamp;

    fn record(id: &str, account: AccountTarget, operation: Operation, state: ChangeState) -> ChangeRecord {
        ChangeRecord {
            run: RunId::new("run"),
            app: AppName::new("crm"),
            id: ChangeId::new(id),
            change: Change {
                id: ChangeId::new(id),
                person: PersonId::new("ada"),
                label: "ada".into(),
                account,
                operation,
                reasons: vec![Reason::new(ReasonKind::Joiner, "joiner")],
                precondition: Precondition::Created,
                after: Vec::new(),
            },
            intent: IntentId::new(format!("intent-{id}")),
            state,
            at: Timestamp::UNIX_EPOCH,
            attempts: Vec::new(),
        }
    }

    fn grant(id: &str, account: AccountTarget, state: ChangeState) -> ChangeRecord {
        let entitlement = EntitlementKey { kind: "group".into(), id: id.into() };
        record(id, account, Operation::Grant { entitlement, name: id.into() }, state)
    }

    #[tokio::test]
    async fn a_grant_of_which_nobody_knows_whether_it_arrived_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("innkeeper.db")).unwrap();
        let (ada, bob) = (AccountId::new("id-ada"), AccountId::new("id-bob"));
        let (made, known) = (
            AccountTarget::Created { by: ChangeId::new("c1") },
            AccountTarget::Existing { id: bob.clone(), unique_name: "bob".into() },
        );
        let create = Operation::CreateAccount { unique_name: "ada".into(), attributes: Attributes::new(), grants: Vec::new() };
        let unknown = ChangeState::Unknown { failure: Failure::new(ErrorCode::OutcomeUnknown, "lost") };
        let done = ChangeState::Done { already: false, account: Some(ada.clone()) };
        let records = [
            record("c1", AccountTarget::New, create, done),
            grant("sent", made.clone(), ChangeState::Sent),
            grant("unknown", known.clone(), unknown),
            grant("intended", known, ChangeState::Intended),
            grant("planned", made, ChangeState::Planned),
        ];
        let run = RunRecord {
            id: RunId::new("run"),
            plan: PlanId::new("plan"),
            by: "test".into(),
            started: Timestamp::UNIX_EPOCH,
            finished: None,
            state: RunState::Running,
        };
        store.begin_run(&run, &records).await.unwrap();
        let open = store.open_changes().await.unwrap();
        let ours = grants(&store, &open).await.unwrap();
        let held: Vec<_> = ours.iter().map(|(_, account, entitlement)| (account, entitlement.id.as_str())).collect();
        assert_eq!(held, [(&ada, "sent"), (&bob, "unknown")]);
    }
}
