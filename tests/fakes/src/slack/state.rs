//! What a workspace holds.

use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What kind of person a user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A full member.
    Member,
    /// A guest in several channels: `is_restricted`.
    MultiChannelGuest,
    /// A guest in one channel: `is_ultra_restricted`.
    SingleChannelGuest,
    /// Software.
    Bot,
}

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// `U...`, given by Slack.
    pub id: String,
    /// The user name: lower case, at most 21 characters.
    pub name: String,
    /// None for bots.
    pub email: Option<String>,
    /// The first name.
    pub given_name: String,
    /// The last name.
    pub family_name: String,
    /// As the person wants to be shown; may be empty.
    pub display_name: String,
    /// The job title.
    pub title: String,
    /// Not deactivated.
    pub active: bool,
    /// In this workspace; a user who was taken out is still in the organisation.
    pub in_workspace: bool,
    /// Invited, and not yet there.
    pub invited: bool,
    /// What kind of person it is.
    pub kind: Kind,
    /// An administrator.
    pub admin: bool,
    /// An owner.
    pub owner: bool,
    /// When the guest's time is over, in seconds since 1970.
    pub guest_expires: Option<i64>,
    /// The sessions by which the person is signed in now.
    pub sessions: Vec<u64>,
    /// What SCIM keeps beside all this.
    pub(super) attributes: Map<String, Value>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

impl User {
    pub(super) fn real_name(&self) -> String {
        let name = format!("{} {}", self.given_name, self.family_name).trim().to_owned();
        if name.is_empty() { self.name.clone() } else { name }
    }

    pub(super) fn is_guest(&self) -> bool {
        matches!(self.kind, Kind::MultiChannelGuest | Kind::SingleChannelGuest)
    }

    /// The first telephone number, which SCIM has too; empty where there is none.
    pub(super) fn phone(&self) -> &str {
        self.attributes.get("phoneNumbers").and_then(|numbers| numbers[0]["value"].as_str()).unwrap_or_default()
    }

    /// Replaces the first telephone number; the empty one takes it away.
    pub(super) fn set_phone(&mut self, phone: &str) {
        let numbers = self.attributes.remove("phoneNumbers");
        let others = numbers.as_ref().and_then(Value::as_array).into_iter().flatten().skip(1).cloned();
        let first = Some(phone).filter(|phone| !phone.is_empty()).map(|phone| json!({ "value": phone, "primary": true }));
        let numbers: Vec<Value> = first.into_iter().chain(others).collect();
        if !numbers.is_empty() {
            self.attributes.insert("phoneNumbers".to_owned(), numbers.into());
        }
    }

    /// Whether the workspace lists the user as `deleted`.
    pub(super) fn is_deleted(&self) -> bool {
        !self.active || !self.in_workspace
    }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// `C...`, given by Slack.
    pub id: String,
    /// Without `#`.
    pub name: String,
    /// Only its members see it.
    pub private: bool,
    /// Everybody is in it.
    pub general: bool,
    /// Closed.
    pub archived: bool,
    /// The ids of the workspaces of other companies, `T...`, with which the channel is shared.
    pub shared_with: Vec<String>,
    /// The ids of the workspaces of other companies that were asked to share the channel and have not said yes yet.
    pub pending_with: Vec<String>,
    /// The ids of the users.
    pub members: IndexSet<String>,
    pub(super) created: Timestamp,
}

impl Channel {
    /// Whether another company is in it.
    pub(super) fn is_external(&self) -> bool {
        !self.shared_with.is_empty()
    }
}

/// A user group, which can be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserGroup {
    /// `S...`, given by Slack.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// As it is mentioned, without `@`.
    pub handle: String,
    /// What for.
    pub description: String,
    /// When it was disabled. None while it is enabled.
    pub disabled: Option<Timestamp>,
    /// The ids of the users.
    pub users: IndexSet<String>,
    /// The ids of the channels that new users join.
    pub channels: Vec<String>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

/// A group of the identity provider, which SCIM manages. User groups are something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroup {
    /// `S...`, given by Slack.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// The ids of the users.
    pub members: IndexSet<String>,
    pub(super) created: Timestamp,
}

/// Somebody else changes a user group, at the worst moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Race {
    pub(super) group: String,
    /// After a write, or after a read.
    pub(super) after_write: bool,
    pub(super) users: IndexSet<String>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) clock: Timestamp,
    pub(super) users: IndexMap<String, User>,
    pub(super) channels: IndexMap<String, Channel>,
    pub(super) groups: IndexMap<String, UserGroup>,
    pub(super) scim_groups: IndexMap<String, ScimGroup>,
    pub(super) races: Vec<Race>,
    last_id: u64,
}

impl State {
    pub(super) fn new(clock: Timestamp) -> Self {
        Self {
            clock,
            users: IndexMap::new(),
            channels: IndexMap::new(),
            groups: IndexMap::new(),
            scim_groups: IndexMap::new(),
            races: Vec::new(),
            last_id: 0xA0_0000,
        }
    }

    pub(super) fn next_id(&mut self, letter: char) -> String {
        self.last_id += 13;
        format!("{letter}0{:08X}", self.last_id)
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.last_id += 13;
        self.last_id
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&User> {
        self.users.values().find(|user| user.email.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(email)))
    }

    /// A user name that nobody has, made of a name or an address.
    pub(super) fn free_name(&self, wanted: &str) -> String {
        let local = wanted.split('@').next().unwrap_or_default().to_lowercase();
        let clean: String = local.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(21).collect();
        let taken = |name: &str| self.users.values().any(|user| user.name == name);
        let mut name = clean.clone();
        let mut number = 2;
        while taken(&name) {
            name = format!("{}{number}", clean.chars().take(19).collect::<String>());
            number += 1;
        }
        name
    }

    /// Makes a user who is there at once.
    pub(super) fn make_user(&mut self, name: &str, email: Option<&str>, kind: Kind) -> String {
        let id = self.next_id('U');
        let (name, email) = (self.free_name(name), email.map(str::to_owned));
        let user = User { id: id.clone(), name, email, kind, ..super::scim_user::blank(self.clock) };
        if kind == Kind::Member {
            for channel in self.channels.values_mut().filter(|channel| channel.general) {
                channel.members.insert(id.clone());
            }
        }
        self.users.insert(id.clone(), user);
        id
    }

    /// A user stops being active in the workspace: out of its channels, user groups and sessions.
    pub(super) fn leave(&mut self, id: &str) {
        for channel in self.channels.values_mut() {
            channel.members.shift_remove(id);
        }
        for group in self.groups.values_mut() {
            group.users.shift_remove(id);
        }
        if let Some(user) = self.users.get_mut(id) {
            user.sessions.clear();
            user.updated = self.clock;
        }
    }

    /// Deactivates or reactivates.
    pub(super) fn set_active(&mut self, id: &str, active: bool) {
        let Some(user) = self.users.get_mut(id) else { return };
        let was = std::mem::replace(&mut user.active, active);
        user.updated = self.clock;
        let member = user.kind == Kind::Member;
        if was && !active {
            self.leave(id);
        } else if !was && active && member {
            for channel in self.channels.values_mut().filter(|channel| channel.general) {
                channel.members.insert(id.to_owned());
            }
        }
    }

    /// Somebody else edits a user group now, where a test has planned that.
    pub(super) fn race(&mut self, group: &str, after_write: bool) {
        if let Some(index) = self.races.iter().position(|race| race.group == group && race.after_write == after_write) {
            let race = self.races.remove(index);
            if let Some(group) = self.groups.get_mut(group) {
                group.users = race.users;
                group.updated = self.clock;
            }
        }
    }
}
