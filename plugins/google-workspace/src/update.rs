//! Users that are edited.

use crate::Workspace;
use crate::aliases::Changes;
use crate::attribute::{ALIASES, EMAILS, USER_NAME};
use crate::edit;
use crate::failure;
use crate::typed;
use crate::user::{Object, User};
use innkeeper_sdk::prelude::*;
use serde_json::Value as Json;

impl Workspace {
    /// `PUT`, which keeps what is not named. `PATCH` does, too, and cannot clear an array (`users.patch`).
    pub(crate) fn update_user(&self, id: &str, deltas: &[Delta]) -> Result<Outcome> {
        let edits = deltas.iter().map(|delta| Ok((edit::writable(&delta.name)?, &delta.edit))).collect::<Result<Vec<_>>>()?;
        let user = self.user(id)?;
        let before = editable(&user);
        let mut after = before.clone();
        let mut aliases = user.aliases();
        for (attribute, edit) in edits {
            let values = edit::after(attribute, edit, &attribute.values(&before))?;
            match attribute.name {
                ALIASES => aliases = values.iter().map(|value| edit::text(&value.scalar)).collect::<Result<_>>()?,
                _ if unchanged(attribute.name, &before, &values) => {}
                _ => edit::set(&mut after, attribute, &values)?,
            }
        }
        let body = edit::difference(&before, &after);
        let primary = after.get("primaryEmail").and_then(Json::as_str).unwrap_or(&user.primary_email);
        let mut changes = Changes::between(&user.aliases(), &aliases, primary);
        if primary != user.primary_email {
            // Google makes the old address an alias by itself. Nobody has seen that alias yet who could have asked to remove it.
            changes.add.retain(|alias| !alias.eq_ignore_ascii_case(&user.primary_email));
        }
        if body.is_empty() && changes.is_empty() {
            return Ok(Outcome::Already(user.account()));
        }
        let user = if body.is_empty() { user } else { self.put_user(id, &body)? };
        for alias in &changes.remove {
            self.remove_alias(id, alias)?;
        }
        for alias in &changes.add {
            self.add_alias(id, alias)?;
        }
        let aliases = changes.applied_to(user.aliases());
        let user = if changes.is_empty() { user } else { user.with_aliases(&aliases) };
        Ok(Outcome::Done(user.account()))
    }

    /// Changes these fields of the user and answers with it as it is now.
    pub(crate) fn put_user(&self, id: &str, body: &Object) -> Result<User> {
        let response = match self.send(http::put(self.user_path(id)).json(body)) {
            Ok(response) => response,
            Err(error) if error.code == ErrorCode::Conflict => {
                return Err(match body.get("primaryEmail") {
                    Some(_) => {
                        let why = "belongs to a user, an alias or a group already";
                        error.with_field(USER_NAME, why)
                    }
                    // Nothing here can be taken. So Google answers while an earlier change, a rename above all, is under way.
                    None => failure::not_settled(error),
                });
            }
            Err(error) => return Err(error),
        };
        User::of_response(&response).or_else(|_| self.user(id)).map_err(|error| Error {
            code: ErrorCode::OutcomeUnknown,
            message: format!("the change was sent, and the user cannot be read: {}", error.message),
            ..error
        })
    }
}

/// The user without the addresses that Google adds to its e-mail addresses by itself.
fn editable(user: &User) -> Object {
    let mut object = user.object.clone();
    let emails: Vec<Json> = typed::EMAILS.entries(&object).into_iter().map(Json::Object).collect();
    if emails.is_empty() {
        object.remove(EMAILS);
    } else {
        object.insert(EMAILS.to_owned(), Json::Array(emails));
    }
    object
}

/// Whether the user has these values already; addresses do not differ by case.
fn unchanged(name: &str, before: &Object, values: &[Value]) -> bool {
    name == USER_NAME
        && values.first().and_then(|value| edit::text(&value.scalar).ok()).is_some_and(|wanted| {
            before.get("primaryEmail").and_then(Json::as_str).is_some_and(|there| there.eq_ignore_ascii_case(&wanted))
        })
}
