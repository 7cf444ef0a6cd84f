//! Users: insert, get, list, update, delete, undelete, make an administrator.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::address::Want;
use super::page::{Size, page};
use super::refusal::{Outcome, bad_request, condition, duplicate, found, invalid, missing, not_found, tagged};
use super::role::SUPER_ADMIN_ROLE;
use super::search::Search;
use super::user::{PROFILE, Password, User};
use super::workspace::Workspace;
use crate::web::{Answer, Request};

const PAGE: Size = Size { default: 100, maximum: 500 };

/// For so long a deleted user can be brought back: twenty days.
const GRAVE: SignedDuration = SignedDuration::from_hours(20 * 24);

impl Workspace {
    /// A user by hand, ready at once; gives the id. Has no password.
    pub fn add_user(&mut self, primary_email: &str, given_name: &str, family_name: &str) -> String {
        let id = format!("1{:020}", self.number() * 7_919_017);
        let mut user = User::new(id.clone(), primary_email, self.now());
        given_name.clone_into(&mut user.given_name);
        family_name.clone_into(&mut user.family_name);
        self.users.insert(id.clone(), user);
        if let Some((product, sku)) = self.quirks.automatic_license.clone() {
            self.add_license(&product, &sku, &id);
        }
        id
    }

    /// Changes a user by hand.
    pub fn edit_user(&mut self, key: &str, change: impl FnOnce(&mut User)) {
        if let Some(id) = self.find_user(key).map(|user| user.id.clone())
            && let Some(user) = self.users.get_mut(&id)
        {
            change(user);
        }
    }

    /// Deletes a user by hand.
    pub fn delete_user(&mut self, key: &str) {
        if let Some(id) = self.find_user(key).map(|user| user.id.clone()) {
            self.bury(&id);
        }
    }

    /// The user of this id, even if they are deleted and can still be brought back.
    #[must_use]
    pub fn user_or_deleted(&self, id: &str) -> Option<&User> {
        self.users.get(id).filter(|user| user.deleted.is_none_or(|at| self.can_return(at)))
    }

    fn can_return(&self, deleted: Timestamp) -> bool {
        deleted.checked_add(GRAVE).is_ok_and(|end| self.now() < end)
    }

    pub(super) fn insert_user(&mut self, request: &Request) -> Outcome {
        let body = object(request)?;
        let email = body.get("primaryEmail").and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = |part: &str| body.get("name").and_then(|name| name[part].as_str()).filter(|text| !text.is_empty());
        if name("givenName").is_none() || name("familyName").is_none() {
            return Err(invalid("Invalid Given/Family Name"));
        }
        if body.get("password").is_none() {
            return Err(invalid("Invalid Password"));
        }
        self.check_new_address(&email)?;
        let mut user = User::new(String::new(), &email, self.now());
        self.write(&mut user, &body)?;
        let id = self.add_user(&email, "", "");
        user.id.clone_from(&id);
        user.unready = self.quirks.unready_requests;
        let wait = SignedDuration::from_secs(self.quirks.unready_seconds);
        user.ready_at = self.now().checked_add(wait).unwrap_or(self.now());
        let body = self.shown(&user, true);
        self.users.insert(id, user);
        Ok(found(&body))
    }

    pub(super) fn get_user(&mut self, key: &str, request: &Request) -> Outcome {
        let id = self.reach(key, Want::Read)?;
        Ok(found(&self.view(&self.users[&id], request)))
    }

    fn view(&self, user: &User, request: &Request) -> Value {
        if request.parameter("viewType").as_deref() == Some("domain_public") {
            return self.shown_publicly(user);
        }
        let projection = request.parameter("projection");
        self.shown(user, matches!(projection.as_deref(), Some("full" | "custom")))
    }

    pub(super) fn list_users(&mut self, request: &Request) -> Outcome {
        let domain = request.parameter("domain");
        match (request.parameter("customer"), &domain) {
            (Some(customer), _) if self.is_customer(&customer) => {}
            (Some(_), _) => return Err(missing("Resource Not Found: customer")),
            (None, Some(domain)) if self.domains.contains(domain) => {}
            (None, Some(_)) => return Err(missing("Domain not found.")),
            (None, None) => return Err(bad_request()),
        }
        let deleted = request.parameter("showDeleted").as_deref() == Some("true");
        let search =
            Search::parse(&request.parameter("query").unwrap_or_default()).ok_or_else(|| invalid("Invalid Input: query"))?;
        let ids: Vec<String> = self.users.keys().cloned().collect();
        let unready: Vec<String> = ids.into_iter().filter(|id| self.is_unready(id)).collect();
        let matching = |user: &&User| {
            let there = if deleted { user.deleted.is_some_and(|at| self.can_return(at)) } else { user.deleted.is_none() };
            let within = domain.as_ref().is_none_or(|domain| user.primary_email.ends_with(&format!("@{domain}")));
            there && within && !unready.contains(&user.id) && search.matches(self, user)
        };
        let order = request.parameter("orderBy");
        let key = |user: &User| match order.as_deref() {
            Some("givenName") => format!("{}\u{0}{}", user.given_name.to_lowercase(), user.primary_email),
            Some("familyName") => format!("{}\u{0}{}", user.family_name.to_lowercase(), user.primary_email),
            _ => format!("{}\u{0}{}", user.primary_email, user.id),
        };
        let descending = request.parameter("sortOrder").as_deref() == Some("DESCENDING");
        let mut rows: Vec<(String, &User)> = self.users.values().filter(matching).map(|user| (key(user), user)).collect();
        rows.sort_by(|a, b| if descending { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) });
        let (users, next) = page(rows, descending, request, PAGE, self.now())?;
        let users: Vec<Value> = users.into_iter().map(|user| self.view(user, request)).collect();
        let mut body = json!({"kind": "admin#directory#users"});
        if !users.is_empty() {
            body["users"] = json!(users);
        }
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }

    /// PUT and PATCH are the same: what is not there stays, what is null is cleared.
    pub(super) fn update_user(&mut self, key: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let id = self.reach(key, Want::Change)?;
        let mut user = self.users[&id].clone();
        if let Some(email) = body.get("primaryEmail").and_then(Value::as_str)
            && !email.eq_ignore_ascii_case(&user.primary_email)
        {
            let own = user.aliases.iter().position(|alias| alias.eq_ignore_ascii_case(email));
            match own {
                Some(index) => drop(user.aliases.remove(index)),
                None => self.check_new_address(email)?,
            }
            // The address before stays as an alias.
            let before = std::mem::replace(&mut user.primary_email, email.to_lowercase());
            user.aliases.push(before);
            user.conflicts = self.quirks.rename_conflicts;
        }
        self.write(&mut user, &body)?;
        if let Some(archived) = flag(&body, "archived")?
            && archived != user.archived
        {
            self.archive(&mut user, archived)?;
        }
        let body = self.shown(&user, true);
        self.users.insert(id, user);
        Ok(found(&body))
    }

    fn check_new_address(&self, email: &str) -> Result<(), Answer> {
        let local = email.split('@').next().unwrap_or_default();
        if !email.contains('@') || local.is_empty() || local.chars().any(char::is_whitespace) {
            return Err(invalid("Invalid Input: primary_user_email"));
        }
        if !self.is_own(email) {
            return Err(missing("Domain not found."));
        }
        if self.is_taken(email) { Err(duplicate("Entity already exists.")) } else { Ok(()) }
    }

    /// Writes what may be written; other fields are passed over, as Google does.
    fn write(&self, user: &mut User, body: &Map<String, Value>) -> Result<(), Answer> {
        for (part, field) in [("givenName", &mut user.given_name), ("familyName", &mut user.family_name)] {
            match body.get("name").and_then(|name| name.get(part)) {
                None => {}
                Some(Value::String(text)) if !text.is_empty() && text.chars().count() <= 60 => text.clone_into(field),
                Some(_) => return Err(invalid("Invalid Given/Family Name")),
            }
        }
        if let Some(password) = body.get("password") {
            user.password = Some(password_of(password, body.get("hashFunction"))?);
        }
        if let Some(suspended) = flag(body, "suspended")? {
            user.suspended = suspended;
        }
        if let Some(change) = flag(body, "changePasswordAtNextLogin")? {
            user.change_password = change;
        }
        if let Some(path) = body.get("orgUnitPath") {
            let path = path.as_str().filter(|path| self.units.contains_key(*path));
            path.ok_or_else(|| invalid("Invalid Input: INVALID_OU_ID"))?.clone_into(&mut user.org_unit_path);
        }
        if let Some(Value::String(phone)) = body.get("recoveryPhone")
            && !(phone.is_empty() || phone.starts_with('+') && phone[1..].chars().all(|digit| digit.is_ascii_digit()))
        {
            return Err(invalid("Invalid Recovery Phone"));
        }
        for (name, value) in body.iter().filter(|(name, _)| PROFILE.contains(&name.as_str())) {
            if value.is_null() {
                user.profile.remove(name);
            } else {
                user.profile.insert(name.clone(), value.clone());
            }
        }
        Ok(())
    }

    pub(super) fn remove_user(&mut self, key: &str) -> Outcome {
        let id = self.reach(key, Want::Change)?;
        self.bury(&id);
        Ok(Answer::empty(204))
    }

    /// Licences, memberships and roles are gone, and do not come back with the user.
    fn bury(&mut self, id: &str) {
        let now = self.now();
        if let Some(user) = self.users.get_mut(id) {
            user.deleted = Some(now);
            user.archived = false;
        }
        self.licenses.retain(|license| license.user != id);
        self.assignments.retain(|_, assignment| assignment.assigned_to != id);
        for group in self.groups.values_mut() {
            group.members.shift_remove(id);
        }
    }

    /// By immutable id only. An address that somebody has taken since stands in the way.
    pub(super) fn undelete_user(&mut self, id: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let found = self.users.get(id).filter(|user| user.deleted.is_some_and(|at| self.can_return(at)));
        let email = found.map(|user| user.primary_email.clone()).ok_or_else(|| not_found("userKey"))?;
        if self.is_taken(&email) {
            return Err(duplicate("Entity already exists."));
        }
        let path = body.get("orgUnitPath").and_then(Value::as_str).unwrap_or("/").to_owned();
        if !self.units.contains_key(&path) {
            return Err(invalid("Invalid Input: INVALID_OU_ID"));
        }
        let taken: Vec<String> = self.users[id].aliases.iter().filter(|alias| self.is_taken(alias)).cloned().collect();
        if let Some(user) = self.users.get_mut(id) {
            user.deleted = None;
            user.org_unit_path = path;
            user.aliases.retain(|alias| !taken.contains(alias));
        }
        if let Some((product, sku)) = self.quirks.automatic_license.clone() {
            self.add_license(&product, &sku, id);
        }
        Ok(Answer::empty(204))
    }

    pub(super) fn make_admin(&mut self, key: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let id = self.reach(key, Want::Change)?;
        let wanted = flag(&body, "status")?.ok_or_else(|| invalid("Invalid Input: status"))?;
        if self.users[&id].suspended && wanted {
            return Err(condition("A suspended user cannot be an administrator."));
        }
        self.assignments.retain(|_, assignment| assignment.role != SUPER_ADMIN_ROLE || assignment.assigned_to != id);
        if wanted {
            self.assign_role(SUPER_ADMIN_ROLE, &id);
        }
        Ok(Answer::empty(204))
    }
}

/// The body, which has to be an object.
pub(super) fn object(request: &Request) -> Result<Map<String, Value>, Answer> {
    match request.json() {
        Some(Value::Object(body)) => Ok(body),
        _ => Err(bad_request()),
    }
}

fn flag(body: &Map<String, Value>, name: &str) -> Result<Option<bool>, Answer> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(invalid(&format!("Invalid Input: {name}"))),
    }
}

/// A plain password has 8 to 100 characters of ASCII; a hash looks like one.
fn password_of(text: &Value, function: Option<&Value>) -> Result<Password, Answer> {
    let text = text.as_str().ok_or_else(|| invalid("Invalid Password"))?;
    let function = function.and_then(Value::as_str);
    let hex = |digits: usize| text.len() == digits && text.chars().all(|digit| digit.is_ascii_hexdigit());
    let good = match function {
        None => (8..=100).contains(&text.len()) && text.is_ascii(),
        Some("MD5") => hex(32),
        Some("SHA-1") => hex(40),
        Some("crypt") => text.starts_with('$'),
        Some(_) => return Err(invalid("Invalid Hash Function")),
    };
    if !good {
        return Err(invalid("Invalid Password"));
    }
    Ok(Password { text: text.to_owned(), hash_function: function.map(str::to_owned) })
}
