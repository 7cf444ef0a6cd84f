//! Members by REST. Paths name people by login, which changes, so that each of them begins with a look at who has the number now.

use crate::account::{Id, Role, User};
use crate::api::{self, Page};
use crate::settings::Organization;
use innkeeper_sdk::http::{self, segment};
use innkeeper_sdk::types::Account;
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;

/// `org-membership` of the description.
#[derive(Debug, Deserialize)]
pub(crate) struct Membership {
    state: String,
    role: String,
    #[serde(default)]
    direct_membership: Option<bool>,
    #[serde(default)]
    enterprise_teams_providing_indirect_membership: Vec<String>,
}

impl Membership {
    /// Whether the person has accepted, and is a member: a billing manager has a membership too.
    pub(crate) fn is_active(&self) -> bool {
        self.state == "active" && self.role().is_some()
    }

    pub(crate) fn role(&self) -> Option<Role> {
        Role::parse(&self.role)
    }

    /// Whether removing the person from the organisation removes anything.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct_membership != Some(false)
    }

    /// The enterprise's teams through which the person stays a member.
    pub(crate) fn enterprise_teams(&self) -> &[String] {
        &self.enterprise_teams_providing_indirect_membership
    }
}

impl Organization {
    /// A path below the organisation.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/orgs/{}{rest}", segment(&self.login))
    }

    /// The members with this role: `GET /orgs/{org}/members` does not say the role of those that it lists, and takes it as a filter.
    pub(crate) fn members(&self, role: Role, next: Option<&str>) -> Result<Page<Account>> {
        let page: Page<User> = api::page(api::listing(self.path("/members")).query("role", role.as_str()), next)?;
        let items = page.items.into_iter().map(|user| user.into_account(Some(role), None)).collect();
        Ok(Page { items, next: page.next })
    }

    /// Who has this number now.
    pub(crate) fn user(&self, id: &str) -> Result<Option<User>> {
        api::find(http::get(format!("/user/{}", segment(id))))
    }

    /// Who has this login now.
    pub(crate) fn user_named(&self, login: &str) -> Result<Option<User>> {
        api::find(http::get(format!("/users/{}", segment(login))))
    }

    pub(crate) fn membership_path(&self, login: &str) -> String {
        self.path(&format!("/memberships/{}", segment(login)))
    }

    /// The membership of whoever has this login, pending ones included.
    pub(crate) fn membership(&self, login: &str) -> Result<Option<Membership>> {
        api::find(http::get(self.membership_path(login)))
    }

    /// The person behind an account that is a member.
    ///
    /// # Errors
    /// `not-found` where there is nobody, `conflict` for an invitation.
    pub(crate) fn person(&self, id: &str) -> Result<User> {
        match Id::parse(id) {
            Id::User(number) => self.user(number)?.ok_or_else(|| nobody(id)),
            Id::Invitation(_) => Err(Error::conflict(format!("{id} has not been accepted: until then it can hold nothing more"))),
            Id::Foreign => Err(nobody(id)),
        }
    }
}

pub(crate) fn nobody(id: &str) -> Error {
    Error::not_found(format!("{id} is no account of this organisation"))
}
