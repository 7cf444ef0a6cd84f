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
