//! What is due, and when something is due next.

use crate::retry;
use innkeeper_domain::{AppName, SourceName};
use innkeeper_policy::{Configuration, Schedule};
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};

/// When each source and app is looked at.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    schedule: Schedule,
    sources: BTreeMap<SourceName, Timestamp>,
    apps: BTreeMap<AppName, Timestamp>,
    /// How often in a row an app has failed.
    failed: BTreeMap<AppName, usize>,
    /// The next midnight: people join and leave at the beginning of a day.
    midnight: Timestamp,
}

/// What is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) sources: BTreeSet<SourceName>,
    pub(super) apps: BTreeSet<AppName>,
}

impl Timetable {
    /// Everything is due at once.
    pub(super) fn new(configuration: &Configuration, now: Timestamp) -> Self {
        Self {
            schedule: configuration.schedule().clone(),
            sources: configuration.sources().map(|source| (source.name.clone(), now)).collect(),
            apps: configuration.apps().map(|app| (app.name.clone(), now)).collect(),
            failed: BTreeMap::new(),
            midnight: midnight_after(configuration, now),
        }
    }

    /// When the next thing is due.
    pub(super) fn next(&self) -> Timestamp {
        let times = self.sources.values().chain(self.apps.values()).chain([&self.midnight]);
        times.min().copied().unwrap_or(self.midnight)
    }

    /// Takes what is due, and makes it due again later. On a new day everything is.
    pub(super) fn take(&mut self, configuration: &Configuration, now: Timestamp) -> Due {
        let new_day = self.midnight <= now;
        if new_day {
            self.midnight = midnight_after(configuration, now);
        }
        let mut due = Due::default();
        for (name, at) in self.sources.iter_mut().filter(|(_, at)| new_day || **at <= now) {
            *at = after(now, self.schedule.of_source(name));
            due.sources.insert(name.clone());
        }
        for (name, at) in self.apps.iter_mut() {
            // An app that failed waits for its own time, whatever the day.
            if *at <= now || (new_day && !self.failed.contains_key(name)) {
                *at = after(now, self.schedule.of_app(name));
                due.apps.insert(name.clone());
            }
        }
        due
    }

    /// Makes an app due at once.
    pub(super) fn hurry(&mut self, app: &AppName, now: Timestamp) {
        if !self.failed.contains_key(app) {
            self.apps.insert(app.clone(), now);
        }
    }

    /// Takes note that an app could not be read or written to. Gives how often in a row that was, and when it is tried again.
    pub(super) fn failed(&mut self, app: &AppName, now: Timestamp) -> (usize, Timestamp) {
        let times = self.failed.entry(app.clone()).or_insert(0);
        *times = times.saturating_add(1);
        let next = after(now, retry::rest_after(*times));
        self.apps.insert(app.clone(), next);
        (*times, next)
    }

    /// Takes note that an app works. True if it had failed before.
    pub(super) fn worked(&mut self, app: &AppName) -> bool {
        self.failed.remove(app).is_some()
    }
}

fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// The beginning of the next day in the configured time zone.
fn midnight_after(configuration: &Configuration, now: Timestamp) -> Timestamp {
    let today = now.to_zoned(configuration.time_zone().clone());
    let tomorrow = today.start_of_day().and_then(|start| start.checked_add(1.day()));
    tomorrow.map_or_else(|_| after(now, SignedDuration::from_hours(24)), |tomorrow| tomorrow.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_policy::SourceFile;

    fn configuration() -> Configuration {
        let text = r#"
            [innkeeper]
            time-zone = "Europe/Berlin"
            [run]
            every = "15m"
            sources = { hr = "5m" }
            apps = { github = "1h" }
            [source.hr]
            connector = "csv"
            path = "people.csv"
            [app.github]
            connector = "github"
            [app.chat]
            connector = "slack"
        "#;
        Configuration::load(vec![SourceFile { name: "innkeeper.toml".into(), text: text.into() }]).expect("sound")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn names(due: &Due) -> Vec<&str> {
        due.sources.iter().map(SourceName::as_str).chain(due.apps.iter().map(AppName::as_str)).collect()
    }

    #[test]
    fn each_is_due_in_its_own_time() {
        let configuration = configuration();
        let start = at("2026-11-22T09:00:00Z");
        let mut timetable = Timetable::new(&configuration, start);
        assert_eq!(names(&timetable.take(&configuration, start)), ["hr", "chat", "github"]);
        assert_eq!(timetable.next(), at("2026-11-22T09:05:00Z"));
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T09:05:00Z"))), ["hr"]);
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T09:15:00Z"))), ["hr", "chat"]);
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T09:16:00Z"))), Vec::<&str>::new());
    }

    #[test]
    fn everything_is_due_when_a_day_begins_where_the_company_is() {
        let configuration = configuration();
        let mut timetable = Timetable::new(&configuration, at("2026-11-22T22:59:00Z"));
        timetable.take(&configuration, at("2026-11-22T22:59:00Z"));
        assert_eq!(timetable.next(), at("2026-11-22T23:00:00Z"));
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T23:00:00Z"))), ["hr", "chat", "github"]);
    }

    #[test]
    fn an_app_that_keeps_failing_is_tried_less_and_less_often_and_the_others_as_before() {
        let configuration = configuration();
        let now = at("2026-11-22T09:00:00Z");
        let mut timetable = Timetable::new(&configuration, now);
        timetable.take(&configuration, now);
        let chat = AppName::new("chat");
        let rests: Vec<i64> = (0..9).map(|_| timetable.failed(&chat, now).1.duration_since(now).as_mins()).collect();
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        timetable.hurry(&chat, now);
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T09:59:00Z"))), ["hr"]);
        assert_eq!(names(&timetable.take(&configuration, at("2026-11-22T10:00:00Z"))), ["chat", "github"]);
        assert!(timetable.worked(&chat) && !timetable.worked(&chat));
    }
}
