//! Administrator roles and who has them. The super administrator is a role like others.

use serde_json::{Value, json};

use super::page::{Size, page};
use super::refusal::{Outcome, duplicate, found, invalid, not_found, required, tagged};
use super::users::object;
use super::workspace::Workspace;
use crate::web::{Answer, Request};

/// The role of a super administrator.
pub const SUPER_ADMIN_ROLE: u64 = 3_894_208_461_012_993;

/// A role that comes with every account: sets passwords.
pub const HELP_DESK_ROLE: u64 = 3_894_208_461_012_995;

const ROLE_PAGE: Size = Size { default: 100, maximum: 100 };
const ASSIGNMENT_PAGE: Size = Size { default: 200, maximum: 200 };

#[derive(Debug, Clone)]
pub(super) struct Role {
    id: u64,
    name: String,
    description: String,
    is_system: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Assignment {
    id: u64,
    pub(super) role: u64,
    pub(super) assigned_to: String,
    /// None: the whole account.
    unit: Option<String>,
}

impl Role {
    fn shown(&self) -> Value {
        tagged(
            json!({
                "kind": "admin#directory#role", "roleId": self.id.to_string(), "roleName": self.name,
                "roleDescription": self.description, "isSystemRole": self.is_system,
                "isSuperAdminRole": self.id == SUPER_ADMIN_ROLE,
                "rolePrivileges": [{"privilegeName": "USERS_RETRIEVE", "serviceId": "00haapch16h1ysv"}],
            }),
            "etag",
        )
    }
}

impl Workspace {
    pub(super) fn add_system_roles(&mut self) {
        let roles = [
            (SUPER_ADMIN_ROLE, "_SEED_ADMIN_ROLE", "Google Workspace Administrator Seed Role"),
            (HELP_DESK_ROLE, "_HELP_DESK_ADMIN_ROLE", "Help Desk Administrator"),
        ];
        for (id, name, description) in roles {
            let role = Role { id, name: name.to_owned(), description: description.to_owned(), is_system: true };
            self.roles.insert(id, role);
        }
    }

    /// A role by hand; gives the id.
    pub fn add_role(&mut self, name: &str) -> u64 {
        let id = HELP_DESK_ROLE + self.number();
        self.roles.insert(id, Role { id, name: name.to_owned(), description: name.to_owned(), is_system: false });
        id
    }

    /// Gives a role to a user or a group of this id, by hand; gives the id of the assignment.
    pub fn assign_role(&mut self, role: u64, to: &str) -> u64 {
        let id = 3_894_208_461_990_000 + self.number();
        self.assignments.insert(id, Assignment { id, role, assigned_to: to.to_owned(), unit: None });
        id
    }

    /// The roles that are assigned to a user or a group of this id directly.
    #[must_use]
    pub fn roles_of(&self, id: &str) -> Vec<u64> {
        self.assignments.values().filter(|assignment| assignment.assigned_to == id).map(|assignment| assignment.role).collect()
    }

    pub(super) fn is_super_admin(&self, id: &str) -> bool {
        self.roles_of(id).contains(&SUPER_ADMIN_ROLE)
    }

    pub(super) fn is_delegated_admin(&self, id: &str) -> bool {
        self.roles_of(id).iter().any(|role| *role != SUPER_ADMIN_ROLE)
    }

    pub(super) fn is_admin(&self, id: &str) -> bool {
        !self.roles_of(id).is_empty()
    }

    pub(super) fn list_roles(&self, request: &Request) -> Outcome {
        let rows = self.roles.iter().map(|(id, role)| (format!("{id:020}"), role.shown())).collect();
        self.listed(rows, "admin#directory#roles", ROLE_PAGE, request)
    }

    pub(super) fn get_role(&self, id: &str) -> Outcome {
        let role = id.parse().ok().and_then(|id: u64| self.roles.get(&id)).ok_or_else(|| not_found("roleId"))?;
        Ok(found(&role.shown()))
    }

    pub(super) fn list_assignments(&self, request: &Request) -> Outcome {
        let user = match request.parameter("userKey") {
            Some(key) => Some(self.member_id(&key).ok_or_else(|| not_found("userKey"))?),
            None => None,
        };
        let role = request.parameter("roleId");
        let indirect = request.parameter("includeIndirectRoleAssignments").as_deref() == Some("true");
        let is_within = |id: &String, group: &String| self.groups.get(group).is_some_and(|group| group.members.contains_key(id));
        let holds = |assignment: &&Assignment| {
            let held = user
                .as_ref()
                .is_none_or(|id| assignment.assigned_to == *id || indirect && is_within(id, &assignment.assigned_to));
            held && role.as_ref().is_none_or(|role| *role == assignment.role.to_string())
        };
        let rows = self.assignments.values().filter(holds).map(|one| (format!("{:020}", one.id), self.shown_assignment(one)));
        self.listed(rows.collect(), "admin#directory#roleAssignments", ASSIGNMENT_PAGE, request)
    }

    fn listed(&self, rows: Vec<(String, Value)>, kind: &str, size: Size, request: &Request) -> Outcome {
        let (items, next) = page(rows, false, request, size, self.now())?;
        let mut body = json!({"kind": kind});
        if !items.is_empty() {
            body["items"] = json!(items);
        }
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }

    fn shown_assignment(&self, assignment: &Assignment) -> Value {
        let group = self.groups.contains_key(&assignment.assigned_to);
        let mut body = json!({
            "kind": "admin#directory#roleAssignment", "roleAssignmentId": assignment.id.to_string(),
            "roleId": assignment.role.to_string(), "assignedTo": assignment.assigned_to,
            "assigneeType": if group { "group" } else { "user" },
            "scopeType": if assignment.unit.is_some() { "ORG_UNIT" } else { "CUSTOMER" },
        });
        if let Some(unit) = &assignment.unit {
            body["orgUnitId"] = json!(unit);
        }
        tagged(body, "etag")
    }

    pub(super) fn get_assignment(&self, id: &str) -> Outcome {
        let found_one = id.parse().ok().and_then(|id: u64| self.assignments.get(&id));
        Ok(found(&self.shown_assignment(found_one.ok_or_else(|| not_found("roleAssignmentId"))?)))
    }

    pub(super) fn insert_assignment(&mut self, request: &Request) -> Outcome {
        let body = object(request)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let to = text("assignedTo").ok_or_else(|| required("assignedTo"))?;
        let role = text("roleId").ok_or_else(|| required("roleId"))?;
        let role = role.parse().ok().filter(|role| self.roles.contains_key(role)).ok_or_else(|| not_found("roleId"))?;
        // By id only: an address is no assignee.
        if !(self.groups.contains_key(to) || self.find_user(to).is_some_and(|user| user.id == to)) || self.is_unready(to) {
            return Err(not_found("assignedTo"));
        }
        let unit = match text("scopeType") {
            Some("CUSTOMER") => None,
            Some("ORG_UNIT") => {
                let unit = text("orgUnitId").filter(|id| self.has_unit_id(id));
                Some(unit.ok_or_else(|| invalid("Invalid Input: orgUnitId"))?.trim_start_matches("id:").to_owned())
            }
            _ => return Err(invalid("Invalid Input: scopeType")),
        };
        if self.assignments.values().any(|one| one.assigned_to == to && one.role == role && one.unit == unit) {
            return Err(duplicate("Role assignment already exists for the role"));
        }
        let id = self.assign_role(role, to);
        if let Some(assignment) = self.assignments.get_mut(&id) {
            assignment.unit = unit;
        }
        self.get_assignment(&id.to_string())
    }

    pub(super) fn delete_assignment(&mut self, id: &str) -> Outcome {
        let removed = id.parse().ok().and_then(|id: u64| self.assignments.remove(&id));
        removed.map(|_| Answer::empty(204)).ok_or_else(|| not_found("roleAssignmentId"))
    }
}
