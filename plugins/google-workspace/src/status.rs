//! Users that are suspended, archived, deleted, and had back.

use crate::Workspace;
use crate::api;
use crate::settings::SuspendAs;
use crate::user::{Object, User};
use innkeeper_sdk::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What Google has begun and is asked for again.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pending {
    /// The user was made, and its aliases not yet.
    Aliases { user: String, aliases: Vec<String> },
    /// The user was had back, and is not there yet.
    Restored { user: String },
}

impl Pending {
    pub(crate) fn token(&self) -> Result<String> {
        paging::encode(self)
    }
}

impl Workspace {
    pub(crate) fn set_user_status(&self, id: &str, status: AccountStatus) -> Result<Outcome> {
        let active = match status {
            AccountStatus::Active => true,
            AccountStatus::Suspended => false,
            AccountStatus::Invited | AccountStatus::Gone => {
                return Err(Error::invalid("a user can be set active or suspended, and nothing else"));
            }
        };
        let user = match self.user(id) {
            Err(error) if active && error.code == ErrorCode::NotFound => return self.undelete(id),
            user => user?,
        };
        let flags = if active { self.activating(&user) } else { self.suspending(&user) };
        if flags.is_empty() {
            return Ok(Outcome::Already(user.account()));
        }
        Ok(Outcome::Done(self.put_user(id, &flags)?.account()))
    }

    fn activating(&self, user: &User) -> Object {
        let set = ["suspended", "archived"].into_iter().filter(|flag| user.is(flag));
        set.map(|flag| (flag.to_owned(), json!(false))).collect()
    }

    fn suspending(&self, user: &User) -> Object {
        let flag = match self.settings.suspend_as {
            // An archived user cannot sign in either.
            SuspendAs::Suspend if user.is("suspended") || user.is("archived") => return Object::new(),
            SuspendAs::Suspend => "suspended",
            SuspendAs::Archive if user.is("archived") => return Object::new(),
            SuspendAs::Archive => "archived",
        };
        Object::from_iter([(flag.to_owned(), json!(true))])
    }

    pub(crate) fn delete_user(&self, id: &str) -> Result<Effect> {
        let done = api::deleted(self.send(http::delete(self.user_path(id))))?;
        Ok(if done { Effect::Done } else { Effect::Already })
    }

    /// Has a user back that was deleted within the last 20 days. A deleted user is in no organisational unit, so one has to be
    /// named.
    fn undelete(&self, id: &str) -> Result<Outcome> {
        let request = http::post(format!("{}/undelete", self.user_path(id)));
        self.send(request.json(&json!({ "orgUnitPath": self.settings.org_unit }))).map_err(|error| match error.code {
            ErrorCode::NotFound => Error {
                message: format!(
                    "there is no user {id}, and none was deleted within the last 20 days. Google says: {}",
                    error.message
                ),
                ..error
            },
            _ => error,
        })?;
        self.restored(id)
    }

    /// A user that was had back. It is there after a while, and suspended if it was, or if its data was transferred.
    fn restored(&self, id: &str) -> Result<Outcome> {
        let user = match self.user(id) {
            Err(error) if error.code == ErrorCode::NotFound => {
                return Ok(Outcome::Pending(Pending::Restored { user: id.to_owned() }.token()?));
            }
            user => user?,
        };
        let flags = self.activating(&user);
        let user = if flags.is_empty() { user } else { self.put_user(id, &flags)? };
        Ok(Outcome::Done(user.account()))
    }

    pub(crate) fn poll_user(&self, token: &str) -> Result<Outcome> {
        let pending = serde_json::from_str(token)
            .map_err(|_| Error::invalid("this token is of nothing that this connector began with a user"))?;
        match pending {
            Pending::Restored { user } => self.restored(&user),
            Pending::Aliases { user, aliases } => match self.user(&user) {
                Ok(found) => self.finish_aliases(found, aliases),
                // Google does not know everywhere yet that the user is there.
                Err(error) if error.code == ErrorCode::NotFound => Ok(Outcome::Pending(token.to_owned())),
                Err(error) => Err(error),
            },
        }
    }
}
