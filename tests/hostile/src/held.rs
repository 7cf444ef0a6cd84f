//! How an attack ended.
//!
//! A [`Held`] is made of what really happened, and only when that is of the class that the attack expects. Whatever text the outcome has is in
//! it, so that it can be searched for secrets.

use crate::App;
use innkeeper_bundle::BundleError;
use innkeeper_domain::{CaseKind, ErrorCode};
use innkeeper_egress::Code;
use innkeeper_engine::Planned;
use innkeeper_sandbox::{Answer, CallError, FaultKind, SandboxError};
use std::fmt::{self, Debug, Display};
use std::process::Output;
use tokio::time::error::Elapsed;

/// What class of outcome it was, as the table names it: `FaultKind::OutOfCpu`, `Code::Denied`, `SandboxError::Compile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class(String);

impl Class {
    fn of(kind: &str, value: &impl Debug) -> Self {
        let shown = format!("{value:?}");
        let variant: String = shown.chars().take_while(char::is_ascii_alphanumeric).collect();
        Self(format!("{kind}::{variant}"))
    }

    /// The class as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An attack that was held.
#[must_use = "it is the verdict: give it back"]
pub struct Held {
    pub(crate) class: Class,
    /// All that the outcome says.
    pub(crate) said: String,
}

impl Held {
    /// The connector was stopped by this fault.
    ///
    /// # Panics
    /// When it was not.
    pub fn fault<T: Debug>(answer: &Answer<T>, expected: impl FnOnce(&FaultKind) -> bool) -> Self {
        let Err(CallError::Fault(fault)) = &answer.result else { panic!("a fault was expected: {answer:?}") };
        assert!(expected(&fault.kind), "another fault was expected: {fault:?}");
        Self { class: Class::of("FaultKind", &fault.kind), said: format!("{answer:?} {fault}") }
    }

    /// The call failed with this code, in the host's own judgement or the connector's.
    ///
    /// # Panics
    /// When it did not.
    pub fn failure<T: Debug>(answer: &Answer<T>, expected: ErrorCode) -> Self {
        let Err(CallError::Failure(failure)) = &answer.result else { panic!("a failure was expected: {answer:?}") };
        assert_eq!(failure.code, expected, "{failure}");
        Self { class: Class::of("ErrorCode", &failure.code), said: format!("{answer:?} {failure}") }
    }

    /// Every request of the app was refused with this code.
    ///
    /// # Panics
    /// When there was none, or one was answered or refused for another reason.
    pub fn refused(app: &App<'_>, expected: Code) -> Self {
        let passed = app.passed();
        assert!(!passed.is_empty(), "no request was tried");
        for one in &passed {
            assert_eq!(one.exchange.error, Some(expected), "{one:?}");
        }
        Self { class: Class::of("Code", &expected), said: format!("{passed:?}") }
    }

    /// The last request of the app was refused with this code.
    ///
    /// # Panics
    /// When it was not.
    pub fn refused_at_last(app: &App<'_>, expected: Code) -> Self {
        let passed = app.passed();
        assert_eq!(passed.last().and_then(|last| last.exchange.error), Some(expected), "{passed:?}");
        Self { class: Class::of("Code", &expected), said: format!("{passed:?}") }
    }

    /// The host did not load the connector.
    ///
    /// # Panics
    /// When it did, or for another reason.
    pub fn not_loaded<T>(result: Result<T, SandboxError>, expected: impl FnOnce(&SandboxError) -> bool) -> Self {
        let Err(error) = result else { panic!("the connector was loaded") };
        assert!(expected(&error), "another error was expected: {error:?}");
        Self { class: Class::of("SandboxError", &error), said: format!("{error:?} {error}") }
    }

    /// The host did not take the bundle.
    ///
    /// # Panics
    /// When it did, or for another reason.
    pub fn not_taken<T>(result: Result<T, BundleError>, expected: impl FnOnce(&BundleError) -> bool) -> Self {
        let Err(error) = result else { panic!("the bundle was taken") };
        assert!(expected(&error), "another error was expected: {error:?}");
        let class = match &error {
            BundleError::Archive { error, .. } => Class::of("ArchiveError", error),
            BundleError::Trust(error) => Class::of("TrustError", error),
            BundleError::Lock(error) => Class::of("LockError", error),
            other => Class::of("BundleError", other),
        };
        Self { class, said: format!("{error:?} {error}") }
    }

    /// The app could not be read, and is not in the plan.
    ///
    /// # Panics
    /// When it could, or for another reason.
    pub fn unread(planned: &Planned, app: &str, expected: ErrorCode) -> Self {
        let failure = planned.failures.iter().find(|failure| failure.app.as_str() == app);
        let failure = failure.unwrap_or_else(|| panic!("{app} was read: {planned:?}"));
        assert!(failure.message.starts_with(&expected.to_string()), "{}", failure.message);
        Self { class: Class::of("ErrorCode", &expected), said: format!("{planned:?}") }
    }

    /// What was read of the app is known to be incomplete, so that nothing follows from what is not in it.
    ///
    /// # Panics
    /// When it passes for complete, or for another reason.
    pub fn incomplete(planned: &Planned, app: &str, reason: &str) -> Self {
        let plan = planned.plan.apps().iter().find(|plan| plan.app.as_str() == app);
        let cases = plan.unwrap_or_else(|| panic!("{app} was not read: {planned:?}")).cases.iter();
        let incomplete = cases.map(|case| &case.kind).find(|kind| matches!(kind, CaseKind::Incomplete { .. }));
        let Some(kind @ CaseKind::Incomplete { listing }) = incomplete else { panic!("it passes for complete: {planned:?}") };
        assert!(listing.contains(reason), "`{reason}` was expected: {listing}");
        Self { class: Class::of("CaseKind", &kind), said: format!("{planned:?}") }
    }

    /// The program declined, and says so.
    ///
    /// # Panics
    /// When it did not, or says something else.
    pub fn declined(output: &Output, says: &str) -> Self {
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Lines are broken where the terminal ends.
        let words: Vec<&str> = said.split_whitespace().filter(|word| *word != "│").collect();
        assert!(words.join(" ").contains(says), "`{says}` was expected: {said}");
        let code = output.status.code().filter(|code| *code != 0).unwrap_or_else(|| panic!("it did not decline: {said}"));
        Self { class: Class(format!("exit {code}")), said }
    }

    /// It was still going on when the host lost its patience, dropped it, and went on without it.
    ///
    /// # Panics
    /// When it had ended.
    pub fn cut_off<T: Debug>(ended: Result<T, Elapsed>) -> Self {
        assert!(ended.is_err(), "it ended: {ended:?}");
        Self { class: Class("cut off".to_owned()), said: format!("{ended:?}") }
    }

    /// The attack was let do what it wanted and got nothing by it. `got` is what it has to show, which the test has looked at.
    ///
    /// # Panics
    /// When there is something after all.
    pub fn harmless(got: &impl Debug, nothing: bool) -> Self {
        assert!(nothing, "it got something: {got:?}");
        Self { class: Class("harmless".to_owned()), said: format!("{got:?}") }
    }
}
