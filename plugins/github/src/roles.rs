//! Organisation roles: predefined ones, and those that an organisation of GitHub Enterprise Cloud makes.

use crate::api;
use crate::failure;
use crate::settings::Organization;
use crate::teams;
use innkeeper_sdk::types::{Entitlement, EntitlementKey, Extra, Grant, Holder};
use innkeeper_sdk::{Result, http, log};
use serde::Deserialize;

pub(crate) const KIND: &str = "role";

/// `organization-role` of the description.
#[derive(Deserialize)]
pub(crate) struct OrganizationRole {
    pub(crate) id: u64,
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Deserialize)]
struct Roles {
    #[serde(default)]
    roles: Vec<OrganizationRole>,
}

/// A person or a team with a role, `user-role-assignment` and `team-role-assignment`.
#[derive(Deserialize)]
struct Assigned {
    id: u64,
    /// `direct`, `indirect` through a team, `mixed` for both.
    #[serde(default)]
    assignment: Option<String>,
}

impl Assigned {
    fn is_direct(&self) -> bool {
        self.assignment.as_deref() != Some("indirect")
    }
}

impl OrganizationRole {
    fn key(&self) -> EntitlementKey {
        key(&self.id.to_string())
    }

    pub(crate) fn into_entitlement(self) -> Entitlement {
        let mut entitlement = Entitlement::new(self.key(), self.name);
        entitlement.description = self.description.filter(|text| !text.is_empty());
        entitlement.extra.extend(self.source.map(|source| Extra { name: "source".to_owned(), value: source }));
        entitlement
    }
}

fn key(id: &str) -> EntitlementKey {
    EntitlementKey::new(KIND, id)
}

impl Organization {
    /// The roles; none where GitHub does not show any to these credentials.
    pub(crate) fn organization_roles(&self) -> Result<Vec<OrganizationRole>> {
        match self.read_roles() {
            Ok(roles) => Ok(roles),
            Err(error) if failure::is_absence(&error) => {
                log::info!("organisation roles are left out: {}", error.message);
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn read_roles(&self) -> Result<Vec<OrganizationRole>> {
        Ok(api::send(http::get(self.path("/organization-roles")))?.json::<Roles>()?.roles)
    }

    /// Who holds the role directly: people and teams.
    pub(crate) fn role_grants(&self, id: &str) -> Result<Vec<Grant>> {
        let mut grants: Vec<Grant> =
            self.role_users(id)?.into_iter().map(|user| Grant::new(key(id), Holder::Account(user))).collect();
        let teams: Vec<Assigned> = api::all(|| api::listing(self.role_path(id, "teams")))?;
        let teams = teams.into_iter().filter(Assigned::is_direct);
        grants.extend(teams.map(|team| Grant::new(key(id), Holder::Entitlement(teams::key(team.id)))));
        Ok(grants)
    }

    /// The people who hold the role directly, by id.
    pub(crate) fn role_users(&self, id: &str) -> Result<Vec<String>> {
        let users: Vec<Assigned> = api::all(|| api::listing(self.role_path(id, "users")))?;
        Ok(users.into_iter().filter(Assigned::is_direct).map(|user| user.id.to_string()).collect())
    }

    fn role_path(&self, id: &str, of: &str) -> String {
        self.path(&format!("/organization-roles/{}/{of}", http::segment(id)))
    }

    /// The path of one person's role.
    pub(crate) fn assignment_path(&self, login: &str, role: &str) -> String {
        self.path(&format!("/organization-roles/users/{}/{}", http::segment(login), http::segment(role)))
    }
}
