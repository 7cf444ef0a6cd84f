//! The kill switch.

use clap::Args;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// An app or a source; everything if none is named
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// Why, for those who find it paused
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// End it by itself after this long: `2h`, `30m`
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "until")]
    pub(crate) for_: Option<SignedDuration>,
    /// End it by itself at this moment: `2026-11-23T09:00Z`
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// An app or a source; everything if none is named
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
}
