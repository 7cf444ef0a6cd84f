//! `admin.users.*`: only in an Enterprise organisation.

use serde_json::{Map, Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, object};
use super::shape::{ENTERPRISE, TEAM};
use super::state::{Kind, User};

impl Slack {
    /// The workspace that is named, which is ours.
    fn team(arguments: &Arguments) -> Result<(), Fault> {
        if arguments.required("team_id")? == TEAM { Ok(()) } else { Err(Fault::new("team_not_found")) }
    }

    fn user_of_team(&self, arguments: &Arguments) -> Result<String, Fault> {
        Self::team(arguments)?;
        Ok(self.known_user(&arguments.required("user_id")?)?.id.clone())
    }

    fn kind(arguments: &Arguments) -> Kind {
        match (arguments.flag("is_ultra_restricted"), arguments.flag("is_restricted")) {
            (true, _) => Kind::SingleChannelGuest,
            (false, true) => Kind::MultiChannelGuest,
            (false, false) => Kind::Member,
        }
    }

    fn channels(&self, arguments: &Arguments) -> Result<Vec<String>, Fault> {
        let channels = arguments.list("channel_ids").unwrap_or_default();
        if channels.iter().all(|id| self.state.channels.contains_key(id)) {
            Ok(channels)
        } else {
            Err(Fault::new("channel_not_found"))
        }
    }

    fn put_into(&mut self, channels: &[String], user: &str) {
        for channel in channels {
            if let Some(channel) = self.state.channels.get_mut(channel) {
                channel.members.insert(user.to_owned());
            }
        }
    }

    pub(super) fn admin_users_invite(&mut self, arguments: &Arguments) -> Outcome {
        Self::team(arguments)?;
        let email = arguments.required("email")?;
        if !email.contains('@') {
            return Err(Fault::new("invalid_email"));
        }
        let channels = self.channels(arguments)?;
        if channels.is_empty() {
            return Err(Fault::missing("channel_ids"));
        }
        let kind = Self::kind(arguments);
        if kind == Kind::SingleChannelGuest && channels.len() > 1 {
            return Err(Fault::new("ura_max_channels"));
        }
        match self.state.by_email(&email) {
            Some(user) if user.invited && !arguments.flag("resend") => return Err(Fault::new("already_in_team_invited_user")),
            Some(user) if user.invited => return Ok(Map::new()),
            Some(_) => return Err(Fault::new("already_in_team")),
            None => {}
        }
        let id = self.state.make_user(&email, Some(&email), kind);
        if let Some(user) = self.state.users.get_mut(&id) {
            user.invited = true;
            user.guest_expires = arguments.text("guest_expiration_ts").and_then(|text| text.split('.').next()?.parse().ok());
            let real_name = arguments.text("real_name").unwrap_or_default();
            let (given, family) = real_name.split_once(' ').unwrap_or((&real_name, ""));
            (user.given_name, user.family_name) = (given.to_owned(), family.to_owned());
        }
        self.put_into(&channels, &id);
        Ok(Map::new())
    }

    pub(super) fn admin_users_assign(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.user_of_team(arguments)?;
        let channels = self.channels(arguments)?;
        let kind = Self::kind(arguments);
        if kind != Kind::Member && channels.is_empty() {
            return Err(Fault::missing("channel_ids"));
        }
        let user = self.state.users.get_mut(&id).ok_or_else(|| Fault::new("user_not_found"))?;
        if user.in_workspace {
            return Err(Fault::new("user_already_team_member"));
        }
        (user.in_workspace, user.kind) = (true, kind);
        self.put_into(&channels, &id);
        Ok(Map::new())
    }

    pub(super) fn admin_users_remove(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.user_of_team(arguments)?;
        if id == self.caller {
            return Err(Fault::new("cannot_kick_self"));
        }
        let user = self.state.users.get_mut(&id).filter(|user| user.in_workspace);
        let user = user.ok_or_else(|| Fault::new("user_not_found"))?;
        // That takes an invitation back too.
        (user.in_workspace, user.invited) = (false, false);
        self.state.leave(&id);
        Ok(Map::new())
    }

    fn changed(&mut self, arguments: &Arguments, change: impl FnOnce(&mut User)) -> Outcome {
        let id = self.user_of_team(arguments)?;
        let now = self.state.clock;
        if let Some(user) = self.state.users.get_mut(&id) {
            change(user);
            user.updated = now;
        }
        Ok(Map::new())
    }

    pub(super) fn admin_users_set_regular(&mut self, arguments: &Arguments) -> Outcome {
        self.changed(arguments, |user| {
            (user.kind, user.admin, user.owner, user.guest_expires) = (Kind::Member, false, false, None)
        })
    }

    pub(super) fn admin_users_set_admin(&mut self, arguments: &Arguments) -> Outcome {
        self.changed(arguments, |user| (user.kind, user.admin, user.owner) = (Kind::Member, true, false))
    }

    pub(super) fn admin_users_set_owner(&mut self, arguments: &Arguments) -> Outcome {
        self.changed(arguments, |user| (user.kind, user.admin, user.owner) = (Kind::Member, true, true))
    }

    pub(super) fn admin_users_set_expiration(&mut self, arguments: &Arguments) -> Outcome {
        let at = arguments.number("expiration_ts").ok_or_else(|| Fault::missing("expiration_ts"))?;
        let id = arguments.required("user_id")?;
        if !self.known_user(&id)?.is_guest() {
            return Err(Fault::new("user_must_be_guest"));
        }
        if at <= self.state.clock.as_second() {
            return Err(Fault::new("invalid_expiration_ts"));
        }
        if let Some(user) = self.state.users.get_mut(&id) {
            user.guest_expires = Some(at);
        }
        Ok(Map::new())
    }

    pub(super) fn admin_users_list(&self, arguments: &Arguments) -> Outcome {
        if arguments.text("team_id").is_some() {
            Self::team(arguments)?;
        }
        let active = arguments.text("is_active").map(|_| arguments.flag("is_active"));
        let listed =
            self.state.users.values().filter(|user| self.shows(user) && active.is_none_or(|active| active != user.is_deleted()));
        let shown = listed.map(|user| {
            json!({
                "id": user.id,
                "email": user.email.clone().unwrap_or_default(),
                "is_admin": user.admin,
                "is_owner": user.owner,
                "is_primary_owner": false,
                "is_restricted": user.is_guest(),
                "is_ultra_restricted": user.kind == Kind::SingleChannelGuest,
                "is_bot": user.kind == Kind::Bot,
                "username": user.name,
                "full_name": user.real_name(),
                "is_active": !user.is_deleted(),
                "date_created": user.created.as_second(),
                "expiration_ts": user.guest_expires.unwrap_or(0),
                "workspaces": if user.in_workspace { vec![TEAM] } else { Vec::new() },
                "has_2fa": false,
                "has_sso": false,
            })
        });
        let (users, next) = arguments.page(shown.collect(), 100)?;
        Ok(object(json!({ "users": users, "response_metadata": { "next_cursor": next } })))
    }

    /// Ends all sessions of a user.
    pub(super) fn admin_users_session_reset(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.known_user(&arguments.required("user_id")?)?.id.clone();
        if let Some(user) = self.state.users.get_mut(&id) {
            user.sessions.clear();
        }
        Ok(Map::new())
    }

    /// Ends one session.
    pub(super) fn admin_users_session_invalidate(&mut self, arguments: &Arguments) -> Outcome {
        let team = arguments.required("team_id")?;
        if team != TEAM && team != ENTERPRISE {
            return Err(Fault::new("team_not_found"));
        }
        let session = arguments.number("session_id").and_then(|number| u64::try_from(number).ok());
        let session = session.ok_or_else(|| Fault::missing("session_id"))?;
        let user = self.state.users.values_mut().find(|user| user.sessions.contains(&session));
        user.ok_or_else(|| Fault::new("session_not_found"))?.sessions.retain(|one| *one != session);
        Ok(Map::new())
    }

    pub(super) fn admin_users_session_list(&self, arguments: &Arguments) -> Outcome {
        let only = arguments.text("user_id");
        let device = json!({
            "device_hardware": "", "os": "", "os_version": "", "slack_client_version": "", "ip": "192.0.2.1",
        });
        let users = self.state.users.values().filter(|user| only.as_ref().is_none_or(|only| *only == user.id));
        let sessions: Vec<Value> = users
            .flat_map(|user| user.sessions.iter().map(move |session| (user, session)))
            .map(|(user, session)| {
                json!({ "user_id": user.id, "team_id": ENTERPRISE, "session_id": session, "created": device, "recent": device })
            })
            .collect();
        let (sessions, next) = arguments.page(sessions, 100)?;
        Ok(object(json!({ "active_sessions": sessions, "response_metadata": { "next_cursor": next } })))
    }
}
