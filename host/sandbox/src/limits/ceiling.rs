//! What an operator lets connectors have.

use super::SetBy;

/// What an operator lets a connector have, in the units of the configuration. Where there is none, the host's own ceiling holds; a
/// larger one lets a connector have more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    /// Linear memory, in mebibytes.
    pub memory_mb: Option<Ceiling>,
    /// The time of one call, in seconds.
    pub call_seconds: Option<Ceiling>,
    /// The time for which one call computes, in seconds.
    pub cpu_seconds: Option<Ceiling>,
    /// The requests of one call.
    pub requests: Option<Ceiling>,
    /// One response's content, in mebibytes.
    pub response_mb: Option<Ceiling>,
    /// Everything that one call sends and receives, in mebibytes.
    pub transfer_mb: Option<Ceiling>,
    /// The lines of log of one call. No manifest asks for log: this is the limit itself.
    pub log_lines: Option<Ceiling>,
    /// The log of one call, in kibibytes; the limit itself.
    pub log_kb: Option<Ceiling>,
}

/// The most of one thing, and where the operator says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    pub(super) most: u32,
    pub(super) set_by: SetBy,
}

impl Ceiling {
    /// What holds for an app or source: its own ceiling, or else that of all.
    pub fn nearest(app: Option<u32>, global: Option<u32>) -> Option<Self> {
        let ceiling = |most, set_by| Self { most, set_by };
        app.map(|most| ceiling(most, SetBy::App)).or(global.map(|most| ceiling(most, SetBy::Global)))
    }
}
