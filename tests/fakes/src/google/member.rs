//! Members of groups: users, groups, and addresses from elsewhere.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::page::{Size, page};
use super::refusal::{Outcome, condition, duplicate, found, invalid, not_found, required, tagged};
use super::users::object;
use super::workspace::Workspace;
use crate::token::digest;
use crate::web::{Answer, Request};

const PAGE: Size = Size { default: 200, maximum: 200 };

const ROLES: [&str; 3] = ["OWNER", "MANAGER", "MEMBER"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// For addresses from elsewhere; users and groups have their own.
    email: String,
    role: String,
}

impl Workspace {
    /// A member by hand; `role` is `OWNER`, `MANAGER` or `MEMBER`.
    pub fn add_member(&mut self, group: &str, member: &str, role: &str) {
        let id = self.member_id(member).unwrap_or_else(|| foreign(member));
        if let Ok(group) = self.group(group).map(|group| group.id.clone())
            && let Some(group) = self.groups.get_mut(&group)
        {
            group.members.insert(id, Member { email: member.to_lowercase(), role: role.to_owned() });
        }
    }

    /// The addresses of the direct members of a group.
    #[must_use]
    pub fn members_of(&self, group: &str) -> Vec<String> {
        let members = self.group(group).map(|group| group.members.iter().map(|(id, member)| self.address(id, member)).collect());
        members.unwrap_or_default()
    }

    /// The id of a user or a group of this account.
    pub(super) fn member_id(&self, key: &str) -> Option<String> {
        let user = self.find_user(key).map(|user| user.id.clone());
        user.or_else(|| self.group(key).ok().map(|group| group.id.clone()))
    }

    fn address(&self, id: &str, member: &Member) -> String {
        let user = self.find_user(id).map(|user| user.primary_email.clone());
        user.or_else(|| self.groups.get(id).map(|group| group.email.clone())).unwrap_or_else(|| member.email.clone())
    }

    fn shown_member(&self, id: &str, member: &Member) -> Value {
        let mut body = json!({
            "kind": "admin#directory#member", "id": id, "email": self.address(id, member), "role": member.role,
            "type": if self.groups.contains_key(id) { "GROUP" } else { "USER" },
        });
        if let Some(user) = self.users.get(id) {
            body["status"] = json!(if user.suspended { "SUSPENDED" } else { "ACTIVE" });
        } else if self.groups.contains_key(id) {
            body["status"] = json!("ACTIVE");
        }
        tagged(body, "etag")
    }

    /// The members as this request sees them, which may be those of before.
    fn seen_members(&mut self, group: &str) -> Result<IndexMap<String, Member>, Answer> {
        let id = self.group(group)?.id.clone();
        let group = self.groups.get_mut(&id).ok_or_else(|| not_found("groupKey"))?;
        match group.stale.take() {
            Some((left, before)) if left > 0 => {
                group.stale = Some((left - 1, before.clone()));
                Ok(before)
            }
            _ => Ok(group.members.clone()),
        }
    }

    pub(super) fn list_members(&mut self, group: &str, request: &Request) -> Outcome {
        let mut members = self.seen_members(group)?;
        if request.parameter("includeDerivedMembership").as_deref() == Some("true") {
            let mut nested: Vec<String> = members.keys().cloned().collect();
            while let Some(inner) = nested.pop().and_then(|id| self.groups.get(&id)) {
                for (id, member) in &inner.members {
                    if !members.contains_key(id) {
                        members.insert(id.clone(), Member { role: "MEMBER".to_owned(), ..member.clone() });
                        nested.push(id.clone());
                    }
                }
            }
        }
        if let Some(roles) = request.parameter("roles") {
            members.retain(|_, member| roles.split(',').any(|role| role.trim() == member.role));
        }
        let mut rows: Vec<(String, Value)> =
            members.iter().map(|(id, member)| (id.clone(), self.shown_member(id, member))).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let (rows, next) = page(rows, false, request, PAGE, self.now())?;
        let mut body = json!({"kind": "admin#directory#members"});
        if !rows.is_empty() {
            body["members"] = json!(rows);
        }
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }

    pub(super) fn get_member(&mut self, group: &str, member: &str) -> Outcome {
        let members = self.seen_members(group)?;
        let (id, member) = self.find_member(&members, member).ok_or_else(|| not_found("memberKey"))?;
        Ok(found(&self.shown_member(&id, &member)))
    }

    fn find_member(&self, members: &IndexMap<String, Member>, key: &str) -> Option<(String, Member)> {
        let id = self.member_id(key).unwrap_or_else(|| if key.contains('@') { foreign(key) } else { key.to_owned() });
        members.get(&id).map(|member| (id.clone(), member.clone()))
    }

    /// Direct or nested. Only users and groups of the account can be asked about.
    pub(super) fn has_member(&mut self, group: &str, member: &str) -> Outcome {
        let id = self.member_id(member).ok_or_else(|| invalid("Invalid Input: memberKey"))?;
        let members = self.seen_members(group)?;
        let is_member = members.contains_key(&id) || members.keys().any(|inner| self.reaches(inner, &id));
        Ok(Answer::json(200, &json!({"isMember": is_member})))
    }

    /// Whether a member is below a group, at any depth.
    fn reaches(&self, group: &str, member: &str) -> bool {
        let Some(group) = self.groups.get(group) else { return false };
        group.members.contains_key(member) || group.members.keys().any(|inner| self.reaches(inner, member))
    }

    pub(super) fn insert_member(&mut self, group: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let group = self.group(group)?.id.clone();
        let key = text("email").or_else(|| text("id")).ok_or_else(|| required("memberKey"))?.to_lowercase();
        let role = text("role").unwrap_or("MEMBER").to_owned();
        if !ROLES.contains(&role.as_str()) {
            return Err(invalid("Invalid Input: role"));
        }
        let id = match self.member_id(&key) {
            Some(id) if self.is_unready(&id) => return Err(not_found("memberKey")),
            Some(id) => id,
            // Anybody from elsewhere can be a member; an own address has to be there.
            None if key.contains('@') && !self.is_own(&key) => foreign(&key),
            None => return Err(not_found("memberKey")),
        };
        if id == group || self.reaches(&id, &group) {
            return Err(condition("Cyclic memberships not allowed"));
        }
        if self.groups[&group].members.contains_key(&id) {
            return Err(duplicate("Member already exists."));
        }
        let member = Member { email: key, role };
        self.change_members(&group, |members| drop(members.insert(id.clone(), member.clone())));
        Ok(found(&self.shown_member(&id, &member)))
    }

    pub(super) fn update_member(&mut self, group: &str, member: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let group = self.group(group)?;
        let (id, mut member) = self.find_member(&group.members, member).ok_or_else(|| not_found("memberKey"))?;
        let group = group.id.clone();
        if let Some(role) = body.get("role") {
            let role = role.as_str().filter(|role| ROLES.contains(role)).ok_or_else(|| invalid("Invalid Input: role"))?;
            role.clone_into(&mut member.role);
        }
        self.change_members(&group, |members| drop(members.insert(id.clone(), member.clone())));
        Ok(found(&self.shown_member(&id, &member)))
    }

    pub(super) fn delete_member(&mut self, group: &str, member: &str) -> Outcome {
        let group = self.group(group)?;
        let (id, _) = self.find_member(&group.members, member).ok_or_else(|| not_found("memberKey"))?;
        let group = group.id.clone();
        self.change_members(&group, |members| drop(members.shift_remove(&id)));
        Ok(Answer::empty(204))
    }

    fn change_members(&mut self, group: &str, change: impl FnOnce(&mut IndexMap<String, Member>)) {
        let reads = self.quirks.stale_member_reads;
        if let Some(group) = self.groups.get_mut(group) {
            if reads > 0 {
                group.stale = Some((reads, group.members.clone()));
            }
            change(&mut group.members);
        }
    }
}

/// The id of a member from elsewhere.
fn foreign(address: &str) -> String {
    format!("ext{}", digest([address.to_lowercase().as_str()]))
}
