//! What a workspace has, and how Slack behaves towards it.

use std::collections::BTreeSet;

/// How this Slack differs from an ordinary one. The default is a workspace of an Enterprise organisation, seen by an app that may do everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirks {
    /// Whether the workspace belongs to an Enterprise organisation: without one there are no `admin.*` methods.
    pub enterprise: bool,
    /// Whether the plan has SCIM: Business+ and Enterprise do.
    pub scim: bool,
    /// Whether people who were invited show nowhere before they have come. Ordinarily they do, as invited members.
    pub hides_invited: bool,
    /// Whether a user group can be left without users. Slack says no.
    pub takes_empty_user_groups: bool,
    /// Whether the limits of the methods' tiers hold, in one minute of the [clock](super::Slack::clock). Off by default: an ordinary
    /// day does not reach them, and time stands still here.
    pub tier_limits: bool,
    /// How many writes SCIM takes in one minute of the clock; Slack documents 600 for an organisation. None where nobody counts.
    pub scim_writes_per_minute: Option<usize>,
    /// How the Web API says that there were too many requests.
    pub limit_answer: LimitAnswer,
    /// What `Retry-After` says, in seconds.
    pub retry_after: u32,
    /// The scopes of the token.
    pub scopes: BTreeSet<String>,
}

impl Default for Quirks {
    fn default() -> Self {
        let scopes = [
            "admin",
            "admin.users:read",
            "admin.users:write",
            "channels:join",
            "channels:read",
            "channels:write",
            "groups:read",
            "groups:write",
            "team:read",
            "usergroups:read",
            "usergroups:write",
            "users:read",
            "users:read.email",
            "users.profile:write",
        ];
        Self {
            enterprise: true,
            scim: true,
            hides_invited: false,
            takes_empty_user_groups: false,
            tier_limits: false,
            scim_writes_per_minute: None,
            limit_answer: LimitAnswer::TooManyRequests,
            retry_after: 30,
            scopes: scopes.map(str::to_owned).into(),
        }
    }
}

/// How too many requests are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitAnswer {
    /// 429 with `Retry-After`.
    TooManyRequests,
    /// 200 with the error `ratelimited`, and nothing about how long.
    Ok,
}
