//! Granting and revoking.

use crate::account::User;
use crate::grants::unknown;
use crate::settings::Organization;
use crate::teams::Team;
use crate::{api, copilot, roles, teams};
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result, http};
use serde::Deserialize;
use serde_json::json;

/// An entitlement, ready to be given.
enum Target {
    Team(Team),
    /// With who holds it now.
    Role {
        id: String,
        held: Vec<String>,
    },
    Copilot,
}

/// `team-membership` of the description.
#[derive(Deserialize)]
struct TeamMembership {
    state: String,
}

impl Organization {
    pub(crate) fn amend(&self, key: &EntitlementKey, add: &[Holder], remove: &[Holder]) -> Result<Effect> {
        if add.is_empty() && remove.is_empty() {
            return Ok(Effect::Already);
        }
        let target = match key.kind.as_str() {
            teams::KIND => Target::Team(self.team(&key.id)?),
            roles::KIND => Target::Role { id: key.id.clone(), held: self.role_users(&key.id)? },
            copilot::KIND if key.id == copilot::SEAT => Target::Copilot,
            _ => return Err(unknown(key)),
        };
        let (add, remove) = (self.people(add)?, self.people(remove)?);
        if let Target::Copilot = target {
            let logins = |people: &[User]| people.iter().map(|person| person.login.clone()).collect::<Vec<_>>();
            return Ok(both(self.give_seats(&logins(&add))?, self.take_seats(&logins(&remove))?));
        }
        let mut whole = Effect::Already;
        for person in &add {
            whole = both(whole, self.give(&target, person)?);
        }
        for person in &remove {
            whole = both(whole, self.take(&target, person)?);
        }
        Ok(whole)
    }

    /// The people who hold, or are to; looked up by number, because their logins may be others by now.
    fn people(&self, holders: &[Holder]) -> Result<Vec<User>> {
        let person = |holder: &Holder| match holder {
            Holder::Account(id) => self.person(id),
            Holder::Entitlement(key) => Err(Error::unsupported(format!(
                "{}/{} is given or taken on GitHub itself: only people are put in and out",
                key.kind, key.id
            ))),
        };
        holders.iter().map(person).collect()
    }

    fn give(&self, target: &Target, person: &User) -> Result<Effect> {
        match target {
            Target::Team(team) => self.join_team(team, person),
            Target::Role { held, .. } if held.contains(&person.id.to_string()) => Ok(Effect::Already),
            Target::Role { id, .. } => api::send(http::put(self.assignment_path(&person.login, id))).map(|_| Effect::Done),
            Target::Copilot => self.give_seats(std::slice::from_ref(&person.login)),
        }
    }

    fn take(&self, target: &Target, person: &User) -> Result<Effect> {
        match target {
            Target::Team(team) => self.leave_team(team, person),
            Target::Role { held, .. } if !held.contains(&person.id.to_string()) => Ok(Effect::Already),
            Target::Role { id, .. } => api::send(http::delete(self.assignment_path(&person.login, id))).map(|_| Effect::Done),
            Target::Copilot => self.take_seats(std::slice::from_ref(&person.login)),
        }
    }

    /// Looks first: the request would make an ordinary member of a maintainer, and would invite somebody who has left the organisation.
    fn join_team(&self, team: &Team, person: &User) -> Result<Effect> {
        match self.team_membership(team, person)? {
            // Through a child team counts as membership too.
            Some(membership) if membership.state == "active" => {
                if self.direct_members(team)?.iter().any(|member| member.id == person.id) {
                    return Ok(Effect::Already);
                }
            }
            Some(_) | None => {
                if !self.membership(&person.login)?.is_some_and(|membership| membership.is_active()) {
                    return Err(Error::not_found(format!("{} is no member of {}", person.login, self.login)));
                }
            }
        }
        let request = http::put(self.team_membership_path(team, person)).json(&json!({ "role": "member" }));
        api::send(request).map(|_| Effect::Done).map_err(|error| filled_elsewhere(team, error))
    }

    fn leave_team(&self, team: &Team, person: &User) -> Result<Effect> {
        if self.team_membership(team, person)?.is_none() {
            return Ok(Effect::Already);
        }
        match api::send(http::delete(self.team_membership_path(team, person))) {
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(filled_elsewhere(team, error)),
        }
    }

    fn team_membership(&self, team: &Team, person: &User) -> Result<Option<TeamMembership>> {
        api::find(http::get(self.team_membership_path(team, person)))
    }

    fn team_membership_path(&self, team: &Team, person: &User) -> String {
        self.team_path(&team.slug, &format!("/memberships/{}", http::segment(&person.login)))
    }
}

/// 403 is what GitHub answers where the identity provider fills the team, and what it answers to a token that lacks a permission.
fn filled_elsewhere(team: &Team, mut error: Error) -> Error {
    if error.code == ErrorCode::PermissionDenied {
        error.message = format!(
            "{}: the token may not change the team {}, or an identity provider fills it (see `team-synchronization`)",
            error.message, team.slug
        );
    }
    error
}

fn both(one: Effect, other: Effect) -> Effect {
    if one == Effect::Already { other } else { one }
}
