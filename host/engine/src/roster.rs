//! From what the sources show to the people that the rules are applied to.
//!
//! Somebody who is missing from a source is not a leaver: a listing can be cut short, an export can go wrong. They are kept as they
//! were last known until they have been missing from two complete snapshots that are far enough apart: two plans within minutes look at
//! the same export, and say nothing that one did not.

use innkeeper_domain::{Completeness, Length, PeopleSnapshot, PersonId, PersonRecord};
use innkeeper_store::Absence;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// So many complete snapshots in a row without somebody make a leaver.
const SNAPSHOTS_TO_LEAVE: u32 = 2;

/// What one source contributes.
#[derive(Debug, Default)]
pub(crate) struct Contribution {
    /// One record for each person that the source has or had.
    pub(crate) records: Vec<PersonRecord>,
    /// Who has been missing long enough to have left, since when.
    pub(crate) left: BTreeMap<PersonId, Date>,
    /// Who is missing and still counts as present.
    pub(crate) missing: BTreeSet<PersonId>,
}

/// Puts together what a source shows now and what is remembered of it. `absences` are those after this snapshot was saved;
/// `last` is the last complete snapshot before it.
pub(crate) fn contribution(
    now: &PeopleSnapshot,
    last: Option<PeopleSnapshot>,
    absences: BTreeMap<PersonId, Absence>,
    zone: &TimeZone,
    vanish_after: Length,
) -> Contribution {
    // They are missing from this one too, for otherwise they would not be absent.
    let newest = if now.is_complete() { Some(now.taken) } else { last.as_ref().map(|last| last.taken) };
    let present: BTreeSet<&PersonId> = now.content.iter().map(|record| &record.id).collect();
    let mut contribution = Contribution { records: now.content.clone(), ..Contribution::default() };
    let mut kept: BTreeSet<PersonId> = BTreeSet::new();
    for (person, absence) in absences {
        if present.contains(&person) {
            continue;
        }
        let apart = newest.is_some_and(|newest| newest.duration_since(absence.first) >= vanish_after.duration());
        if absence.times >= SNAPSHOTS_TO_LEAVE && apart {
            contribution.left.insert(person.clone(), absence.first.to_zoned(zone.clone()).date());
        } else {
            contribution.missing.insert(person.clone());
        }
        contribution.records.push(absence.record);
        kept.insert(person);
    }
    if now.completeness != Completeness::Complete {
        for record in last.into_iter().flat_map(|last| last.content) {
            if !present.contains(&record.id) && !kept.contains(&record.id) {
                contribution.missing.insert(record.id.clone());
                contribution.records.push(record);
            }
        }
    }
    contribution
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Origin, Snapshot};
    use jiff::Timestamp;

    fn record(id: &str) -> PersonRecord {
        PersonRecord {
            id: PersonId::new(id),
            attributes: Default::default(),
            active: None,
            restricted: BTreeSet::new(),
            origin: Origin { source: "hr".into(), record: id.into(), place: None },
        }
    }

    fn snapshot(complete: bool, ids: &[&str]) -> PeopleSnapshot {
        let completeness = if complete { Completeness::Complete } else { Completeness::Incomplete { why: "cut short".into() } };
        Snapshot { taken: Timestamp::UNIX_EPOCH, completeness, content: ids.iter().map(|id| record(id)).collect() }
    }

    fn absent(times: u32) -> BTreeMap<PersonId, Absence> {
        BTreeMap::from([(PersonId::new("2"), Absence { first: Timestamp::UNIX_EPOCH, times, record: record("2") })])
    }

    fn ids(contribution: &Contribution) -> Vec<&str> {
        contribution.records.iter().map(|record| record.id.as_str()).collect()
    }

    #[test]
    fn somebody_missing_once_still_counts_as_present() {
        let contribution = contribution(&snapshot(true, &["1"]), None, absent(1), &TimeZone::UTC, Length::hours(0));
        assert_eq!(ids(&contribution), ["1", "2"]);
        assert!(contribution.left.is_empty());
        assert!(contribution.missing.contains("2"));
    }

    #[test]
    fn somebody_missing_twice_has_left() {
        let contribution = contribution(&snapshot(true, &["1"]), None, absent(2), &TimeZone::UTC, Length::hours(0));
        assert_eq!(contribution.left.keys().map(PersonId::as_str).collect::<Vec<_>>(), ["2"]);
        assert_eq!(ids(&contribution), ["1", "2"]);
    }

    #[test]
    fn two_snapshots_within_minutes_are_one_observation() {
        let hours =
            |hours: i64| PeopleSnapshot { taken: Timestamp::from_second(hours * 3_600).unwrap(), ..snapshot(true, &["1"]) };
        let times = [(0, 2, false), (1, 9, false), (19, 9, false), (20, 1, false), (20, 2, true), (30, 3, true)];
        for (taken, times, left) in times {
            let contribution = contribution(&hours(taken), None, absent(times), &TimeZone::UTC, Length::hours(20));
            assert_eq!(contribution.left.contains_key("2"), left, "after {taken} hours, seen {times} times");
            assert_eq!(contribution.missing.contains("2"), !left);
        }
    }

    #[test]
    fn only_complete_snapshots_prove_that_time_has_passed() {
        let day = Timestamp::from_second(24 * 3_600).unwrap();
        let broken = PeopleSnapshot { taken: day, ..snapshot(false, &["1"]) };
        let before = Some(snapshot(true, &["1"]));
        let contribution = contribution(&broken, before, absent(2), &TimeZone::UTC, Length::hours(20));
        assert!(contribution.left.is_empty() && contribution.missing.contains("2"));
    }

    #[test]
    fn an_incomplete_snapshot_makes_nobody_leave() {
        let last = Some(snapshot(true, &["1", "2", "3"]));
        let contribution = contribution(&snapshot(false, &["1"]), last, BTreeMap::new(), &TimeZone::UTC, Length::hours(0));
        assert_eq!(ids(&contribution), ["1", "2", "3"]);
        assert!(contribution.left.is_empty());
    }
}
