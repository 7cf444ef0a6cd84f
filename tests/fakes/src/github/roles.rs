//! Organisation roles and who has them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::GitHub;
use super::page::listing;
use super::refusal::{Outcome, Refusal};
use super::shape::merged;
use super::state::OrganizationRole;
use crate::web::{Answer, Request};

/// The roles that every organisation has: id, name, what for.
const PREDEFINED: [(u64, &str, &str); 6] = [
    (138, "all_repo_read", "Grants read access to all repositories in the organization."),
    (139, "all_repo_triage", "Grants triage access to all repositories in the organization."),
    (140, "all_repo_write", "Grants write access to all repositories in the organization."),
    (141, "all_repo_maintain", "Grants maintenance access to all repositories in the organization."),
    (142, "all_repo_admin", "Grants admin access to all repositories in the organization."),
    (143, "security_manager", "Grants the ability to manage security policies, alerts and configurations."),
];

pub(super) fn predefined(created: Timestamp) -> impl Iterator<Item = OrganizationRole> {
    PREDEFINED.into_iter().map(move |(id, name, description)| OrganizationRole {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        predefined: true,
        permissions: Vec::new(),
        users: BTreeSet::new(),
        teams: BTreeSet::new(),
        created,
    })
}

impl GitHub {
    fn roles_on(&self) -> Result<(), Refusal> {
        if self.quirks.organization_roles {
            return Ok(());
        }
        Err(Refusal::unprocessable("Organization roles are not available for this organization."))
    }

    fn known_role(&self, id: &str) -> Result<&OrganizationRole, Refusal> {
        self.roles_on()?;
        let id: u64 = id.parse().map_err(|_| Refusal::not_found())?;
        self.state.roles.get(&id).ok_or_else(Refusal::not_found)
    }

    /// `GET /orgs/{org}/organization-roles`.
    pub(super) fn list_roles(&self) -> Outcome {
        self.roles_on()?;
        let roles: Vec<_> = self.state.roles.values().map(|role| self.shape.role(role)).collect();
        Ok(Answer::json(200, &json!({ "total_count": roles.len(), "roles": roles })))
    }

    /// `GET /orgs/{org}/organization-roles/{role_id}`.
    pub(super) fn get_role(&self, id: &str) -> Outcome {
        Ok(Answer::json(200, &self.shape.role(self.known_role(id)?)))
    }

    /// `GET /orgs/{org}/organization-roles/{role_id}/users`: directly and by teams.
    pub(super) fn list_role_users(&self, id: &str, request: &Request) -> Outcome {
        let role = self.known_role(id)?;
        let teams: Vec<_> = role.teams.iter().filter_map(|id| self.state.teams.get(id)).collect();
        let mut users = role.users.clone();
        users.extend(teams.iter().flat_map(|team| self.state.team_members(team.id).into_keys()));
        let shown = users.into_iter().map(|user| {
            let by: Vec<_> = teams.iter().copied().filter(|team| self.state.team_members(team.id).contains_key(&user)).collect();
            self.shape.role_of_user(&self.state.accounts[&user], role.users.contains(&user), &by)
        });
        Ok(listing(shown.collect(), request, &self.shape.base))
    }

    /// `GET /orgs/{org}/organization-roles/{role_id}/teams`.
    pub(super) fn list_role_teams(&self, id: &str, request: &Request) -> Outcome {
        let teams = self.known_role(id)?.teams.iter().filter_map(|id| self.state.teams.get(id));
        let shown = teams.map(|team| merged(self.shape.team(team, &self.state), json!({ "assignment": "direct" })));
        Ok(listing(shown.collect(), request, &self.shape.base))
    }

    /// `PUT /orgs/{org}/organization-roles/users/{username}/{role_id}`.
    pub(super) fn assign_role(&mut self, login: &str, id: &str) -> Outcome {
        let (role, user) = (self.known_role(id)?.id, self.known_account(login)?.id);
        if !self.state.is_member(user) {
            return Err(Refusal::unprocessable("The user is not a member of the organization."));
        }
        self.state.roles.entry(role).and_modify(|role| {
            role.users.insert(user);
        });
        Ok(Answer::empty(204))
    }

    /// `DELETE /orgs/{org}/organization-roles/users/{username}/{role_id}`, or of every role where none is named.
    pub(super) fn unassign_role(&mut self, login: &str, id: Option<&str>) -> Outcome {
        let user = self.known_account(login)?.id;
        let only = id.map(|id| self.known_role(id).map(|role| role.id)).transpose()?;
        for role in self.state.roles.values_mut().filter(|role| only.is_none_or(|only| role.id == only)) {
            role.users.remove(&user);
        }
        Ok(Answer::empty(204))
    }

    /// `PUT /orgs/{org}/organization-roles/teams/{team_slug}/{role_id}`.
    pub(super) fn assign_role_to_team(&mut self, slug: &str, id: &str) -> Outcome {
        let (role, team) = (self.known_role(id)?.id, self.known_team(slug)?.id);
        self.state.roles.entry(role).and_modify(|role| {
            role.teams.insert(team);
        });
        Ok(Answer::empty(204))
    }

    /// `DELETE /orgs/{org}/organization-roles/teams/{team_slug}/{role_id}`, or of every role where none is named.
    pub(super) fn unassign_role_from_team(&mut self, slug: &str, id: Option<&str>) -> Outcome {
        let team = self.known_team(slug)?.id;
        let only = id.map(|id| self.known_role(id).map(|role| role.id)).transpose()?;
        for role in self.state.roles.values_mut().filter(|role| only.is_none_or(|only| role.id == only)) {
            role.teams.remove(&team);
        }
        Ok(Answer::empty(204))
    }

    /// `POST /orgs/{org}/organization-roles`.
    pub(super) fn create_role(&mut self, body: &Value) -> Outcome {
        self.roles_on()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let permissions = body.get("permissions").and_then(Value::as_array);
        let (Some(name), Some(permissions)) = (text("name"), permissions) else {
            return Err(Refusal::invalid("OrganizationRole", "name", "name and permissions are needed"));
        };
        let permissions: Vec<_> = permissions.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if self.state.roles.values().any(|role| role.name == name) {
            return Err(Refusal::new(409, "A role with this name exists already."));
        }
        let id = self.make_role(name, text("description").unwrap_or_default(), permissions);
        Ok(Answer::json(201, &self.shape.role(&self.state.roles[&id])))
    }

    pub(super) fn make_role(&mut self, name: &str, description: &str, permissions: Vec<String>) -> u64 {
        let id = self.state.next_id();
        let role = OrganizationRole {
            id,
            name: name.to_owned(),
            description: description.to_owned(),
            predefined: false,
            permissions,
            users: BTreeSet::new(),
            teams: BTreeSet::new(),
            created: self.state.clock,
        };
        self.state.roles.insert(id, role);
        id
    }
}
