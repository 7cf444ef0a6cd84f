//! Into a group and out of it.

use crate::Scim;
use crate::dialect::{Choice, RemoveMembers};
use crate::failure;
use crate::filter::quoted;
use crate::groups::id_of;
use crate::listing::{Place, Query};
use crate::resource::{Object, Resource, spelling, text};
use crate::standard;
use crate::users::lacks_patch;
use innkeeper_sdk::prelude::*;
use serde_json::{Value as Json, json};
use std::slice::from_ref;

/// How many members a filter asks about at most: with ids of 36 characters, URLs stay below the 8,000 that servers commonly take.
const FILTERED: usize = 64;

/// Who is to come in, and who is to go.
struct Change<'a> {
    add: Vec<&'a Holder>,
    remove: Vec<&'a Holder>,
}

impl Change<'_> {
    fn len(&self) -> usize {
        self.add.len() + self.remove.len()
    }

    /// What of it is still to be done in a group with these members.
    fn left(&self, members: &[Holder]) -> Self {
        let is_in = |holder: &&Holder| members.iter().any(|member| id_of(member) == id_of(holder));
        Self {
            add: self.add.iter().copied().filter(|holder| !is_in(holder)).collect(),
            remove: self.remove.iter().copied().filter(is_in).collect(),
        }
    }

    /// The members of the group afterwards, those who stay just as they are.
    fn members(&self, group: &Object) -> Vec<Json> {
        let mut members = group.get(&spelling(group, "members")).and_then(Json::as_array).cloned().unwrap_or_default();
        members.retain(|entry| {
            let id = entry.as_object().and_then(|entry| text(entry, "value"));
            !self.remove.iter().any(|holder| id.as_deref() == Some(id_of(holder)))
        });
        members.extend(self.add.iter().map(|holder| as_member(holder)));
        members
    }
}

impl Scim {
    /// Puts the holder into the group.
    ///
    /// # Errors
    /// `not-found` for a group that does not exist, `invalid` for another kind of entitlement and for a group as a member where groups
    /// do not nest.
    pub fn grant(&self, holder: &Holder, entitlement: &EntitlementKey) -> Result<Effect> {
        self.amend(entitlement, from_ref(holder), &[])
    }

    /// Takes the holder out of the group, and nobody else.
    ///
    /// # Errors
    /// As [`Scim::grant`]; a group that does not exist is held by nobody, which is `already`.
    pub fn revoke(&self, holder: &Holder, entitlement: &EntitlementKey) -> Result<Effect> {
        self.amend(entitlement, &[], from_ref(holder))
    }

    /// Puts some holders into the group and takes others out, in one PATCH, or by reading the group and one PUT; all other members
    /// stay.
    ///
    /// # Errors
    /// As [`Scim::grant`], and `invalid` for a holder that is both to come in and to go.
    pub fn amend(&self, entitlement: &EntitlementKey, add: &[Holder], remove: &[Holder]) -> Result<Effect> {
        let path = self.group_of(entitlement)?;
        let rules = self.groups()?;
        for holder in add.iter().chain(remove) {
            if let Holder::Entitlement(key) = holder
                && (!rules.nests || key.kind != rules.kind)
            {
                return Err(Error::invalid(format!("the {} {} cannot be a member of a {} here", key.kind, key.id, rules.kind)));
            }
        }
        let change = Change { add: unique(add), remove: unique(remove) };
        if let Some(both) = change.add.iter().find(|holder| change.remove.iter().any(|other| id_of(other) == id_of(holder))) {
            return Err(Error::invalid(format!("{} is both to be added and to be removed", id_of(both))));
        }
        match self.change_members(&path, entitlement, &change) {
            // A group that does not exist is held by nobody.
            Err(error) if add.is_empty() && error.code == ErrorCode::NotFound => Ok(Effect::Already),
            answer => answer,
        }
    }

    fn change_members(&self, path: &str, key: &EntitlementKey, change: &Change) -> Result<Effect> {
        if change.len() == 0 {
            return Ok(Effect::Already);
        }
        if !self.patches()? {
            return self.put_members(path, change);
        }
        if self.groups()?.remove_members == RemoveMembers::Whole && !change.remove.is_empty() {
            return self.replace_members(path, change);
        }
        let looked;
        let mut change = change;
        if self.groups()?.check_membership && !self.is_outstanding(key, change)? {
            looked = change.left(&self.members(&self.read(path)?)?);
            change = &looked;
            if change.len() == 0 {
                return Ok(Effect::Already);
            }
        }
        match self.patch_members(path, &self.operations(change)?, None) {
            Ok(()) => Ok(Effect::Done),
            Err(error) if lacks_patch(&error) => self.put_members(path, change),
            // Some servers refuse to add a member twice, or to remove one that is not there (RFC 7644, section 3.5.2.2).
            Err(error) if failure::is(&error, "noTarget") || adds_again(&error, change) => {
                let Ok(group) = self.read(path) else { return Err(error) };
                let left = change.left(&self.members(&group)?);
                match left.len() {
                    0 => Ok(Effect::Already),
                    len if len == change.len() => Err(error),
                    _ => self.patch_members(path, &self.operations(&left)?, None).map(|()| Effect::Done),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Whether filters say that all of the change is to be made, without the group's other members.
    ///
    /// That none of them is found is reason enough to add: adding twice does no harm (RFC 7644, section 3.5.2.1). It is not enough to say
    /// that nobody is in: only the group itself can say that.
    fn is_outstanding(&self, key: &EntitlementKey, change: &Change) -> Result<bool> {
        Ok((change.add.is_empty() || self.filter_members(&change.add, "or", key)? == Some(false))
            && (change.remove.is_empty() || self.filter_members(&change.remove, "and", key)? == Some(true)))
    }

    fn operations(&self, change: &Change) -> Result<Vec<Json>> {
        let mut operations = Vec::new();
        if !change.add.is_empty() {
            let members: Vec<_> = change.add.iter().map(|holder| as_member(holder)).collect();
            operations.push(json!({ "op": self.dialect.op("add"), "path": "members", "value": members }));
        }
        let ids = change.remove.iter().map(|holder| id_of(holder));
        match self.groups()?.remove_members {
            RemoveMembers::Value if !change.remove.is_empty() => {
                let members: Vec<_> = ids.map(|id| json!({ "value": id })).collect();
                operations.push(json!({ "op": self.dialect.op("remove"), "path": "members", "value": members }));
            }
            form => operations.extend(ids.map(|id| {
                // Only a word cannot be read as anything but an id.
                let is_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
                let value = if form == RemoveMembers::Unquoted && is_word { id.to_owned() } else { quoted(id) };
                json!({ "op": self.dialect.op("remove"), "path": format!("members[value eq {value}]") })
            })),
        }
        Ok(operations)
    }

    fn patch_members(&self, path: &str, operations: &[Json], version: Option<&str>) -> Result<()> {
        let body = json!({ "schemas": [standard::PATCH], "Operations": operations });
        self.send(self.with_body(http::patch(path), &body, version), &[]).map(|_| ())
    }

    /// Whether the server's filter finds one of the holders in the group (`or`) or each of them (`and`), without the group's other
    /// members; none where it cannot tell.
    fn filter_members(&self, holders: &[&Holder], which: &str, key: &EntitlementKey) -> Result<Option<bool>> {
        let filters = self.dialect.filter != Choice::No && self.dialect.compound_filters && self.groups()?.filters_members;
        if !filters || holders.len() > FILTERED {
            return Ok(None);
        }
        let one = |holder: &&Holder| format!("members.value eq {}", quoted(id_of(holder)));
        let filter = match holders {
            [holder] => one(holder),
            _ => format!("({})", holders.iter().map(one).collect::<Vec<_>>().join(&format!(" {which} "))),
        };
        let filter = format!("id eq {} and {filter}", quoted(&key.id));
        let query = Query { filter: Some(filter), excluded: Some("members"), ..self.all_groups()? };
        match self.page(&query, Place::default()) {
            Ok(page) if page.resources.is_empty() => Ok(Some(false)),
            Ok(page) => Ok((page.resources.len() == 1 && page.resources[0].id == key.id).then_some(true)),
            Err(error) if failure::refuses(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The whole list of members by PATCH, for servers that take nobody out in another way.
    fn replace_members(&self, path: &str, change: &Change) -> Result<Effect> {
        let group = self.read(path)?;
        let left = change.left(&self.members(&group)?);
        if left.len() == 0 {
            return Ok(Effect::Already);
        }
        let members = left.members(&group.object);
        let operation = json!({ "op": self.dialect.op("replace"), "path": "members", "value": members });
        match self.patch_members(path, from_ref(&operation), group.version.as_deref()) {
            Err(error) if lacks_patch(&error) => self.put_group(path, &group, &left),
            answer => answer.map(|()| Effect::Done),
        }
    }

    /// The whole group with other members, for servers without PATCH.
    fn put_members(&self, path: &str, change: &Change) -> Result<Effect> {
        let group = self.read(path)?;
        let left = change.left(&self.members(&group)?);
        if left.len() == 0 { Ok(Effect::Already) } else { self.put_group(path, &group, &left) }
    }

    fn put_group(&self, path: &str, group: &Resource, change: &Change) -> Result<Effect> {
        let mut object = group.object.clone();
        let members = change.members(&object);
        object.insert(spelling(&object, "members"), Json::Array(members));
        // The server's own bookkeeping, which is about the state before.
        object.remove(&spelling(&object, "meta"));
        let version = group.version.as_deref();
        self.send(self.with_body(http::put(path), &Json::Object(object), version), &[]).map(|_| Effect::Done)
    }
}

/// Whether the server may have refused the change because somebody is in already.
fn adds_again(error: &Error, change: &Change) -> bool {
    !change.add.is_empty() && matches!(error.remote_status, Some(400 | 409))
}

fn unique(holders: &[Holder]) -> Vec<&Holder> {
    let mut seen = std::collections::HashSet::new();
    holders.iter().filter(|holder| seen.insert(id_of(holder))).collect()
}

/// A member as it is written. That it is a user goes without saying, and some servers refuse to hear it.
fn as_member(holder: &Holder) -> Json {
    match holder {
        Holder::Account(id) => json!({ "value": id }),
        Holder::Entitlement(key) => json!({ "value": key.id, "type": "Group" }),
    }
}
