//! Which answers mean that too many requests came.

use super::{Form, Place, Rate, Reading, Wait, usual};
use std::time::Duration;

/// An answer by which a system says that too many requests came. It did not carry the request out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The statuses that it can have.
    pub status: Vec<u16>,
    /// What it has beside its status.
    pub when: Option<Condition>,
    /// Where it says how long to wait: the first that is there counts.
    pub wait: Vec<Wait>,
    /// How long to wait where it does not say, the first time; each further time in a row it is twice as long. None: 10 seconds.
    pub otherwise: Option<Duration>,
}

/// An answer that says that nothing remains: the request was dealt with, and the next one would be one too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What it has.
    pub when: Condition,
    /// Where it says how long to wait: the first that is there counts. Where none is there is no wait.
    pub wait: Vec<Wait>,
}

/// A part of an answer, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The part.
    pub place: Place,
    /// What it must be.
    pub expected: Expectation,
}

/// What a part of an answer must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Anything, as long as it is there.
    Present,
    /// One of these.
    OneOf(Vec<String>),
    /// A text with this in it, in whatever case.
    Contains(String),
}

/// What an answer says of the rate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The request was one too many.
    TooMany(Rest),
    /// The system wants a rest. Whether it dealt with the request is not known.
    Busy(Duration),
    /// The request was dealt with; the next one may have to wait.
    Served(Option<Duration>),
    /// Nothing, and whether the request was dealt with is not known either.
    Unclear,
}

/// How long to rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The answer says it.
    Said(Duration),
    /// The answer does not say it: this long, the first time.
    Unsaid(Duration),
}

/// The first wait after a 429 that does not say how long: the shortest window that systems without headers are known to count by.
const UNSAID: Duration = Duration::from_secs(10);

pub(super) fn verdict(rate: &Rate, answer: &Reading<'_>) -> Verdict {
    let said = |signal: &&Signal| signal.matches(answer);
    if let Some(signal) = rate.signals.iter().find(said) {
        let rest = answer.rest(&signal.wait).map_or_else(|| Rest::Unsaid(signal.otherwise.unwrap_or(UNSAID)), Rest::Said);
        return Verdict::TooMany(rest);
    }
    let retry_after = || answer.rest(&[Wait { place: Place::Header("retry-after".to_owned()), form: Form::RetryAfter }]);
    // What a connector says of its system's headers is better than what they usually mean.
    let is_unknown = rate.signals.is_empty() && rate.exhausted.is_empty();
    let retry_after = || retry_after().or_else(|| usual::reset(answer).filter(|_| is_unknown));
    match answer.status {
        429 => Verdict::TooMany(retry_after().map_or(Rest::Unsaid(UNSAID), Rest::Said)),
        // It says that the system is not well (RFC 9110, section 15.6.4), not that a write was not carried out.
        503 => retry_after().map_or(Verdict::Unclear, Verdict::Busy),
        500.. => Verdict::Unclear,
        _ if is_unknown => Verdict::Served(usual::reset(answer).filter(|_| usual::is_exhausted(answer))),
        _ => {
            let exhausted = rate.exhausted.iter().filter(|exhausted| exhausted.when.holds(answer));
            Verdict::Served(exhausted.filter_map(|exhausted| answer.rest(&exhausted.wait)).max())
        }
    }
}

impl Signal {
    fn matches(&self, answer: &Reading<'_>) -> bool {
        self.status.contains(&answer.status) && self.when.as_ref().is_none_or(|when| when.holds(answer))
    }
}

impl Condition {
    fn holds(&self, answer: &Reading<'_>) -> bool {
        let Some(text) = answer.text(&self.place) else { return false };
        match &self.expected {
            Expectation::Present => true,
            Expectation::OneOf(values) => values.iter().any(|value| *value == text),
            Expectation::Contains(part) => text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests;
