//! `users.profile.set`: what a person shows of themselves, changed field by field
//! (<https://docs.slack.dev/reference/methods/users.profile.set>).

use serde_json::{Map, Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, object};
use super::state::{Kind, User};

/// So many fields can be set at once.
const MOST: usize = 50;
/// So long is the name of a field at most.
const LONGEST_KEY: usize = 255;
/// So long is a first or a last name at most.
const LONGEST_NAME: usize = 35;
/// So long is a display name at most.
const LONGEST_DISPLAY_NAME: usize = 80;
/// Nobody can be called so.
const RESERVED: &str = "slackbot";

/// Who may change whom: only people above somebody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Guest,
    Member,
    Admin,
    Owner,
}

impl Rank {
    fn of(user: &User) -> Self {
        match (user.owner, user.admin) {
            (true, _) => Self::Owner,
            (false, true) => Self::Admin,
            (false, false) if user.is_guest() => Self::Guest,
            (false, false) => Self::Member,
        }
    }
}

/// The fields that are to be set: `profile`, or else the one that is `name` and `value`.
fn wanted(arguments: &Arguments) -> Result<Map<String, Value>, Fault> {
    let wrong = || Fault::new("invalid_profile");
    let fields = match (arguments.object("profile"), arguments.text("name")) {
        (Some(profile), _) => profile.ok_or_else(wrong)?,
        (None, Some(name)) => Map::from_iter([(name, arguments.text("value").unwrap_or_default().into())]),
        (None, None) => return Err(wrong()),
    };
    if fields.is_empty() || fields.len() > MOST || fields.keys().any(|key| key.chars().count() > LONGEST_KEY) {
        return Err(wrong());
    }
    Ok(fields)
}

/// A name that somebody can have, without spaces around it.
fn name(text: &str, longest: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.eq_ignore_ascii_case(RESERVED) {
        return Err(Fault::new("reserved_name"));
    }
    if text.chars().count() > longest {
        return Err(Fault::new("profile_set_failed"));
    }
    Ok(text.to_owned())
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    parts.is_some() && !text.contains(char::is_whitespace)
}

/// Sets one field. Fields of which this workspace shows nothing, such as the status, are passed over.
fn set(user: &mut User, field: &str, text: &str) -> Result<(), Fault> {
    match field {
        "title" => text.clone_into(&mut user.title),
        "phone" => user.set_phone(text),
        "display_name" => user.display_name = name(text, LONGEST_DISPLAY_NAME)?,
        "first_name" => user.given_name = name(text, LONGEST_NAME)?,
        "last_name" => user.family_name = name(text, LONGEST_NAME)?,
        // The first and the last name are made of it; one word leaves no last name.
        "real_name" => {
            let (given, family) = text.trim().split_once(' ').unwrap_or((text, ""));
            (user.given_name, user.family_name) = (name(given, LONGEST_NAME)?, name(family, LONGEST_NAME)?);
        }
        "email" => user.email = Some(text.to_owned()),
        _ => {}
    }
    Ok(())
}

impl Slack {
    /// Why the caller may not change this user.
    fn forbidden(&self, user: &User) -> Option<&'static str> {
        let caller = Rank::of(&self.state.users[&self.caller]);
        match user.kind {
            _ if user.id == self.caller => None,
            _ if caller < Rank::Admin => Some("not_admin"),
            Kind::Bot => (caller < Rank::Owner).then_some("not_app_admin"),
            // The caller is no primary owner, who alone is above owners.
            _ => (caller <= Rank::of(user)).then_some("cannot_update_admin_user"),
        }
    }

    pub(super) fn users_profile_set(&mut self, arguments: &Arguments) -> Outcome {
        let id = arguments.text("user").unwrap_or_else(|| self.caller.clone());
        let user = self.known_user(&id)?;
        if let Some(error) = self.forbidden(user) {
            return Err(Fault::new(error));
        }
        let fields = wanted(arguments)?;
        let mut changed = user.clone();
        for (field, value) in &fields {
            let text = match value {
                Value::String(text) => text.as_str(),
                Value::Null => "",
                // `fields`, and numbers such as when the status ends.
                _ => continue,
            };
            if field == "email" && !text.eq_ignore_ascii_case(user.email.as_deref().unwrap_or_default()) {
                // Nobody changes the own address so.
                if id == self.caller || !is_address(text) {
                    return Err(Fault::new("profile_set_failed"));
                }
                if self.state.by_email(text).is_some_and(|other| other.id != id) {
                    return Err(Fault::new("email_taken"));
                }
            }
            set(&mut changed, field, text)?;
        }
        changed.updated = self.state.clock;
        let answer = json!({ "username": changed.name, "profile": self.shown_user(&changed)["profile"] });
        self.state.users.insert(id, changed);
        Ok(object(answer))
    }
}
