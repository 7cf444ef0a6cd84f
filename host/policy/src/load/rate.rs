//! `rate` of a source or an app: what the operator lets its system be sent.

use super::section::Entry;
use crate::connection::Rate;
use crate::problem::Problems;
use std::ops::RangeInclusive;

/// From one request a day, about, to more than any system bears: what is outside was meant otherwise.
const REQUESTS_PER_SECOND: RangeInclusive<f64> = 0.00001..=10_000.0;

const BURST: RangeInclusive<u32> = 1..=100_000;

pub(super) fn rate(entry: &Entry<'_>, problems: &mut Problems) -> Option<Rate> {
    let mut section = entry.section("a rate", problems)?;
    let requests = section.need("requests-per-second", "5", problems);
    let requests_per_second = requests.and_then(|entry| entry.fraction(REQUESTS_PER_SECOND, problems));
    let burst = section.take("burst").map_or(Some(1), |entry| entry.number(BURST, problems));
    section.finish(problems);
    Some(Rate { requests_per_second: requests_per_second?, burst: burst? })
}
