//! Groups as entitlements, members as grants.

use crate::Scim;
use crate::dialect::{Choice, Groups, MembersFrom};
use crate::failure;
use crate::filter::quoted;
use crate::listing::{Page, Place, Query};
use crate::resource::{Object, Resource, member, text};
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde_json::Value as Json;

impl Scim {
    /// The groups of this server.
    ///
    /// # Errors
    /// `unsupported` where it has none.
    pub(crate) fn groups(&self) -> Result<&Groups> {
        self.dialect.groups.as_ref().ok_or_else(|| Error::unsupported("there are no groups on this server"))
    }

    pub(crate) fn all_groups(&self) -> Result<Query> {
        Ok(Query { path: self.below(&self.groups()?.path), ..Query::default() })
    }

    /// Where one group is.
    fn group(&self, id: &str) -> Result<String> {
        Ok(format!("{}/{}", self.below(&self.groups()?.path), segment(id)))
    }

    /// One page of all groups; without members, which can be many and are not needed to know the groups.
    ///
    /// # Errors
    /// `malformed-response` where the server does not page as it should; see [`Scim::list_users`].
    pub fn list_groups(&self, cursor: Option<&str>) -> Result<EntitlementPage> {
        let rules = self.groups()?;
        let excluded = rules.excludes_members.then_some("members");
        let page = self.page(&Query { excluded, ..self.all_groups()? }, paging::decode(cursor)?)?;
        let group = |group: &Resource| {
            let name = text(&group.object, "displayName").unwrap_or_else(|| group.id.clone());
            Entitlement::new(EntitlementKey::new(&rules.kind, &group.id), name)
        };
        let items = page.resources.iter().map(group).collect();
        Ok(EntitlementPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: page.total })
    }

    /// One page of the members in a scope.
    ///
    /// # Errors
    /// `not-found` for a group or an account that does not exist, `invalid` for another kind of entitlement.
    pub fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Result<GrantPage> {
        let (groups, next) = match scope {
            Scope::All => {
                let page = self.with_members(self.page(&self.all_groups()?, paging::decode(cursor)?)?)?;
                (page.resources, page.next)
            }
            Scope::Entitlement(key) => (vec![self.read(&self.group_of(key)?)?], None),
            Scope::Account(id) => (self.groups_with(id)?, None),
        };
        let mut items = Vec::new();
        for group in &groups {
            let key = EntitlementKey::new(&self.groups()?.kind, &group.id);
            items.extend(self.members(group)?.into_iter().map(|holder| Grant::new(key.clone(), holder)));
        }
        if let Scope::Account(id) = scope {
            items.retain(|grant| matches!(&grant.holder, Holder::Account(holder) if holder == id));
        }
        Ok(GrantPage { items, next: next.map(|next| paging::encode(&next)).transpose()?, total: None })
    }

    /// Where the group is that a key means.
    pub(crate) fn group_of(&self, key: &EntitlementKey) -> Result<String> {
        let kind = &self.groups()?.kind;
        if key.kind == *kind {
            self.group(&key.id)
        } else {
            Err(Error::invalid(format!("there are no entitlements of kind `{}` here, only `{kind}`", key.kind)))
        }
    }

    /// The holders in a group, each once.
    pub(crate) fn members(&self, group: &Resource) -> Result<Vec<Holder>> {
        let rules = self.groups()?;
        let mut holders = Vec::new();
        let list = member(&group.object, "members").and_then(Json::as_array);
        for entry in list.into_iter().flatten().filter_map(Json::as_object) {
            let Some(id) = text(entry, "value") else { continue };
            let is_group = text(entry, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("Group"))
                || text(entry, "$ref").is_some_and(|link| link.contains("/Groups/"));
            holders.push(if is_group && rules.nests {
                Holder::Entitlement(EntitlementKey::new(&rules.kind, id))
            } else {
                Holder::Account(id)
            });
        }
        let mut seen = std::collections::HashSet::new();
        holders.retain(|holder| seen.insert(id_of(holder).to_owned()));
        Ok(holders)
    }

    /// Some servers leave the members out of listings, which looks like groups without members. On a page where no group has any,
    /// each is asked by itself.
    fn with_members(&self, mut page: Page) -> Result<Page> {
        let from = self.groups()?.members;
        let in_list = page.resources.iter().any(|group| member(&group.object, "members").is_some());
        if from == MembersFrom::List || from == MembersFrom::Auto && in_list {
            return Ok(page);
        }
        for group in &mut page.resources {
            *group = self.read(&self.group(&group.id)?)?;
        }
        Ok(page)
    }

    /// The groups that the account is directly in. From the user itself where it says so, else by filter, else from all groups.
    fn groups_with(&self, account: &str) -> Result<Vec<Resource>> {
        let rules = self.groups()?;
        let user = self.read(&self.user(account))?;
        if let Some(direct) = direct_groups(&user, rules.in_users) {
            return Ok(direct.into_iter().map(|group| membership(group, account)).collect());
        }
        if self.dialect.filter != Choice::No && rules.filters_members {
            let query = Query { filter: Some(format!("members.value eq {}", quoted(account))), ..self.all_groups()? };
            match self.collect(&query, |_| true) {
                // A group without the account says that the filter was ignored.
                Ok(found) if found.iter().all(|group| has(group, account)) => return Ok(found),
                Ok(_) => {}
                Err(error) if failure::refuses(&error) => {}
                Err(error) => return Err(error),
            }
        }
        self.walk_groups(account)
    }

    fn walk_groups(&self, account: &str) -> Result<Vec<Resource>> {
        let mut found = Vec::new();
        let mut place = Some(Place::default());
        while let Some(here) = place {
            let page = self.with_members(self.page(&self.all_groups()?, here)?)?;
            found.extend(page.resources.into_iter().filter(|group| has(group, account)));
            place = page.next;
        }
        Ok(found)
    }
}

/// The groups that the user says to be directly in; none where it does not tell direct from indirect, unless it is certain that it
/// names the direct ones, and all of them.
fn direct_groups(user: &Resource, certain: bool) -> Option<Vec<String>> {
    let Some(groups) = member(&user.object, "groups").filter(|groups| !groups.is_null()) else {
        return certain.then(Vec::new);
    };
    let groups = groups.as_array()?.iter().map(Json::as_object).collect::<Option<Vec<_>>>()?;
    // An empty list may be all that a server without this attribute has to say.
    if groups.is_empty() {
        return certain.then(Vec::new);
    }
    let mut direct = Vec::new();
    for group in groups {
        match text(group, "type").map(|kind| kind.to_ascii_lowercase()).as_deref() {
            Some("indirect") => {}
            Some("direct") => direct.push(text(group, "value")?),
            _ if certain => direct.push(text(group, "value")?),
            _ => return None,
        }
    }
    Some(direct)
}

/// A group of which only this member is known.
fn membership(id: String, user: &str) -> Resource {
    let members = serde_json::json!([{ "value": user }]);
    Resource { id, object: Object::from_iter([("members".to_owned(), members)]), version: None }
}

fn has(group: &Resource, id: &str) -> bool {
    let list = member(&group.object, "members").and_then(Json::as_array);
    list.into_iter().flatten().filter_map(Json::as_object).any(|entry| text(entry, "value").as_deref() == Some(id))
}

/// The id by which SCIM knows a member.
pub(crate) fn id_of(holder: &Holder) -> &str {
    match holder {
        Holder::Account(id) => id,
        Holder::Entitlement(key) => &key.id,
    }
}
