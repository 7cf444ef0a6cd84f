//! What works now: whose token it is, which scopes it has, and whether the SCIM API answers.

use crate::Slack;
use crate::settings::{Channels, Profile};
use innkeeper_sdk::prelude::*;
use serde::Deserialize;

/// Scopes of which one is enough. Slack has one name for the tokens of users and another one for those of bots.
type OneOf = &'static [&'static str];

const USERS: &[OneOf] = &[&["users:read"], &["users:read.email"]];
const WRITE_PROFILES: &[OneOf] = &[&["users.profile:write"]];
const ADMINISTER: &[OneOf] = &[&["admin.users:write"]];
/// To bring somebody back it has to be known what they were.
const ADMINISTER_AND_READ: &[OneOf] = &[&["admin.users:write"], &["admin.users:read"]];
const READ_GROUPS: OneOf = &["usergroups:read"];
const WRITE_GROUPS: OneOf = &["usergroups:write"];
const READ_PUBLIC: OneOf = &["channels:read"];
const READ_PRIVATE: OneOf = &["groups:read"];
const WRITE_PUBLIC: OneOf = &["channels:write", "channels:manage"];
const WRITE_PRIVATE: OneOf = &["groups:write"];

/// What `auth.test` says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Caller {
    url: Option<String>,
    team: Option<String>,
    team_id: Option<String>,
    user: Option<String>,
    enterprise_id: Option<String>,
    is_enterprise_install: Option<bool>,
    bot_id: Option<String>,
}

impl Slack {
    pub(crate) fn status(&self) -> Result<Status> {
        let answer = self.read("auth.test").send()?;
        let caller: Caller = answer.get()?;
        let scopes = answer.scopes();
        let mut abilities = match self.settings.profile {
            Profile::Scim => self.directory_abilities(scopes.as_deref())?,
            Profile::Web => self.member_abilities(scopes.as_deref()),
        };
        abilities.extend(self.entitlement_abilities(scopes.as_deref()));
        abilities.push(match (self.settings.enterprise, self.settings.profile) {
            (true, _) => ability("sessions.revoke-all", ADMINISTER, scopes.as_deref()),
            (false, Profile::Scim) => Ability::missing(
                "sessions.revoke-all",
                "only Enterprise has an API for it; deactivating an account ends its sessions",
            ),
            (false, Profile::Web) => Ability::missing("sessions.revoke-all", "only Enterprise has an API for it"),
        });
        let mut extra = Vec::new();
        let mut note = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                extra.push(Extra { name: name.to_owned(), value });
            }
        };
        note("team", caller.team_id);
        note("enterprise", caller.enterprise_id);
        note("user", caller.user);
        note("token", Some(if caller.bot_id.is_some() { "bot" } else { "user" }.to_owned()));
        note("organisation-wide", caller.is_enterprise_install.map(|install| install.to_string()));
        note("scopes", scopes.map(|scopes| scopes.join(" ")));
        let profile = match self.settings.profile {
            Profile::Scim => "scim",
            Profile::Web => "web",
        };
        let system =
            [caller.team, caller.url].into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        Ok(Status {
            profile: Some(profile.to_owned()),
            system: Some(format!("Slack {system}").trim_end().to_owned()),
            abilities,
            extra,
        })
    }

    /// The SCIM API is asked for one user: whether it answers depends on the plan and on who installed the app, which no scope says.
    fn directory_abilities(&self, scopes: Option<&[&str]>) -> Result<Vec<Ability>> {
        let operations =
            ["accounts.list", "accounts.get", "accounts.find", "accounts.create", "accounts.update", "accounts.set-status"];
        let reason = match self.directory(|scim| scim.status()) {
            Ok(status) => status.abilities.into_iter().find_map(|ability| ability.reason),
            Err(error) if matches!(error.code, ErrorCode::Unavailable | ErrorCode::RateLimited) => return Err(error),
            // The Web API took the token, so that it is not wrong as such.
            Err(error) => Some(error.message),
        };
        let reason = reason.or_else(|| lacking(&[&["admin"]], scopes));
        Ok(operations
            .map(|operation| match &reason {
                None => Ability::available(operation),
                Some(reason) => Ability::missing(operation, reason),
            })
            .into())
    }

    fn member_abilities(&self, scopes: Option<&[&str]>) -> Vec<Ability> {
        let mut abilities: Vec<Ability> =
            ["accounts.list", "accounts.get", "accounts.find"].map(|operation| ability(operation, USERS, scopes)).into();
        abilities.push(ability("accounts.update", WRITE_PROFILES, scopes));
        let administered = [("accounts.create", ADMINISTER), ("accounts.set-status", ADMINISTER_AND_READ)];
        abilities.extend(administered.map(|(operation, needed)| match self.settings.enterprise {
            true => ability(operation, needed, scopes),
            false => Ability::missing(operation, "only Enterprise has an API for it: somebody is asked to do it by hand"),
        }));
        abilities
    }

    fn entitlement_abilities(&self, scopes: Option<&[&str]>) -> Vec<Ability> {
        let (mut reads, mut writes) = (vec![READ_GROUPS], vec![READ_GROUPS, WRITE_GROUPS]);
        if self.settings.channels != Channels::None {
            reads.push(READ_PUBLIC);
            writes.push(WRITE_PUBLIC);
        }
        if self.settings.channels == Channels::All {
            reads.push(READ_PRIVATE);
            writes.push(WRITE_PRIVATE);
        }
        let mut abilities: Vec<Ability> =
            ["entitlements.list", "entitlements.list-grants"].map(|operation| ability(operation, &reads, scopes)).into();
        abilities.extend(
            ["entitlements.grant", "entitlements.revoke", "entitlements.amend"]
                .map(|operation| ability(operation, &writes, scopes)),
        );
        abilities
    }
}

fn ability(operation: &str, needed: &[OneOf], scopes: Option<&[&str]>) -> Ability {
    match lacking(needed, scopes) {
        None => Ability::available(operation),
        Some(reason) => Ability::missing(operation, reason),
    }
}

/// What the token lacks; none where it has everything, or where Slack did not say what it has.
fn lacking(needed: &[OneOf], scopes: Option<&[&str]>) -> Option<String> {
    let scopes = scopes?;
    let missing: Vec<String> = needed
        .iter()
        .filter(|one_of| !one_of.iter().any(|scope| scopes.contains(scope)))
        .map(|one_of| one_of.join(" or "))
        .collect();
    (!missing.is_empty()).then(|| format!("the token lacks the scope {}", missing.join(", ")))
}
