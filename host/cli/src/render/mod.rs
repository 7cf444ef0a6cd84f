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
