//! What a call answers.

use crate::Fault;
use innkeeper_domain::{AccountId, EntitlementKey, ErrorCode, Exchange, Failure, PersonId, PersonRecord};

/// How a call ended, and every request that it sent on the way.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Answer<T> {
    /// How it ended.
    pub result: Result<T, CallError>,
    /// The requests in the order in which they were sent; a refused one is among them, without a status.
    pub exchanges: Vec<Exchange>,
}

impl<T> Answer<T> {
    /// The same answer with another value in it.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { result: self.result.map(convert), exchanges: self.exchanges }
    }

    /// The same answer with another value in it, or a failure in its place.
    pub(crate) fn and_then<U>(self, convert: impl FnOnce(T) -> Result<U, Failure>) -> Answer<U> {
        let result = self.result.and_then(|value| convert(value).map_err(CallError::Failure));
        Answer { result, exchanges: self.exchanges }
    }

    /// The value, or the failure; a fault is turned into one.
    ///
    /// # Errors
    /// The call did not work.
    pub fn into_result(self) -> Result<T, Failure> {
        self.result.map_err(Failure::from)
    }
}

/// Why a call did not work: an expected failure, or a fault of the connector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connector answered so, after what its system answered.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The connector broke, or wanted more than it may have.
    #[error(transparent)]
    Fault(#[from] Box<Fault>),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failure(failure) => failure,
            CallError::Fault(fault) => (*fault).into(),
        }
    }
}

impl From<Fault> for Failure {
    /// `internal`, unless a write may have reached the system before the fault: then nobody knows its outcome.
    fn from(fault: Fault) -> Self {
        if fault.write_sent {
            let message = format!("{fault}; a write had been sent before, and its outcome is not known");
            return Self::new(ErrorCode::OutcomeUnknown, message);
        }
        match &fault.kind {
            crate::FaultKind::BreakerOpen { wait } => Self {
                retry_after: Some(u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)),
                ..Self::new(ErrorCode::Unavailable, fault.to_string())
            },
            _ => Self::new(ErrorCode::Internal, fault.to_string()),
        }
    }
}

/// One page of a listing. Whether the listing was complete is for the caller to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page; none after the last.
    pub next: Option<String>,
    /// How many there are in all, where the system says so.
    pub total: Option<u32>,
}

/// Whose grants to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All on the system.
    All,
    /// The holders of one entitlement.
    Entitlement(&'a EntitlementKey),
    /// What one account holds directly.
    Account(&'a AccountId),
}

/// What a connector says works now, with these credentials: `connector.status` in the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The profile in use, where the connector has several.
    pub profile: Option<String>,
    /// What answered, as it names itself.
    pub system: Option<String>,
    /// Operation by operation.
    pub abilities: Vec<Ability>,
}

/// Whether one operation works now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// Its name in the contract: `accounts.create`.
    pub operation: String,
    /// Whether it works.
    pub available: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// What happened to a person in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// New or different; as they are now.
    Upserted(PersonRecord),
    /// No longer in the source.
    Removed(PersonId),
}

/// One page of what changed in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleChanges {
    /// What changed.
    pub items: Vec<PersonChange>,
    /// The cursor of the next page; none after the last.
    pub next: Option<String>,
    /// On the last page: the mark to ask from next time.
    pub mark: Option<String>,
}
