//! What a call of a connector may use at most, as configured.

/// Ceilings for one call of a connector; none: the host's own. A connector never gets more than its manifest asks for, or than the
/// host's default where it asks for nothing, and never more than this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory, in mebibytes.
    pub memory_mb: Option<u32>,
    /// The time of one call, in seconds.
    pub call_seconds: Option<u32>,
    /// The time for which one call computes, in seconds.
    pub cpu_seconds: Option<u32>,
    /// The requests of one call.
    pub requests: Option<u32>,
    /// One response's content, in mebibytes.
    pub response_mb: Option<u32>,
    /// Everything that one call sends and receives, in mebibytes.
    pub transfer_mb: Option<u32>,
    /// The lines of log of one call.
    pub log_lines: Option<u32>,
    /// The log of one call, in kibibytes.
    pub log_kb: Option<u32>,
}
