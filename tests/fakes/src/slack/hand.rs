//! What a test does by hand, without a request, and what it looks at.

use indexmap::IndexSet;
use jiff::{SignedDuration, Timestamp};

use super::Slack;
use super::state::{Channel, Kind, Race, ScimGroup, User, UserGroup};

impl Slack {
    /// What time it is here.
    #[must_use]
    pub fn clock(&self) -> Timestamp {
        self.state.clock
    }

    /// Says what time it is. Guests whose time is over are deactivated.
    pub fn set_clock(&mut self, now: Timestamp) {
        self.state.clock = now;
        let over = |user: &&User| user.active && user.is_guest() && user.guest_expires.is_some_and(|at| at <= now.as_second());
        let over: Vec<_> = self.state.users.values().filter(over).map(|user| user.id.clone()).collect();
        for id in over {
            self.state.set_active(&id, false);
        }
    }

    /// So much time passes.
    ///
    /// # Panics
    /// When it is more than time itself has.
    pub fn advance(&mut self, by: SignedDuration) {
        self.set_clock(self.state.clock + by);
    }

    /// Makes a full member; the id.
    pub fn add_user(&mut self, name: &str, email: &str) -> String {
        self.state.make_user(name, Some(email), Kind::Member)
    }

    /// Makes a guest or a bot; the id.
    pub fn add_user_of_kind(&mut self, name: &str, email: Option<&str>, kind: Kind) -> String {
        self.state.make_user(name, email, kind)
    }

    /// Changes a user, as the person or an administrator does.
    ///
    /// # Panics
    /// When there is no such user.
    pub fn change_user(&mut self, id: &str, change: impl FnOnce(&mut User)) {
        change(&mut self.state.users[id]);
    }

    /// Deactivates or reactivates a user by hand.
    pub fn set_active(&mut self, id: &str, active: bool) {
        self.state.set_active(id, active);
    }

    /// The person who was invited comes in.
    ///
    /// # Panics
    /// When nobody is invited with the address.
    pub fn accept_invitation(&mut self, email: &str) {
        let invited = self.state.by_email(email).filter(|user| user.invited).map(|user| user.id.clone());
        let id = invited.unwrap_or_else(|| panic!("{email} is not invited"));
        self.change_user(&id, |user| user.invited = false);
        self.sign_in(&id);
    }

    /// The person signs in; the id of the session.
    ///
    /// # Panics
    /// When there is no such user.
    pub fn sign_in(&mut self, id: &str) -> u64 {
        let session = self.state.next_number();
        self.change_user(id, |user| user.sessions.push(session));
        session
    }

    /// Makes a channel with these members; the id.
    pub fn add_channel(&mut self, name: &str, private: bool, members: &[&str]) -> String {
        let id = self.state.next_id('C');
        let channel = Channel {
            id: id.clone(),
            name: name.to_owned(),
            private,
            general: false,
            archived: false,
            shared_with: Vec::new(),
            pending_with: Vec::new(),
            members: members.iter().map(|id| (*id).to_owned()).collect(),
            created: self.state.clock,
        };
        self.state.channels.insert(id.clone(), channel);
        id
    }

    /// Changes a channel.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn change_channel(&mut self, id: &str, change: impl FnOnce(&mut Channel)) {
        change(&mut self.state.channels[id]);
    }

    /// Makes a user group with these users; the id.
    pub fn add_user_group(&mut self, handle: &str, users: &[&str]) -> String {
        let id = self.make_user_group(handle, handle);
        self.state.groups[&id].users = users.iter().map(|id| (*id).to_owned()).collect();
        id
    }

    /// Right after the next read of the users of a group, somebody else replaces them.
    pub fn edit_after_read(&mut self, handle: &str, users: &[&str]) {
        self.plan(handle, false, users);
    }

    /// Right after the next write of the users of a group, somebody else replaces them.
    pub fn edit_after_write(&mut self, handle: &str, users: &[&str]) {
        self.plan(handle, true, users);
    }

    fn plan(&mut self, handle: &str, after_write: bool, users: &[&str]) {
        let group = self.usergroup(handle).unwrap_or_else(|| panic!("there is no user group {handle}")).id.clone();
        let users: IndexSet<_> = users.iter().map(|id| (*id).to_owned()).collect();
        self.state.races.push(Race { group, after_write, users });
    }

    /// A user, by id or name.
    #[must_use]
    pub fn user(&self, id_or_name: &str) -> Option<&User> {
        self.state.users.get(id_or_name).or_else(|| self.state.users.values().find(|user| user.name == id_or_name))
    }

    /// A user, by e-mail address.
    #[must_use]
    pub fn user_with_email(&self, email: &str) -> Option<&User> {
        self.state.by_email(email)
    }

    /// All users in the order in which they came, without Slackbot.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.state.users.values()
    }

    /// A user group, by its handle.
    #[must_use]
    pub fn usergroup(&self, handle: &str) -> Option<&UserGroup> {
        self.state.groups.values().find(|group| group.handle == handle)
    }

    /// A channel, by its name.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.state.channels.values().find(|channel| channel.name == name)
    }

    /// A group of SCIM, by its name.
    #[must_use]
    pub fn scim_group(&self, name: &str) -> Option<&ScimGroup> {
        self.state.scim_groups.values().find(|group| group.name == name)
    }
}
