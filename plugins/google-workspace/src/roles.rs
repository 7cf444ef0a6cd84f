//! Admin roles, and whom they are assigned to.
//!
//! A role is assigned for the whole customer or for one organisational unit. Both count as holding it, so that a leaver loses
//! both; what is granted here is for the whole customer.

use crate::Workspace;
use crate::api;
use crate::entitlements::{holder_id, not_there};
use crate::groups;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// The kind of entitlement.
pub(crate) const KIND: &str = "role";
/// How many roles Google gives in one page at most (`roles.list`).
const ROLES: u32 = 100;
/// How many assignments Google gives in one page at most (`roleAssignments.list`).
const ASSIGNMENTS: u32 = 200;
/// The scope of an assignment for the whole customer.
const CUSTOMER: &str = "CUSTOMER";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Roles {
    #[serde(default)]
    items: Vec<Role>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    role_id: String,
    role_name: String,
    #[serde(default)]
    role_description: Option<String>,
}

#[derive(Deserialize)]
struct Assignments {
    #[serde(default)]
    items: Vec<Assignment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    role_assignment_id: String,
    role_id: String,
    assigned_to: String,
    #[serde(default)]
    assignee_type: Option<String>,
    #[serde(default)]
    scope_type: Option<String>,
    #[serde(default)]
    org_unit_id: Option<String>,
}

impl Assignment {
    fn is_for_all(&self) -> bool {
        self.scope_type.as_deref().is_none_or(|scope| scope.eq_ignore_ascii_case(CUSTOMER))
    }

    fn grant(self) -> Grant {
        let is_group = self.assignee_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
        let holder = if is_group {
            Holder::Entitlement(EntitlementKey::new(groups::KIND, self.assigned_to))
        } else {
            Holder::Account(self.assigned_to)
        };
        let unit = self.org_unit_id.map(|unit| Extra { name: "org-unit".to_owned(), value: unit });
        Grant { extra: unit.into_iter().collect(), ..Grant::new(EntitlementKey::new(KIND, self.role_id), holder) }
    }
}

impl Workspace {
    pub(crate) fn roles_page(&self, token: Option<&str>) -> Result<(Vec<Entitlement>, Option<String>)> {
        let (page, next) = self.page::<Roles>(http::get(self.of_customer("/roles")), ROLES, token)?;
        let entitlement = |role: Role| Entitlement {
            description: role.role_description.filter(|text| !text.is_empty()),
            ..Entitlement::new(EntitlementKey::new(KIND, role.role_id), role.role_name)
        };
        Ok((page.items.into_iter().map(entitlement).collect(), next))
    }

    pub(crate) fn assignees_page(&self, role: &str, token: Option<&str>) -> Result<(Vec<Grant>, Option<String>)> {
        let request = http::get(self.of_customer("/roleassignments")).query("roleId", role);
        let (page, next) = self.page::<Assignments>(request, ASSIGNMENTS, token)?;
        let of_role = page.items.into_iter().filter(|assignment| assignment.role_id == role);
        Ok((each_once(of_role.map(Assignment::grant).collect()), next))
    }

    pub(crate) fn roles_of(&self, account: &str, token: Option<&str>) -> Result<(Vec<Grant>, Option<String>)> {
        let (items, next) = self.assignments(account, token)?;
        Ok((each_once(items.into_iter().map(Assignment::grant).collect()), next))
    }

    fn assignments(&self, holder: &str, token: Option<&str>) -> Result<(Vec<Assignment>, Option<String>)> {
        let request = http::get(self.of_customer("/roleassignments")).query("userKey", holder);
        let (page, next) = self.page::<Assignments>(request, ASSIGNMENTS, token)?;
        Ok((page.items.into_iter().filter(|assignment| assignment.assigned_to == holder).collect(), next))
    }

    /// The assignments of one role to one holder, whatever their scope.
    fn assignments_of(&self, role: &str, holder: &str) -> Result<Vec<Assignment>> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let (items, next) = self.assignments(holder, token.as_deref())?;
            found.extend(items.into_iter().filter(|assignment| assignment.role_id == role));
            match next {
                Some(next) => token = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// Looks first: Google takes the same assignment twice.
    pub(crate) fn assign_role(&self, role: &str, holder: &Holder) -> Result<Effect> {
        let id = holder_id(holder)?;
        let role_path = self.of_customer(&format!("/roles/{}", segment(role)));
        let there = match self.assignments_of(role, id) {
            Err(error) if error.code == ErrorCode::NotFound => {
                return Err(not_there(error, holder, self.send(http::get(role_path))));
            }
            there => there?,
        };
        if there.iter().any(Assignment::is_for_all) {
            return Ok(Effect::Already);
        }
        let body = json!({ "roleId": role, "assignedTo": id, "scopeType": CUSTOMER });
        match self.send(http::post(self.of_customer("/roleassignments")).json(&body)) {
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::Conflict && error.remote_status == Some(409) => Ok(Effect::Already),
            Err(error) if error.code == ErrorCode::NotFound => Err(not_there(error, holder, self.send(http::get(role_path)))),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn unassign_role(&self, role: &str, holder: &Holder) -> Result<Effect> {
        let there = match self.assignments_of(role, holder_id(holder)?) {
            // Who does not exist holds nothing.
            Err(error) if error.code == ErrorCode::NotFound => return Ok(Effect::Already),
            there => there?,
        };
        let mut done = false;
        for assignment in there {
            let path = self.of_customer(&format!("/roleassignments/{}", segment(&assignment.role_assignment_id)));
            done |= api::deleted(self.send(http::delete(path)))?;
        }
        Ok(if done { Effect::Done } else { Effect::Already })
    }
}

/// One grant for each holder and role, however many scopes it has.
fn each_once(grants: Vec<Grant>) -> Vec<Grant> {
    let mut kept: Vec<Grant> = Vec::new();
    for grant in grants {
        if !kept.iter().any(|other| other.holder == grant.holder && other.entitlement == grant.entitlement) {
            kept.push(grant);
        }
    }
    kept
}
