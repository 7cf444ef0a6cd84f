//! What ends soon, for `innkeeper status`.

use super::temporary::until;
use crate::error::CliError;
use crate::render::style::strong;
use innkeeper_domain::{PersonId, TemporaryGrant};
use innkeeper_engine::Engine;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::fmt::Write;

/// What ends within the time that `[lifecycle] warn-before` says, and who was said by hand to leave, whenever that is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Ending {
    temporary: Vec<TemporaryGrant>,
    departures: Vec<(PersonId, Date)>,
    #[serde(skip)]
    zone: TimeZone,
}

pub(crate) async fn ending(engine: &Engine) -> Result<Ending, CliError> {
    let warn = SignedDuration::from_hours(24 * i64::from(engine.configuration().lifecycle().warn_before));
    let last = engine.now().checked_add(warn).unwrap_or(Timestamp::MAX);
    let temporary = engine.temporary().await?.into_iter().filter(|grant| grant.until <= last).collect();
    let today = engine.today();
    let mut departures: Vec<_> = engine.store().departures().await?.into_iter().filter(|(_, on)| *on > today).collect();
    departures.sort_by(|left, right| (left.1, &left.0).cmp(&(right.1, &right.0)));
    Ok(Ending { temporary, departures, zone: engine.configuration().time_zone().clone() })
}

impl Ending {
    /// For people; nothing where there is nothing.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if self.temporary.is_empty() && self.departures.is_empty() {
            return text;
        }
        let _ = writeln!(text, "\n{}", strong("Ends soon"));
        for grant in &self.temporary {
            let why = grant.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
            let until = until(grant, &self.zone);
            let _ = writeln!(text, "  {} has {} until {until}, given by {}{why}", grant.person, grant.entitlement, grant.by);
        }
        for (person, on) in &self.departures {
            let _ = writeln!(text, "  {person} leaves on {on}; to take it back: innkeeper onboard {person}");
        }
        text
    }
}
