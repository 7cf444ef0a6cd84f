//! Resources as GitHub shows them, with all that its description requires of each.

use serde_json::{Map, Value, json};

use super::state::{Account, Invitation, Invitee, OrganizationRole, Role, Seat, State, Team};

/// The id of the organisation.
pub(super) const ORGANIZATION: u64 = 42;

/// Who shows: the organisation and the base URL of the API.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) base: String,
    pub(super) org: String,
}

impl Shape {
    /// `simple-user`.
    pub(super) fn user(&self, account: &Account) -> Value {
        self.simple(account.id, &account.login, "User")
    }

    fn simple(&self, id: u64, login: &str, kind: &str) -> Value {
        let url = format!("{}/users/{login}", self.base);
        json!({
            "login": login,
            "id": id,
            "node_id": node_id(kind, id),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("https://github.com/{login}"),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": kind,
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    /// `simple-user` where an organisation stands in the place of one.
    fn organization_as_user(&self) -> Value {
        self.simple(ORGANIZATION, &self.org, "Organization")
    }

    /// `public-user`.
    pub(super) fn profile(&self, account: &Account) -> Value {
        let more = json!({
            "name": account.name,
            "company": null,
            "blog": "",
            "location": null,
            "email": account.public_email,
            "hireable": null,
            "bio": null,
            "twitter_username": null,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": "2015-05-05T05:05:05Z",
            "updated_at": "2026-01-01T00:00:00Z",
        });
        merged(self.user(account), more)
    }

    /// `organization-simple`.
    pub(super) fn organization(&self) -> Value {
        let url = format!("{}/orgs/{}", self.base, self.org);
        json!({
            "login": self.org,
            "id": ORGANIZATION,
            "node_id": node_id("Organization", ORGANIZATION),
            "url": url,
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events"),
            "hooks_url": format!("{url}/hooks"),
            "issues_url": format!("{url}/issues"),
            "members_url": format!("{url}/members{{/member}}"),
            "public_members_url": format!("{url}/public_members{{/member}}"),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{ORGANIZATION}?v=4"),
            "description": null,
        })
    }

    /// `organization-full`, and `team-organization`, which is a part of it.
    pub(super) fn organization_full(&self, seats: usize) -> Value {
        let more = json!({
            "name": self.org,
            "is_verified": false,
            "has_organization_projects": true,
            "has_repository_projects": true,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "html_url": format!("https://github.com/{}", self.org),
            "created_at": "2016-06-06T06:06:06Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "archived_at": null,
            "type": "Organization",
            "plan": { "name": "enterprise", "space": 976_562_499, "private_repos": 999_999, "filled_seats": seats, "seats": seats + 10 },
            "default_repository_permission": "read",
            "members_can_create_repositories": true,
            "two_factor_requirement_enabled": false,
        });
        merged(self.organization(), more)
    }

    /// `org-membership`.
    pub(super) fn membership(&self, account: &Account, role: Role, pending: bool) -> Value {
        let organization = format!("{}/orgs/{}", self.base, self.org);
        json!({
            "url": format!("{organization}/memberships/{}", account.login),
            "state": if pending { "pending" } else { "active" },
            "role": role.of_membership(),
            "organization_url": organization,
            "direct_membership": true,
            "enterprise_teams_providing_indirect_membership": [],
            "user": self.user(account),
            "organization": self.organization(),
        })
    }

    /// `organization-invitation`.
    pub(super) fn invitation(&self, invitation: &Invitation, state: &State, inviter: &Account) -> Value {
        let (login, email) = match &invitation.invitee {
            Invitee::Account(id) => (state.accounts.get(id).map(|account| account.login.as_str()), None),
            Invitee::Email(email) => (None, Some(email.as_str())),
        };
        let id = invitation.id;
        json!({
            "id": id,
            "node_id": node_id("OrganizationInvitation", id),
            "login": login,
            "email": email,
            "role": invitation.role.of_invitation(),
            "created_at": invitation.created.to_string(),
            "failed_at": invitation.failed.as_ref().map(|(at, _)| at.to_string()),
            "failed_reason": invitation.failed.as_ref().map(|(_, reason)| reason),
            "inviter": self.user(inviter),
            "team_count": invitation.teams.len(),
            "invitation_teams_url": format!("{}/organizations/{ORGANIZATION}/invitations/{id}/teams", self.base),
            "invitation_source": "member",
        })
    }

    /// `team-simple`.
    fn team_simple(&self, team: &Team) -> Value {
        let url = format!("{}/organizations/{ORGANIZATION}/team/{}", self.base, team.id);
        json!({
            "id": team.id,
            "node_id": node_id("Team", team.id),
            "url": url,
            "html_url": format!("https://github.com/orgs/{}/teams/{}", self.org, team.slug),
            "name": team.name,
            "slug": team.slug,
            "description": team.description,
            "privacy": if team.secret { "secret" } else { "closed" },
            "notification_setting": "notifications_enabled",
            "permission": "pull",
            "members_url": format!("{url}/members{{/member}}"),
            "repositories_url": format!("{url}/repos"),
            "type": "organization",
            "organization_id": ORGANIZATION,
        })
    }

    /// `team`.
    pub(super) fn team(&self, team: &Team, state: &State) -> Value {
        let parent = team.parent.and_then(|id| state.teams.get(&id));
        let mut shown = self.team_simple(team);
        shown["parent"] = parent.map_or(Value::Null, |parent| self.team_simple(parent));
        shown
    }

    /// `team-full`.
    pub(super) fn team_full(&self, team: &Team, state: &State) -> Value {
        let more = json!({
            "members_count": state.team_members(team.id).len(),
            "repos_count": 0,
            "created_at": team.created.to_string(),
            "updated_at": team.updated.to_string(),
            "organization": self.organization_full(state.members.len()),
        });
        merged(self.team(team, state), more)
    }

    /// `organization-role`.
    pub(super) fn role(&self, role: &OrganizationRole) -> Value {
        json!({
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "base_role": null,
            "source": if role.predefined { "Predefined" } else { "Organization" },
            "permissions": role.permissions,
            "organization": if role.predefined { Value::Null } else { self.organization_as_user() },
            "created_at": role.created.to_string(),
            "updated_at": role.created.to_string(),
        })
    }

    /// `user-role-assignment`: directly, or by these teams, or both.
    pub(super) fn role_of_user(&self, account: &Account, direct: bool, by: &[&Team]) -> Value {
        let assignment = match (direct, by.is_empty()) {
            (true, false) => "mixed",
            (true, true) => "direct",
            (false, _) => "indirect",
        };
        let by: Vec<_> = by.iter().map(|team| self.team_simple(team)).collect();
        merged(self.user(account), json!({ "assignment": assignment, "inherited_from": by }))
    }

    /// `copilot-seat-details`.
    pub(super) fn seat(&self, account: &Account, seat: &Seat) -> Value {
        let activity = seat.last_activity.map(|at| at.to_string());
        json!({
            "created_at": seat.created.to_string(),
            "updated_at": seat.created.to_string(),
            "pending_cancellation_date": seat.cancelled.map(|day| day.to_string()),
            "last_activity_at": activity,
            "last_activity_editor": activity.as_ref().map(|_| "vscode/1.99.0/copilot/1.300.0"),
            "last_authenticated_at": activity,
            "plan_type": "business",
            "assignee": self.user(account),
            "organization": self.organization(),
        })
    }
}

/// An opaque id, as GraphQL and `node_id` have it.
pub(super) fn node_id(kind: &str, id: u64) -> String {
    let letters: String = kind.chars().filter(char::is_ascii_uppercase).collect();
    format!("{letters}_kgDO{id:08x}")
}

/// One object with the fields of both.
pub(super) fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend::<Map<_, _>>(other);
    }
    one
}
