//! Channels (<https://docs.slack.dev/apis/web-api/using-the-conversations-api>).

use crate::web::or_default;
use crate::{Slack, failure};
use innkeeper_sdk::prelude::*;
use serde::Deserialize;

/// The kind of entitlement.
pub(crate) const KIND: &str = "channel";

/// How many channels or members to ask for in one page: Slack wants less than 1,000.
const PAGE: u32 = 999;
/// How many channels to list at once where the members of each are read too: `conversations.members` may be called 100 times a
/// minute, and a call of the contract should not wait for long.
pub(crate) const WITH_MEMBERS: u32 = 20;

/// One channel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Channel {
    #[serde(deserialize_with = "or_default")]
    pub(crate) id: String,
    name: Option<String>,
    #[serde(deserialize_with = "or_default")]
    purpose: Purpose,
    #[serde(deserialize_with = "or_default")]
    is_archived: bool,
    #[serde(deserialize_with = "or_default")]
    is_general: bool,
    #[serde(deserialize_with = "or_default")]
    is_private: bool,
    #[serde(deserialize_with = "or_default")]
    is_ext_shared: bool,
    #[serde(deserialize_with = "or_default")]
    is_pending_ext_shared: bool,
    /// Everybody in the organisation is in it.
    #[serde(deserialize_with = "or_default")]
    is_org_mandatory: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Purpose {
    #[serde(deserialize_with = "or_default")]
    value: String,
}

impl Channel {
    fn key(&self) -> EntitlementKey {
        EntitlementKey::new(KIND, &self.id)
    }

    pub(crate) fn entitlement(&self) -> Entitlement {
        let name = self.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| self.id.clone());
        let mut entitlement = Entitlement::new(self.key(), name);
        entitlement.description = Some(self.purpose.value.clone()).filter(|purpose| !purpose.is_empty());
        // Nobody can be taken out of the one where everybody is, and into one of two companies goes who both have agreed on.
        entitlement.assignable = !self.is_general && !self.is_org_mandatory && !self.is_ext_shared && !self.is_pending_ext_shared;
        for (name, applies) in [("private", self.is_private), ("shared-externally", self.is_ext_shared)] {
            if applies {
                entitlement.extra.push(Extra { name: name.to_owned(), value: "true".to_owned() });
            }
        }
        entitlement
    }
}

#[derive(Deserialize)]
struct Channels {
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
struct Members {
    members: Vec<String>,
}

impl Slack {
    /// One page of the channels that are entitlements, and where the next one starts. An archived one is none.
    pub(crate) fn page_of_channels(&self, cursor: Option<&str>, limit: Option<u32>) -> Result<(Vec<Channel>, Option<String>)> {
        self.channels_by("conversations.list", None, cursor, limit)
    }

    fn channels_by(
        &self,
        method: &'static str,
        user: Option<&str>,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(Vec<Channel>, Option<String>)> {
        let Some(types) = self.settings.channels.types() else { return Ok((Vec::new(), None)) };
        let call = self.in_team(self.read(method)).with_if("user", user).with("types", types).with("exclude_archived", true);
        let answer = call.with("limit", limit.unwrap_or(PAGE)).with_if("cursor", cursor).send()?;
        let mut channels = answer.get::<Channels>()?.channels;
        if channels.iter().any(|channel| channel.id.is_empty()) {
            return Err(Error::malformed(format!("{method} was answered with a channel that has no id")));
        }
        channels.retain(|channel| !channel.is_archived);
        Ok((channels, answer.next))
    }

    /// One page of who is in a channel.
    pub(crate) fn page_of_channel_grants(&self, id: &str, cursor: Option<&str>) -> Result<GrantPage> {
        let call = self.read("conversations.members").with("channel", id).with("limit", PAGE).with_if("cursor", cursor);
        let answer = call.send()?;
        let key = EntitlementKey::new(KIND, id);
        let items = answer.get::<Members>()?.members.into_iter().filter(|id| !id.is_empty());
        let items = items.map(|id| Grant::new(key.clone(), Holder::Account(id))).collect();
        Ok(GrantPage { items, next: answer.next, total: None })
    }

    /// Everybody who is in a channel.
    pub(crate) fn channel_grants(&self, id: &str) -> Result<Vec<Grant>> {
        let mut grants = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.page_of_channel_grants(id, cursor.as_deref())?;
            grants.extend(page.items);
            match page.next {
                Some(next) if cursor.as_ref() == Some(&next) => {
                    return Err(Error::malformed(format!("conversations.members leads back to where it was in {id}")));
                }
                None => return Ok(grants),
                next => cursor = next,
            }
        }
    }

    /// One page of the channels that somebody is in, of private ones those in which the token's user is too.
    pub(crate) fn page_of_channels_with(&self, user: &str, cursor: Option<&str>) -> Result<GrantPage> {
        let (channels, next) = self.channels_by("users.conversations", Some(user), cursor, None)?;
        let items = channels.iter().map(|channel| Grant::new(channel.key(), Holder::Account(user.to_owned()))).collect();
        Ok(GrantPage { items, next, total: None })
    }

    pub(crate) fn add_to_channel(&self, channel: &str, user: &str) -> Result<Effect> {
        match self.try_to_add(channel, user) {
            // Only who is in a channel can ask others in.
            Err(error) if failure::is(&error, &["not_in_channel"]) => {
                self.join(channel)?;
                self.try_to_add(channel, user)
            }
            // The token's user goes in by itself.
            Err(error) if failure::is(&error, &["cant_invite_self"]) => {
                Ok(if self.join(channel)? { Effect::Done } else { Effect::Already })
            }
            answer => answer,
        }
    }

    fn try_to_add(&self, channel: &str, user: &str) -> Result<Effect> {
        match self.write("conversations.invite").with("channel", channel).with("users", user).send() {
            Ok(_) => Ok(Effect::Done),
            Err(error) if failure::is(&error, &["already_in_channel"]) => Ok(Effect::Already),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn take_out_of_channel(&self, channel: &str, user: &str) -> Result<Effect> {
        match self.kick(channel, user) {
            // Slack says the same of the person and of the token's user, who may not be in the channel either.
            Err(error) if failure::is(&error, &["not_in_channel"]) => match self.join(channel) {
                Ok(_) => match self.kick(channel, user) {
                    Err(error) if failure::is(&error, &["not_in_channel"]) => Ok(Effect::Already),
                    answer => answer,
                },
                // A private channel is only found by who is in it.
                Err(error) if failure::is(&error, &["method_not_supported_for_channel_type"]) => Ok(Effect::Already),
                Err(error) => Err(error),
            },
            // A deactivated account cannot be found any more by some methods.
            Err(error) if failure::is(&error, &["user_not_found"]) => {
                let holder = Holder::Account(user.to_owned());
                match self.channel_grants(channel)?.iter().any(|grant| grant.holder == holder) {
                    true => Err(error),
                    false => Ok(Effect::Already),
                }
            }
            Err(error) if failure::is(&error, &["cant_kick_self"]) => Ok(Effect::ActionRequired(format!(
                "let {user} leave the channel {channel} by hand: it is the user to whom the token belongs"
            ))),
            answer => answer,
        }
    }

    fn kick(&self, channel: &str, user: &str) -> Result<Effect> {
        self.write("conversations.kick").with("channel", channel).with("user", user).send().map(|_| Effect::Done)
    }

    /// Lets the token's user into a public channel; false where it was in already.
    fn join(&self, channel: &str) -> Result<bool> {
        match self.write("conversations.join").with("channel", channel).send() {
            Ok(answer) => Ok(!answer.warns("already_in_channel")),
            Err(mut error) if failure::is(&error, &["method_not_supported_for_channel_type", "channel_not_found"]) => {
                error.code = ErrorCode::PermissionDenied;
                error.message =
                    format!("the token's user is not in the private channel {channel}, and somebody who is has to invite it");
                Err(error)
            }
            Err(error) => Err(error),
        }
    }
}
