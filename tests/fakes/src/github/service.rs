//! From a request to an answer: credentials, versions, limits, and which operation it is.

use serde_json::Value;

use super::GitHub;
use super::limits::Resource;
use super::refusal::{Outcome, Refusal};
use super::shape::ORGANIZATION;
use crate::web::{Answer, Request, Service};

/// The versions of the REST API that are supported; without a header it is the first.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

impl Service for GitHub {
    fn answer(&mut self, request: &Request) -> Answer {
        self.state.tick();
        let segments = request.segments();
        let path: Vec<_> = segments.iter().map(String::as_str).collect();
        let resource = match path.first() {
            Some(&"graphql") => Resource::Graphql,
            Some(&"scim") => Resource::Scim,
            _ => Resource::Core,
        };
        let answer = match self.door(request, &path, resource) {
            Some(refusal) => refusal,
            None if resource == Resource::Scim => self.scim_of_enterprise(request, &path),
            None => self.routed(request, &path).unwrap_or_else(Answer::from),
        };
        let version = request.header("x-github-api-version").unwrap_or(VERSIONS[0]).to_owned();
        self.limits
            .headers(resource, self.state.clock, &self.quirks, answer)
            .header("x-oauth-scopes", self.quirks.scopes.join(", "))
            .header("x-accepted-oauth-scopes", accepted(request, &path).join(", "))
            .header("x-github-media-type", "github.v3; format=json")
            .header("x-github-api-version-selected", version)
    }
}

/// The scopes of which one is needed.
fn accepted(request: &Request, path: &[&str]) -> &'static [&'static str] {
    match (request.method.as_str(), path) {
        (_, ["scim", ..]) => &["scim:enterprise", "admin:enterprise"],
        ("GET", ["orgs", _, "copilot", ..] | ["orgs", _, "members", _, "copilot"]) => {
            &["manage_billing:copilot", "read:org", "write:org", "admin:org"]
        }
        (_, ["orgs", _, "copilot", ..]) => &["manage_billing:copilot", "admin:org"],
        (_, ["graphql"]) | ("GET", ["orgs", _, "members" | "memberships" | "teams", ..]) => {
            &["read:org", "write:org", "admin:org", "repo"]
        }
        (_, ["orgs", _, "invitations" | "failed_invitations" | "organization-roles", ..]) => &["admin:org"],
        ("PUT" | "POST" | "PATCH" | "DELETE", ["orgs", _, "teams", ..]) => &["write:org", "admin:org"],
        ("PUT" | "POST" | "PATCH" | "DELETE", ["orgs", ..]) => &["admin:org"],
        _ => &[],
    }
}

impl GitHub {
    /// What keeps a request out before anybody looks at what it wants.
    fn door(&mut self, request: &Request, path: &[&str], resource: Resource) -> Option<Answer> {
        if let Some(token) = &self.token {
            let given = request.header("authorization").and_then(|value| value.split_once(' '));
            let right = given.is_some_and(|(scheme, given)| {
                (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")) && given == token
            });
            if !right {
                let message = if given.is_some() { "Bad credentials" } else { "Requires authentication" };
                return Some(Refusal::new(401, message).into());
            }
            if request.header("user-agent").is_none_or(str::is_empty) {
                let message = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";
                return Some(Answer::of(403, "text/html; charset=utf-8", message));
            }
        }
        if let Some(version) = request.header("x-github-api-version")
            && !VERSIONS.contains(&version)
        {
            return Some(Refusal::new(400, &format!("\"{version}\" is not a supported version of the API.")).into());
        }
        if path == ["rate_limit"] {
            return None;
        }
        let writes = request.method != "GET" && resource != Resource::Graphql;
        if let Some(refusal) = self.limits.spend(resource, writes, self.state.clock, &self.quirks) {
            return Some(refusal);
        }
        let needed = accepted(request, path);
        if !needed.is_empty() && !self.quirks.scopes.iter().any(|scope| needed.contains(&scope.as_str())) {
            let message = "Your token has not been granted the required scopes to do this.";
            return Some(if path == ["graphql"] {
                let error = serde_json::json!({ "type": "INSUFFICIENT_SCOPES", "message": message });
                Answer::json(200, &serde_json::json!({ "errors": [error] }))
            } else {
                Refusal::forbidden(message).into()
            });
        }
        None
    }

    fn scim_of_enterprise(&mut self, request: &Request, path: &[&str]) -> Answer {
        match path {
            ["scim", "v2", "enterprises", enterprise, rest @ ..] if *enterprise == self.enterprise => {
                self.scim_request(request, rest)
            }
            _ => Refusal::not_found().into(),
        }
    }

    fn routed(&mut self, request: &Request, path: &[&str]) -> Outcome {
        let body = match request.body.is_empty() {
            true => Value::Object(serde_json::Map::new()),
            false => request.json().filter(Value::is_object).ok_or_else(|| Refusal::new(400, "Problems parsing JSON"))?,
        };
        match (request.method.as_str(), path) {
            ("POST", ["graphql"]) => Ok(self.graphql(&body)),
            ("GET", ["rate_limit"]) => Ok(Answer::json(200, &self.limits.overview(self.state.clock, &self.quirks))),
            ("GET", ["user"]) => Ok(Answer::json(200, &self.shape.profile(&self.state.accounts[&self.caller]))),
            ("GET", ["user", id]) => self.get_user_by_id(id),
            ("GET", ["users", login]) => self.get_user(login),
            (method, ["orgs", org, rest @ ..]) if org.eq_ignore_ascii_case(&self.shape.org) => {
                self.of_organization(method, rest, request, &body)
            }
            (method, ["organizations", id, rest @ ..]) if *id == ORGANIZATION.to_string() => {
                let by_id = rest.split_first().filter(|(first, _)| **first == "team");
                match by_id.and_then(|(_, rest)| rest.split_first()) {
                    // What `url` of teams and of invitations says: the same by id.
                    Some((team, rest)) => {
                        let slug = team.parse().ok().and_then(|id: u64| self.state.teams.get(&id)).map(|team| team.slug.clone());
                        let slug = slug.ok_or_else(Refusal::not_found)?;
                        let path: Vec<_> = ["teams", &slug].into_iter().chain(rest.iter().copied()).collect();
                        self.of_organization(method, &path, request, &body)
                    }
                    None => self.of_organization(method, rest, request, &body),
                }
            }
            _ => Err(Refusal::not_found()),
        }
    }

    fn of_organization(&mut self, method: &str, path: &[&str], request: &Request, body: &Value) -> Outcome {
        match (method, path) {
            ("GET", []) => Ok(Answer::json(200, &self.shape.organization_full(self.state.members.len()))),
            ("GET", ["members"]) => self.list_members(request),
            ("GET", ["members", login]) => self.check_member(login),
            ("DELETE", ["members", login]) => self.remove_member(login),
            ("GET", ["members", login, "copilot"]) => self.get_seat(login),
            ("GET", ["memberships", login]) => self.get_membership(login),
            ("PUT", ["memberships", login]) => self.put_membership(login, body),
            ("DELETE", ["memberships", login]) => self.delete_membership(login),
            ("GET", ["invitations"]) => self.list_invitations(request),
            ("POST", ["invitations"]) => self.create_invitation(body),
            ("DELETE", ["invitations", id]) => self.cancel_invitation(id),
            ("GET", ["invitations", id, "teams"]) => self.list_invitation_teams(id, request),
            ("GET", ["failed_invitations"]) => self.list_failed_invitations(request),
            ("GET", ["teams"]) => self.list_teams(request),
            ("POST", ["teams"]) => self.create_team(body),
            ("GET", ["teams", slug]) => self.get_team(slug),
            ("PATCH", ["teams", slug]) => self.update_team(slug, body),
            ("DELETE", ["teams", slug]) => self.delete_team(slug),
            ("GET", ["teams", slug, "teams"]) => self.list_child_teams(slug, request),
            ("GET", ["teams", slug, "members"]) => self.list_team_members(slug, request),
            ("GET", ["teams", slug, "invitations"]) => self.list_team_invitations(slug, request),
            ("GET", ["teams", slug, "memberships", login]) => self.get_team_membership(slug, login),
            ("PUT", ["teams", slug, "memberships", login]) => self.put_team_membership(slug, login, body),
            ("DELETE", ["teams", slug, "memberships", login]) => self.delete_team_membership(slug, login),
            ("GET", ["organization-roles"]) => self.list_roles(),
            ("POST", ["organization-roles"]) => self.create_role(body),
            ("DELETE", ["organization-roles", "users", login]) => self.unassign_role(login, None),
            ("PUT", ["organization-roles", "users", login, role]) => self.assign_role(login, role),
            ("DELETE", ["organization-roles", "users", login, role]) => self.unassign_role(login, Some(role)),
            ("DELETE", ["organization-roles", "teams", slug]) => self.unassign_role_from_team(slug, None),
            ("PUT", ["organization-roles", "teams", slug, role]) => self.assign_role_to_team(slug, role),
            ("DELETE", ["organization-roles", "teams", slug, role]) => self.unassign_role_from_team(slug, Some(role)),
            ("GET", ["organization-roles", role]) => self.get_role(role),
            ("GET", ["organization-roles", role, "users"]) => self.list_role_users(role, request),
            ("GET", ["organization-roles", role, "teams"]) => self.list_role_teams(role, request),
            ("GET", ["copilot", "billing"]) => self.copilot_billing(),
            ("GET", ["copilot", "billing", "seats"]) => self.list_seats(request),
            ("POST", ["copilot", "billing", "selected_users"]) => self.buy_seats(body),
            ("DELETE", ["copilot", "billing", "selected_users"]) => self.cancel_seats(body),
            _ => Err(Refusal::not_found()),
        }
    }
}
