//! Single requests that go wrong, by plan.

use std::time::Duration;

/// A plan: which requests go wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Only requests with this method; any where none.
    pub method: Option<String>,
    /// Only requests whose path starts so, such as `/Users`.
    pub path: String,
    /// Of those that match, how many go well first.
    pub after: usize,
    /// Of those that match after that, how many go wrong. All where none.
    pub times: Option<usize>,
    /// How they go wrong.
    pub fault: Fault,
}

impl Failure {
    /// The `nth` request of this method below this path goes wrong, counted from 1.
    #[must_use]
    pub fn nth(method: &str, path: &str, nth: usize, fault: Fault) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), after: nth.saturating_sub(1), times: Some(1), fault }
    }

    /// Every request of this method below this path goes wrong.
    #[must_use]
    pub fn always(method: &str, path: &str, fault: Fault) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), after: 0, times: None, fault }
    }

    pub(super) fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && path.starts_with(&self.path)
    }
}

/// How one request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done and this status is answered, as a SCIM error.
    Status(u16),
    /// 429; with `Retry-After` in seconds where given (RFC 9110, section 10.2.3).
    RateLimited {
        /// Seconds.
        retry_after: Option<u32>,
    },
    /// 429 with `Retry-After` as a date so far from now.
    RateLimitedUntil(Duration),
    /// Nothing is done and 200 with a sign-in page is answered.
    Html,
    /// It is done, and the answer is cut off in the middle.
    TruncatedJson,
    /// Nothing is done and the connection is closed without an answer.
    Refuse,
    /// It is done, and the connection is closed without an answer: the outcome is unknown to the client.
    LoseAnswer,
    /// It is done, and the answer comes so much later.
    Late(Duration),
    /// The listing is empty.
    EmptyList,
}

/// The plans and how far each has come.
#[derive(Debug, Default)]
pub(super) struct Plans(Vec<(Failure, usize)>);

impl Plans {
    pub(super) fn new(failures: Vec<Failure>) -> Self {
        Self(failures.into_iter().map(|failure| (failure, 0)).collect())
    }

    /// Counts a request in every plan that it matches, and gives the first fault that it meets.
    pub(super) fn next(&mut self, method: &str, path: &str) -> Option<Fault> {
        let mut met = None;
        for (failure, seen) in &mut self.0 {
            if failure.matches(method, path) {
                let index = *seen;
                *seen += 1;
                let within = failure.times.is_none_or(|times| index < failure.after + times);
                if index >= failure.after && within && met.is_none() {
                    met = Some(failure.fault.clone());
                }
            }
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Fault, Plans};

    #[test]
    fn only_the_nth_matching_request_goes_wrong() {
        let mut plans = Plans::new(vec![Failure::nth("POST", "/Users", 2, Fault::Status(500))]);
        let met: Vec<_> = ["POST", "GET", "POST", "POST"].iter().map(|method| plans.next(method, "/Users").is_some()).collect();
        assert_eq!(met, [false, false, true, false]);
        assert_eq!(plans.next("POST", "/Groups"), None);
    }

    #[test]
    fn every_matching_request_goes_wrong_without_a_limit() {
        let mut plans = Plans::new(vec![Failure::always("GET", "/", Fault::Html)]);
        assert!((0..3).all(|_| plans.next("get", "/Users") == Some(Fault::Html)));
    }
}
