//! Into a group and out of it.

use crate::Scim;
use crate::failure;
use crate::filter::quoted;
use crate::groups::{id_of, members};
use crate::listing::{Place, Query};
use crate::resource::{Resource, spelling, text};
use crate::settings::{Choice, OpCase, RemoveMembers};
use crate::standard;
use crate::users::lacks_patch;
use innkeeper_sdk::prelude::*;
use serde_json::{Value as Json, json};

impl Scim {
    pub(crate) fn add_member(&self, holder: &Holder, key: &EntitlementKey) -> Result<Effect> {
        let path = self.group_of(key)?;
        if !self.patches()? {
            return self.put_member(&path, holder, true);
        }
        // That a filter finds nothing is reason enough to add: adding twice does no harm (RFC 7644, section 3.5.2.1).
        if self.settings.quirks.check_membership
            && self.filter_member(holder, key)? != Some(false)
            && has(&self.read(&path)?, holder)
        {
            return Ok(Effect::Already);
        }
        let op = json!({ "op": self.op("add"), "path": "members", "value": [as_member(holder)] });
        match self.patch_members(&path, &op) {
            Ok(()) => Ok(Effect::Done),
            Err(error) if lacks_patch(&error) => self.put_member(&path, holder, true),
            // Some servers refuse to add a member twice.
            Err(error) if matches!(error.remote_status, Some(400 | 409)) => match self.read(&path) {
                Ok(group) if has(&group, holder) => Ok(Effect::Already),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    pub(crate) fn remove_member(&self, holder: &Holder, key: &EntitlementKey) -> Result<Effect> {
        match self.take_out(holder, key) {
            // A group that does not exist is held by nobody.
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            answer => answer,
        }
    }

    fn take_out(&self, holder: &Holder, key: &EntitlementKey) -> Result<Effect> {
        let path = self.group_of(key)?;
        if !self.patches()? {
            return self.put_member(&path, holder, false);
        }
        // That a filter finds nothing is not enough to say that nobody is in: only the group itself can say that.
        if self.settings.quirks.check_membership
            && self.filter_member(holder, key)? != Some(true)
            && !has(&self.read(&path)?, holder)
        {
            return Ok(Effect::Already);
        }
        let id = id_of(holder);
        let op = match self.settings.quirks.remove_members {
            RemoveMembers::Filter => json!({ "op": self.op("remove"), "path": format!("members[value eq {}]", quoted(id)) }),
            RemoveMembers::Value => json!({ "op": self.op("remove"), "path": "members", "value": [{ "value": id }] }),
        };
        match self.patch_members(&path, &op) {
            Ok(()) => Ok(Effect::Done),
            Err(error) if lacks_patch(&error) => self.put_member(&path, holder, false),
            Err(error) if failure::is(&error, "noTarget") => {
                if has(&self.read(&path)?, holder) {
                    Err(error)
                } else {
                    Ok(Effect::Already)
                }
            }
            Err(error) => Err(error),
        }
    }

    fn op(&self, name: &str) -> String {
        match self.settings.quirks.patch_op {
            OpCase::Lower => name.to_owned(),
            OpCase::Capital => name[..1].to_ascii_uppercase() + &name[1..],
        }
    }

    fn patch_members(&self, path: &str, op: &Json) -> Result<()> {
        let body = json!({ "schemas": [standard::PATCH], "Operations": [op] });
        self.send(self.with_body(http::patch(path), &body, None), &[]).map(|_| ())
    }

    /// Whether the server's filter finds the holder in the group, without the group's other members; none where it cannot tell.
    fn filter_member(&self, holder: &Holder, key: &EntitlementKey) -> Result<Option<bool>> {
        if self.settings.quirks.filter == Choice::No {
            return Ok(None);
        }
        let filter = format!("id eq {} and members.value eq {}", quoted(&key.id), quoted(id_of(holder)));
        let path = self.settings.quirks.groups.clone();
        let query = Query { path, filter: Some(filter), excluded: Some("members") };
        match self.page(&query, Place::default()) {
            Ok(page) if page.resources.is_empty() => Ok(Some(false)),
            Ok(page) => Ok((page.resources.len() == 1 && page.resources[0].id == key.id).then_some(true)),
            Err(error) if failure::refuses(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The whole group with one member more or less, for servers without PATCH.
    fn put_member(&self, path: &str, holder: &Holder, add: bool) -> Result<Effect> {
        let group = self.read(path)?;
        if has(&group, holder) == add {
            return Ok(Effect::Already);
        }
        let mut object = group.object.clone();
        let key = spelling(&object, "members");
        let mut list = object.get(&key).and_then(Json::as_array).cloned().unwrap_or_default();
        if add {
            list.push(as_member(holder));
        } else {
            list.retain(|entry| entry.as_object().and_then(|entry| text(entry, "value")).as_deref() != Some(id_of(holder)));
        }
        object.insert(key, Json::Array(list));
        let meta = spelling(&object, "meta");
        object.remove(&meta);
        let version = group.version.as_deref();
        self.send(self.with_body(http::put(path), &Json::Object(object), version), &[]).map(|_| Effect::Done)
    }
}

fn has(group: &Resource, holder: &Holder) -> bool {
    members(group).iter().any(|member| id_of(member) == id_of(holder))
}

/// A member as it is written. That it is a user goes without saying, and some servers refuse to hear it.
fn as_member(holder: &Holder) -> Json {
    match holder {
        Holder::Account(id) => json!({ "value": id }),
        Holder::Entitlement(key) => json!({ "value": key.id, "type": "Group" }),
    }
}
