//! What day it is, for whom.

use crate::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The moment for which something is decided, and what day it then is: a person's own time zone (`timezone`, an IANA name as in
/// SCIM) decides for them, and the configured one for everybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    now: Timestamp,
    zone: TimeZone,
    /// The day in `zone`.
    date: Date,
    /// Whether it is that day for everybody, wherever they are: when looking ahead.
    everywhere: bool,
}

impl Today {
    /// The moment itself. `zone` is that of people who have none.
    pub fn at(now: Timestamp, zone: TimeZone) -> Self {
        let date = now.to_zoned(zone.clone()).date();
        Self { now, zone, date, everywhere: false }
    }

    /// As if it were `day`, for everybody, at the time of day that `now` is in `zone`.
    pub fn on(day: Date, now: Timestamp, zone: TimeZone) -> Self {
        let moment = day.to_datetime(now.to_zoned(zone.clone()).time()).to_zoned(zone.clone());
        // A day at the very end of the calendar has no such moment; what depends on the time of day is then decided as of now.
        let now = moment.map_or(now, |moment| moment.timestamp());
        Self { now, zone, date: day, everywhere: true }
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether it is another day than the calendar says.
    pub fn looks_ahead(&self) -> bool {
        self.everywhere
    }

    /// The day in the configured zone.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The day where the person is.
    pub fn of(&self, person: &Person) -> Date {
        match self.own_zone(person) {
            Some(zone) if !self.everywhere => self.now.to_zoned(zone).date(),
            _ => self.date,
        }
    }

    /// The person's own time zone; the configured one if they have none, or one that nobody knows.
    pub fn zone_of(&self, person: &Person) -> TimeZone {
        self.own_zone(person).unwrap_or_else(|| self.zone.clone())
    }

    fn own_zone(&self, person: &Person) -> Option<TimeZone> {
        let own = person.text("timezone").map(str::trim).filter(|name| !name.is_empty());
        own.and_then(|name| TimeZone::get(name).ok())
    }
}

/// A day everywhere, from its midnight in UTC.
impl From<Date> for Today {
    fn from(day: Date) -> Self {
        let midnight = day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
        Self { now: midnight, zone: TimeZone::UTC, date: day, everywhere: true }
    }
}
