//! Members and memberships of the organisation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::GitHub;
use super::page::listing;
use super::refusal::{Outcome, Refusal};
use super::state::{Account, Invitee, Role};
use crate::web::{Answer, Request};

impl GitHub {
    pub(super) fn known_account(&self, login: &str) -> Result<&Account, Refusal> {
        self.state.account(login).ok_or_else(Refusal::not_found)
    }

    /// `GET /orgs/{org}/members`.
    pub(super) fn list_members(&self, request: &Request) -> Outcome {
        let role = request.parameter("role").unwrap_or_else(|| "all".to_owned());
        let filter = request.parameter("filter").unwrap_or_else(|| "all".to_owned());
        if !["all", "admin", "member"].contains(&role.as_str())
            || !["all", "2fa_disabled", "2fa_insecure"].contains(&filter.as_str())
        {
            return Err(Refusal::invalid("OrganizationMember", "role", "`role` or `filter` has a value that is not known"));
        }
        let listed = self.state.members.iter().filter(|(id, held)| {
            self.state.is_member(**id)
                && match role.as_str() {
                    "admin" => **held == Role::Admin,
                    "member" => **held == Role::Member,
                    _ => true,
                }
                && match filter.as_str() {
                    "2fa_disabled" => !self.state.accounts[*id].two_factor,
                    // Nobody here uses a weak second factor.
                    "2fa_insecure" => false,
                    _ => true,
                }
        });
        let shown = listed.map(|(id, _)| self.shape.user(&self.state.accounts[id])).collect();
        Ok(listing(shown, request, &self.shape.base))
    }

    /// `GET /orgs/{org}/members/{username}`: 204 without a body.
    pub(super) fn check_member(&self, login: &str) -> Outcome {
        let account = self.known_account(login)?;
        if !self.state.is_member(self.caller) {
            let location = format!("{}/orgs/{}/public_members/{}", self.shape.base, self.shape.org, account.login);
            return Ok(Answer::empty(302).header("location", location));
        }
        if self.state.is_member(account.id) { Ok(Answer::empty(204)) } else { Err(Refusal::not_found()) }
    }

    /// `DELETE /orgs/{org}/members/{username}`.
    pub(super) fn remove_member(&mut self, login: &str) -> Outcome {
        let id = self.known_account(login)?.id;
        if !self.state.is_member(id) {
            return Err(Refusal::not_found());
        }
        self.remove(id)
    }

    fn remove(&mut self, id: u64) -> Outcome {
        if self.state.is_last_owner(id) {
            return Err(Refusal::forbidden("You can't remove the last owner of an organization."));
        }
        self.state.leave(id);
        Ok(Answer::empty(204))
    }

    /// `GET /orgs/{org}/memberships/{username}`.
    pub(super) fn get_membership(&self, login: &str) -> Outcome {
        let account = self.known_account(login)?;
        self.membership(account).map(|body| Answer::json(200, &body)).ok_or_else(Refusal::not_found)
    }

    fn membership(&self, account: &Account) -> Option<Value> {
        if let Some(role) = self.state.members.get(&account.id) {
            return Some(self.shape.membership(account, *role, false));
        }
        let invitation = self.state.invitation_of(&Invitee::Account(account.id))?;
        Some(self.shape.membership(account, invitation.role, true))
    }

    /// `PUT /orgs/{org}/memberships/{username}`: invites, or changes the role.
    pub(super) fn put_membership(&mut self, login: &str, body: &Value) -> Outcome {
        let role = match body.get("role").and_then(Value::as_str) {
            None if body.get("role").is_none() => Role::Member,
            Some("member") => Role::Member,
            Some("admin") => Role::Admin,
            _ => return Err(Refusal::invalid("OrganizationMembership", "role", "role is not included in the list")),
        };
        let id = self.known_account(login)?.id;
        if self.state.members.contains_key(&id) {
            if role != Role::Admin && self.state.is_last_owner(id) {
                return Err(Refusal::forbidden("You can't demote the last owner of an organization."));
            }
            self.state.members.insert(id, role);
        } else if let Some(known) = self.state.invitation_of(&Invitee::Account(id)).map(|invitation| invitation.id) {
            if let Some(invitation) = self.state.invitations.get_mut(&known) {
                invitation.role = role;
            }
        } else {
            self.invite(Invitee::Account(id), role, BTreeSet::new())?;
        }
        self.get_membership(login)
    }

    /// `DELETE /orgs/{org}/memberships/{username}`: removes a member, or cancels the invitation.
    pub(super) fn delete_membership(&mut self, login: &str) -> Outcome {
        let id = self.known_account(login)?.id;
        if self.state.members.contains_key(&id) {
            return self.remove(id);
        }
        let invitation = self.state.invitation_of(&Invitee::Account(id)).map(|invitation| invitation.id);
        self.state.invitations.remove(&invitation.ok_or_else(Refusal::not_found)?);
        Ok(Answer::empty(204))
    }

    /// `GET /users/{username}`.
    pub(super) fn get_user(&self, login: &str) -> Outcome {
        Ok(Answer::json(200, &self.shape.profile(self.known_account(login)?)))
    }

    /// `GET /user/{account_id}`.
    pub(super) fn get_user_by_id(&self, id: &str) -> Outcome {
        let account = id.parse().ok().and_then(|id: u64| self.state.accounts.get(&id)).ok_or_else(Refusal::not_found)?;
        Ok(Answer::json(200, &self.shape.profile(account)))
    }
}
