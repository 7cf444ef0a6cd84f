//! `conversations.*`: channels, and who is in them.

use serde_json::{Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, object};
use super::shape;
use super::state::{Channel, Kind};

/// So many users can be invited at once.
const MOST: usize = 1000;

impl Slack {
    /// A channel that the caller sees: a private one only from within.
    fn known_channel(&self, arguments: &Arguments) -> Result<&Channel, Fault> {
        let id = arguments.text("channel").unwrap_or_default();
        let channel = self.state.channels.get(&id).filter(|channel| self.sees(channel));
        channel.ok_or_else(|| Fault::new("channel_not_found"))
    }

    fn sees(&self, channel: &Channel) -> bool {
        !channel.private || channel.members.contains(&self.caller)
    }

    /// The channels of the types that are asked for, as far as the caller sees them.
    fn channels_of_types(&self, arguments: &Arguments) -> Result<impl Iterator<Item = &Channel>, Fault> {
        let types = arguments.list("types").unwrap_or_else(|| vec!["public_channel".to_owned()]);
        if types.iter().any(|kind| !["public_channel", "private_channel", "im", "mpim"].contains(&kind.as_str())) {
            return Err(Fault::new("invalid_types"));
        }
        let without_archived = arguments.flag("exclude_archived");
        let wanted = move |channel: &Channel| {
            let kind = if channel.private { "private_channel" } else { "public_channel" };
            types.iter().any(|wanted| wanted == kind) && !(without_archived && channel.archived)
        };
        Ok(self.state.channels.values().filter(move |channel| wanted(channel) && self.sees(channel)))
    }

    pub(super) fn conversations_list(&self, arguments: &Arguments) -> Outcome {
        let shown = self.channels_of_types(arguments)?.map(|channel| shape::channel(channel, &self.caller, true)).collect();
        let (channels, next) = arguments.page(shown, 100)?;
        Ok(object(json!({ "channels": channels, "response_metadata": { "next_cursor": next } })))
    }

    /// The channels in which a user is, or else the caller; private ones only where the caller is too.
    pub(super) fn users_conversations(&self, arguments: &Arguments) -> Outcome {
        let user = match arguments.text("user") {
            Some(id) => self.known_user(&id)?.id.as_str(),
            None => self.caller.as_str(),
        };
        let listed = self.channels_of_types(arguments)?.filter(|channel| channel.members.contains(user));
        let shown = listed.map(|channel| shape::channel_of_user(channel, &self.caller)).collect();
        let (channels, next) = arguments.page(shown, 100)?;
        Ok(object(json!({ "channels": channels, "response_metadata": { "next_cursor": next } })))
    }

    pub(super) fn conversations_info(&self, arguments: &Arguments) -> Outcome {
        let channel = self.known_channel(arguments)?;
        let mut shown = shape::channel(channel, &self.caller, arguments.flag("include_num_members"));
        if arguments.flag("include_locale") {
            shown["locale"] = "en-GB".into();
        }
        Ok(object(json!({ "channel": shown })))
    }

    pub(super) fn conversations_members(&self, arguments: &Arguments) -> Outcome {
        let unseen = |id: &String| self.state.users.get(id).is_some_and(|user| !self.shows(user));
        let members = self.known_channel(arguments)?.members.iter().filter(|id| !unseen(id)).cloned().collect();
        let (members, next) = arguments.page(members, 100)?;
        Ok(object(json!({ "members": members, "response_metadata": { "next_cursor": next } })))
    }

    pub(super) fn conversations_join(&mut self, arguments: &Arguments) -> Outcome {
        let channel = self.known_channel(arguments)?;
        if channel.private {
            return Err(Fault::new("method_not_supported_for_channel_type"));
        }
        if channel.archived {
            return Err(Fault::new("is_archived"));
        }
        let (id, caller) = (channel.id.clone(), self.caller.clone());
        if let Some(channel) = self.state.channels.get_mut(&id) {
            channel.members.insert(caller);
        }
        Ok(object(json!({ "channel": shape::channel(&self.state.channels[&id], &self.caller, false) })))
    }

    /// Why one user cannot be invited.
    fn uninvitable(&self, channel: &Channel, user: &str) -> Option<&'static str> {
        let Some(known) = self.known_user(user).ok().filter(|user| !user.is_deleted()) else { return Some("user_not_found") };
        if user == self.caller {
            return Some("cant_invite_self");
        }
        if channel.members.contains(user) {
            return Some("already_in_channel");
        }
        let elsewhere = self.state.channels.values().any(|channel| channel.members.contains(user));
        (known.kind == Kind::SingleChannelGuest && elsewhere).then_some("ura_max_channels")
    }

    pub(super) fn conversations_invite(&mut self, arguments: &Arguments) -> Outcome {
        let channel = self.known_channel(arguments)?;
        let users = arguments.list("users").unwrap_or_default();
        if users.is_empty() {
            return Err(Fault::new("no_user"));
        }
        if users.len() > MOST {
            return Err(Fault::new("too_many_users"));
        }
        if channel.archived {
            return Err(Fault::new("is_archived"));
        }
        if !channel.members.contains(&self.caller) {
            return Err(Fault::new("not_in_channel"));
        }
        let faults: Vec<_> = users.iter().filter_map(|user| Some((user.clone(), self.uninvitable(channel, user)?))).collect();
        let id = channel.id.clone();
        let force = arguments.flag("force") && faults.len() < users.len();
        if let Some((_, first)) = faults.first()
            && !force
        {
            let errors: Vec<Value> =
                faults.iter().map(|(user, error)| json!({ "user": user, "ok": false, "error": error })).collect();
            return Err(Fault::new(first).with("errors", errors.into()));
        }
        if let Some(channel) = self.state.channels.get_mut(&id) {
            channel.members.extend(users.into_iter().filter(|user| !faults.iter().any(|(faulty, _)| faulty == user)));
        }
        Ok(object(json!({ "channel": shape::channel(&self.state.channels[&id], &self.caller, false) })))
    }

    pub(super) fn conversations_kick(&mut self, arguments: &Arguments) -> Outcome {
        let channel = self.known_channel(arguments)?;
        let user = arguments.text("user").ok_or_else(|| Fault::new("user_not_found"))?;
        if user == self.caller {
            return Err(Fault::new("cant_kick_self"));
        }
        self.known_user(&user)?;
        if channel.general {
            return Err(Fault::new("cant_kick_from_general"));
        }
        if !channel.members.contains(&self.caller) || !channel.members.contains(&user) {
            return Err(Fault::new("not_in_channel"));
        }
        let id = channel.id.clone();
        if let Some(channel) = self.state.channels.get_mut(&id) {
            channel.members.shift_remove(&user);
        }
        Ok(object(json!({})))
    }
}
