//! `users.*`, `team.*` and `auth.test`.

use serde_json::{Map, Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, object};
use super::shape::{self, ENTERPRISE, TEAM};
use super::state::{Kind, User};

impl Slack {
    pub(super) fn known_user(&self, id: &str) -> Result<&User, Fault> {
        self.state.users.get(id).filter(|user| self.shows(user)).ok_or_else(|| Fault::new("user_not_found"))
    }

    /// Whether anybody is told of this user.
    pub(super) fn shows(&self, user: &User) -> bool {
        !(user.invited && self.quirks.hides_invited)
    }

    pub(super) fn shown_user(&self, user: &User) -> Value {
        let mut shown = shape::user(user, self.quirks.enterprise);
        if !self.quirks.scopes.contains("users:read.email")
            && let Some(profile) = shown["profile"].as_object_mut()
        {
            profile.remove("email");
        }
        shown
    }

    pub(super) fn users_list(&self, arguments: &Arguments) -> Outcome {
        let mut all: Vec<_> = vec![shape::slackbot()];
        all.extend(self.state.users.values().filter(|user| self.shows(user)).map(|user| self.shown_user(user)));
        let (members, next) = arguments.page(all, usize::MAX)?;
        Ok(object(json!({
            "members": members,
            "cache_ts": self.state.clock.as_second(),
            "response_metadata": { "next_cursor": next },
        })))
    }

    pub(super) fn users_info(&self, arguments: &Arguments) -> Outcome {
        let id = arguments.text("user").ok_or_else(|| Fault::new("user_not_found"))?;
        let user = if id == "USLACKBOT" { shape::slackbot() } else { self.shown_user(self.known_user(&id)?) };
        Ok(object(json!({ "user": user })))
    }

    /// Whoever is gone is not found.
    pub(super) fn users_lookup_by_email(&self, arguments: &Arguments) -> Outcome {
        let email = arguments.text("email").unwrap_or_default();
        let user = self.state.by_email(&email).filter(|user| !user.is_deleted() && self.shows(user));
        let user = user.ok_or_else(|| Fault::new("users_not_found"))?;
        Ok(object(json!({ "user": self.shown_user(user) })))
    }

    pub(super) fn team_info(&self) -> Outcome {
        let mut team = json!({
            "id": TEAM,
            "name": "Acme",
            "domain": "acme",
            "email_domain": "acme.example",
            "icon": { "image_34": "https://a.slack-edge.com/avatars-teams/ava_0001-34.png", "image_default": true },
        });
        if self.quirks.enterprise {
            team["enterprise_id"] = ENTERPRISE.into();
            team["enterprise_name"] = "Acme".into();
        }
        Ok(object(json!({ "team": team })))
    }

    pub(super) fn auth_test(&self) -> Outcome {
        let caller = &self.state.users[&self.caller];
        Ok(object(json!({
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "user": caller.name,
            "team_id": TEAM,
            "user_id": caller.id,
            "is_enterprise_install": false,
        })))
    }

    /// Who is paid for: members and guests in several channels, while they are active.
    pub(super) fn team_billable_info(&self, arguments: &Arguments) -> Outcome {
        let billed = |user: &User| !user.is_deleted() && matches!(user.kind, Kind::Member | Kind::MultiChannelGuest);
        let all: Vec<_> = match arguments.text("user") {
            Some(id) => vec![self.known_user(&id)?],
            None => self.state.users.values().filter(|user| user.kind != Kind::Bot && self.shows(user)).collect(),
        };
        let (page, next) = arguments.page(all, 1000)?;
        let info: Map<_, _> = page.into_iter().map(|user| (user.id.clone(), json!({ "billing_active": billed(user) }))).collect();
        Ok(object(json!({ "billable_info": info, "response_metadata": { "next_cursor": next } })))
    }
}
