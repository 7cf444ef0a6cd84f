//! Copilot seats. Giving one buys it.

use crate::api;
use crate::failure;
use crate::settings::Organization;
use crate::teams;
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result, http, log};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashSet;

pub(crate) const KIND: &str = "copilot";
/// The only one.
pub(crate) const SEAT: &str = "seat";

/// `copilot-organization-details` of the description.
#[derive(Deserialize)]
pub(crate) struct Billing {
    #[serde(default)]
    seat_breakdown: Breakdown,
    seat_management_setting: String,
    #[serde(default)]
    plan_type: Option<String>,
}

#[derive(Default, Deserialize)]
struct Breakdown {
    #[serde(default)]
    total: u32,
}

#[derive(Deserialize)]
struct Seats {
    #[serde(default)]
    seats: Vec<Seat>,
}

/// `copilot-seat-details` of the description.
#[derive(Deserialize)]
struct Seat {
    #[serde(default)]
    assignee: Option<Numbered>,
    #[serde(default)]
    assigning_team: Option<Numbered>,
    #[serde(default)]
    pending_cancellation_date: Option<String>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Deserialize)]
struct Changed {
    #[serde(default, alias = "seats_cancelled")]
    seats_created: u32,
}

impl Billing {
    /// Whether single people can be given seats: otherwise everybody has one, or nobody.
    pub(crate) fn is_assignable(&self) -> bool {
        self.seat_management_setting == "assign_selected"
    }

    pub(crate) fn setting(&self) -> &str {
        &self.seat_management_setting
    }

    pub(crate) fn into_entitlement(self) -> Entitlement {
        let mut entitlement = Entitlement::new(key(), "Copilot seat");
        entitlement.description = Some(format!("GitHub Copilot {}", self.plan_type.as_deref().unwrap_or("business")));
        entitlement.assignable = self.is_assignable();
        // Seats are bought as they are given.
        entitlement.seats = Some(innkeeper_sdk::types::Seats { total: None, used: self.seat_breakdown.total });
        entitlement.extra.push(Extra { name: "seat-management".to_owned(), value: self.seat_management_setting });
        entitlement
    }
}

pub(crate) fn key() -> EntitlementKey {
    EntitlementKey::new(KIND, SEAT)
}

impl Organization {
    /// What is known of Copilot; none where the organisation has none, or these credentials may not see it.
    pub(crate) fn copilot(&self) -> Result<Option<Billing>> {
        match self.read_copilot() {
            Ok(billing) => Ok(Some(billing)),
            Err(error) if failure::is_absence(&error) => {
                log::info!("Copilot is left out: {}", error.message);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn read_copilot(&self) -> Result<Billing> {
        api::send(http::get(self.path("/copilot/billing")))?.json()
    }

    /// Who holds a seat that stays: one that ends with the billing cycle was taken away already. A team through which people have theirs
    /// is the holder instead of them.
    pub(crate) fn seat_grants(&self) -> Result<Vec<Grant>> {
        let mut grants = Vec::new();
        let mut teams_seen = HashSet::new();
        let mut next: Option<String> = None;
        loop {
            let first = api::listing(self.path("/copilot/billing/seats"));
            let (page, following): (Seats, _) = api::body(first, next.as_deref())?;
            for seat in page.seats.into_iter().filter(|seat| seat.pending_cancellation_date.is_none()) {
                match (seat.assigning_team, seat.assignee) {
                    (Some(team), _) if teams_seen.insert(team.id) => {
                        grants.push(Grant::new(key(), Holder::Entitlement(teams::key(team.id))));
                    }
                    (None, Some(person)) => grants.push(Grant::new(key(), Holder::Account(person.id.to_string()))),
                    // The team is there already; an assignee of null has deleted the account.
                    (Some(_), _) | (None, None) => {}
                }
            }
            match following {
                Some(following) => next = Some(following),
                None => return Ok(grants),
            }
        }
    }

    /// Buys seats. `already` if nobody needed one.
    pub(crate) fn give_seats(&self, logins: &[String]) -> Result<Effect> {
        self.change_seats(http::post(self.seats_path()), logins)
    }

    /// Ends seats with the billing cycle.
    pub(crate) fn take_seats(&self, logins: &[String]) -> Result<Effect> {
        self.change_seats(http::delete(self.seats_path()), logins)
    }

    fn seats_path(&self) -> String {
        self.path("/copilot/billing/selected_users")
    }

    fn change_seats(&self, request: http::Request, logins: &[String]) -> Result<Effect> {
        if logins.is_empty() {
            return Ok(Effect::Already);
        }
        let answer = api::send(request.json(&json!({ "selected_usernames": logins }))).map_err(explained)?;
        let changed = answer.json::<Changed>()?.seats_created;
        Ok(if changed > 0 { Effect::Done } else { Effect::Already })
    }
}

/// GitHub has one status for everything that stands in the way of a seat.
fn explained(mut error: Error) -> Error {
    if error.remote_status == Some(422) {
        error.message = format!(
            "{}: Copilot has to be bought and set up for selected members, and a seat that a team gives can only be taken from the team",
            error.message
        );
    }
    error
}
