//! Lengths of time as people write them.

use jiff::SignedDuration;
use std::fmt;
use std::str::FromStr;

/// A length of time: `0s`, `30m`, `20h`, `14d`, `2w`. A day has 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(SignedDuration);

/// The longest that anybody can mean: a hundred years.
const LONGEST: SignedDuration = SignedDuration::from_hours(36_500 * 24);

/// The text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLength {
    /// It is not a number with a unit.
    #[error("`{0}` is not a length of time: a number and a unit, `30m`, `20h`, `14d` or `2w`")]
    Unreadable(String),
    /// It is longer than anybody can mean.
    #[error("`{0}` is longer than a hundred years")]
    TooLong(String),
}

impl Length {
    /// So many hours.
    pub const fn hours(hours: i64) -> Self {
        Self(SignedDuration::from_hours(hours))
    }

    /// As a duration; never negative.
    pub const fn duration(self) -> SignedDuration {
        self.0
    }
}

impl FromStr for Length {
    type Err = InvalidLength;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let unreadable = || InvalidLength::Unreadable(text.to_owned());
        let unit = text.chars().last().ok_or_else(unreadable)?;
        let seconds: i64 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return Err(unreadable()),
        };
        let count = text.strip_suffix(unit).map(str::trim).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        let count = count.filter(|count| !count.is_empty()).ok_or_else(unreadable)?;
        let too_long = || InvalidLength::TooLong(text.to_owned());
        let count: i64 = count.parse().map_err(|_| too_long())?;
        let length = SignedDuration::from_secs(count.checked_mul(seconds).ok_or_else(too_long)?);
        if length > LONGEST { Err(too_long()) } else { Ok(Self(length)) }
    }
}

/// In the largest unit that gives a whole number.
impl fmt::Display for Length {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let units = [(604_800, 'w'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
        let unit = units.into_iter().find(|(unit, _)| seconds > 0 && seconds % unit == 0);
        let (unit, letter) = unit.unwrap_or((1, 's'));
        write!(formatter, "{}{letter}", seconds / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit() {
        for (text, hours) in [("0s", 0), ("60m", 1), ("20h", 20), ("14d", 336), ("2w", 336), (" 1 d ", 24)] {
            assert_eq!(text.parse(), Ok(Length::hours(hours)), "{text}");
        }
        for text in ["", "d", "14", "-1d", "+1d", "1y", "1.5h", "1d2h", "٣d"] {
            assert_eq!(text.parse::<Length>(), Err(InvalidLength::Unreadable(text.into())), "{text}");
        }
        for text in ["36501d", "99999999999999999999w", "9223372036854775807w"] {
            assert_eq!(text.parse::<Length>(), Err(InvalidLength::TooLong(text.into())), "{text}");
        }
    }

    #[test]
    fn a_length_is_shown_in_its_largest_unit() {
        let shown = ["0s", "90s", "20h", "36h", "3d", "14d"].map(|text| text.parse::<Length>().unwrap().to_string());
        assert_eq!(shown, ["0s", "90s", "20h", "36h", "3d", "2w"]);
    }
}
