//! What users can hold: groups, admin roles and licences, in one listing.

use crate::Workspace;
use crate::settings::{Kind, Sku};
use crate::{failure, groups, licences, roles};
use innkeeper_sdk::prelude::*;
use serde::{Deserialize, Serialize};

/// A place in a listing that goes through several of Google's one after the other.
#[derive(Default, Deserialize, Serialize)]
struct Place {
    /// Which of the parts.
    part: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// What the listing is made of.
enum Part<'a> {
    Groups,
    Roles,
    Licence(&'a Sku),
}

/// One entitlement, by its key.
enum Target {
    Group(String),
    Role(String),
    Licence(Sku),
}

impl Target {
    fn of(key: &EntitlementKey) -> Result<Self> {
        match key.kind.as_str() {
            groups::KIND => Ok(Self::Group(key.id.clone())),
            roles::KIND => Ok(Self::Role(key.id.clone())),
            licences::KIND => Sku::try_from(key.id.clone()).map(Self::Licence).map_err(Error::invalid),
            other => Err(Error::invalid(format!("there is no kind of entitlement `{other}` here"))),
        }
    }
}

impl Workspace {
    fn parts(&self) -> Vec<Part<'_>> {
        let kinds = self.settings.entitlements.iter().map(|kind| match kind {
            Kind::Group => Part::Groups,
            Kind::Role => Part::Roles,
        });
        kinds.chain(self.settings.products.iter().map(Part::Licence)).collect()
    }

    pub(crate) fn list_entitlements(&self, cursor: Option<&str>) -> Result<EntitlementPage> {
        let place: Place = paging::decode(cursor)?;
        let parts = self.parts();
        let Some(part) = parts.get(place.part) else {
            return Ok(EntitlementPage { items: Vec::new(), next: None, total: None });
        };
        let token = place.token.as_deref();
        let (items, token) = match part {
            Part::Groups => self.groups_page(token)?,
            Part::Roles => self.roles_page(token)?,
            Part::Licence(sku) => (vec![self.licence(sku)?], None),
        };
        Ok(EntitlementPage { items, next: following(place.part, token, parts.len())?, total: None })
    }

    pub(crate) fn list_holders(&self, key: &EntitlementKey, cursor: Option<&str>) -> Result<GrantPage> {
        let (items, next) = match Target::of(key)? {
            Target::Group(group) => self.members_page(&group, cursor)?,
            Target::Role(role) => self.assignees_page(&role, cursor)?,
            Target::Licence(sku) => (self.licensed(&sku)?, None),
        };
        Ok(GrantPage { items, next, total: None })
    }

    pub(crate) fn list_held(&self, account: &str, cursor: Option<&str>) -> Result<GrantPage> {
        let place: Place = paging::decode(cursor)?;
        // All licences are one part: the user's address, by which Google keeps them, is asked for once.
        let parts = self.parts();
        let parts: Vec<_> = parts.iter().filter(|part| !matches!(part, Part::Licence(_))).collect();
        let count = parts.len() + usize::from(!self.settings.products.is_empty());
        let token = place.token.as_deref();
        let (items, token) = match parts.get(place.part) {
            Some(Part::Groups) => self.groups_of(account, token)?,
            Some(Part::Roles) => self.roles_of(account, token)?,
            _ if place.part < count => (self.licences_of(account)?, None),
            _ => (Vec::new(), None),
        };
        Ok(GrantPage { items, next: following(place.part, token, count)?, total: None })
    }

    pub(crate) fn grant_to(&self, holder: &Holder, key: &EntitlementKey) -> Result<Effect> {
        match Target::of(key)? {
            Target::Group(group) => self.add_member(&group, holder),
            Target::Role(role) => self.assign_role(&role, holder),
            Target::Licence(sku) => self.assign_licence(&sku, account_of(holder)?),
        }
    }

    pub(crate) fn revoke_from(&self, holder: &Holder, key: &EntitlementKey) -> Result<Effect> {
        match Target::of(key)? {
            Target::Group(group) => self.remove_member(&group, holder),
            Target::Role(role) => self.unassign_role(&role, holder),
            Target::Licence(sku) => self.unassign_licence(&sku, account_of(holder)?),
        }
    }
}

/// The cursor after a page of a part: the part's next page, or the next part.
fn following(part: usize, token: Option<String>, parts: usize) -> Result<Option<String>> {
    let next = match token {
        Some(token) => Place { part, token: Some(token) },
        None if part + 1 < parts => Place { part: part + 1, token: None },
        None => return Ok(None),
    };
    paging::encode(&next).map(Some)
}

fn account_of(holder: &Holder) -> Result<&str> {
    match holder {
        Holder::Account(id) => Ok(id),
        Holder::Entitlement(_) => Err(Error::invalid("only a user can have a licence")),
    }
}

/// The id of a user or a group: Google's are of one kind.
pub(crate) fn holder_id(holder: &Holder) -> Result<&str> {
    match holder {
        Holder::Account(id) => Ok(id),
        Holder::Entitlement(key) if key.kind == groups::KIND => Ok(&key.id),
        Holder::Entitlement(key) => {
            Err(Error::invalid(format!("a {} cannot hold anything: only users and groups can", key.kind)))
        }
    }
}

/// What a "not found" means when something was granted. If what was granted is there, it is the user that is not: that happens
/// after every create, until all of Google knows of it.
pub(crate) fn not_there(error: Error, holder: &Holder, entitlement: Result<impl Sized>) -> Error {
    match (holder, entitlement) {
        (Holder::Account(_), Ok(_)) => failure::not_settled(error),
        (Holder::Entitlement(_), Ok(_)) => error,
        (_, Err(other)) => other,
    }
}
