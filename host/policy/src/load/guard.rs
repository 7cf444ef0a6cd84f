//! `[guard]` at the top and under an app.
//!
//! Four layers on top of the defaults: the general limits, those of the app, those of a class, those of a class of the app. Whoever names a
//! class means it, wherever they say it.

use super::section::{Entry, Section};
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use innkeeper_domain::{Guard, GuardClass, GuardLimits};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// The longest window, in hours: a month. Every run within it is read before a plan is applied.
const LONGEST: u32 = 31 * 24;

/// What one table says.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    window: Option<SignedDuration>,
    all: Part,
    classes: BTreeMap<GuardClass, Part>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Part {
    max_percent: Option<u32>,
    max_count: Option<u32>,
    min_count: Option<u32>,
}

impl Part {
    fn read(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let mut number = |key, most| section.take(key).and_then(|entry| entry.number(0..=most, problems));
        Self {
            max_percent: number("max-percent", 100),
            max_count: number("max-count", 1_000_000_000),
            min_count: number("min-count", 1_000_000_000),
        }
    }

    fn over(self, limits: GuardLimits) -> GuardLimits {
        GuardLimits {
            max_percent: self.max_percent.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(limits.max_percent),
            max_count: self.max_count.map_or(limits.max_count, |count| count as usize),
            min_count: self.min_count.map_or(limits.min_count, |count| count as usize),
        }
    }
}

/// Reads one table.
pub(super) fn layer(entry: Option<Entry<'_>>, problems: &mut Problems) -> Layer {
    let Some(mut section) = entry.and_then(|entry| entry.section("a guard", problems)) else { return Layer::default() };
    let all = Part::read(&mut section, problems);
    let window = section.take("window").and_then(|entry| entry.name(problems)).and_then(|quoted| window(&quoted, problems));
    let mut classes = BTreeMap::new();
    for class in GuardClass::ALL {
        let Some(entry) = section.take(class.name()) else { continue };
        if let Some(mut section) = entry.section("a class of the guard", problems) {
            classes.insert(class, Part::read(&mut section, problems));
            section.finish(problems);
        }
    }
    section.finish(problems);
    Layer { window, all, classes }
}

/// The guard of an app out of both tables.
pub(super) fn guard(general: &Layer, app: &Layer) -> Guard {
    let limits = |class: GuardClass| {
        let mut limits = GuardLimits::of(class);
        if class.takes_away() {
            limits = app.all.over(general.all.over(limits));
        }
        for layer in [general, app] {
            limits = layer.classes.get(&class).map_or(limits, |part| part.over(limits));
        }
        limits
    };
    let changed = GuardClass::ALL.into_iter().map(|class| (class, limits(class)));
    let window = app.window.or(general.window).unwrap_or(Guard::default().window);
    Guard { window, limits: changed.filter(|(class, limits)| *limits != GuardLimits::of(*class)).collect() }
}

fn window(quoted: &Quoted, problems: &mut Problems) -> Option<SignedDuration> {
    let text = quoted.text.trim();
    let unit = text.chars().last().filter(|unit| !unit.is_ascii_digit());
    let count = unit.and_then(|unit| text.strip_suffix(unit)).and_then(|count| count.trim().parse::<u32>().ok());
    let hours = match (unit, count) {
        (Some('h'), Some(count)) => Some(count),
        (Some('d'), Some(count)) => count.checked_mul(24),
        (Some('w'), Some(count)) => count.checked_mul(24 * 7),
        _ => None,
    };
    let sound = hours.filter(|hours| (1..=LONGEST).contains(hours));
    if sound.is_none() {
        let message = format!("`{text}` is not a window from an hour to a month");
        problems.push(Problem::new(&quoted.spot, message, "expected a duration").help("hours, days or weeks: `24h`, `7d`, `2w`"));
    }
    sound.map(|hours| SignedDuration::from_hours(i64::from(hours)))
}
