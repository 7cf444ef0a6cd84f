//! Users that are made.

use crate::Workspace;
use crate::attribute::{ALIASES, ORG_UNIT, USER_NAME};
use crate::edit;
use crate::status::Pending;
use crate::user::{Object, User};
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::system;
use serde_json::{Value as Json, json};

/// How many random bytes make a password: 256 bits, for 8 to 100 characters are allowed.
const RANDOM: u32 = 32;

impl Workspace {
    /// The user, and then its aliases, which have requests of their own. Google may take some time until it takes those.
    pub(crate) fn create_user(&self, draft: &Draft) -> Result<Outcome> {
        let mut body = Object::new();
        let mut aliases = Vec::new();
        for given in draft.attributes.iter().filter(|given| !given.name.eq_ignore_ascii_case(USER_NAME)) {
            let attribute = edit::writable(&given.name)?;
            // What is required and missing is Google's to refuse, with all that it misses.
            if given.values.is_empty() {
                continue;
            }
            let values = edit::check(attribute, given.values.clone())?;
            match attribute.name {
                ALIASES => aliases = values.iter().map(|value| edit::text(&value.scalar)).collect::<Result<_>>()?,
                _ => edit::set(&mut body, attribute, &values)?,
            }
        }
        body.insert("primaryEmail".to_owned(), Json::from(draft.unique_name.as_str()));
        let password = password()?;
        body.insert("password".to_owned(), Json::from(password.as_str()));
        body.insert("changePasswordAtNextLogin".to_owned(), json!(self.settings.change_password_at_next_login));
        if !body.contains_key(ORG_UNIT) && self.settings.org_unit != "/" {
            body.insert(ORG_UNIT.to_owned(), Json::from(self.settings.org_unit.as_str()));
        }
        let response = self
            .send(http::post(self.directory("/users")).json(&body))
            .map_err(|error| taken(without(error, &password), draft))?;
        let user = User::of_response(&response).map_err(|error| {
            let error = without(error, &password);
            let message = format!("the user was made, and Google's answer cannot be read: {}", error.message);
            Error { code: ErrorCode::OutcomeUnknown, message, ..error }
        })?;
        aliases.retain(|alias| !alias.eq_ignore_ascii_case(&user.primary_email));
        self.finish_aliases(user, aliases)
    }

    /// Gives a new user its aliases. The user is there whatever happens: an alias that cannot be had is told in the log, and seen
    /// as missing when the user is read.
    pub(crate) fn finish_aliases(&self, user: User, aliases: Vec<String>) -> Result<Outcome> {
        let mut there = user.aliases();
        for (position, alias) in aliases.iter().enumerate() {
            match self.add_alias(&user.id, alias) {
                Ok(()) if there.iter().any(|known| known.eq_ignore_ascii_case(alias)) => {}
                Ok(()) => there.push(alias.clone()),
                Err(error) if matches!(error.code, ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::NotFound) => {
                    let rest = aliases[position..].to_vec();
                    return Ok(Outcome::Pending(Pending::Aliases { user: user.id, aliases: rest }.token()?));
                }
                Err(error) => {
                    log::warn!("the new user did not get an alias"; "user" = user.id, "alias" = alias, "reason" = error.message);
                }
            }
        }
        let user = if aliases.is_empty() { user } else { user.with_aliases(&there) };
        Ok(Outcome::Done(user.account()))
    }
}

/// A password that nobody knows: it goes to Google and is kept nowhere.
fn password() -> Result<String> {
    let bytes = system::random(RANDOM);
    if bytes.len() != RANDOM as usize {
        return Err(Error::internal("the host gave fewer random bytes than were asked for"));
    }
    Ok(base64url(&bytes))
}

/// The error up to where it repeats the password: an answer may show what was sent.
fn without(mut error: Error, password: &str) -> Error {
    // An excerpt of an answer may end within the password.
    const ENOUGH: usize = 4;
    if let Some(at) = error.message.find(&password[..ENOUGH]) {
        error.message.truncate(at);
        error.message.push_str("...");
    }
    error
}

/// RFC 4648, section 5, without padding: letters of both cases, digits, `-` and `_`.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(group >> (18 - 6 * position) & 63) as usize]));
        }
    }
    text
}

/// Users, aliases and groups share one space of addresses.
fn taken(error: Error, draft: &Draft) -> Error {
    if error.code != ErrorCode::Conflict {
        return error;
    }
    let why = "belongs to a user, an alias or a group already";
    let message = format!("{} {why}. Google says: {}", draft.unique_name, error.message);
    Error { message, ..error }.with_field(USER_NAME, why)
}

#[cfg(test)]
mod tests {
    use super::base64url;

    #[test]
    fn bytes_are_written_as_rfc_4648_has_it() {
        // The vectors of section 10, without padding, and the two characters that differ from plain base64.
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }
}
