//! What the headers of rate limits usually mean, for systems whose connector says nothing of them.
//!
//! `RateLimit` with `r` and `t` (draft-ietf-httpapi-ratelimit-headers since its eighth version), `RateLimit-Remaining` and `RateLimit-Reset` (before
//! it), and their older relatives with `X-`. The draft counts seconds from now on; many with `X-` send a moment since 1970.

use super::Reading;
use std::time::Duration;

/// A number of seconds from here on is a moment since 1970: thirty years are no rest.
const A_MOMENT: f64 = 1e9;

/// The shortest rest: what is sent within the second that the system rounds to would be one too many.
const SHORTEST: Duration = Duration::from_secs(1);

const REMAINING: [&str; 3] = ["ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];
const RESET: [&str; 4] = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after"];

/// Whether nothing remains.
pub(super) fn is_exhausted(answer: &Reading<'_>) -> bool {
    let named = REMAINING.iter().find_map(|name| first(answer.header(name)?));
    named.or_else(|| parameter(answer, "r")).is_some_and(|remaining| remaining < 1.0)
}

/// How long until something remains again.
pub(super) fn reset(answer: &Reading<'_>) -> Option<Duration> {
    let named = RESET.iter().find_map(|name| first(answer.header(name)?));
    let number = named.or_else(|| parameter(answer, "t"))?;
    let seconds = Duration::try_from_secs_f64(number).ok()?;
    let rest = if number >= A_MOMENT { answer.until(seconds) } else { seconds };
    Some(rest.max(SHORTEST))
}

/// The first number of a field: some send `100, 100;window=60`.
fn first(field: &str) -> Option<f64> {
    field.split([',', ';']).next()?.trim().parse().ok()
}

/// A parameter of the policy in `RateLimit` that has the least left, which is the one that matters.
fn parameter(answer: &Reading<'_>, name: &str) -> Option<f64> {
    let value = |policy: &str, name: &str| {
        policy
            .split(';')
            .skip(1)
            .find_map(|part| part.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim().parse::<f64>().ok())
    };
    let policies = answer.header("ratelimit")?.split(',');
    let tightest =
        policies.filter_map(|policy| Some((value(policy, "r")?, policy))).min_by(|left, right| left.0.total_cmp(&right.0))?;
    value(tightest.1, name)
}

#[cfg(test)]
mod tests {
    use super::super::signal::{Rest, Verdict, verdict};
    use super::super::{Rate, Signal};
    use super::*;
    use http::HeaderMap;
    use std::time::UNIX_EPOCH;

    fn told(rate: &Rate, status: u16, headers: &[(&'static str, &'static str)]) -> Verdict {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect();
        verdict(rate, &Reading::new(status, &headers, None, UNIX_EPOCH + Duration::from_secs(1_800_000_000)))
    }

    fn rest(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        match told(&Rate::default(), 200, headers) {
            Verdict::Served(rest) => rest.map(|rest| rest.as_secs()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_left_means_a_rest_until_the_reset_however_it_is_written() {
        assert_eq!(rest(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "30")]), Some(30));
        assert_eq!(rest(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000045")]), Some(45));
        assert_eq!(rest(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1800000009")]), Some(9));
        assert_eq!(rest(&[("ratelimit", "\"burst\";r=50;t=2, \"day\";r=0;t=600")]), Some(600));
    }

    #[test]
    fn as_long_as_something_is_left_nobody_rests() {
        assert_eq!(rest(&[("ratelimit-remaining", "1"), ("ratelimit-reset", "30")]), None);
        assert_eq!(rest(&[("ratelimit", "\"day\";r=7;t=600")]), None);
        assert_eq!(rest(&[("x-ratelimit-remaining", "none"), ("x-ratelimit-reset", "soon")]), None);
        assert_eq!(rest(&[("x-ratelimit-remaining", "0")]), None);
    }

    #[test]
    fn too_many_without_retry_after_waits_for_the_reset() {
        let verdict = told(&Rate::default(), 429, &[("x-ratelimit-reset", "1800000045")]);
        assert_eq!(verdict, Verdict::TooMany(Rest::Said(Duration::from_secs(45))));
        let verdict = told(&Rate::default(), 429, &[("x-ratelimit-reset", "45"), ("retry-after", "7")]);
        assert_eq!(verdict, Verdict::TooMany(Rest::Said(Duration::from_secs(7))));
    }

    #[test]
    fn a_connector_that_knows_its_system_is_believed_alone() {
        let signal = Signal { status: vec![403], when: None, wait: Vec::new(), otherwise: None };
        let rate = Rate { signals: vec![signal], ..Rate::default() };
        assert_eq!(told(&rate, 200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "45")]), Verdict::Served(None));
    }
}
