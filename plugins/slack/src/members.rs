//! Accounts by the Web API: the members of a workspace.

use crate::user::{PROFILE, User};
use crate::{Slack, failure};
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// How many users to ask for in one page. Slack takes 1,000 and recommends less; at 20 pages a minute this is fast enough.
const PAGE: u32 = 500;
/// From how many accounts on the listing is the shorter way: `users.info` may be called 100 times a minute, and a page of the listing, of
/// which there are 20 a minute, has hundreds.
const LISTING_PAYS: usize = 25;

#[derive(Deserialize)]
struct Members {
    members: Vec<User>,
}

#[derive(Deserialize)]
struct One {
    user: User,
}

impl Slack {
    pub(crate) fn list_members(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let (users, next) = self.page_of_users(cursor)?;
        Ok(AccountPage { items: users.iter().map(User::account).collect(), next, total: None })
    }

    fn page_of_users(&self, cursor: Option<&str>) -> Result<(Vec<User>, Option<String>)> {
        let answer = self.in_team(self.read("users.list")).with("limit", PAGE).with_if("cursor", cursor).send()?;
        // Without this scope everybody seems to have no address, and nobody would be known again.
        if answer.scopes().is_some_and(|scopes| !scopes.contains(&"users:read.email")) {
            return Err(Error::new(ErrorCode::PermissionDenied, "the token lacks the scope users:read.email"));
        }
        let mut users = answer.get::<Members>()?.members;
        if users.iter().any(|user| user.id.is_empty()) {
            return Err(Error::malformed("users.list was answered with a user that has no id"));
        }
        users.retain(|user| user.is_person(self.settings.own_team()));
        Ok((users, answer.next))
    }

    /// One of the workspace's people.
    pub(crate) fn user(&self, id: &str) -> Result<User> {
        let user = self.read("users.info").with("user", id).send()?.get::<One>()?.user;
        if user.id != id {
            return Err(Error::malformed(format!("users.info was asked for {id} and answered with {}", user.id)));
        }
        if user.is_person(self.settings.own_team()) {
            Ok(user)
        } else {
            Err(Error::not_found(format!("{id} is a bot, or not of this workspace")))
        }
    }

    pub(crate) fn get_member(&self, id: &str) -> Result<Account> {
        Ok(self.user(id)?.account())
    }

    pub(crate) fn get_members(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        let mut found: Vec<Option<Account>> = vec![None; ids.len()];
        if ids.len() < LISTING_PAYS {
            for (slot, id) in found.iter_mut().zip(ids) {
                *slot = match self.get_member(id) {
                    Ok(account) => Some(account),
                    Err(error) if error.code == ErrorCode::NotFound => None,
                    Err(error) => return Err(error),
                };
            }
            return Ok(found);
        }
        let mut cursor = None;
        loop {
            let (users, next) = self.page_of_users(cursor.as_deref())?;
            for user in &users {
                for (slot, _) in found.iter_mut().zip(ids).filter(|(_, id)| **id == user.id) {
                    *slot = Some(user.account());
                }
            }
            if next.is_none() || found.iter().all(Option::is_some) {
                return Ok(found);
            }
            // Who was not seen yet would seem not to exist.
            if next == cursor {
                return Err(Error::malformed("users.list leads back to where it was"));
            }
            cursor = next;
        }
    }

    pub(crate) fn find_members(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        if !attribute.eq_ignore_ascii_case("emails") {
            return Err(Error::unsupported(format!("the Web API finds people by `emails` and not by `{attribute}`")));
        }
        Ok(self.by_email(value)?.iter().map(User::account).collect())
    }

    /// The person who has this address. Slack does not find the deactivated ones.
    pub(crate) fn by_email(&self, email: &str) -> Result<Option<User>> {
        let user = match self.read("users.lookupByEmail").with("email", email).send() {
            Ok(answer) => answer.get::<One>()?.user,
            Err(error) if failure::is(&error, &["users_not_found", "user_not_found"]) => return Ok(None),
            Err(error) => return Err(error),
        };
        let has = user.email().is_some_and(|theirs| theirs.to_lowercase() == email.to_lowercase());
        Ok(Some(user).filter(|user| has && user.is_person(self.settings.own_team())))
    }

    pub(crate) fn edit_member(&self, id: &str, deltas: &[Delta]) -> Result<Outcome> {
        let wished = deltas.iter().map(wish).collect::<Result<Vec<_>>>()?;
        let user = self.user(id)?;
        let changes: Map<String, Json> = wished
            .into_iter()
            .filter(|(key, value)| user.field(key) != Some(value))
            .map(|(key, value)| (key.to_owned(), Json::String(value)))
            .collect();
        if changes.is_empty() {
            return Ok(Outcome::Already(user.account()));
        }
        self.write("users.profile.set").with("user", id).with("profile", Json::Object(changes)).send()?;
        Ok(Outcome::Done(self.user(id).map_err(failure::after_write)?.account()))
    }
}

/// The field of the profile that a delta writes, and its text; the empty one clears it.
fn wish(delta: &Delta) -> Result<(&'static str, String)> {
    let refuse = |why: &str| Err(Error::invalid(format!("{} {why}", delta.name)).with_field(&delta.name, why));
    let Some((name, key)) = PROFILE.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&delta.name)) else {
        return refuse("cannot be changed by the Web API");
    };
    let value = match &delta.edit {
        Edit::Clear => String::new(),
        Edit::Replace(values) if values.len() < 2 => values.first().map(text).unwrap_or_default(),
        Edit::Replace(_) | Edit::Amend(_) => return refuse("has one value at most"),
    };
    if value.is_empty() && name == "emails" {
        return refuse("cannot be cleared: Slack knows people by it");
    }
    Ok((key, value))
}

/// A value as the text that Slack takes for everything.
pub(crate) fn text(value: &Value) -> String {
    match &value.scalar {
        Scalar::Text(text) | Scalar::DateTime(text) | Scalar::Reference(text) => text.clone(),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        Scalar::Decimal(value) => value.to_string(),
    }
}
