//! What works now, with these credentials. What writes would do cannot be seen without writing, but GitHub says what a token is for.

use crate::api;
use crate::failure;
use crate::invitations::unseen;
use crate::settings::{Join, Organization};
use innkeeper_sdk::http::{self, Response};
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;

/// `organization-full` of the description. The plan is shown to owners only.
#[derive(Deserialize)]
struct Full {
    #[serde(default)]
    plan: Option<Plan>,
}

#[derive(Deserialize)]
struct Plan {
    name: String,
    #[serde(default)]
    filled_seats: Option<u32>,
    #[serde(default)]
    seats: Option<u32>,
}

#[derive(Deserialize)]
struct Own {
    role: String,
}

impl Organization {
    pub(crate) fn status(&self) -> Result<Status> {
        let response = api::send(http::get(self.path("")))?;
        let scopes = scopes(&response);
        let organization: Full = response.json()?;
        let mut status = Status { profile: Some("organization".to_owned()), ..Status::default() };
        status.system = Some(match response.header("x-github-enterprise-version") {
            Some(version) => format!("GitHub {version}"),
            None => "GitHub".to_owned(),
        });
        let mut tell = |name: &str, value: String| status.extra.push(Extra { name: name.to_owned(), value });
        if let Some(plan) = organization.plan {
            tell("plan", plan.name);
            if let (Some(filled), Some(seats)) = (plan.filled_seats, plan.seats) {
                tell("seats", format!("{filled} of {seats}"));
            }
        }
        if let Some(scopes) = &scopes {
            tell("scopes", scopes.join(", "));
        }
        match self.read_copilot() {
            Ok(billing) if billing.is_assignable() => tell("copilot", "assignable".to_owned()),
            Ok(billing) => tell("copilot", format!("not assignable: seat management is {}", billing.setting())),
            Err(error) => tell("copilot", format!("left out: {}", left_out(error)?)),
        }
        match self.read_roles() {
            Ok(roles) => tell("organisation-roles", roles.len().to_string()),
            Err(error) => tell("organisation-roles", format!("left out: {}", left_out(error)?)),
        }
        let members = self.unreadable("/members")?;
        // Only owners see invitations, and only they write.
        let invitations = match self.join {
            Join::Invitation => self.unreadable("/invitations")?,
            Join::Direct => None,
        };
        let identities = self.try_identities().err().map(left_out).transpose()?;
        let teams = self.unreadable("/teams")?;
        let writes = self.unwritable(scopes.as_deref())?;
        let listed = members.as_ref().or(invitations.as_ref()).or(identities.as_ref());
        for (operation, reason) in [
            ("accounts.list", listed),
            ("accounts.get", members.as_ref()),
            ("accounts.find", listed),
            ("accounts.create", writes.as_ref().or(invitations.as_ref())),
            ("accounts.update", writes.as_ref()),
            ("accounts.delete", writes.as_ref()),
            ("entitlements.list", teams.as_ref()),
            ("entitlements.list-grants", teams.as_ref()),
            ("entitlements.grant", writes.as_ref().or(teams.as_ref())),
            ("entitlements.revoke", writes.as_ref().or(teams.as_ref())),
        ] {
            status.abilities.push(match reason {
                None => Ability::available(operation),
                Some(reason) => Ability::missing(operation, reason),
            });
        }
        Ok(status)
    }

    /// Why a listing cannot be read.
    fn unreadable(&self, listing: &str) -> Result<Option<String>> {
        match api::send(http::get(self.path(listing)).query("per_page", 1)) {
            Ok(_) => Ok(None),
            Err(error) if listing == "/invitations" => left_out(unseen(error)).map(Some),
            Err(error) => left_out(error).map(Some),
        }
    }

    /// Why nothing can be written.
    fn unwritable(&self, scopes: Option<&[String]>) -> Result<Option<String>> {
        if let Some(scopes) = scopes
            && !scopes.iter().any(|scope| scope == "admin:org")
        {
            return Ok(Some("the token lacks the scope admin:org".to_owned()));
        }
        let own = http::get(format!("/user/memberships/orgs/{}", http::segment(&self.login)));
        match api::find::<Own>(own) {
            Ok(Some(own)) if own.role != "admin" => Ok(Some(format!("the token's user is no owner of {}", self.login))),
            Ok(_) => Ok(None),
            // A GitHub App is nobody's member.
            Err(error) => left_out(error).map(|_| None),
        }
    }
}

/// The scopes of a classic token; other credentials have none.
fn scopes(response: &Response) -> Option<Vec<String>> {
    let text = response.header("x-oauth-scopes")?;
    Some(text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
}

/// In words why something does not work; an error if it is no matter of permissions.
fn left_out(error: Error) -> Result<String> {
    if failure::is_absence(&error) || error.code == ErrorCode::Unsupported { Ok(error.message) } else { Err(error) }
}
