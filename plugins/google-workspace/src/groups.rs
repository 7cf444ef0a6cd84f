//! Groups, and who is directly in them.

use crate::Workspace;
use crate::api;
use crate::entitlements::{holder_id, not_there};
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// The kind of entitlement.
pub(crate) const KIND: &str = "group";
/// How many groups or members Google gives in one page at most (`groups.list`, `members.list`).
const PAGE: u32 = 200;

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct Members {
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    role: Option<String>,
}

impl Group {
    /// The address is the name: names of groups need not be unique, and everybody knows a group by its address.
    fn entitlement(self) -> Entitlement {
        let description =
            [self.name, self.description].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        Entitlement {
            description: (!description.is_empty()).then_some(description),
            ..Entitlement::new(EntitlementKey::new(KIND, self.id), self.email)
        }
    }
}

impl Workspace {
    fn group_path(&self, group: &str) -> String {
        self.directory(&format!("/groups/{}", segment(group)))
    }

    pub(crate) fn groups_page(&self, token: Option<&str>) -> Result<(Vec<Entitlement>, Option<String>)> {
        let (page, next) = self.page::<Groups>(self.of_everybody("/groups"), PAGE, token)?;
        Ok((page.groups.into_iter().map(Group::entitlement).collect(), next))
    }

    /// The groups that an account is directly in.
    pub(crate) fn groups_of(&self, account: &str, token: Option<&str>) -> Result<(Vec<Grant>, Option<String>)> {
        let request = http::get(self.directory("/groups")).query("userKey", account);
        let (page, next) = self.page::<Groups>(request, PAGE, token)?;
        let grant = |group: Group| Grant::new(EntitlementKey::new(KIND, group.id), Holder::Account(account.to_owned()));
        Ok((page.groups.into_iter().map(grant).collect(), next))
    }

    pub(crate) fn members_page(&self, group: &str, token: Option<&str>) -> Result<(Vec<Grant>, Option<String>)> {
        let request = http::get(format!("{}/members", self.group_path(group)));
        let (page, next) = self.page::<Members>(request, PAGE, token)?;
        Ok((page.members.into_iter().filter_map(|member| member.grant(group)).collect(), next))
    }

    pub(crate) fn add_member(&self, group: &str, holder: &Holder) -> Result<Effect> {
        let path = self.group_path(group);
        let body = json!({ "id": holder_id(holder)?, "role": "MEMBER" });
        match self.send(http::post(format!("{path}/members")).json(&body)) {
            Ok(_) => Ok(Effect::Done),
            // "Member already exists."
            Err(error) if error.code == ErrorCode::Conflict && error.remote_status == Some(409) => Ok(Effect::Already),
            Err(error) if error.code == ErrorCode::NotFound => Err(not_there(error, holder, self.send(http::get(path)))),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn remove_member(&self, group: &str, holder: &Holder) -> Result<Effect> {
        let path = format!("{}/members/{}", self.group_path(group), segment(holder_id(holder)?));
        let done = api::deleted(self.send(http::delete(path)))?;
        Ok(if done { Effect::Done } else { Effect::Already })
    }
}

impl Member {
    /// The grant, for members that can be named: not for "everybody of this customer", nor for addresses elsewhere without an id.
    fn grant(self, group: &str) -> Option<Grant> {
        let kind = self.kind.unwrap_or_default();
        let holder = match (self.id.filter(|id| !id.is_empty()), kind.as_str()) {
            (Some(id), "USER") => Holder::Account(id),
            (Some(id), "GROUP") => Holder::Entitlement(EntitlementKey::new(KIND, id)),
            _ => {
                let email = self.email.unwrap_or_default();
                log::debug!("a member of a group is neither a user nor a group here"; "group" = group, "type" = kind, "email" = email);
                return None;
            }
        };
        let role = self.role.map(|role| Extra { name: "role".to_owned(), value: role });
        Some(Grant { extra: role.into_iter().collect(), ..Grant::new(EntitlementKey::new(KIND, group), holder) })
    }
}
