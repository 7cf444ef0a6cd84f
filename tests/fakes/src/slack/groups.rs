//! `usergroups.*`. A list of users is replaced as a whole.

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::Slack;
use super::arguments::Arguments;
use super::fault::{Fault, Outcome, object};
use super::shape;
use super::state::UserGroup;

impl Slack {
    fn group_id(&self, arguments: &Arguments) -> Result<String, Fault> {
        let id = arguments.required("usergroup")?;
        if self.state.groups.contains_key(&id) { Ok(id) } else { Err(Fault::new("no_such_subteam")) }
    }

    fn shown_group(&self, id: &str, users: bool, count: bool) -> Value {
        shape::user_group(&self.state.groups[id], users, count, &self.caller)
    }

    pub(super) fn usergroups_list(&mut self, arguments: &Arguments) -> Outcome {
        let disabled = arguments.flag("include_disabled");
        let (users, count) = (arguments.flag("include_users"), arguments.flag("include_count"));
        let listed = self.state.groups.values().filter(|group| disabled || group.disabled.is_none());
        let ids: Vec<_> = listed.map(|group| group.id.clone()).collect();
        let shown: Vec<_> = ids.iter().map(|id| self.shown_group(id, users, count)).collect();
        if users {
            for id in ids {
                self.state.race(&id, false);
            }
        }
        Ok(object(json!({ "usergroups": shown })))
    }

    pub(super) fn usergroups_create(&mut self, arguments: &Arguments) -> Outcome {
        let name = arguments.required("name")?;
        let handle = arguments.text("handle").unwrap_or_else(|| name.to_lowercase().replace(' ', "-"));
        if self.state.groups.values().any(|group| group.name == name) {
            return Err(Fault::new("name_already_exists"));
        }
        if self.state.groups.values().any(|group| group.handle == handle) {
            return Err(Fault::new("handle_already_exists"));
        }
        let id = self.make_user_group(&name, &handle);
        if let Some(group) = self.state.groups.get_mut(&id) {
            group.description = arguments.text("description").unwrap_or_default();
            group.channels = arguments.list("channels").unwrap_or_default();
        }
        Ok(object(json!({ "usergroup": self.shown_group(&id, true, arguments.flag("include_count")) })))
    }

    pub(super) fn make_user_group(&mut self, name: &str, handle: &str) -> String {
        let id = self.state.next_id('S');
        let now = self.state.clock;
        let group = UserGroup {
            id: id.clone(),
            name: name.to_owned(),
            handle: handle.to_owned(),
            description: String::new(),
            disabled: None,
            users: IndexSet::new(),
            channels: Vec::new(),
            created: now,
            updated: now,
        };
        self.state.groups.insert(id.clone(), group);
        id
    }

    /// Changes a group and shows it.
    fn changed_group(&mut self, id: &str, arguments: &Arguments, change: impl FnOnce(&mut UserGroup)) -> Outcome {
        let now = self.state.clock;
        if let Some(group) = self.state.groups.get_mut(id) {
            change(group);
            group.updated = now;
        }
        Ok(object(json!({ "usergroup": self.shown_group(id, true, arguments.flag("include_count")) })))
    }

    pub(super) fn usergroups_update(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.group_id(arguments)?;
        let (name, handle) = (arguments.text("name"), arguments.text("handle"));
        let others = || self.state.groups.values().filter(|group| group.id != id);
        if others().any(|group| Some(&group.name) == name.as_ref()) {
            return Err(Fault::new("name_already_exists"));
        }
        if others().any(|group| Some(&group.handle) == handle.as_ref()) {
            return Err(Fault::new("handle_already_exists"));
        }
        let (description, channels) = (arguments.text("description"), arguments.list("channels"));
        self.changed_group(&id, arguments, |group| {
            group.name = name.unwrap_or_else(|| group.name.clone());
            group.handle = handle.unwrap_or_else(|| group.handle.clone());
            group.description = description.unwrap_or_else(|| group.description.clone());
            group.channels = channels.unwrap_or_else(|| group.channels.clone());
        })
    }

    pub(super) fn usergroups_enable(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.group_id(arguments)?;
        if self.state.groups[&id].disabled.is_none() {
            return Err(Fault::new("already_enabled"));
        }
        self.changed_group(&id, arguments, |group| group.disabled = None)
    }

    pub(super) fn usergroups_disable(&mut self, arguments: &Arguments) -> Outcome {
        let (id, now) = (self.group_id(arguments)?, self.state.clock);
        if self.state.groups[&id].disabled.is_some() {
            return Err(Fault::new("already_disabled"));
        }
        self.changed_group(&id, arguments, |group| group.disabled = Some(now))
    }

    pub(super) fn usergroups_users_list(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.group_id(arguments)?;
        let group = &self.state.groups[&id];
        if group.disabled.is_some() && !arguments.flag("include_disabled") {
            return Err(Fault::new("no_such_subteam"));
        }
        let users: Vec<_> = group.users.iter().cloned().collect();
        self.state.race(&id, false);
        Ok(object(json!({ "users": users })))
    }

    pub(super) fn usergroups_users_update(&mut self, arguments: &Arguments) -> Outcome {
        let id = self.group_id(arguments)?;
        let users: IndexSet<_> = arguments.list("users").unwrap_or_default().into_iter().collect();
        if users.is_empty() && !self.quirks.takes_empty_user_groups {
            return Err(Fault::new("no_users_provided"));
        }
        let there = |id: &String| self.known_user(id).is_ok_and(|user| !user.is_deleted());
        if !users.iter().all(there) {
            return Err(Fault::new("invalid_users"));
        }
        let shown = self.changed_group(&id, arguments, |group| group.users = users);
        self.state.race(&id, true);
        shown
    }
}
