//! Google's user, as it is in JSON.

use crate::attribute;
use innkeeper_sdk::http::Response;
use innkeeper_sdk::types::{Account, AccountStatus};
use innkeeper_sdk::{Error, Result};
use serde_json::{Map, Value as Json};

/// A JSON object.
pub(crate) type Object = Map<String, Json>;

/// A user that has an id and a primary address.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) primary_email: String,
    /// All that Google says of the user, those two included.
    pub(crate) object: Object,
    /// Whether the user was deleted and can be had back.
    pub(crate) deleted: bool,
}

impl User {
    /// # Errors
    /// `malformed-response` for an object without an id or an address: nothing can be done with it, and leaving it out would make
    /// somebody look as if they had no account.
    pub(crate) fn new(object: Object, deleted: bool) -> Result<Self> {
        let text = |name: &str| object.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        match (text("id"), text("primaryEmail")) {
            (Some(id), Some(primary_email)) => Ok(Self { id, primary_email, object, deleted }),
            (Some(id), None) => Err(Error::malformed(format!("the user {id} has no primaryEmail"))),
            (None, _) => Err(Error::malformed("there is a user without an id")),
        }
    }

    /// The user that a request was answered with.
    pub(crate) fn of_response(response: &Response) -> Result<Self> {
        Self::new(response.json()?, false)
    }

    /// Whether a flag is set; one that is not there is not.
    pub(crate) fn is(&self, flag: &str) -> bool {
        self.object.get(flag).and_then(Json::as_bool).unwrap_or_default()
    }

    /// The addresses besides the primary one that can be given and taken away.
    pub(crate) fn aliases(&self) -> Vec<String> {
        strings(&self.object, "aliases")
    }

    /// The same user, as it is after its aliases were changed: reading it again may still show the old ones.
    pub(crate) fn with_aliases(mut self, aliases: &[String]) -> Self {
        self.object.insert("aliases".to_owned(), Json::from(aliases.to_vec()));
        self
    }

    /// The customer that the user belongs to.
    pub(crate) fn customer(&self) -> Option<&str> {
        self.object.get("customerId").and_then(Json::as_str)
    }

    /// Whether the account can be used.
    pub(crate) fn status(&self) -> AccountStatus {
        if self.deleted { AccountStatus::Gone } else { AccountStatus::from_active(!self.is("suspended") && !self.is("archived")) }
    }

    /// The user in the words of the contract.
    pub(crate) fn account(&self) -> Account {
        Account {
            attributes: attribute::ALL.iter().map(|attribute| attribute.read(&self.object)).collect(),
            ..Account::new(&self.id, &self.primary_email, self.status())
        }
    }
}

/// The texts in an array; none where there is no such array.
pub(crate) fn strings(object: &Object, name: &str) -> Vec<String> {
    let list = object.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// The objects in an array; none where there is no such array.
pub(crate) fn objects(object: &Object, name: &str) -> Vec<Object> {
    let list = object.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Json::as_object).cloned().collect()
}
