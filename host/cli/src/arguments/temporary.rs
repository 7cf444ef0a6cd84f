//! `grant`, `revoke` and `reinstate`: access for a time.

use clap::{ArgGroup, Args};
use innkeeper_domain::{EntitlementRef, Length};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::str::FromStr;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("end").required(true).args(["until", "length"]))]
pub(crate) struct Grant {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// `app:kind/name`, or `app` for an account there
    #[arg(value_name = "ENTITLEMENT")]
    pub(crate) entitlement: EntitlementRef,
    /// The last day, or the moment: 2026-12-01, 2026-12-01T15:00, in the configured time zone
    #[arg(long, value_name = "DATE-OR-TIME")]
    pub(crate) until: Option<Until>,
    /// For how long: 90m, 20h, 14d, 2w
    #[arg(long = "for", id = "length", value_name = "LENGTH")]
    pub(crate) length: Option<Length>,
    /// What for
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// `app:kind/name`, as it was granted
    #[arg(value_name = "ENTITLEMENT")]
    pub(crate) entitlement: EntitlementRef,
}

#[derive(Debug, Args)]
pub(crate) struct Reinstate {
    /// By key, user name or e-mail address
    pub(crate) person: String,
    /// Only this one: `app:kind/name`
    #[arg(value_name = "ENTITLEMENT")]
    pub(crate) entitlement: Option<EntitlementRef>,
    /// For how long [default: as long as before]
    #[arg(long = "for", id = "length", value_name = "LENGTH")]
    pub(crate) length: Option<Length>,
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// With this day.
    Day(Date),
    /// At this time of the configured zone.
    Local(DateTime),
    /// At this moment.
    Moment(Timestamp),
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let moment = || text.parse().map(Self::Moment).ok();
        let local = || text.parse().map(Self::Local).ok();
        let day = || text.parse().map(Self::Day).ok().filter(|_| !text.contains(['T', 't', ' ', ':']));
        day().or_else(moment).or_else(local).ok_or_else(|| {
            "expected a day (2026-12-01), a time of day (2026-12-01T15:00) or a moment (2026-12-01T15:00Z)".to_owned()
        })
    }
}

impl Until {
    /// The first moment after the end; none where the calendar has none.
    pub(crate) fn end(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => day.tomorrow().ok()?.to_zoned(zone.clone()).ok().map(|end| end.timestamp()),
            Self::Local(time) => time.to_zoned(zone.clone()).ok().map(|end| end.timestamp()),
            Self::Moment(moment) => Some(moment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_with_the_day_where_the_configuration_says_and_a_moment_is_a_moment() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (text, end) in [
            ("2026-12-01", "2026-12-01T23:00:00Z"),
            ("2026-12-01T15:00", "2026-12-01T14:00:00Z"),
            ("2026-12-01T15:00Z", "2026-12-01T15:00:00Z"),
            ("2026-12-01T15:00+05:30", "2026-12-01T09:30:00Z"),
        ] {
            let until: Until = text.parse().unwrap();
            assert_eq!(until.end(&zone).unwrap().to_string(), end, "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01", "1.12.2026", "2026-12-01T25:00"] {
            assert!(text.parse::<Until>().is_err(), "{text}");
        }
    }
}
