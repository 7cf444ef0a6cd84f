//! What Innkeeper manages from now on, because a change succeeded.

use innkeeper_domain::{Account, AccountId, ChangeRecord, Operation};
use innkeeper_store::{Link, Mutation, OwnedGrant};
use jiff::Timestamp;
use jiff::civil::Date;

/// What follows from a change that succeeded on an account. `shown` is the account as the app shows it afterwards, where it does.
pub(crate) fn effects(
    record: &ChangeRecord,
    account: &AccountId,
    shown: Option<&Account>,
    now: Timestamp,
    today: Date,
) -> Vec<Mutation> {
    let (app, account, change) = (record.app.clone(), account.clone(), &record.change);
    let link = |unique_name: String| Link {
        person: change.person.clone(),
        unique_name,
        since: now,
        suspended_on: None,
        deleted_on: None,
    };
    let mutation = match &change.operation {
        Operation::CreateAccount { unique_name, .. } => {
            let unique_name = shown.map_or(unique_name.as_str(), |account| &account.unique_name).to_owned();
            Mutation::Link { app, account, link: link(unique_name) }
        }
        Operation::Adopt => Mutation::Link { app, account, link: link(change.label.clone()) },
        Operation::UpdateAccount { .. } => match shown {
            Some(shown) => Mutation::Renamed { app, account, unique_name: shown.unique_name.to_string() },
            None => return Vec::new(),
        },
        Operation::Suspend => Mutation::Suspended { app, account, on: Some(today) },
        Operation::Reactivate => Mutation::Suspended { app, account, on: None },
        Operation::DeleteAccount => Mutation::Deleted { app, account, on: today },
        Operation::Grant { entitlement, .. } | Operation::AssumeGrant { entitlement, .. } => {
            let role = change.reasons.iter().find_map(|reason| reason.role.clone());
            let grant = OwnedGrant { account, entitlement: entitlement.clone(), role, since: now };
            Mutation::OwnGrant { app, grant }
        }
        Operation::Revoke { entitlement, .. } => Mutation::DisownGrant { app, account, entitlement: entitlement.clone() },
        Operation::RevokeSessions | Operation::TransferOwnership { .. } => return Vec::new(),
    };
    vec![mutation]
}
