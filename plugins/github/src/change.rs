//! Changing a member's role, and removing members and invitations.

use crate::account::{Id, ROLE, Role, role_of};
use crate::api;
use crate::members::{Membership, nobody};
use crate::settings::Organization;
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result, http};

impl Organization {
    pub(crate) fn update_account(&self, id: &str, deltas: &[Delta]) -> Result<Outcome> {
        let role = new_role(deltas)?;
        let user = self.person(id)?;
        let membership = self.membership(&user.login)?.filter(Membership::is_active).ok_or_else(|| nobody(id))?;
        let Some(role) = role.filter(|role| membership.role() != Some(*role)) else {
            return Ok(Outcome::Already(user.into_account(membership.role(), None)));
        };
        if membership.role() == Some(Role::Admin) {
            self.keep_an_owner(&user.login)?;
        }
        let membership = self.put_membership(&user.login, role)?;
        Ok(Outcome::Done(user.into_account(membership.role(), None)))
    }

    pub(crate) fn remove_account(&self, id: &str) -> Result<Effect> {
        match Id::parse(id) {
            Id::User(number) => self.remove_member(number),
            Id::Invitation(number) => self.cancel(number),
            Id::Foreign => Ok(Effect::Already),
        }
    }

    fn remove_member(&self, number: &str) -> Result<Effect> {
        let Some(user) = self.user(number)? else { return Ok(Effect::Already) };
        let Some(membership) = self.membership(&user.login)? else { return Ok(Effect::Already) };
        let left = || {
            let teams = membership.enterprise_teams().join(", ");
            let of =
                if teams.is_empty() { "a team of the enterprise".to_owned() } else { format!("the enterprise's teams {teams}") };
            Effect::ActionRequired(format!("{} is still a member of {} through {of}: remove them there", user.login, self.login))
        };
        if !membership.is_direct() {
            return Ok(left());
        }
        if membership.is_active() && membership.role() == Some(Role::Admin) {
            self.keep_an_owner(&user.login)?;
        }
        match api::send(http::delete(self.membership_path(&user.login))) {
            Ok(_) if !membership.enterprise_teams().is_empty() => Ok(left()),
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(error),
        }
    }

    fn cancel(&self, number: &str) -> Result<Effect> {
        match api::send(http::delete(self.path(&format!("/invitations/{number}")))) {
            Ok(_) => Ok(Effect::Done),
            // Accepted, refused, expired or cancelled: it is no invitation any more. A member it became is an account of its own.
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(error),
        }
    }

    /// GitHub refuses as well, with a 403 that looks like a missing permission.
    fn keep_an_owner(&self, login: &str) -> Result<()> {
        if self.members(Role::Admin, None)?.items.len() > 1 {
            return Ok(());
        }
        Err(Error::invalid(format!("{login} is the last owner of {}: make somebody else an owner first", self.login))
            .with_field(ROLE, "an organisation needs an owner"))
    }
}

/// The role that the deltas set; all else belongs to the person.
fn new_role(deltas: &[Delta]) -> Result<Option<Role>> {
    let mut role = None;
    for delta in deltas {
        if delta.name != ROLE {
            let name = &delta.name;
            return Err(Error::invalid(format!("`{name}` of a GitHub account is its owner's to change"))
                .with_field(name, "cannot be changed"));
        }
        role = match &delta.edit {
            Edit::Replace(values) => Some(role_of(values)?),
            Edit::Clear | Edit::Amend(_) => {
                return Err(Error::invalid("a member has exactly one role").with_field(ROLE, "cannot be cleared"));
            }
        };
    }
    Ok(role)
}
