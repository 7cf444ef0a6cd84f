//! How a change that others wait for is not done.

use innkeeper_domain::ChangeState;

/// How a change that others wait for is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undone {
    /// It did not succeed.
    Failed,
    /// It is somebody else's turn: a human's, or the app's.
    Open,
}

impl Undone {
    /// None for a change that is done.
    pub(crate) fn of(state: &ChangeState) -> Option<Self> {
        match state {
            ChangeState::Done { .. } => None,
            ChangeState::Manual { .. } | ChangeState::Postponed { .. } | ChangeState::Waiting { token: Some(_), .. } => {
                Some(Self::Open)
            }
            _ => Some(Self::Failed),
        }
    }
}
