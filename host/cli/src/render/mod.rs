//! Text for people. Everything is written with colours; what is not a terminal gets it without.

pub(crate) mod difference;
pub(crate) mod explanation;
pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod simulation;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod terminal;

use innkeeper_domain::Lifecycle;

/// Where a person stands, in a few words.
pub(crate) fn lifecycle(lifecycle: Lifecycle) -> String {
    match lifecycle {
        Lifecycle::Future { starts } => format!("starts {starts}"),
        Lifecycle::Employed => "works here".into(),
        Lifecycle::Left { since: Some(since) } => format!("left, gone since {since}"),
        Lifecycle::Left { since: None } => "left".into(),
    }
}

/// A moment to the second.
pub(crate) fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// How long ago something was.
pub(crate) fn age(since: jiff::Timestamp, now: jiff::Timestamp) -> String {
    span(now.duration_since(since).as_secs().max(0))
}

/// So many seconds in the largest unit of which there are two: `3 days`, `5 hours`, `90 minutes`.
pub(crate) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
