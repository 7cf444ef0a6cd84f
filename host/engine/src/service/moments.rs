//! What begins or ends by itself: at its moment, for single people, without waiting until an app is read again.

use innkeeper_domain::{AppName, AppPlan, Class, Person, PersonId, TemporaryGrant, Today};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// The time zones of people who are not where the company is. For everybody else a day begins when it does for the company, when
/// everything is looked at anyway.
pub(super) type Elsewhere = BTreeMap<PersonId, TimeZone>;

/// Who is elsewhere.
pub(super) fn elsewhere(people: &[Person], company: &TimeZone, today: &Today) -> Elsewhere {
    let zones = people.iter().map(|person| (&person.id, today.zone_of(person)));
    zones.filter(|(_, zone)| zone != company).map(|(person, zone)| (person.clone(), zone)).collect()
}

/// Who has what for a time just now.
pub(super) type Lent = BTreeSet<(PersonId, String)>;

/// What lasts now.
pub(super) fn lent<'a>(grants: impl IntoIterator<Item = &'a TemporaryGrant>) -> Lent {
    grants.into_iter().map(|grant| (grant.person.clone(), grant.entitlement.to_string())).collect()
}

/// When something of whom begins or ends.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// As the last plan of each app told.
    days: BTreeMap<AppName, BTreeSet<(Timestamp, PersonId)>>,
    /// Access for a time, as it was when it was last looked at.
    lent: Option<Lent>,
}

impl Moments {
    /// Takes note of what is to come on an app, in the place of what was known of it. Deletions wait for the company's day.
    pub(super) fn expect(&mut self, plan: &AppPlan, elsewhere: &Elsewhere) {
        let later = plan.upcoming.iter().filter(|later| later.class != Class::Delete);
        let moments = later.filter_map(|later| {
            let midnight = later.on.to_zoned(elsewhere.get(&later.person)?.clone()).ok()?;
            Some((midnight.timestamp(), later.person.clone()))
        });
        self.days.insert(plan.app.clone(), moments.collect());
    }

    /// The next moment.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.days.values().filter_map(BTreeSet::first).map(|(at, _)| *at).min()
    }

    /// Takes whoever's moment has come.
    pub(super) fn take(&mut self, now: Timestamp) -> BTreeSet<PersonId> {
        let mut people = BTreeSet::new();
        for moments in self.days.values_mut() {
            while moments.first().is_some_and(|(at, _)| *at <= now) {
                people.extend(moments.pop_first().map(|(_, person)| person));
            }
        }
        people
    }

    /// Whether somebody's access for a time began or ended since it was last looked at.
    pub(super) fn is_different(&self, lent: &Lent) -> bool {
        self.lent.as_ref().is_some_and(|before| before != lent)
    }

    /// Looks at access for a time. Gives whose began or ended since the last look; nobody's at the first.
    pub(super) fn look(&mut self, lent: Lent) -> BTreeSet<PersonId> {
        let before = self.lent.replace(lent);
        let (Some(before), Some(now)) = (before, &self.lent) else { return BTreeSet::new() };
        before.symmetric_difference(now).map(|(person, _)| person.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{AppMode, EntitlementRef, Upcoming};
    use jiff::SignedDuration;
    use jiff::civil::{Date, date};

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn coming(person: &str, class: Class, on: Date) -> Upcoming {
        Upcoming { person: person.into(), label: person.into(), class, what: None, on }
    }

    fn plan(upcoming: Vec<Upcoming>) -> AppPlan {
        AppPlan { upcoming, ..AppPlan::of("chat".into(), AppMode::Enforce, Vec::new()) }
    }

    fn names(people: BTreeSet<PersonId>) -> Vec<String> {
        people.iter().map(|person| person.as_str().to_owned()).collect()
    }

    #[test]
    fn a_day_begins_where_the_person_is_and_that_of_the_others_is_not_noted() {
        let elsewhere = Elsewhere::from([("kyoto".into(), zone("Asia/Tokyo")), ("oregon".into(), zone("America/Los_Angeles"))]);
        let mut moments = Moments::default();
        let day = date(2026, 12, 1);
        let upcoming = vec![
            coming("kyoto", Class::Reactivate, day),
            coming("oregon", Class::Suspend, day),
            coming("bonn", Class::Suspend, day),
            coming("kyoto", Class::Delete, date(2026, 11, 1)),
        ];
        moments.expect(&plan(upcoming), &elsewhere);
        let tokyo: Timestamp = "2026-11-30T15:00:00Z".parse().expect("a moment");
        assert_eq!(moments.next(), Some(tokyo));
        assert_eq!(names(moments.take(tokyo - SignedDuration::from_secs(1))), Vec::<String>::new());
        assert_eq!(names(moments.take(tokyo)), ["kyoto"]);
        assert_eq!(moments.next(), Some("2026-12-01T08:00:00Z".parse().expect("a moment")));
    }

    #[test]
    fn what_a_new_plan_no_longer_expects_does_not_come() {
        let elsewhere = Elsewhere::from([("kyoto".into(), zone("Asia/Tokyo"))]);
        let mut moments = Moments::default();
        moments.expect(&plan(vec![coming("kyoto", Class::Suspend, date(2026, 12, 1))]), &elsewhere);
        moments.expect(&plan(Vec::new()), &elsewhere);
        assert_eq!(moments.next(), None);
    }

    #[test]
    fn whose_access_for_a_time_began_or_ended_is_seen_once() {
        let grant = |person: &str| TemporaryGrant {
            person: person.into(),
            entitlement: EntitlementRef { app: "chat".into(), entitlement: None },
            from: Timestamp::UNIX_EPOCH,
            until: Timestamp::MAX,
            by: "admin".into(),
            reason: None,
            ended: None,
        };
        let (ada, ben, eve) = (grant("ada"), grant("ben"), grant("eve"));
        let mut moments = Moments::default();
        assert!(!moments.is_different(&lent([&ada, &ben])), "what was so when the engine began is no news");
        assert_eq!(names(moments.look(lent([&ada, &ben]))), Vec::<String>::new());
        assert!(moments.is_different(&lent([&ben, &eve])));
        assert_eq!(names(moments.look(lent([&ben, &eve]))), ["ada", "eve"]);
        assert!(!moments.is_different(&lent([&ben, &eve])));
    }
}
