//! Copilot: its settings and its seats, which cost money.

use serde_json::{Value, json};

use super::GitHub;
use super::page::Page;
use super::quirks::{Copilot, SeatManagement};
use super::refusal::{Outcome, Refusal};
use super::state::{Invitee, Seat};
use crate::web::{Answer, Request};

impl GitHub {
    fn subscription(&self) -> Result<&Copilot, Refusal> {
        self.quirks.copilot.as_ref().ok_or_else(Refusal::not_found)
    }

    /// `GET /orgs/{org}/copilot/billing`.
    pub(super) fn copilot_billing(&self) -> Outcome {
        let copilot = self.subscription()?;
        let seats = &self.state.seats;
        let active = seats.values().filter(|seat| seat.last_activity.is_some()).count();
        let body = json!({
            "seat_breakdown": {
                "total": seats.len(),
                "added_this_cycle": seats.len(),
                "pending_cancellation": seats.values().filter(|seat| seat.cancelled.is_some()).count(),
                "pending_invitation": 0,
                "active_this_cycle": active,
                "inactive_this_cycle": seats.len() - active,
            },
            "seat_management_setting": copilot.seat_management.word(),
            "ide_chat": "enabled",
            "platform_chat": "enabled",
            "cli": "enabled",
            "public_code_suggestions": if copilot.suggestions_policy { "block" } else { "unconfigured" },
            "plan_type": "business",
        });
        Ok(Answer::json(200, &body))
    }

    /// `GET /orgs/{org}/copilot/billing/seats`.
    pub(super) fn list_seats(&self, request: &Request) -> Outcome {
        self.subscription()?;
        let total = self.state.seats.len();
        let page = Page::of(request, 50);
        let seats = self.state.seats.iter().map(|(id, seat)| self.shape.seat(&self.state.accounts[id], seat)).collect();
        let answer = Answer::json(200, &json!({ "total_seats": total, "seats": page.cut(seats) }));
        Ok(page.linked(answer, request, total, &self.shape.base))
    }

    /// `GET /orgs/{org}/members/{username}/copilot`.
    pub(super) fn get_seat(&self, login: &str) -> Outcome {
        let account = self.known_account(login)?;
        if self.quirks.copilot.is_none() || self.state.invitation_of(&Invitee::Account(account.id)).is_some() {
            return Err(Refusal::unprocessable("Copilot is not enabled, or the user has a pending organization invitation."));
        }
        let seat = self.state.seats.get(&account.id).ok_or_else(Refusal::not_found)?;
        Ok(Answer::json(200, &self.shape.seat(account, seat)))
    }

    /// The users of a body of `selected_users`, where single seats can be bought at all.
    fn selected(&self, body: &Value) -> Result<Vec<u64>, Refusal> {
        let copilot = self.quirks.copilot.as_ref();
        if !copilot.is_some_and(|copilot| copilot.seat_management == SeatManagement::AssignSelected && copilot.suggestions_policy)
        {
            return Err(Refusal::unprocessable(
                "Copilot is not enabled, has no policy for public code, or is not set to be assigned to selected users.",
            ));
        }
        let logins = body.get("selected_usernames").and_then(Value::as_array).filter(|logins| !logins.is_empty());
        let logins =
            logins.ok_or_else(|| Refusal::unprocessable("Invalid request.\n\n\"selected_usernames\" wasn't supplied."))?;
        let known = |login: &Value| {
            let account = login.as_str().and_then(|login| self.state.account(login));
            account.map(|account| account.id).ok_or_else(Refusal::not_found)
        };
        logins.iter().map(known).collect()
    }

    /// `POST /orgs/{org}/copilot/billing/selected_users`: buys seats, and takes cancellations back.
    pub(super) fn buy_seats(&mut self, body: &Value) -> Outcome {
        let users = self.selected(body)?;
        if users.iter().any(|id| !self.state.is_member(*id)) {
            return Err(Refusal::unprocessable("Seats can only be assigned to members of the organization."));
        }
        let created = self.state.clock;
        let mut count = 0_u32;
        for id in users {
            match self.state.seats.get_mut(&id) {
                None => {
                    self.state.seats.insert(id, Seat { created, cancelled: None, last_activity: None });
                    count += 1;
                }
                Some(seat) => count += u32::from(seat.cancelled.take().is_some()),
            }
        }
        Ok(Answer::json(201, &json!({ "seats_created": count })))
    }

    /// `DELETE /orgs/{org}/copilot/billing/selected_users`: the seats end with the billing cycle.
    pub(super) fn cancel_seats(&mut self, body: &Value) -> Outcome {
        let users = self.selected(body)?;
        let end = self.state.end_of_cycle();
        let mut count = 0;
        for id in users {
            if let Some(seat) = self.state.seats.get_mut(&id).filter(|seat| seat.cancelled.is_none()) {
                seat.cancelled = Some(end);
                count += 1;
            }
        }
        Ok(Answer::json(200, &json!({ "seats_cancelled": count })))
    }
}
