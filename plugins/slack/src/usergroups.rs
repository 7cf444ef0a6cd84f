//! User groups, `@designers`. Slack replaces the whole list of members with every change and takes no empty one: a group without
//! members has to be disabled (<https://docs.slack.dev/reference/methods/usergroups.users.update>).

use crate::web::or_default;
use crate::{Slack, failure};
use innkeeper_sdk::prelude::*;
use serde::Deserialize;

/// The kind of entitlement.
pub(crate) const KIND: &str = "usergroup";

/// One user group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    #[serde(deserialize_with = "or_default")]
    pub(crate) id: String,
    name: Option<String>,
    handle: Option<String>,
    description: Option<String>,
    /// When it was disabled, in seconds since 1970; 0 for one that is not.
    #[serde(deserialize_with = "or_default")]
    date_delete: i64,
    /// Which rule of Slack fills it: `admins`, `owners`.
    auto_type: Option<String>,
    #[serde(deserialize_with = "or_default")]
    is_external: bool,
    #[serde(deserialize_with = "or_default")]
    is_idp_group: bool,
    #[serde(deserialize_with = "or_default")]
    is_membership_locked: bool,
    /// None where the answer does not say.
    users: Option<Vec<String>>,
}

impl Group {
    pub(crate) fn is_disabled(&self) -> bool {
        self.date_delete != 0
    }

    /// Why nobody but Slack may say who is in it; none if anybody may.
    pub(crate) fn locked(&self) -> Option<&'static str> {
        if self.is_idp_group {
            Some("the identity provider fills it")
        } else if self.auto_type.as_deref().is_some_and(|rule| !rule.is_empty()) {
            Some("Slack fills it by a rule")
        } else if self.is_external {
            Some("it belongs to another company")
        } else if self.is_membership_locked {
            Some("its members are locked")
        } else {
            None
        }
    }

    fn key(&self) -> EntitlementKey {
        EntitlementKey::new(KIND, &self.id)
    }

    fn entitlement(&self) -> Entitlement {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let name = text(&self.name).or_else(|| text(&self.handle)).unwrap_or_else(|| self.id.clone());
        let mut entitlement = Entitlement::new(self.key(), name);
        entitlement.description = text(&self.description);
        entitlement.assignable = self.locked().is_none();
        let mut note = |name: &str, value: String| entitlement.extra.push(Extra { name: name.to_owned(), value });
        if let Some(handle) = text(&self.handle) {
            note("handle", handle);
        }
        if self.is_disabled() {
            note("disabled", "true".to_owned());
        }
        entitlement
    }
}

#[derive(Deserialize)]
struct Groups {
    usergroups: Vec<Group>,
}

#[derive(Deserialize)]
struct Users {
    users: Vec<String>,
}

/// What a write answers with: the group as it is now.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(deserialize_with = "or_default")]
    usergroup: Group,
}

impl Slack {
    /// All groups, which Slack lists in one page.
    fn groups(&self, users: bool, disabled: bool) -> Result<Vec<Group>> {
        let call = self.in_team(self.read("usergroups.list")).with("include_disabled", disabled).with("include_users", users);
        let groups = match call.send() {
            Ok(answer) => answer.get::<Groups>()?.usergroups,
            // A plan without user groups has none, and everything else works.
            Err(error) if failure::is(&error, &["plan_upgrade_required"]) => Vec::new(),
            Err(error) => return Err(error),
        };
        if groups.iter().any(|group| group.id.is_empty()) {
            return Err(Error::malformed("usergroups.list was answered with a group that has no id"));
        }
        Ok(groups)
    }

    /// Disabled ones included: a grant brings them back.
    pub(crate) fn list_usergroups(&self) -> Result<Vec<Entitlement>> {
        Ok(self.groups(false, true)?.iter().map(Group::entitlement).collect())
    }

    /// One group with who is in it.
    pub(crate) fn usergroup(&self, id: &str) -> Result<(Group, Vec<String>)> {
        let found = self.groups(true, true)?.into_iter().find(|group| group.id == id);
        let group = found.ok_or_else(|| Error::not_found(format!("there is no user group {id}")))?;
        let holders = self.holders(&group)?;
        Ok((group, holders))
    }

    /// Who is in a group. Slack remembers who was in one that is disabled, and nobody is in it.
    fn holders(&self, group: &Group) -> Result<Vec<String>> {
        if group.is_disabled() {
            return Ok(Vec::new());
        }
        let users = match &group.users {
            Some(users) => users.clone(),
            None => return self.users_of(&group.id),
        };
        Ok(users.into_iter().filter(|id| !id.is_empty()).collect())
    }

    /// Who is in a group that is not disabled.
    pub(crate) fn users_of(&self, id: &str) -> Result<Vec<String>> {
        let users = self.in_team(self.read("usergroups.users.list")).with("usergroup", id).send()?.get::<Users>()?.users;
        Ok(users.into_iter().filter(|id| !id.is_empty()).collect())
    }

    /// Who is in which group, all or one person's.
    pub(crate) fn usergroup_grants(&self, of: Option<&str>) -> Result<Vec<Grant>> {
        let mut grants = Vec::new();
        for group in self.groups(true, false)? {
            let holders = self.holders(&group)?.into_iter().filter(|id| of.is_none_or(|of| of == id));
            grants.extend(holders.map(|id| Grant::new(group.key(), Holder::Account(id))));
        }
        Ok(grants)
    }

    /// Makes these the members, all of them. The group may not become empty by it.
    pub(crate) fn replace_users(&self, id: &str, users: &[String]) -> Result<()> {
        self.in_team(self.write("usergroups.users.update"))
            .with("usergroup", id)
            .with("users", users.join(","))
            .send()
            .map(|_| ())
    }

    /// Disables the group, and says who was in it at that moment, as far as Slack does.
    pub(crate) fn disable(&self, id: &str) -> Result<Vec<String>> {
        match self.in_team(self.write("usergroups.disable")).with("usergroup", id).send() {
            Ok(answer) => Ok(answer.get::<Written>()?.usergroup.users.unwrap_or_default()),
            Err(error) if failure::is(&error, &["already_disabled"]) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn enable(&self, id: &str) -> Result<()> {
        match self.in_team(self.write("usergroups.enable")).with("usergroup", id).send() {
            Err(error) if !failure::is(&error, &["already_enabled"]) => Err(error),
            _ => Ok(()),
        }
    }
}
