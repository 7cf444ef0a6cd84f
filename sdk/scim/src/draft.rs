//! From a draft to a user.

use crate::Scim;
use crate::edit;
use crate::failure;
use crate::flatten;
use crate::resource::{Object, Resource, spelling};
use crate::schema::Target;
use crate::standard::USER;
use crate::users::account;
use innkeeper_sdk::prelude::*;
use serde_json::{Value as Json, json};

impl Scim {
    /// Makes a user, active, with what the dialect adds.
    ///
    /// # Errors
    /// `conflict` for a name that is taken; `invalid` for what is read-only or not an attribute, and where one is missing that the
    /// dialect requires. A user that was made and cannot be read is `outcome-unknown`.
    pub fn create_user(&self, draft: &Draft) -> Result<Outcome> {
        let names = draft.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.values.len()));
        let targets = self.targets(names)?;
        let mut body = json!({ "schemas": [USER] }).as_object().cloned().unwrap_or_default();
        for (target, attribute) in targets.iter().zip(&draft.attributes) {
            edit::set(&mut body, target, &attribute.values);
        }
        body.insert("userName".to_owned(), Json::String(draft.unique_name.clone()));
        body.insert("active".to_owned(), edit::active(true, self.dialect.active_as_string));
        for urn in self.dialect.create_extra.keys().filter(|key| key.starts_with("urn:")) {
            edit::declare(&mut body, urn);
        }
        merge(&mut body, &self.dialect.create_extra);
        self.check_required(&body)?;

        let mut names: Vec<String> = draft.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        names.push("userName".to_owned());
        let request = self.with_body(http::post(self.users()), &Json::Object(body), None);
        let response = self.send(request, &names)?;
        let user = Resource::of_response(&response).or_else(|_| self.created(draft, response.header("location")))?;
        Ok(Outcome::Done(account(&user, &self.reader_for(&targets))))
    }

    /// The user that was created by a server that does not answer with it.
    fn created(&self, draft: &Draft, location: Option<&str>) -> Result<Resource> {
        let id = location.and_then(|location| location.trim_end_matches('/').rsplit('/').next());
        if let Some(user) = id.and_then(|id| self.read(&format!("{}/{id}", self.users())).ok()) {
            return Ok(user);
        }
        let target = Target::guess("userName", false);
        let mut found = self.search(&target, &draft.unique_name).map_err(failure::after_write)?;
        match (found.pop(), found.is_empty()) {
            (Some(user), true) => Ok(user),
            _ => Err(failure::after_write(Error::malformed("it answered without the user, and does not find it by its name"))),
        }
    }

    /// Whether the user has all that the dialect's attributes require. A server says less well what it misses.
    fn check_required(&self, user: &Object) -> Result<()> {
        let mut missing = Vec::new();
        for definition in self.dialect.attributes.iter().flatten().filter(|definition| definition.required) {
            let targets = definition.targets();
            let has = |target: &Target| !flatten::values(user, target).is_empty();
            let writable = |target: &&Target| self.mutability(target) != Mutability::ReadOnly;
            let required: Vec<_> = targets.iter().filter(writable).filter(|target| target.schema().required).collect();
            if required.is_empty() && !targets.iter().any(has) {
                missing.extend(targets.iter().find(writable).map(Target::name));
            }
            missing.extend(required.into_iter().filter(|target| !has(target)).map(Target::name));
        }
        if missing.is_empty() {
            return Ok(());
        }
        let error = Error::invalid(format!("a user cannot be created without {}", missing.join(", ")));
        Err(missing.into_iter().fold(error, |error, name| error.with_field(name, "is required")))
    }
}

/// Puts into an object what it does not say itself.
fn merge(object: &mut Object, extra: &Object) {
    for (key, value) in extra {
        let key = spelling(object, key);
        match (object.get_mut(&key), value) {
            (None, value) => {
                object.insert(key, value.clone());
            }
            (Some(Json::Object(inner)), Json::Object(extra)) => merge(inner, extra),
            (Some(Json::Array(schemas)), Json::Array(extra)) if key.eq_ignore_ascii_case("schemas") => {
                let new: Vec<_> = extra.iter().filter(|urn| !schemas.contains(urn)).cloned().collect();
                schemas.extend(new);
            }
            // What the draft says stands.
            (Some(_), _) => {}
        }
    }
}
