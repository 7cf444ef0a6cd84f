//! Invitations by the Web API: `admin.users.invite`, which only Enterprise organisations have. Elsewhere a human is asked to do it.

use crate::members::text;
use crate::user::{GUEST, MULTI, Membership, SINGLE, User};
use crate::{Slack, channels, failure};
use innkeeper_sdk::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;

/// What an invitation can say of a person.
struct Invitee {
    email: String,
    real_name: Option<String>,
    membership: Membership,
    /// Seconds since 1970.
    expiration: Option<i64>,
    channels: Vec<String>,
}

impl Slack {
    pub(crate) fn invite(&self, draft: &Draft) -> Result<Outcome> {
        let invitee = self.invitee(draft)?;
        if !self.settings.enterprise {
            return Ok(Outcome::ActionRequired(by_hand(&invitee)));
        }
        if invitee.channels.is_empty() {
            return Err(Error::invalid(
                "Slack wants at least one channel with an invitation: give the person a channel, or set `default-channels`",
            ));
        }
        let call = self
            .in_team(self.write("admin.users.invite"))
            .with("email", &invitee.email)
            .with("channel_ids", invitee.channels.join(","))
            .with("resend", true)
            .with_if("real_name", invitee.real_name.as_deref())
            .with_if("custom_message", self.settings.invitation_message.as_deref())
            .with_if("guest_expiration_ts", invitee.expiration);
        let sent = invitee.membership.mark(call).send();
        match sent {
            Ok(_) => self.look_for_invited(&invitee.email).map_err(failure::after_write),
            Err(error) if failure::is(&error, &["already_in_team_invited_user"]) => match self.by_email(&invitee.email)? {
                Some(user) => Ok(Outcome::Already(user.account())),
                None => Err(error),
            },
            Err(mut error) if failure::is(&error, &["user_disabled"]) => {
                error.message += ": a deactivated account has this e-mail address; reactivate it instead";
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The person with the address that was invited. Slack answers an invitation without saying whom it made; while nobody is to be
    /// seen, the address is the token to ask again with.
    pub(crate) fn look_for_invited(&self, email: &str) -> Result<Outcome> {
        Ok(match self.by_email(email)? {
            Some(user) if user.is_invited_user => Outcome::Invited(user.account()),
            // Somebody who is in the organisation already joins at once.
            Some(user) => Outcome::Done(user.account()),
            None => Outcome::Pending(email.to_owned()),
        })
    }

    fn invitee(&self, draft: &Draft) -> Result<Invitee> {
        let value = |name: &str| {
            let attribute = draft.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
            attribute.values.first().map(text).filter(|text| !text.is_empty())
        };
        let (kind, expiration) = (format!("{GUEST}:type"), format!("{GUEST}:expiration"));
        let membership = match value(&kind).as_deref() {
            None => Membership::Full,
            Some(MULTI) => Membership::Multi,
            Some(SINGLE) => Membership::Single,
            Some(other) => {
                return Err(Error::invalid(format!("{other} is no kind of guest: it is `multi` or `single`"))
                    .with_field(&kind, "is `multi` or `single`"));
            }
        };
        let ends = value(&expiration).map(|text| seconds(&text, &expiration)).transpose()?;
        if ends.is_some() && membership == Membership::Full {
            return Err(Error::invalid("only a guest's account ends by itself").with_field(&expiration, "is for guests"));
        }
        let mut channels: Vec<String> =
            draft.grants.iter().filter(|key| key.kind == channels::KIND).map(|key| key.id.clone()).collect();
        // What every member sees is nothing for a guest.
        let standing = match membership {
            Membership::Full => self.settings.default_channels.as_slice(),
            _ if channels.is_empty() => &self.settings.guest_channels,
            _ => &[],
        };
        for channel in standing {
            if !channels.contains(channel) {
                channels.push(channel.clone());
            }
        }
        if membership == Membership::Single && channels.len() > 1 {
            return Err(Error::invalid(format!(
                "a guest of kind `single` is in one channel, and these are {}",
                channels.join(", ")
            ))
            .with_field(&kind, "does not go with several channels"));
        }
        let joined = [value("name.givenName"), value("name.familyName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Invitee {
            email: draft.unique_name.clone(),
            real_name: value("name.formatted").or(Some(joined).filter(|name| !name.is_empty())),
            membership,
            expiration: ends,
            channels,
        })
    }

    /// The person as whom an invitation shows, if it is one that can still be cancelled.
    pub(crate) fn invited(&self, id: &str) -> Result<Option<User>> {
        match self.user(id) {
            Ok(user) => Ok(Some(user).filter(|user| user.status() == AccountStatus::Invited)),
            Err(error) => Err(error),
        }
    }
}

/// What a human has to do where no API does it.
fn by_hand(invitee: &Invitee) -> String {
    let role = match invitee.membership {
        Membership::Full => "as a member",
        Membership::Multi => "as a guest of several channels",
        Membership::Single => "as a guest of one channel",
    };
    let name = invitee.real_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
    let channels = match invitee.channels.as_slice() {
        [] => String::new(),
        channels => format!(", into {}", channels.join(", ")),
    };
    format!("invite {name}{} to Slack by hand {role}{channels}: on this plan Slack has no API for invitations", invitee.email)
}

/// A date, at whose end the account ends, or a moment.
fn seconds(text: &str, name: &str) -> Result<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_second());
    }
    let end = text.parse::<Date>().ok().and_then(|date| date.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).ok());
    let wrong = || Error::invalid(format!("{text} is no date and no moment of RFC 3339")).with_field(name, "is no date");
    Ok(end.ok_or_else(wrong)?.timestamp().as_second())
}
