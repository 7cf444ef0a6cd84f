//! Invitations: pending, failed, cancelled.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::Value;

use super::GitHub;
use super::page::listing;
use super::refusal::{Outcome, Refusal};
use super::state::{Invitation, Invitee, Role};
use crate::web::{Answer, Request};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn refused(message: &str) -> Refusal {
    Refusal::invalid("OrganizationInvitation", "data", message)
}

impl GitHub {
    /// Sends an invitation, where the organisation may still send one today.
    pub(super) fn invite(&mut self, invitee: Invitee, role: Role, teams: BTreeSet<u64>) -> Result<u64, Refusal> {
        if self.quirks.managed_users {
            return Err(Refusal::not_found());
        }
        let now = self.state.clock;
        self.state.sent.retain(|at| now.duration_since(*at) < DAY);
        if self.state.sent.len() >= self.quirks.invitations_per_day {
            return Err(refused("Over invitation rate limit"));
        }
        let id = self.state.next_id();
        self.state.sent.push(now);
        self.state.invitations.insert(id, Invitation { id, invitee, role, teams, created: now, failed: None });
        Ok(id)
    }

    fn shown_invitation(&self, invitation: &Invitation) -> Value {
        self.shape.invitation(invitation, &self.state, &self.state.accounts[&self.caller])
    }

    /// `POST /orgs/{org}/invitations`.
    pub(super) fn create_invitation(&mut self, body: &Value) -> Outcome {
        let invitee = match (body.get("invitee_id"), body.get("email")) {
            (Some(id), _) => {
                let id = id.as_u64().filter(|id| self.state.accounts.contains_key(id));
                Invitee::Account(id.ok_or_else(Refusal::not_found)?)
            }
            (None, Some(Value::String(email))) if email.contains('@') => Invitee::Email(email.clone()),
            (None, Some(_)) => return Err(refused("Email is invalid")),
            (None, None) => {
                return Err(Refusal::unprocessable("Invalid request.\n\nNeither `invitee_id` nor `email` was supplied."));
            }
        };
        let former = match &invitee {
            Invitee::Account(id) => self.state.former.get(id),
            Invitee::Email(email) => self.state.account_with_email(email).and_then(|account| self.state.former.get(&account.id)),
        };
        let mut teams = self.invited_to(body)?;
        let role = match body.get("role").and_then(Value::as_str) {
            None | Some("direct_member") => Role::Member,
            Some("admin") => Role::Admin,
            Some("billing_manager") => Role::BillingManager,
            Some("reinstate") => match former {
                Some(former) => {
                    teams.extend(&former.teams);
                    former.role
                }
                None => return Err(refused("Invitee was never a member of this organization")),
            },
            Some(_) => return Err(refused("role is not included in the list")),
        };
        match &invitee {
            Invitee::Account(id) if self.state.members.contains_key(id) => {
                return Err(refused("Invitee is already a part of this org"));
            }
            Invitee::Email(email)
                if self.state.account_with_email(email).is_some_and(|account| self.state.members.contains_key(&account.id)) =>
            {
                return Err(refused("A user with this email address is already a part of this organization"));
            }
            _ if self.state.invitation_of(&invitee).is_some() => {
                return Err(refused("Invitee has already been invited to this org"));
            }
            _ => {}
        }
        let id = self.invite(invitee, role, teams)?;
        Ok(Answer::json(201, &self.shown_invitation(&self.state.invitations[&id])))
    }

    fn invited_to(&self, body: &Value) -> Result<BTreeSet<u64>, Refusal> {
        let Some(ids) = body.get("team_ids") else { return Ok(BTreeSet::new()) };
        let ids = ids.as_array().ok_or_else(|| Refusal::unprocessable("Invalid request.\n\n`team_ids` is not an array."))?;
        let known = |id: &Value| id.as_u64().filter(|id| self.state.teams.contains_key(id)).ok_or_else(Refusal::not_found);
        ids.iter().map(known).collect()
    }

    /// `GET /orgs/{org}/invitations`.
    pub(super) fn list_invitations(&self, request: &Request) -> Outcome {
        if self.quirks.managed_users {
            return Err(Refusal::not_found());
        }
        let role = request.parameter("role").filter(|role| role != "all");
        // SCIM of an organisation is not served here: every invitation was sent by a member.
        let source = request.parameter("invitation_source").is_none_or(|source| source != "scim");
        let wanted = |one: &&Invitation| source && role.as_ref().is_none_or(|role| role == one.role.of_invitation());
        let shown = self.state.invitations.values().filter(wanted).map(|one| self.shown_invitation(one)).collect();
        Ok(listing(shown, request, &self.shape.base))
    }

    /// `GET /orgs/{org}/failed_invitations`.
    pub(super) fn list_failed_invitations(&self, request: &Request) -> Outcome {
        if self.quirks.managed_users {
            return Err(Refusal::not_found());
        }
        let shown = self.state.failed.values().map(|one| self.shown_invitation(one)).collect();
        Ok(listing(shown, request, &self.shape.base))
    }

    fn invitation(&self, id: &str) -> Result<&Invitation, Refusal> {
        let id: u64 = id.parse().map_err(|_| Refusal::not_found())?;
        self.state.invitations.get(&id).ok_or_else(Refusal::not_found)
    }

    /// `DELETE /orgs/{org}/invitations/{invitation_id}`.
    pub(super) fn cancel_invitation(&mut self, id: &str) -> Outcome {
        let id = self.invitation(id)?.id;
        self.state.invitations.remove(&id);
        Ok(Answer::empty(204))
    }

    /// `GET /orgs/{org}/invitations/{invitation_id}/teams`.
    pub(super) fn list_invitation_teams(&self, id: &str, request: &Request) -> Outcome {
        let teams = self.invitation(id)?.teams.iter().filter_map(|id| self.state.teams.get(id));
        Ok(listing(teams.map(|team| self.shape.team(team, &self.state)).collect(), request, &self.shape.base))
    }

    /// `GET /orgs/{org}/teams/{team_slug}/invitations`.
    pub(super) fn list_team_invitations(&self, slug: &str, request: &Request) -> Outcome {
        let team = self.known_team(slug)?.id;
        let to_it = self.state.invitations.values().filter(|one| one.teams.contains(&team));
        Ok(listing(to_it.map(|one| self.shown_invitation(one)).collect(), request, &self.shape.base))
    }
}
