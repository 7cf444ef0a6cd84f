//! Licences, which Google keeps by the user's primary address and not by id.

use crate::Workspace;
use crate::failure;
use crate::settings::{MY_CUSTOMER, Sku};
use crate::users::USERS;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

/// The kind of entitlement.
pub(crate) const KIND: &str = "licence";
/// How many assignments Google gives in one page at most (`licenseAssignments.listForProductAndSku`).
const PAGE: u32 = 1000;
/// Up to so many users are asked for one by one; beyond, all users are listed, 500 in a request.
const ONE_BY_ONE: usize = 20;

#[derive(Deserialize)]
struct Assignments {
    #[serde(default)]
    items: Vec<Assignment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    user_id: String,
    #[serde(default)]
    sku_name: Option<String>,
}

impl Workspace {
    fn sku_path(&self, sku: &Sku, rest: &str) -> String {
        self.licensing(&format!("/product/{}/sku/{}/{rest}", segment(&sku.product), segment(&sku.sku)))
    }

    fn assignment_path(&self, sku: &Sku, address: &str) -> String {
        self.sku_path(sku, &format!("user/{}", segment(address)))
    }

    /// The customer's id, for this API knows no `my_customer`: every user says it.
    pub(crate) fn customer_id(&self) -> Result<String> {
        if self.settings.customer != MY_CUSTOMER {
            return Ok(self.settings.customer.clone());
        }
        let (users, _) = self.users(1, None)?;
        users.first().and_then(|user| user.customer()).map(str::to_owned).ok_or_else(|| {
            Error::malformed("no user says which customer it belongs to: set `customer` to the customer id of the Admin console")
        })
    }

    /// One page of who has a licence.
    fn licence_page(
        &self,
        sku: &Sku,
        customer: &str,
        size: u32,
        token: Option<&str>,
    ) -> Result<(Vec<Assignment>, Option<String>)> {
        let request = http::get(self.sku_path(sku, "users")).query("customerId", customer);
        let (page, next) = self.page::<Assignments>(request, size, token)?;
        Ok((page.items, next))
    }

    fn all_assignments(&self, sku: &Sku) -> Result<Vec<Assignment>> {
        let customer = self.customer_id()?;
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let (items, next) = self.licence_page(sku, &customer, PAGE, token.as_deref())?;
            all.extend(items);
            match next {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Whether the licences can be read at all.
    pub(crate) fn look_at_licences(&self, sku: &Sku, customer: &str) -> Result<()> {
        self.licence_page(sku, customer, 1, None).map(|_| ())
    }

    /// One licence with its seats. Google says who has one and not how many there are.
    pub(crate) fn licence(&self, sku: &Sku) -> Result<Entitlement> {
        let all = self.all_assignments(sku)?;
        let id = sku.to_string();
        let name = all.iter().find_map(|assignment| assignment.sku_name.clone()).filter(|name| !name.is_empty());
        let used = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let seats = Seats { total: self.settings.seats.get(&id).copied(), used };
        Ok(Entitlement {
            description: Some(id.clone()),
            seats: Some(seats),
            ..Entitlement::new(EntitlementKey::new(KIND, &id), name.unwrap_or(id))
        })
    }

    /// Everybody with this licence, in one page: the addresses have to be brought together with the users.
    pub(crate) fn licensed(&self, sku: &Sku) -> Result<Vec<Grant>> {
        let all = self.all_assignments(sku)?;
        let mut ids = HashMap::new();
        if all.len() > ONE_BY_ONE {
            let mut token = None;
            loop {
                let (users, next) = self.users(USERS, token.as_deref())?;
                ids.extend(users.into_iter().map(|user| (user.primary_email.to_lowercase(), user.id)));
                match next {
                    Some(next) => token = Some(next),
                    None => break,
                }
            }
        }
        let mut grants = Vec::new();
        for assignment in all {
            let id = match ids.get(&assignment.user_id.to_lowercase()) {
                Some(id) => id.clone(),
                // Renamed a moment ago, in another domain, or one of a few.
                None => match self.user(&assignment.user_id) {
                    Ok(user) => user.id,
                    Err(error) if error.code == ErrorCode::NotFound => {
                        log::warn!("somebody who does not exist has a licence"; "user" = assignment.user_id, "licence" = sku);
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            grants.push(Grant::new(EntitlementKey::new(KIND, sku.to_string()), Holder::Account(id)));
        }
        Ok(grants)
    }

    /// Which of the configured licences an account has; Google has to be asked for each.
    pub(crate) fn licences_of(&self, account: &str) -> Result<Vec<Grant>> {
        let user = self.user(account)?;
        let mut grants = Vec::new();
        for sku in &self.settings.products {
            if self.has_licence(sku, &user.primary_email)? {
                grants.push(Grant::new(EntitlementKey::new(KIND, sku.to_string()), Holder::Account(account.to_owned())));
            }
        }
        Ok(grants)
    }

    fn has_licence(&self, sku: &Sku, address: &str) -> Result<bool> {
        match self.send(http::get(self.assignment_path(sku, address))) {
            Ok(_) => Ok(true),
            Err(error) if error.code == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn assign_licence(&self, sku: &Sku, account: &str) -> Result<Effect> {
        let user = match self.user(account) {
            Err(error) if error.code == ErrorCode::NotFound => return Err(failure::not_settled(error)),
            user => user?,
        };
        let body = json!({ "userId": user.primary_email });
        match self.send(http::post(self.sku_path(sku, "user")).json(&body)) {
            Ok(_) => Ok(Effect::Done),
            Err(error) if matches!(error.remote_status, Some(409 | 412)) && self.has_licence(sku, &user.primary_email)? => {
                Ok(Effect::Already)
            }
            // The user is there: the Directory API has just said so.
            Err(error)
                if error.code == ErrorCode::NotFound || error.code == ErrorCode::Invalid && failure::contains(&error, "user") =>
            {
                Err(failure::not_settled(error))
            }
            Err(error) => Err(explained(error, sku)),
        }
    }

    pub(crate) fn unassign_licence(&self, sku: &Sku, account: &str) -> Result<Effect> {
        let user = match self.user(account) {
            // With the user its licences are gone.
            Err(error) if error.code == ErrorCode::NotFound => return Ok(Effect::Already),
            user => user?,
        };
        match self.send(http::delete(self.assignment_path(sku, &user.primary_email))) {
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(explained(error, sku)),
        }
    }
}

/// What a precondition that is not met means. Only Google's words tell one from another ("Error codes" in the guide of the API).
fn explained(error: Error, sku: &Sku) -> Error {
    if error.remote_status != Some(412) {
        return error;
    }
    let says = |words: &str| failure::contains(&error, words);
    let (code, why) = if error.code == ErrorCode::Unavailable || error.code == ErrorCode::SeatsExhausted {
        return error;
    } else if says("enough") {
        (ErrorCode::SeatsExhausted, format!("no licence {sku} is left"))
    } else if says("different sku") || says("already has a license") {
        let why = format!(
            "the user has another licence of the product {}, and one at a time is allowed: take that one away first",
            sku.product
        );
        (ErrorCode::Conflict, why)
    } else if says("auto license") {
        let why = format!("licences of {} are given automatically: switch that off in the Admin console", sku.product);
        (ErrorCode::Unsupported, why)
    } else {
        (ErrorCode::Invalid, format!("Google does not allow this change of {sku}"))
    };
    let message = format!("{why}. Google says: {}", error.message);
    Error { code, message, ..error }
}
