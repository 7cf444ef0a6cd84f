//! Single requests that go wrong, by plan.

use crate::web;

/// A plan: which requests go wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure<F = web::Fault> {
    /// Only requests with this method; any where none.
    pub method: Option<String>,
    /// Only requests whose path starts so, such as `/Users`.
    pub path: String,
    /// Of those that match, how many go well first.
    pub after: usize,
    /// Of those that match after that, how many go wrong. All where none.
    pub times: Option<usize>,
    /// How they go wrong.
    pub fault: F,
}

impl<F> Failure<F> {
    /// The `nth` request of this method below this path goes wrong, counted from 1.
    #[must_use]
    pub fn nth(method: &str, path: &str, nth: usize, fault: F) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), after: nth.saturating_sub(1), times: Some(1), fault }
    }

    /// Every request of this method below this path goes wrong.
    #[must_use]
    pub fn always(method: &str, path: &str, fault: F) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), after: 0, times: None, fault }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && path.starts_with(&self.path)
    }
}

/// The plans and how far each has come.
#[derive(Debug)]
pub(crate) struct Plans<F>(Vec<(Failure<F>, usize)>);

impl<F: Clone> Plans<F> {
    pub(crate) fn new(failures: Vec<Failure<F>>) -> Self {
        Self(failures.into_iter().map(|failure| (failure, 0)).collect())
    }

    /// Counts a request in every plan that it matches, and gives the first fault that it meets.
    pub(crate) fn next(&mut self, method: &str, path: &str) -> Option<F> {
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
    use super::{Failure, Plans};
    use crate::scim::Fault;

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
