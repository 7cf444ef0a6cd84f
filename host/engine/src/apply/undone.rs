//! How a change that others wait for is not done.

use innkeeper_domain::{AccountStatus, ChangeRecord, ChangeState, Operation, Precondition};

/// How a change that others wait for is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undone {
    /// It did not succeed.
    Failed,
    /// It is somebody else's turn: a human's, or the app's.
    Open,
    /// A human has to suspend the account, which until then is as it was.
    Suspending(AccountStatus),
}

impl Undone {
    /// None for a change that is done.
    pub(crate) fn of(record: &ChangeRecord) -> Option<Self> {
        match (&record.state, &record.change.operation, &record.change.precondition) {
            (ChangeState::Done { .. }, ..) => None,
            (ChangeState::Manual { .. }, Operation::Suspend, Precondition::AccountIs { status, .. }) => {
                Some(Self::Suspending(*status))
            }
            (ChangeState::Manual { .. } | ChangeState::Postponed { .. } | ChangeState::Waiting { token: Some(_), .. }, ..) => {
                Some(Self::Open)
            }
            _ => Some(Self::Failed),
        }
    }

    /// Whether an operation waits until it is done. What closes a leaver's doors further does not wait until somebody finds the
    /// time to suspend the account; what cannot be undone does.
    pub(crate) fn holds_up(self, operation: &Operation) -> bool {
        let closes =
            matches!(operation, Operation::Revoke { .. } | Operation::RevokeSessions | Operation::TransferOwnership { .. });
        !(closes && matches!(self, Self::Suspending(_)))
    }
}
