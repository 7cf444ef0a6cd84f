//! What an organisation has switched on, and how GitHub behaves towards it.

/// How this GitHub differs from an ordinary one. The default is an organisation older than a month, on a paid plan, without single sign-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirks {
    /// Requests of one token in an hour of the [clock](super::GitHub::clock); each of REST and GraphQL has its own budget.
    pub requests_per_hour: u32,
    /// Requests that write, in one minute of the clock, before the secondary rate limit refuses more. None where it never does.
    pub secondary_after: Option<usize>,
    /// What `retry-after` says at the secondary rate limit, in seconds; GitHub may leave it out.
    pub secondary_retry_after: Option<u32>,
    /// The status of both rate limits.
    pub limit_status: LimitStatus,
    /// Invitations in 24 hours: 50, or 500 for an organisation that is older than a month or paid for.
    pub invitations_per_day: usize,
    /// Whether the organisation has a SAML identity provider of its own.
    pub saml: bool,
    /// The domains that the organisation has verified: e-mail addresses of members in them are visible to owners.
    pub verified_domains: Vec<String>,
    /// Whether organisation roles are there: not on every plan.
    pub organization_roles: bool,
    /// The Copilot subscription. None where the organisation has none.
    pub copilot: Option<Copilot>,
    /// Accounts come from the enterprise's identity provider: nobody can be invited.
    pub managed_users: bool,
    /// The scopes of the token, as `x-oauth-scopes` lists them.
    pub scopes: Vec<String>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            requests_per_hour: 5_000,
            secondary_after: None,
            secondary_retry_after: Some(60),
            limit_status: LimitStatus::Forbidden,
            invitations_per_day: 500,
            saml: false,
            verified_domains: Vec::new(),
            organization_roles: true,
            copilot: Some(Copilot::default()),
            managed_users: false,
            scopes: ["admin:org", "manage_billing:copilot", "scim:enterprise"].map(str::to_owned).into(),
        }
    }
}

/// The status of an answer that refuses because of too many requests. GitHub documents both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitStatus {
    /// 403.
    Forbidden,
    /// 429.
    TooManyRequests,
}

impl LimitStatus {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::TooManyRequests => 429,
        }
    }
}

/// A Copilot subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copilot {
    /// Who gets a seat.
    pub seat_management: SeatManagement,
    /// Whether a policy for suggestions that match public code is set; no seat can be bought before.
    pub suggestions_policy: bool,
}

impl Default for Copilot {
    fn default() -> Self {
        Self { seat_management: SeatManagement::AssignSelected, suggestions_policy: true }
    }
}

/// Who in an organisation gets a Copilot seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatManagement {
    /// Every member: single seats can be neither bought nor cancelled.
    AssignAll,
    /// Whoever is selected.
    AssignSelected,
    /// Nobody.
    Disabled,
    /// Nobody has decided yet.
    Unconfigured,
}

impl SeatManagement {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::AssignAll => "assign_all",
            Self::AssignSelected => "assign_selected",
            Self::Disabled => "disabled",
            Self::Unconfigured => "unconfigured",
        }
    }
}
