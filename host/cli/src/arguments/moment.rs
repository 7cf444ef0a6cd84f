//! A moment as people type it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::str::FromStr;

/// A moment, or a day that stands for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    At(Timestamp),
    EndOf(Date),
}

impl Moment {
    /// The moment, where the day is one of this zone.
    pub(crate) fn in_zone(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::EndOf(day) => {
                let last = day.tomorrow().and_then(|next| next.to_zoned(zone.clone()));
                let last = last.and_then(|next| next.timestamp().checked_sub(1.second()));
                last.unwrap_or(Timestamp::MAX)
            }
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(at) = text.parse() {
            return Ok(Self::At(at));
        }
        // A time of day without an offset would be cut off silently.
        let day = (text.len() <= "2026-11-22".len()).then(|| text.parse().ok()).flatten();
        day.map(Self::EndOf).ok_or_else(|| "expected a moment like 2026-11-22T09:00:00Z, or a day like 2026-11-22".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_stands_for_its_last_second_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let day: Moment = "2026-11-22".parse().expect("a day");
        assert_eq!(day.in_zone(&zone).to_string(), "2026-11-22T21:59:59Z");
        let at: Moment = "2026-11-22T09:00:00+01:00".parse().expect("a moment");
        assert_eq!(at.in_zone(&zone).to_string(), "2026-11-22T08:00:00Z");
        assert!("2026-11-22T09:00".parse::<Moment>().is_err());
        assert!("yesterday".parse::<Moment>().is_err());
    }
}
