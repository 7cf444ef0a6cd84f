//! Other addresses of a user. They are no part of an update and have requests of their own.

use crate::Workspace;
use crate::api;
use crate::attribute::ALIASES;
use innkeeper_sdk::http::{self, segment};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result};
use serde_json::json;

/// What has to happen to a user's aliases.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) add: Vec<String>,
    pub(crate) remove: Vec<String>,
}

impl Changes {
    /// What takes the aliases from one list to another. `primary` is the address that the user has, or gets: it is no alias.
    pub(crate) fn between(before: &[String], after: &[String], primary: &str) -> Self {
        let missing = |list: &[String], alias: &String| !list.iter().any(|other| other.eq_ignore_ascii_case(alias));
        let mut add: Vec<String> = Vec::new();
        for alias in after.iter().filter(|alias| !alias.eq_ignore_ascii_case(primary) && missing(before, alias)) {
            if missing(&add, alias) {
                add.push(alias.clone());
            }
        }
        Self { add, remove: before.iter().filter(|alias| missing(after, alias)).cloned().collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// The list afterwards.
    pub(crate) fn applied_to(&self, mut aliases: Vec<String>) -> Vec<String> {
        aliases.retain(|alias| !self.remove.iter().any(|gone| gone.eq_ignore_ascii_case(alias)));
        for added in &self.add {
            if !aliases.iter().any(|alias| alias.eq_ignore_ascii_case(added)) {
                aliases.push(added.clone());
            }
        }
        aliases
    }
}

impl Workspace {
    /// Gives the user an alias.
    ///
    /// # Errors
    /// `conflict` if somebody else has the address.
    pub(crate) fn add_alias(&self, user: &str, alias: &str) -> Result<()> {
        let path = format!("{}/aliases", self.user_path(user));
        match self.send(http::post(path).json(&json!({ "alias": alias }))) {
            Ok(_) => Ok(()),
            // An answer that got lost, or a rename that made the old address an alias: the user has it already.
            Err(error) if error.code == ErrorCode::Conflict && self.has_address(user, alias) => Ok(()),
            Err(error) if error.code == ErrorCode::Conflict => {
                let message = format!("{alias} belongs to somebody else already. Google says: {}", error.message);
                Err(Error { message, ..error }.with_field(ALIASES, format!("{alias} is taken")))
            }
            Err(error) => Err(error),
        }
    }

    /// Takes an alias from the user; one that is not there is as good.
    pub(crate) fn remove_alias(&self, user: &str, alias: &str) -> Result<()> {
        let path = format!("{}/aliases/{}", self.user_path(user), segment(alias));
        api::deleted(self.send(http::delete(path))).map(|_| ())
    }

    fn has_address(&self, user: &str, alias: &str) -> bool {
        self.user(alias).is_ok_and(|found| found.id == user)
    }
}
