//! An app that keeps failing is left alone for the rest of the run; the others go on.

use innkeeper_domain::{ErrorCode, Failure};
use std::sync::Mutex;

/// So many failures in a row that are the app's and not one change's. Low enough to stop a storm against a system that is down,
/// high enough that a few bad seconds do not end a run.
const IN_A_ROW: usize = 5;

/// The state of one app in one run.
#[derive(Debug, Default)]
pub(crate) struct Quarantine(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    in_a_row: usize,
    reason: Option<String>,
}

impl Quarantine {
    /// Why nothing more is sent to the app; none while all is well.
    pub(crate) fn reason(&self) -> Option<String> {
        self.lock().reason.clone()
    }

    /// Takes note of a failure.
    pub(crate) fn note(&self, failure: &Failure) {
        let mut state = self.lock();
        match failure.code {
            // A system that says when it can go on is well.
            ErrorCode::RateLimited if failure.retry_after.is_some() => {}
            // One refusal of the credential is enough: every further request counts as an attack with some vendors.
            ErrorCode::Unauthenticated => state.in_a_row = IN_A_ROW,
            ErrorCode::Unavailable
            | ErrorCode::RateLimited
            | ErrorCode::OutcomeUnknown
            | ErrorCode::MalformedResponse
            | ErrorCode::Internal => state.in_a_row += 1,
            _ => state.in_a_row = 0,
        }
        if state.in_a_row >= IN_A_ROW && state.reason.is_none() {
            state.reason = Some(format!("the app is left alone for the rest of the run after: {failure}"));
        }
    }

    /// Takes note that something worked.
    pub(crate) fn worked(&self) {
        self.lock().in_a_row = 0;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: ErrorCode) -> Failure {
        Failure::new(code, "no")
    }

    #[test]
    fn a_refused_credential_stops_the_app_at_once() {
        let quarantine = Quarantine::default();
        quarantine.note(&failure(ErrorCode::Unauthenticated));
        assert!(quarantine.reason().unwrap().contains("unauthenticated"));
    }

    #[test]
    fn failures_of_single_changes_do_not_add_up() {
        let quarantine = Quarantine::default();
        for _ in 0..100 {
            quarantine.note(&failure(ErrorCode::Invalid));
        }
        assert_eq!(quarantine.reason(), None);
    }

    #[test]
    fn something_that_works_in_between_counts() {
        let quarantine = Quarantine::default();
        for _ in 0..100 {
            quarantine.note(&failure(ErrorCode::Unavailable));
            quarantine.worked();
        }
        assert_eq!(quarantine.reason(), None);
        for _ in 0..IN_A_ROW {
            quarantine.note(&failure(ErrorCode::Unavailable));
        }
        assert!(quarantine.reason().is_some());
    }
}
