//! Limits that a manifest or an operator can set, and who set them.

use std::fmt;

/// A limit that can be set, by its name in a manifest and in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Memory,
    CallSeconds,
    CpuSeconds,
    Requests,
    Response,
    Transfer,
    LogLines,
    LogKilobytes,
}

impl Setting {
    pub(crate) const ALL: [Self; 8] = [
        Self::Memory,
        Self::CallSeconds,
        Self::CpuSeconds,
        Self::Requests,
        Self::Response,
        Self::Transfer,
        Self::LogLines,
        Self::LogKilobytes,
    ];

    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory-mb",
            Self::CallSeconds => "call-seconds",
            Self::CpuSeconds => "cpu-seconds",
            Self::Requests => "requests",
            Self::Response => "response-mb",
            Self::Transfer => "transfer-mb",
            Self::LogLines => "log-lines",
            Self::LogKilobytes => "log-kb",
        }
    }

    /// Whether a manifest can ask for it. How much is logged is the operator's alone.
    fn is_asked_for(self) -> bool {
        !matches!(self, Self::LogLines | Self::LogKilobytes)
    }
}

/// Who set a limit, and so who can change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SetBy {
    /// Nobody: it is the host's default.
    #[default]
    Default,
    /// The connector's manifest, which asks for no more.
    Manifest,
    /// The host's own ceiling: the manifest asks for more, and the operator has not said anything.
    BuiltIn,
    /// The operator, for every app and source: `[limits]`.
    Global,
    /// The operator, for this app or source.
    App,
}

/// A limit and who set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<T> {
    /// What there may be.
    pub value: T,
    /// Who set it.
    pub set_by: SetBy,
}

/// Who set each limit; whatever was written into [`Limits`](crate::Limits) by hand counts as the host's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setters([SetBy; Setting::ALL.len()]);

impl Setters {
    pub(crate) fn of(self, setting: Setting) -> SetBy {
        self.0[setting as usize]
    }

    pub(crate) fn note(&mut self, setting: Setting, set_by: SetBy) {
        self.0[setting as usize] = set_by;
    }
}

/// Where somebody who wants another limit has to go, as a sentence.
pub(crate) struct Remedy(pub(crate) Setting, pub(crate) SetBy);

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.name();
        match self.1 {
            SetBy::Default if self.0.is_asked_for() => {
                write!(formatter, "That is the default: the connector's manifest can ask for more (limits.{name})")
            }
            SetBy::Default => write!(formatter, "That is the default: limits.{name} in innkeeper.toml changes it"),
            SetBy::Manifest => write!(formatter, "The connector's manifest asks for no more (limits.{name})"),
            SetBy::BuiltIn => write!(
                formatter,
                "The connector's manifest asks for more (limits.{name}); the ceiling is limits.{name} in innkeeper.toml"
            ),
            SetBy::Global => write!(formatter, "The ceiling is limits.{name} in innkeeper.toml"),
            SetBy::App => write!(formatter, "The ceiling is limits.{name} of this app in innkeeper.toml"),
        }
    }
}
