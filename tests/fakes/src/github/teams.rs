//! Teams, nested, and who is in them.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::GitHub;
use super::page::listing;
use super::refusal::{Outcome, Refusal};
use super::shape::merged;
use super::state::{Invitee, Role, Team};
use crate::web::{Answer, Request};

fn refused(field: &str, message: &str) -> Refusal {
    Refusal::invalid("Team", field, message)
}

/// A team's name in URLs.
pub(super) fn slug(name: &str) -> String {
    let dashed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let mut slug: String = name.chars().map(dashed).collect();
    while slug.contains("--") {
        slug = slug.replace("--", "-");
    }
    slug.trim_matches('-').to_owned()
}

impl GitHub {
    pub(super) fn known_team(&self, slug: &str) -> Result<&Team, Refusal> {
        self.state.team(slug).ok_or_else(Refusal::not_found)
    }

    /// Makes a team; its id.
    pub(super) fn make_team(
        &mut self,
        name: &str,
        description: Option<String>,
        secret: bool,
        parent: Option<u64>,
    ) -> Result<u64, Refusal> {
        if self.state.team(&slug(name)).is_some() {
            return Err(refused("name", "Name must be unique for this org"));
        }
        if secret && parent.is_some() {
            return Err(refused("privacy", "a secret team cannot be nested"));
        }
        let id = self.state.next_id();
        let now = self.state.clock;
        let team = Team {
            id,
            name: name.to_owned(),
            slug: slug(name),
            description,
            secret,
            parent,
            members: IndexMap::new(),
            synced: false,
            created: now,
            updated: now,
        };
        self.state.teams.insert(id, team);
        Ok(id)
    }

    /// The team that a body names as the parent. The outer none says that the body does not mention it.
    fn parent(&self, body: &Value) -> Result<Option<Option<u64>>, Refusal> {
        match (body.get("parent_team_id"), body.get("parent_team_slug")) {
            (None, None) => Ok(None),
            (Some(Value::Null), _) | (None, Some(Value::Null)) => Ok(Some(None)),
            (Some(id), _) => match id.as_u64().filter(|id| self.state.teams.contains_key(id)) {
                Some(id) => Ok(Some(Some(id))),
                None => Err(refused("parent_team_id", "the parent team does not exist")),
            },
            (None, Some(slug)) => match slug.as_str().and_then(|slug| self.state.team(slug)) {
                Some(team) => Ok(Some(Some(team.id))),
                None => Err(refused("parent_team_slug", "the parent team does not exist")),
            },
        }
    }

    /// `GET /orgs/{org}/teams`.
    pub(super) fn list_teams(&self, request: &Request) -> Outcome {
        let none = request.parameter("team_type").is_some_and(|kind| kind == "enterprise");
        let teams = self.state.teams.values().filter(|_| !none);
        Ok(listing(teams.map(|team| self.shape.team(team, &self.state)).collect(), request, &self.shape.base))
    }

    /// `GET /orgs/{org}/teams/{team_slug}/teams`.
    pub(super) fn list_child_teams(&self, slug: &str, request: &Request) -> Outcome {
        let parent = self.known_team(slug)?.id;
        let teams = self.state.teams.values().filter(|team| team.parent == Some(parent));
        Ok(listing(teams.map(|team| self.shape.team(team, &self.state)).collect(), request, &self.shape.base))
    }

    /// `GET /orgs/{org}/teams/{team_slug}`.
    pub(super) fn get_team(&self, slug: &str) -> Outcome {
        Ok(Answer::json(200, &self.shape.team_full(self.known_team(slug)?, &self.state)))
    }

    /// `POST /orgs/{org}/teams`.
    pub(super) fn create_team(&mut self, body: &Value) -> Outcome {
        let Some(name) = body.get("name").and_then(Value::as_str).filter(|name| !slug(name).is_empty()) else {
            return Err(Refusal::unprocessable("Invalid request.\n\n\"name\" wasn't supplied."));
        };
        let parent = self.parent(body)?.flatten();
        // A nested team is visible by default, any other secret.
        let secret = match body.get("privacy").and_then(Value::as_str) {
            Some(privacy) => privacy == "secret",
            None => parent.is_none(),
        };
        let maintainers = body.get("maintainers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let maintainers: Vec<_> =
            maintainers.map(|login| self.known_account(login).map(|account| account.id)).collect::<Result<_, _>>()?;
        let description = body.get("description").and_then(Value::as_str).map(str::to_owned);
        let id = self.make_team(name, description, secret, parent)?;
        if let Some(team) = self.state.teams.get_mut(&id) {
            team.members.extend(maintainers.into_iter().chain([self.caller]).map(|id| (id, true)));
        }
        Ok(Answer::json(201, &self.shape.team_full(&self.state.teams[&id], &self.state)))
    }

    /// `PATCH /orgs/{org}/teams/{team_slug}`: a new name is a new slug too.
    pub(super) fn update_team(&mut self, old: &str, body: &Value) -> Outcome {
        let id = self.known_team(old)?.id;
        let parent = self.parent(body)?;
        if parent.flatten().is_some_and(|parent| self.state.nested(id).contains(&parent)) {
            return Err(refused("parent_team_id", "a team cannot be nested in itself"));
        }
        let name = body.get("name").and_then(Value::as_str);
        if name.is_some_and(|name| self.state.team(&slug(name)).is_some_and(|other| other.id != id)) {
            return Err(refused("name", "Name must be unique for this org"));
        }
        let now = self.state.clock;
        let team = self.state.teams.get_mut(&id).ok_or_else(Refusal::not_found)?;
        let mut new = team.clone();
        if let Some(name) = name {
            (new.name, new.slug) = (name.to_owned(), slug(name));
        }
        if let Some(description) = body.get("description").and_then(Value::as_str) {
            new.description = Some(description.to_owned());
        }
        if let Some(privacy) = body.get("privacy").and_then(Value::as_str) {
            new.secret = privacy == "secret";
        }
        new.parent = parent.unwrap_or(new.parent);
        if new.secret && new.parent.is_some() {
            return Err(refused("privacy", "a secret team cannot be nested"));
        }
        new.updated = now;
        *team = new;
        Ok(Answer::json(200, &self.shape.team_full(&self.state.teams[&id], &self.state)))
    }

    /// `DELETE /orgs/{org}/teams/{team_slug}`: nested teams go too.
    pub(super) fn delete_team(&mut self, slug: &str) -> Outcome {
        for id in self.state.nested(self.known_team(slug)?.id) {
            self.state.teams.remove(&id);
            for role in self.state.roles.values_mut() {
                role.teams.remove(&id);
            }
        }
        Ok(Answer::empty(204))
    }

    /// `GET /orgs/{org}/teams/{team_slug}/members`: with the members of nested teams.
    pub(super) fn list_team_members(&self, slug: &str, request: &Request) -> Outcome {
        let wanted = request.parameter("role").unwrap_or_else(|| "all".to_owned());
        let members = self.state.team_members(self.known_team(slug)?.id).into_iter().map(|(id, (maintainer, inherited))| {
            let role = if maintainer { "maintainer" } else { "member" };
            (role, merged(self.shape.user(&self.state.accounts[&id]), json!({ "role": role, "inherited": inherited })))
        });
        let shown = members.filter(|(role, _)| wanted == "all" || wanted == *role).map(|(_, shown)| shown).collect();
        Ok(listing(shown, request, &self.shape.base))
    }

    fn team_membership(&self, team: &Team, user: u64) -> Option<Value> {
        let (maintainer, pending) = match self.state.team_members(team.id).get(&user) {
            Some((maintainer, _)) => (*maintainer, false),
            None => {
                let invitation = self.state.invitation_of(&Invitee::Account(user))?;
                (false, invitation.teams.contains(&team.id).then_some(true)?)
            }
        };
        let login = &self.state.accounts[&user].login;
        Some(json!({
            "url": format!("{}/organizations/{}/team/{}/memberships/{login}", self.shape.base, super::shape::ORGANIZATION, team.id),
            "role": if maintainer { "maintainer" } else { "member" },
            "state": if pending { "pending" } else { "active" },
        }))
    }

    /// `GET /orgs/{org}/teams/{team_slug}/memberships/{username}`.
    pub(super) fn get_team_membership(&self, slug: &str, login: &str) -> Outcome {
        let membership = self.team_membership(self.known_team(slug)?, self.known_account(login)?.id);
        membership.map(|body| Answer::json(200, &body)).ok_or_else(Refusal::not_found)
    }

    /// `PUT /orgs/{org}/teams/{team_slug}/memberships/{username}`: invites whoever is not in the organisation.
    pub(super) fn put_team_membership(&mut self, slug: &str, login: &str, body: &Value) -> Outcome {
        let maintainer = match body.get("role").and_then(Value::as_str) {
            None => false,
            Some("member") => false,
            Some("maintainer") => true,
            Some(_) => return Err(refused("role", "role is not included in the list")),
        };
        let (team, user) = (self.changeable(slug)?, self.known_account(login)?.id);
        if self.state.is_member(user) {
            let team = self.state.teams.get_mut(&team).ok_or_else(Refusal::not_found)?;
            team.members.insert(user, maintainer);
        } else if let Some(id) = self.state.invitation_of(&Invitee::Account(user)).map(|invitation| invitation.id) {
            if let Some(invitation) = self.state.invitations.get_mut(&id) {
                invitation.teams.insert(team);
            }
        } else {
            self.invite(Invitee::Account(user), Role::Member, BTreeSet::from([team]))?;
        }
        self.get_team_membership(slug, login)
    }

    /// `DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}`: who is in a nested team stays there.
    pub(super) fn delete_team_membership(&mut self, slug: &str, login: &str) -> Outcome {
        let (team, user) = (self.changeable(slug)?, self.known_account(login)?.id);
        self.team_membership(&self.state.teams[&team], user).ok_or_else(Refusal::not_found)?;
        if let Some(team) = self.state.teams.get_mut(&team) {
            team.members.shift_remove(&user);
        }
        for invitation in self.state.invitations.values_mut().filter(|one| one.invitee == Invitee::Account(user)) {
            invitation.teams.remove(&team);
        }
        Ok(Answer::empty(204))
    }

    /// A team whose members are not the identity provider's.
    fn changeable(&self, slug: &str) -> Result<u64, Refusal> {
        let team = self.known_team(slug)?;
        if team.synced {
            return Err(Refusal::forbidden(
                "This team is synchronized with an identity provider: its members are managed there.",
            ));
        }
        Ok(team.id)
    }
}
