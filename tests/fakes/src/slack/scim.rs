//! SCIM 2.0 as Slack speaks it: DELETE of a user deactivates, errors have a shape of their own.

use serde_json::{Value, json};

use super::Slack;
use super::scim_user::{self, Guest};
use super::state::{Kind, ScimGroup, User};
use crate::scim::{GROUP, rules};
use crate::web::{Answer, Request};

/// No page is larger.
const LARGEST: usize = 1000;
/// How many entries a page has where the request does not say.
const PAGE: usize = 100;

/// A status and a word or a sentence.
pub(super) type Refused = (u16, String);

fn refuse(status: u16, description: &str) -> Refused {
    (status, description.to_owned())
}

fn refusal((status, description): Refused) -> Answer {
    Answer::json(status, &json!({ "Errors": { "description": description, "code": status } }))
}

impl Slack {
    /// A request below `/scim/v2`.
    pub(super) fn scim(&mut self, request: &Request, path: &[&str]) -> Answer {
        self.scim_checked(request, path).unwrap_or_else(refusal)
    }

    fn scim_checked(&mut self, request: &Request, path: &[&str]) -> Result<Answer, Refused> {
        if let Some(token) = &self.token {
            let given = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
            if given != Some(token) {
                return Err(refuse(401, "invalid_authentication"));
            }
        }
        if !self.quirks.scopes.contains("admin") || !self.quirks.scim {
            return Err(refuse(403, "not_authorized"));
        }
        if request.method != "GET"
            && let Some(limit) = self.quirks.scim_writes_per_minute
            && !self.calls.within("scim", limit, self.state.clock)
        {
            let answer = refusal(refuse(429, "ratelimited"));
            return Ok(answer.header("retry-after", self.quirks.retry_after.to_string()));
        }
        let body = || request.json().ok_or_else(|| refuse(400, "invalid_json"));
        match (request.method.as_str(), path) {
            ("GET", ["ServiceProviderConfig" | "ServiceProviderConfigs"]) => Ok(Answer::json(200, &provider())),
            ("GET", ["ResourceTypes"]) => Ok(Answer::json(200, &self.resource_types())),
            ("GET", ["Users"]) => self.scim_list(request, true),
            ("GET", ["Users", id]) => Ok(Answer::json(200, &self.scim_shown(self.scim_user(id)?))),
            ("POST", ["Users"]) => self.scim_create_user(body()?),
            ("PUT", ["Users", id]) => self.scim_put_user(id, body()?),
            ("PATCH", ["Users", id]) => self.scim_patch_user(id, body()?),
            ("DELETE", ["Users", id]) => {
                let id = self.scim_user(id)?.id.clone();
                self.state.set_active(&id, false);
                Ok(Answer::empty(204))
            }
            ("GET", ["Groups"]) => self.scim_list(request, false),
            ("GET", ["Groups", id]) => Ok(Answer::json(200, &self.scim_shown_group(self.scim_group_of(id)?))),
            ("POST", ["Groups"]) => self.scim_create_group(body()?),
            ("PUT", ["Groups", id]) => self.scim_change_group(id, rules::read(false, body()?)?, 200),
            ("PATCH", ["Groups", id]) => {
                let group = self.scim_group_of(id)?;
                let object = json!({ "displayName": group.name, "members": members(group) });
                let object = object.as_object().cloned().unwrap_or_default();
                self.scim_change_group(id, rules::patched(false, &object, &body()?)?, 204)
            }
            ("DELETE", ["Groups", id]) => {
                let id = self.scim_group_of(id)?.id.clone();
                self.state.scim_groups.shift_remove(&id);
                Ok(Answer::empty(204))
            }
            _ => Err(refuse(404, "unknown_endpoint")),
        }
    }

    fn scim_user(&self, id: &str) -> Result<&User, Refused> {
        self.state.users.get(id).filter(|user| user.kind != Kind::Bot).ok_or_else(|| refuse(404, "user_not_found"))
    }

    fn scim_shown(&self, user: &User) -> Value {
        scim_user::shown(user, &self.state, &self.base)
    }

    fn scim_group_of(&self, id: &str) -> Result<&ScimGroup, Refused> {
        self.state.scim_groups.get(id).ok_or_else(|| refuse(404, "group_not_found"))
    }

    fn scim_shown_group(&self, group: &ScimGroup) -> Value {
        let named = |id: &String| json!({ "value": id, "display": self.state.users.get(id).map(|user| user.name.as_str()) });
        json!({
            "schemas": [GROUP],
            "id": group.id,
            "meta": { "created": group.created.to_string(), "location": format!("{}/scim/v2/Groups/{}", self.base, group.id) },
            "displayName": group.name,
            "members": group.members.iter().map(named).collect::<Vec<_>>(),
        })
    }

    fn scim_list(&self, request: &Request, users: bool) -> Result<Answer, Refused> {
        let number = |name: &str| match request.parameter(name) {
            None => Ok(None),
            Some(text) => text.parse::<usize>().map(Some).map_err(|_| refuse(400, &format!("invalid_{name}"))),
        };
        let start = number("startIndex")?.unwrap_or(1).max(1);
        let count = number("count")?.unwrap_or(PAGE).min(LARGEST);
        let mut all: Vec<Value> = if users {
            let people = self.state.users.values().filter(|user| user.kind != Kind::Bot);
            people.map(|user| self.scim_shown(user)).collect()
        } else {
            self.state.scim_groups.values().map(|group| self.scim_shown_group(group)).collect()
        };
        if let Some(text) = request.parameter("filter") {
            let picks = rules::filter(users, &canonical(&text))?;
            all.retain(|one| one.as_object().is_some_and(&picks));
        }
        let total = all.len();
        let page: Vec<_> = all.into_iter().skip(start - 1).take(count).collect();
        Ok(Answer::json(
            200,
            &json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": total,
                "itemsPerPage": page.len(),
                "startIndex": start,
                "Resources": page,
            }),
        ))
    }

    fn scim_create_user(&mut self, mut body: Value) -> Result<Answer, Refused> {
        let guest = scim_user::take_guest(&mut body)?;
        let object = rules::read(true, body)?;
        self.check_guest(guest.as_ref())?;
        // Everything is checked on somebody who is not there yet.
        let mut user = scim_user::blank(self.state.clock);
        scim_user::write(&mut user, object, &self.state)?;
        let made = self.state.make_user(&user.name, user.email.as_deref(), Kind::Member);
        let active = std::mem::replace(&mut user.active, true);
        user.id.clone_from(&made);
        self.state.users.insert(made.clone(), user);
        self.scim_be_guest(&made, guest);
        self.state.set_active(&made, active);
        Ok(Answer::json(201, &self.scim_shown(&self.state.users[&made])))
    }

    fn scim_put_user(&mut self, id: &str, mut body: Value) -> Result<Answer, Refused> {
        let guest = scim_user::take_guest(&mut body)?;
        let object = rules::read(true, body)?;
        self.scim_written(id, object, guest)
    }

    fn scim_patch_user(&mut self, id: &str, mut body: Value) -> Result<Answer, Refused> {
        let guest = scim_user::take_guest_operations(&mut body)?;
        let object = scim_user::writable(self.scim_user(id)?);
        let left = body.get("Operations").and_then(Value::as_array).is_some_and(|operations| !operations.is_empty());
        let object = if left || guest.is_none() { rules::patched(true, &object, &body)? } else { object };
        self.scim_written(id, object, guest)
    }

    fn scim_written(
        &mut self,
        id: &str,
        object: serde_json::Map<String, Value>,
        guest: Option<Guest>,
    ) -> Result<Answer, Refused> {
        self.check_guest(guest.as_ref())?;
        let mut user = self.scim_user(id)?.clone();
        let was = user.active;
        scim_user::write(&mut user, object, &self.state)?;
        let active = std::mem::replace(&mut user.active, was);
        user.updated = self.state.clock;
        self.state.users.insert(id.to_owned(), user);
        self.scim_be_guest(id, guest);
        self.state.set_active(id, active);
        Ok(Answer::json(200, &self.scim_shown(&self.state.users[id])))
    }

    fn scim_be_guest(&mut self, id: &str, guest: Option<Guest>) {
        let Some(guest) = guest else { return };
        let Some(user) = self.state.users.get_mut(id) else { return };
        if let Some(kind) = guest.kind {
            user.kind = kind;
        }
        if let Some(expires) = guest.expires {
            user.guest_expires = expires;
        }
        // A guest is only where somebody put the guest.
        if user.is_guest() {
            for channel in self.state.channels.values_mut().filter(|channel| channel.general) {
                channel.members.shift_remove(id);
            }
        }
        for channel in guest.channels {
            if let Some(channel) = self.state.channels.get_mut(&channel) {
                channel.members.insert(id.to_owned());
            }
        }
    }

    fn check_guest(&self, guest: Option<&Guest>) -> Result<(), Refused> {
        let known = |channel: &String| self.state.channels.contains_key(channel);
        if guest.is_none_or(|guest| guest.channels.iter().all(known)) { Ok(()) } else { Err(refuse(400, "channel_not_found")) }
    }

    fn scim_create_group(&mut self, body: Value) -> Result<Answer, Refused> {
        let object = rules::read(false, body)?;
        let id = self.state.next_id('S');
        let group =
            ScimGroup { id: id.clone(), name: String::new(), members: indexmap::IndexSet::new(), created: self.state.clock };
        self.state.scim_groups.insert(id.clone(), group);
        let made = self.scim_change_group(&id, object, 201);
        if made.is_err() {
            self.state.scim_groups.shift_remove(&id);
        }
        made
    }

    fn scim_change_group(&mut self, id: &str, object: serde_json::Map<String, Value>, status: u16) -> Result<Answer, Refused> {
        self.scim_group_of(id)?;
        let name = object.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.state.scim_groups.values().any(|other| other.id != id && other.name.eq_ignore_ascii_case(&name)) {
            return Err(refuse(409, "group_name_taken"));
        }
        let members = object.get("members").and_then(Value::as_array).into_iter().flatten();
        let members: Vec<_> = members.filter_map(|member| member["value"].as_str()).map(str::to_owned).collect();
        for member in &members {
            self.scim_user(member)?;
        }
        if let Some(group) = self.state.scim_groups.get_mut(id) {
            (group.name, group.members) = (name, members.into_iter().collect());
        }
        if status == 204 {
            return Ok(Answer::empty(204));
        }
        Ok(Answer::json(status, &self.scim_shown_group(self.scim_group_of(id)?)))
    }

    fn resource_types(&self) -> Value {
        let kind = |name: &str, schema: &str| {
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
                "id": name,
                "name": name,
                "endpoint": format!("/{name}s"),
                "description": name,
                "schema": schema,
                "meta": { "location": format!("{}/scim/v2/ResourceTypes/{name}", self.base), "resourceType": "ResourceType" },
            })
        };
        let mut user = kind("User", crate::scim::USER);
        user["schemaExtensions"] = [crate::scim::ENTERPRISE_USER, scim_user::GUEST]
            .iter()
            .map(|schema| json!({ "schema": schema, "required": false }))
            .collect();
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [user, kind("Group", GROUP)] })
    }
}

fn members(group: &ScimGroup) -> Vec<Value> {
    group.members.iter().map(|id| json!({ "value": id })).collect()
}

/// Slack calls the addresses `email` in filters.
fn canonical(filter: &str) -> String {
    match filter.split_once(' ') {
        Some((name, rest)) if name.eq_ignore_ascii_case("email") || name.eq_ignore_ascii_case("emails") => {
            format!("emails.value {rest}")
        }
        _ => filter.to_owned(),
    }
}

fn provider() -> Value {
    json!({
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "Authentication with a token of OAuth",
            "specUrl": "https://tools.ietf.org/html/rfc6750",
            "primary": true,
        }],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": LARGEST },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "xmlDataFormat": { "supported": false },
    })
}
