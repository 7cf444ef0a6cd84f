//! The methods of the Web API: which scope each needs, how often it may be called, and who does it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, answer};
use super::quirks::LimitAnswer;
use crate::web::{Answer, Request};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

struct Method {
    name: &'static str,
    /// Any of these will do; none is needed where there are none.
    scopes: &'static [&'static str],
    /// Calls in a minute: 20 in tier 2, 50 in tier 3, 100 in tier 4.
    per_minute: usize,
    /// Reading methods take no JSON.
    takes_json: bool,
    run: fn(&mut Slack, &Arguments) -> Outcome,
}

const fn reads(
    name: &'static str,
    scopes: &'static [&'static str],
    per_minute: usize,
    run: fn(&mut Slack, &Arguments) -> Outcome,
) -> Method {
    Method { name, scopes, per_minute, takes_json: false, run }
}

const fn writes(
    name: &'static str,
    scopes: &'static [&'static str],
    per_minute: usize,
    run: fn(&mut Slack, &Arguments) -> Outcome,
) -> Method {
    Method { name, scopes, per_minute, takes_json: true, run }
}

const CHANNELS_READ: &[&str] = &["channels:read", "groups:read"];
const CHANNELS_WRITE: &[&str] =
    &["channels:write", "channels:manage", "channels:write.invites", "groups:write", "groups:write.invites"];
const ADMIN_READ: &[&str] = &["admin.users:read"];
const ADMIN_WRITE: &[&str] = &["admin.users:write"];

const METHODS: &[Method] = &[
    writes("auth.test", &[], 100, |slack, _| slack.auth_test()),
    reads("team.info", &["team:read"], 50, |slack, _| slack.team_info()),
    reads("team.billableInfo", &["admin"], 20, |slack, arguments| slack.team_billable_info(arguments)),
    reads("users.list", &["users:read"], 20, |slack, arguments| slack.users_list(arguments)),
    reads("users.info", &["users:read"], 100, |slack, arguments| slack.users_info(arguments)),
    reads("users.lookupByEmail", &["users:read.email"], 50, |slack, arguments| slack.users_lookup_by_email(arguments)),
    reads("users.conversations", CHANNELS_READ, 50, |slack, arguments| slack.users_conversations(arguments)),
    writes("users.profile.set", &["users.profile:write"], 50, Slack::users_profile_set),
    reads("usergroups.list", &["usergroups:read"], 20, Slack::usergroups_list),
    writes("usergroups.create", &["usergroups:write"], 20, Slack::usergroups_create),
    writes("usergroups.update", &["usergroups:write"], 20, Slack::usergroups_update),
    writes("usergroups.enable", &["usergroups:write"], 20, Slack::usergroups_enable),
    writes("usergroups.disable", &["usergroups:write"], 20, Slack::usergroups_disable),
    reads("usergroups.users.list", &["usergroups:read"], 20, Slack::usergroups_users_list),
    writes("usergroups.users.update", &["usergroups:write"], 20, Slack::usergroups_users_update),
    reads("conversations.list", CHANNELS_READ, 20, |slack, arguments| slack.conversations_list(arguments)),
    reads("conversations.info", CHANNELS_READ, 50, |slack, arguments| slack.conversations_info(arguments)),
    reads("conversations.members", CHANNELS_READ, 100, |slack, arguments| slack.conversations_members(arguments)),
    writes("conversations.join", &["channels:join", "channels:write"], 50, Slack::conversations_join),
    writes("conversations.invite", CHANNELS_WRITE, 50, Slack::conversations_invite),
    writes("conversations.kick", CHANNELS_WRITE, 50, Slack::conversations_kick),
    writes("admin.users.invite", ADMIN_WRITE, 20, Slack::admin_users_invite),
    writes("admin.users.assign", ADMIN_WRITE, 20, Slack::admin_users_assign),
    writes("admin.users.remove", ADMIN_WRITE, 20, Slack::admin_users_remove),
    writes("admin.users.list", ADMIN_READ, 20, |slack, arguments| slack.admin_users_list(arguments)),
    writes("admin.users.setRegular", ADMIN_WRITE, 20, Slack::admin_users_set_regular),
    writes("admin.users.setAdmin", ADMIN_WRITE, 20, Slack::admin_users_set_admin),
    writes("admin.users.setOwner", ADMIN_WRITE, 20, Slack::admin_users_set_owner),
    writes("admin.users.setExpiration", ADMIN_WRITE, 20, Slack::admin_users_set_expiration),
    writes("admin.users.session.reset", ADMIN_WRITE, 20, Slack::admin_users_session_reset),
    writes("admin.users.session.invalidate", ADMIN_WRITE, 20, Slack::admin_users_session_invalidate),
    writes("admin.users.session.list", ADMIN_READ, 20, |slack, arguments| slack.admin_users_session_list(arguments)),
];

/// When each method was called in the last minute.
#[derive(Debug, Default)]
pub(super) struct Calls(BTreeMap<String, Vec<Timestamp>>);

impl Calls {
    /// Counts a call, where it is within the limit.
    pub(super) fn within(&mut self, name: &str, limit: usize, now: Timestamp) -> bool {
        let calls = self.0.entry(name.to_owned()).or_default();
        calls.retain(|at| now.duration_since(*at) < MINUTE);
        let within = calls.len() < limit;
        if within {
            calls.push(now);
        }
        within
    }
}

impl Slack {
    /// A call of a method.
    pub(super) fn call(&mut self, request: &Request, name: &str) -> Answer {
        let Some(method) = METHODS.iter().find(|method| method.name == name) else {
            return answer(Err(Fault::new("unknown_method")));
        };
        let limited = self.quirks.tier_limits && !self.calls.within(name, method.per_minute, self.state.clock);
        if limited {
            let refusal = answer(Err(Fault::new("ratelimited")));
            return match self.quirks.limit_answer {
                LimitAnswer::TooManyRequests => {
                    Answer { status: 429, ..refusal }.header("retry-after", self.quirks.retry_after.to_string())
                }
                LimitAnswer::Ok => refusal,
            };
        }
        let outcome = self.checked(request, method);
        let scopes: Vec<_> = self.quirks.scopes.iter().map(String::as_str).collect();
        answer(outcome).header("x-oauth-scopes", scopes.join(",")).header("x-accepted-oauth-scopes", method.scopes.join(","))
    }

    fn checked(&mut self, request: &Request, method: &Method) -> Outcome {
        let arguments = Arguments::of(request, method.takes_json)?;
        if let Some(token) = &self.token {
            let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
            match bearer.map(str::to_owned).or_else(|| arguments.text("token")) {
                None => return Err(Fault::new("not_authed")),
                Some(given) if given != *token => return Err(Fault::new("invalid_auth")),
                Some(_) => {}
            }
        }
        if !method.scopes.is_empty() && !method.scopes.iter().any(|scope| self.quirks.scopes.contains(*scope)) {
            let provided: Vec<_> = self.quirks.scopes.iter().map(String::as_str).collect();
            let fault = Fault::new("missing_scope").with("needed", method.scopes[0].into());
            return Err(fault.with("provided", provided.join(",").into()));
        }
        if method.name.starts_with("admin.") && !self.quirks.enterprise {
            return Err(Fault::new("feature_not_enabled"));
        }
        (method.run)(self, &arguments)
    }
}
