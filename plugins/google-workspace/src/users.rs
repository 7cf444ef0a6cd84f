//! Users as accounts: reading and finding.

use crate::Workspace;
use crate::attribute::{self, ALIASES, EMPLOYEE_NUMBER, USER_NAME};
use crate::edit;
use crate::user::{Object, User};
use innkeeper_sdk::http::{self, segment};
use innkeeper_sdk::prelude::*;
use serde::{Deserialize, Serialize};

/// How many users Google gives in one page at most (`users.list`).
pub(crate) const USERS: u32 = 500;
/// What `accounts.find` can search. Not `emails`: Google's guide does not say whether its search by address knows addresses
/// elsewhere.
pub(crate) const SEARCHABLE: &[&str] = &[USER_NAME, ALIASES, EMPLOYEE_NUMBER];

/// A place in the listing: first the users there are, then those that were deleted.
#[derive(Default, Deserialize, Serialize)]
struct Place {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Deserialize)]
struct Users {
    #[serde(default)]
    users: Vec<Object>,
}

impl Workspace {
    /// Where one user is, by id or address.
    pub(crate) fn user_path(&self, key: &str) -> String {
        self.directory(&format!("/users/{}", segment(key)))
    }

    /// One user, by id or address.
    pub(crate) fn user(&self, key: &str) -> Result<User> {
        User::of_response(&self.send(http::get(self.user_path(key)))?)
    }

    /// One page of users that are not deleted, of at most `size`.
    pub(crate) fn users(&self, size: u32, token: Option<&str>) -> Result<(Vec<User>, Option<String>)> {
        self.users_of(self.of_everybody("/users"), size, token, false)
    }

    fn users_of(
        &self,
        request: http::Request,
        size: u32,
        token: Option<&str>,
        deleted: bool,
    ) -> Result<(Vec<User>, Option<String>)> {
        let (page, next) = self.page::<Users>(request, size, token)?;
        let users = page.users.into_iter().map(|object| User::new(object, deleted)).collect::<Result<_>>()?;
        Ok((users, next))
    }

    pub(crate) fn list_users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let place: Place = paging::decode(cursor)?;
        let mut request = self.of_everybody("/users");
        if place.deleted {
            request = request.query("showDeleted", true);
        }
        let (users, token) = self.users_of(request, USERS, place.token.as_deref(), place.deleted)?;
        let next = match token {
            Some(token) => Some(Place { deleted: place.deleted, token: Some(token) }),
            None if !place.deleted && self.settings.list_deleted => Some(Place { deleted: true, token: None }),
            None => None,
        };
        let next = next.map(|place| paging::encode(&place)).transpose()?;
        Ok(AccountPage { items: users.iter().map(User::account).collect(), next, total: None })
    }

    /// By address a user is read itself, for a search may know it a day later only; what comes back is verified in any case.
    pub(crate) fn find_users(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        let known = attribute::find(attribute).filter(|known| SEARCHABLE.contains(&known.name));
        let Some(attribute) = known else {
            return Err(edit::refused(attribute, "cannot be searched: it has to be userName, aliases or employeeNumber"));
        };
        if value.trim().is_empty() {
            return Ok(Vec::new());
        }
        let users = match attribute.name {
            USER_NAME | ALIASES => self.at_address(value)?,
            _ => self.search(&format!("externalId={}", quoted(value)))?,
        };
        let exact = attribute.schema().case_exact;
        let is_it = |found: &Value| match edit::text(&found.scalar) {
            Ok(text) if exact => text == value,
            Ok(text) => text.to_lowercase() == value.to_lowercase(),
            Err(_) => false,
        };
        let found = users.iter().filter(|user| attribute.values(&user.object).iter().any(is_it));
        Ok(found.map(User::account).collect())
    }

    fn at_address(&self, address: &str) -> Result<Vec<User>> {
        match self.user(address) {
            Ok(user) => Ok(vec![user]),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Vec::new()),
            // So Google answers for an address of a domain that is not the customer's; a search says nobody, or that it is not
            // allowed either.
            Err(error) if error.code == ErrorCode::PermissionDenied => self.search(&format!("email={}", quoted(address))),
            Err(error) => Err(error),
        }
    }

    fn search(&self, query: &str) -> Result<Vec<User>> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let request = self.of_everybody("/users").query("query", query);
            let (users, next) = self.users_of(request, USERS, token.as_deref(), false)?;
            found.extend(users);
            match next {
                Some(next) => token = Some(next),
                None => return Ok(found),
            }
        }
    }
}

/// A value of a search: in single quotes, with a backslash before quotes in it ("Search for users" in Google's guides).
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
