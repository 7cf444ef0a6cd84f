//! What somebody has beyond what the rules give today: for a time by hand, or for a while after a role stopped.

use super::account::{Rules, Standing};
use innkeeper_domain::{EntitlementRef, Person, Reason, ReasonKind, TemporaryGrant, Today};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// One entitlement that ends by itself.
pub(super) struct Extra {
    pub(super) entitlement: EntitlementRef,
    pub(super) reason: Reason,
    /// The day on which the first plan takes it away.
    pub(super) ends: Date,
}

impl Rules<'_> {
    /// Everything that somebody who works here has on the app for now.
    pub(super) fn extras(&self, person: &Person, standing: &Standing<'_>, today: Date) -> Vec<Extra> {
        let mut extras = self.temporary(person);
        extras.extend(self.kept(person, standing, today));
        extras
    }

    fn temporary(&self, person: &Person) -> Vec<Extra> {
        let moment = &self.circumstances.today;
        let Some(grants) = self.circumstances.temporary.get(&person.id) else { return Vec::new() };
        let here = grants.iter().filter(|grant| grant.entitlement.app == self.app.name && grant.lasts(moment.now()));
        here.map(|grant| Extra {
            entitlement: grant.entitlement.clone(),
            reason: Reason {
                origin: person.origins.first().cloned(),
                ..Reason::new(ReasonKind::Temporary, temporary_text(grant, &moment.zone_of(person)))
            },
            ends: ends(grant, person, moment),
        })
        .collect()
    }

    fn kept(&self, person: &Person, standing: &Standing<'_>, today: Date) -> Vec<Extra> {
        let Some(stopped) = self.circumstances.stopped.get(&person.id) else { return Vec::new() };
        let mut extras = Vec::new();
        for ruled in self.roles.iter().filter(|ruled| !standing.knows(ruled.role)) {
            let (Some(days), Some(day)) = (ruled.role.keep_for, stopped.get(&ruled.role.name)) else { continue };
            // A day beyond the end of the calendar never comes.
            let ends = day.checked_add(i64::from(days).days()).unwrap_or(Date::MAX);
            if ends <= today {
                continue;
            }
            let text = format!("role {} ended on {day}, kept until {ends}", ruled.role.name);
            let reason = Reason {
                role: Some(ruled.role.name.clone()),
                origin: person.origins.first().cloned(),
                ..Reason::new(ReasonKind::Kept, text)
            };
            let here = ruled.given(&person.id, today).map(|grant| grant.entitlement().clone());
            extras.extend(here.map(|entitlement| Extra { entitlement, reason: reason.clone(), ends }));
        }
        extras
    }
}

/// The first day with a plan that takes it away.
fn ends(grant: &TemporaryGrant, person: &Person, today: &Today) -> Date {
    grant.end().to_zoned(today.zone_of(person)).date()
}

/// `temporary until 2026-12-06, by ada: the audit`.
fn temporary_text(grant: &TemporaryGrant, zone: &TimeZone) -> String {
    let until = grant.end().to_zoned(zone.clone());
    // What ends at midnight ends with the day before.
    let shown = match until.time() == Time::midnight() {
        true => until.date().yesterday().unwrap_or(until.date()).to_string(),
        false => until.strftime("%Y-%m-%d %H:%M").to_string(),
    };
    let why = grant.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
    format!("temporary until {shown}, by {}{why}", grant.by)
}
