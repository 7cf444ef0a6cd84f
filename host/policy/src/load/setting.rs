//! `[innkeeper]`, and durations.

use super::section::Entry;
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use innkeeper_domain::{InvalidLength, Length};
use jiff::tz::TimeZone;

/// The longest duration that anybody can mean, in days: a hundred years.
const LONGEST: u32 = 36_500;

/// What is the same for the whole configuration.
pub(super) struct Settings {
    pub(super) time_zone: TimeZone,
    pub(super) state: String,
}

pub(super) fn settings(entry: Option<Entry<'_>>, problems: &mut Problems) -> Settings {
    let mut settings = Settings { time_zone: TimeZone::UTC, state: ".innkeeper".to_owned() };
    let Some(mut section) = entry.and_then(|entry| entry.section("[innkeeper]", problems)) else { return settings };
    if let Some(name) = section.take("time-zone").and_then(|entry| entry.name(problems)) {
        match TimeZone::get(&name.text) {
            Ok(zone) => settings.time_zone = zone,
            Err(_) => problems.push(
                Problem::new(&name.spot, format!("there is no time zone `{}`", name.text), "unknown time zone")
                    .help("time zones are named as in the IANA database, for example `Europe/Berlin`"),
            ),
        }
    }
    if let Some(state) = section.take("state").and_then(|entry| entry.name(problems)) {
        settings.state = state.text;
    }
    section.finish(problems);
    settings
}

/// A length of time: `20h`, `30d`.
pub(super) fn length(quoted: &Quoted, problems: &mut Problems) -> Option<Length> {
    match quoted.text.parse() {
        Ok(length) => Some(length),
        Err(error) => {
            let problem = Problem::new(&quoted.spot, InvalidLength::to_string(&error), "expected a length of time");
            problems.push(problem.help("seconds, minutes, hours, days or weeks: `0s`, `30m`, `20h`, `14d`, `2w`"));
            None
        }
    }
}

/// A duration in days: `30d` or `2w`.
pub(super) fn days(quoted: &Quoted, problems: &mut Problems) -> Option<u32> {
    let text = quoted.text.trim();
    let unit = text.chars().last().filter(|unit| !unit.is_ascii_digit());
    let count = unit.and_then(|unit| text.strip_suffix(unit)).and_then(|count| count.trim().parse::<u32>().ok());
    let days = match (unit, count) {
        (Some('d'), Some(count)) => Some(count),
        (Some('w'), Some(count)) => count.checked_mul(7),
        _ => None,
    };
    let sound = days.filter(|days| *days <= LONGEST);
    if sound.is_none() {
        let message = match days {
            Some(_) => format!("`{text}` is longer than a hundred years"),
            None => format!("`{text}` is not a duration"),
        };
        let help = "days or weeks: `30d`, `2w`";
        problems.push(Problem::new(&quoted.spot, message, "expected a duration").help(help));
    }
    sound
}
