//! What the host's clock shows.

use innkeeper_sdk::{Error, Result, system};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub(crate) fn now() -> Result<Timestamp> {
    let now = i64::try_from(system::now()).ok().and_then(|now| Timestamp::from_millisecond(now).ok());
    now.ok_or_else(|| Error::internal("the clock shows no time that there is"))
}

/// The day in UTC. Where the company is it may be the one before or after.
pub(crate) fn today() -> Result<Date> {
    Ok(now()?.to_zoned(TimeZone::UTC).date())
}
