//! Groups.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::member::Member;
use super::page::{Size, page};
use super::refusal::{Outcome, bad_request, duplicate, found, invalid, missing, not_found, tagged};
use super::users::object;
use super::workspace::Workspace;
use crate::web::{Answer, Request};

const PAGE: Size = Size { default: 200, maximum: 200 };

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) email: String,
    name: String,
    description: String,
    aliases: Vec<String>,
    /// By member id.
    pub(super) members: IndexMap<String, Member>,
    /// What reads of the members still show, and how often.
    pub(super) stale: Option<(usize, IndexMap<String, Member>)>,
}

impl Group {
    pub(super) fn has_address(&self, address: &str) -> bool {
        self.email.eq_ignore_ascii_case(address) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(address))
    }

    fn shown(&self) -> Value {
        let mut body = json!({
            "kind": "admin#directory#group", "id": self.id, "email": self.email, "name": self.name, "description": self.description,
            "adminCreated": true, "directMembersCount": self.members.len().to_string(),
        });
        if !self.aliases.is_empty() {
            body["aliases"] = json!(self.aliases);
        }
        tagged(body, "etag")
    }
}

impl Workspace {
    /// A group by hand; gives the id.
    pub fn add_group(&mut self, email: &str, name: &str) -> String {
        let id = format!("0{:014x}", self.number() * 7_919_017);
        let group = Group {
            id: id.clone(),
            email: email.to_lowercase(),
            name: name.to_owned(),
            description: String::new(),
            aliases: Vec::new(),
            members: IndexMap::new(),
            stale: None,
        };
        self.groups.insert(id.clone(), group);
        id
    }

    /// One more address of a group, by hand.
    pub fn add_group_alias(&mut self, group: &str, alias: &str) {
        if let Ok(id) = self.group(group).map(|group| group.id.clone())
            && let Some(group) = self.groups.get_mut(&id)
        {
            group.aliases.push(alias.to_lowercase());
        }
    }

    /// The group of this id or address.
    pub(super) fn group(&self, key: &str) -> Result<&Group, Answer> {
        let found = self.groups.get(key).or_else(|| self.groups.values().find(|group| group.has_address(key)));
        found.ok_or_else(|| not_found("groupKey"))
    }

    pub(super) fn get_group(&self, key: &str) -> Outcome {
        Ok(found(&self.group(key)?.shown()))
    }

    pub(super) fn insert_group(&mut self, request: &Request) -> Outcome {
        let body = object(request)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let email = text("email");
        if !email.contains('@') {
            return Err(invalid("Invalid Input: email"));
        }
        if !self.is_own(&email) {
            return Err(missing("Domain not found."));
        }
        if self.is_taken(&email) {
            return Err(duplicate("Entity already exists."));
        }
        let name = if text("name").is_empty() { email.split('@').next().unwrap_or_default().to_owned() } else { text("name") };
        let id = self.add_group(&email, &name);
        if let Some(group) = self.groups.get_mut(&id) {
            group.description = text("description");
        }
        self.get_group(&id)
    }

    pub(super) fn delete_group(&mut self, key: &str) -> Outcome {
        let id = self.group(key)?.id.clone();
        self.groups.remove(&id);
        self.assignments.retain(|_, assignment| assignment.assigned_to != id);
        for group in self.groups.values_mut() {
            group.members.shift_remove(&id);
        }
        Ok(Answer::empty(204))
    }

    /// Of the account, of a domain, or those that somebody is a direct member of.
    pub(super) fn list_groups(&self, request: &Request) -> Outcome {
        let domain = request.parameter("domain");
        let member = match request.parameter("userKey") {
            Some(key) => Some(self.member_id(&key).ok_or_else(|| not_found("userKey"))?),
            None => None,
        };
        match (request.parameter("customer"), &domain, &member) {
            (Some(customer), _, _) if self.is_customer(&customer) => {}
            (Some(_), _, _) => return Err(missing("Resource Not Found: customer")),
            (None, Some(domain), _) if !self.domains.contains(domain) => return Err(missing("Domain not found.")),
            (None, None, None) => return Err(bad_request()),
            _ => {}
        }
        let within = |group: &&Group| {
            let domain = domain.as_ref().is_none_or(|domain| group.email.ends_with(&format!("@{domain}")));
            domain && member.as_ref().is_none_or(|id| group.members.contains_key(id))
        };
        let descending = request.parameter("sortOrder").as_deref() == Some("DESCENDING");
        let mut rows: Vec<(String, &Group)> =
            self.groups.values().filter(within).map(|group| (group.email.clone(), group)).collect();
        rows.sort_by(|a, b| if descending { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) });
        let (groups, next) = page(rows, descending, request, PAGE, self.now())?;
        let mut body = json!({"kind": "admin#directory#groups"});
        if !groups.is_empty() {
            body["groups"] = groups.into_iter().map(Group::shown).collect();
        }
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }
}
