//! Groups as entitlements, members as grants.

use crate::Scim;
use crate::failure;
use crate::filter::quoted;
use crate::listing::{Page, Place, Query};
use crate::resource::{Object, Resource, member, text};
use crate::settings::{Choice, MembersFrom};
use innkeeper_sdk::prelude::*;
use serde_json::Value as Json;

/// The only kind of entitlement.
pub(crate) const KIND: &str = "group";

impl Scim {
    fn all_groups(&self) -> Query {
        Query { path: self.settings.quirks.groups.clone(), ..Query::default() }
    }

    /// Without members, which can be many and are not needed to know the groups.
    pub(crate) fn list_groups(&self, cursor: Option<&str>) -> Result<EntitlementPage> {
        let excluded = (!self.settings.quirks.include_groups_members).then_some("members");
        let page = self.page(&Query { excluded, ..self.all_groups() }, paging::decode(cursor)?)?;
        let group = |group: &Resource| {
            let name = text(&group.object, "displayName").unwrap_or_else(|| group.id.clone());
            Entitlement::new(EntitlementKey::new(KIND, &group.id), name)
        };
        let items = page.resources.iter().map(group).collect();
        Ok(EntitlementPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: page.total })
    }

    pub(crate) fn list_members(&self, scope: Scope, cursor: Option<&str>) -> Result<GrantPage> {
        match scope {
            Scope::All => {
                let page = self.with_members(self.page(&self.all_groups(), paging::decode(cursor)?)?)?;
                let items = page.resources.iter().flat_map(grants).collect();
                Ok(GrantPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: None })
            }
            Scope::Entitlement(key) => {
                let items = grants(&self.read(&self.group_of(&key)?)?);
                Ok(GrantPage { items, next: None, total: None })
            }
            Scope::Account(id) => {
                let holder = Holder::Account(id);
                let items: Vec<_> =
                    self.groups_with(&holder)?.iter().flat_map(grants).filter(|grant| grant.holder == holder).collect();
                Ok(GrantPage { items, next: None, total: None })
            }
        }
    }

    /// The path of the group that a key means.
    pub(crate) fn group_of(&self, key: &EntitlementKey) -> Result<String> {
        if key.kind == KIND {
            Ok(self.group(&key.id))
        } else {
            Err(Error::invalid(format!("there are no entitlements of kind `{}` here, only `{KIND}`", key.kind)))
        }
    }

    /// Some servers leave the members out of listings, which looks like groups without members. On a page where no group has any,
    /// each is asked by itself.
    fn with_members(&self, mut page: Page) -> Result<Page> {
        let from = self.settings.quirks.members;
        let in_list = page.resources.iter().any(|group| member(&group.object, "members").is_some());
        if from == MembersFrom::List || from == MembersFrom::Auto && in_list {
            return Ok(page);
        }
        for group in &mut page.resources {
            *group = self.read(&self.group(&group.id))?;
        }
        Ok(page)
    }

    /// The groups that the holder is directly in. From the user itself where it says so (RFC 7643, section 4.1.2), else by filter, else from
    /// all groups.
    fn groups_with(&self, holder: &Holder) -> Result<Vec<Resource>> {
        let Holder::Account(id) = holder else { return Ok(Vec::new()) };
        let user = self.read(&self.user(id))?;
        if let Some(direct) = direct_groups(&user) {
            return Ok(direct.into_iter().map(|group| membership(group, id)).collect());
        }
        let has = |group: &Resource| members(group).iter().any(|member| member == holder);
        if self.settings.quirks.filter != Choice::No {
            let query = Query { filter: Some(format!("members.value eq {}", quoted(id))), ..self.all_groups() };
            match self.filtered(&query, &has) {
                Err(error) if failure::refuses(&error) => {}
                answer => return answer,
            }
        }
        self.walk_groups(&has)
    }

    /// The groups that a filter finds; all groups are read if the server turns out to ignore it.
    fn filtered(&self, query: &Query, has: &dyn Fn(&Resource) -> bool) -> Result<Vec<Resource>> {
        let found = self.collect(query, |_| true)?;
        if found.iter().all(has) { Ok(found) } else { self.walk_groups(has) }
    }

    fn walk_groups(&self, has: &dyn Fn(&Resource) -> bool) -> Result<Vec<Resource>> {
        let mut found = Vec::new();
        let mut place = Some(Place::default());
        while let Some(here) = place {
            let page = self.with_members(self.page(&self.all_groups(), here)?)?;
            found.extend(page.resources.into_iter().filter(has));
            place = page.next;
        }
        Ok(found)
    }
}

/// The groups that the user says to be directly in; none where it does not tell direct from indirect.
fn direct_groups(user: &Resource) -> Option<Vec<String>> {
    let groups = member(&user.object, "groups")?.as_array()?.iter().map(Json::as_object).collect::<Option<Vec<_>>>()?;
    // An empty list may be all that a server without this attribute has to say.
    if groups.is_empty() {
        return None;
    }
    let mut direct = Vec::new();
    for group in groups {
        match text(group, "type")?.to_ascii_lowercase().as_str() {
            "direct" => direct.push(text(group, "value")?),
            "indirect" => {}
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

/// The holders in a group, each once.
pub(crate) fn members(group: &Resource) -> Vec<Holder> {
    let mut holders = Vec::new();
    let list = member(&group.object, "members").and_then(Json::as_array);
    for entry in list.into_iter().flatten().filter_map(Json::as_object) {
        let Some(id) = text(entry, "value") else { continue };
        let is_group = text(entry, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("Group"))
            || text(entry, "$ref").is_some_and(|link| link.contains("/Groups/"));
        let holder = if is_group { Holder::Entitlement(EntitlementKey::new(KIND, id)) } else { Holder::Account(id) };
        holders.push(holder);
    }
    let mut seen = std::collections::HashSet::new();
    holders.retain(|holder| seen.insert(id_of(holder).to_owned()));
    holders
}

/// The id by which SCIM knows a member.
pub(crate) fn id_of(holder: &Holder) -> &str {
    match holder {
        Holder::Account(id) => id,
        Holder::Entitlement(key) => &key.id,
    }
}

fn grants(group: &Resource) -> Vec<Grant> {
    members(group).into_iter().map(|holder| Grant::new(EntitlementKey::new(KIND, &group.id), holder)).collect()
}
