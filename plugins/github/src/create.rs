//! Creating: an invitation to a login or to an address, or a membership at once.

use crate::account::{EMAILS, Invited, ROLE, Role, USER_NAME, User, role_of, text};
use crate::api;
use crate::invitations::unseen;
use crate::members::Membership;
use crate::settings::{Identity, Join, Organization};
use crate::teams;
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result, http};
use serde_json::json;

/// When to try again after the day's invitations are used up. The day is a sliding one, so that some are free every hour.
const AFTER_DAILY_LIMIT: u32 = 3600;

/// Who is to join.
enum Newcomer {
    User(User),
    /// An address, for GitHub to find out whose it is.
    Address(String),
}

impl Newcomer {
    fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.login,
            Self::Address(address) => address,
        }
    }
}

impl Organization {
    pub(crate) fn create_account(&self, draft: &Draft) -> Result<Outcome> {
        let role = match draft.attributes.iter().find(|attribute| attribute.name == ROLE && !attribute.values.is_empty()) {
            Some(attribute) => role_of(&attribute.values)?,
            None => Role::Member,
        };
        let newcomer = self.newcomer(draft)?;
        match (self.join, newcomer) {
            (Join::Invitation, newcomer) => self.invite(newcomer, role, &draft.grants),
            (Join::Direct, Newcomer::User(user)) => self.add(user, role),
            (Join::Direct, Newcomer::Address(address)) => {
                Err(Error::invalid(format!("{address} is no login, and with join = \"direct\" nobody is invited by e-mail"))
                    .with_field(USER_NAME, "has to be a GitHub login"))
            }
        }
    }

    /// The name is a login, unless it is an address or is left empty beside one.
    fn newcomer(&self, draft: &Draft) -> Result<Newcomer> {
        let name = draft.unique_name.trim();
        if name.contains('@') {
            return Ok(Newcomer::Address(name.to_owned()));
        }
        if name.is_empty() {
            let emails = draft.attributes.iter().find(|attribute| attribute.name == EMAILS);
            let values = emails.map(|attribute| attribute.values.as_slice()).unwrap_or_default();
            let address = values.iter().find(|value| value.primary).or(values.first()).and_then(text);
            let missing = || Error::invalid("a login or an e-mail address is needed").with_field(USER_NAME, "is required");
            return Ok(Newcomer::Address(address.ok_or_else(missing)?.to_owned()));
        }
        match self.user_named(name)? {
            Some(user) if user.kind.as_deref().is_none_or(|kind| kind == "User") => Ok(Newcomer::User(user)),
            Some(_) => Err(Error::invalid(format!("{name} on GitHub is not a person")).with_field(USER_NAME, "is not a person")),
            None => Err(Error::invalid(format!("nobody on GitHub has the login {name}"))
                .with_field(USER_NAME, "does not exist on GitHub")),
        }
    }

    /// One request invites, gives the role and the teams, and answers with the invitation; the membership's PUT does neither of the
    /// last two, and would change the role of somebody who is a member already.
    fn invite(&self, newcomer: Newcomer, role: Role, grants: &[EntitlementKey]) -> Result<Outcome> {
        let mut body = match &newcomer {
            Newcomer::User(user) => json!({ "invitee_id": user.id }),
            Newcomer::Address(address) => json!({ "email": address }),
        };
        body["role"] = json!(role.of_invitation());
        let teams: Vec<u64> = grants.iter().filter(|key| key.kind == teams::KIND).filter_map(|key| key.id.parse().ok()).collect();
        if !teams.is_empty() {
            body["team_ids"] = json!(teams);
        }
        let request = http::post(self.path("/invitations")).json(&body);
        match api::send(request) {
            Ok(response) => Ok(Outcome::Invited(response.json::<Invited>()?.into_account())),
            Err(error) if error.remote_status == Some(422) => self.not_invited(&newcomer, error),
            Err(error) => Err(unseen(error)),
        }
    }

    /// What a refused invitation means. GitHub has one status and words for all reasons.
    fn not_invited(&self, newcomer: &Newcomer, mut error: Error) -> Result<Outcome> {
        let words = error.message.to_lowercase();
        if words.contains("rate limit") {
            error.code = ErrorCode::RateLimited;
            error.retry_after = Some(AFTER_DAILY_LIMIT);
            error.message = format!(
                "{}: {} has used up its invitations of 24 hours (50, or 500 if it is a month old or paid for)",
                error.message, self.login
            );
            return Err(error);
        }
        if words.contains("seat") || words.contains("license") {
            error.code = ErrorCode::SeatsExhausted;
            return Err(error);
        }
        let mut known = match newcomer {
            Newcomer::User(user) => self.named(&user.login)?,
            Newcomer::Address(address) => {
                let mut known = self.invited(EMAILS, address)?;
                if known.is_empty() {
                    known = self.with_email(address)?;
                }
                known
            }
        };
        if known.len() == 1
            && let Some(account) = known.pop()
        {
            return Ok(Outcome::Already(account));
        }
        if words.contains("already") {
            error.code = ErrorCode::Conflict;
            let why = match self.identity {
                Identity::Login => "; under which login, GitHub does not say: give the person's login, or set `identity`",
                Identity::Saml | Identity::VerifiedDomainEmail => "; under which login cannot be seen: give the person's login",
            };
            error.message.push_str(why);
        }
        Err(error.with_field(USER_NAME, format!("{} cannot be invited", newcomer.name())))
    }

    /// Makes somebody a member who needs no invitation. Looks first, because the same request would change a member's role.
    fn add(&self, user: User, role: Role) -> Result<Outcome> {
        if let Some(membership) = self.membership(&user.login)?
            && membership.is_active()
        {
            return Ok(Outcome::Already(user.into_account(membership.role(), None)));
        }
        let membership = self.put_membership(&user.login, role)?;
        match membership.is_active() {
            true => Ok(Outcome::Done(user.into_account(membership.role(), None))),
            false => Ok(Outcome::ActionRequired(format!(
                "GitHub has invited {} instead of making a member of them at once; remove join = \"direct\" from the app's configuration",
                user.login
            ))),
        }
    }

    pub(crate) fn put_membership(&self, login: &str, role: Role) -> Result<Membership> {
        let body = json!({ "role": role.as_str() });
        api::send(http::put(self.membership_path(login)).json(&body))?.json()
    }
}
