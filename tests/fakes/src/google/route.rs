//! Requests: which operation it is, and which scope it takes.

use super::refusal::{Outcome, forbidden, limited, missing};
use super::scope::{
    ALIAS, ALIAS_READONLY, CLOUD, GROUP, GROUP_READONLY, LICENSING, MEMBER, MEMBER_READONLY, ORGUNIT, ORGUNIT_READONLY, ROLE,
    ROLE_READONLY, SECURITY, TRANSFER, TRANSFER_READONLY, USER, USER_READONLY,
};
use super::workspace::Workspace;
use crate::web::{Answer, Request, Service};

const READ_MEMBERS: [&str; 4] = [GROUP, MEMBER, MEMBER_READONLY, GROUP_READONLY];
const READ_ALIASES: [&str; 4] = [USER, ALIAS, ALIAS_READONLY, USER_READONLY];

impl Service for Workspace {
    fn answer(&mut self, request: &Request) -> Answer {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if segments == ["token"] {
            return self.token(request);
        }
        if let Some((left, how)) = self.limited.take()
            && left > 0
        {
            self.limited = Some((left - 1, how));
            return limited(how);
        }
        let outcome = match segments.as_slice() {
            ["admin", "directory", "v1", "users", rest @ ..] => self.users(rest, request),
            ["admin", "directory", "v1", "groups", rest @ ..] => self.groups(rest, request),
            ["admin", "directory", "v1", "customer", customer, rest @ ..] => self.customer(customer, rest, request),
            ["apps", "licensing", "v1", "product", product, rest @ ..] => self.licensing(product, rest, request),
            ["admin", "datatransfer", "v1", rest @ ..] => self.data_transfer(rest, request),
            _ => Err(missing("Not Found")),
        };
        outcome.unwrap_or_else(|refusal| refusal)
    }
}

impl Workspace {
    fn may(&self, request: &Request, scopes: &[&str]) -> Result<(), Answer> {
        self.allow(self.access(request)?, scopes)
    }

    fn users(&mut self, path: &[&str], request: &Request) -> Outcome {
        let method = request.method.as_str();
        let scopes: &[&str] = match (method, path) {
            ("GET", []) => &[USER, USER_READONLY, CLOUD],
            ("GET", [_]) => &[USER, USER_READONLY],
            ("GET", [_, "aliases"]) => &READ_ALIASES,
            (_, [_, "aliases", ..]) => &[USER, ALIAS],
            (_, [_, "tokens" | "asps" | "signOut", ..]) => &[SECURITY],
            _ => &[USER],
        };
        self.may(request, scopes)?;
        match (method, path) {
            ("GET", []) => self.list_users(request),
            ("POST", []) => self.insert_user(request),
            ("GET", [key]) => self.get_user(key, request),
            ("PUT" | "PATCH", [key]) => self.update_user(key, request),
            ("DELETE", [key]) => self.remove_user(key),
            ("POST", [key, "undelete"]) => self.undelete_user(key, request),
            ("POST", [key, "makeAdmin"]) => self.make_admin(key, request),
            ("POST", [key, "signOut"]) => self.sign_out(key),
            ("GET", [key, "aliases"]) => self.list_aliases(key),
            ("POST", [key, "aliases"]) => self.insert_alias(key, request),
            ("DELETE", [key, "aliases", alias]) => self.delete_alias(key, alias),
            ("GET", [key, "tokens"]) => self.list_tokens(key),
            ("GET", [key, "tokens", client]) => self.get_token(key, client),
            ("DELETE", [key, "tokens", client]) => self.delete_token(key, client),
            ("GET", [key, "asps"]) => self.list_application_passwords(key),
            ("DELETE", [key, "asps", code]) => self.delete_application_password(key, code),
            _ => Err(missing("Not Found")),
        }
    }

    fn groups(&mut self, path: &[&str], request: &Request) -> Outcome {
        let method = request.method.as_str();
        let scopes: &[&str] = match (method, path) {
            ("GET", [_, "members" | "hasMember", ..]) => &READ_MEMBERS,
            (_, [_, "members", ..]) => &[GROUP, MEMBER],
            ("GET", _) => &[GROUP, GROUP_READONLY],
            _ => &[GROUP],
        };
        self.may(request, scopes)?;
        match (method, path) {
            ("GET", []) => self.list_groups(request),
            ("POST", []) => self.insert_group(request),
            ("GET", [key]) => self.get_group(key),
            ("DELETE", [key]) => self.delete_group(key),
            ("GET", [key, "members"]) => self.list_members(key, request),
            ("POST", [key, "members"]) => self.insert_member(key, request),
            ("GET", [key, "members", member]) => self.get_member(key, member),
            ("PUT" | "PATCH", [key, "members", member]) => self.update_member(key, member, request),
            ("DELETE", [key, "members", member]) => self.delete_member(key, member),
            ("GET", [key, "hasMember", member]) => self.has_member(key, member),
            _ => Err(missing("Not Found")),
        }
    }

    fn customer(&mut self, customer: &str, path: &[&str], request: &Request) -> Outcome {
        let method = request.method.as_str();
        let scopes: &[&str] = match (method, path) {
            ("GET", ["orgunits", ..]) => &[ORGUNIT, ORGUNIT_READONLY],
            (_, ["orgunits", ..]) => &[ORGUNIT],
            ("GET", _) => &[ROLE, ROLE_READONLY],
            _ => &[ROLE],
        };
        self.may(request, scopes)?;
        if !self.is_customer(customer) {
            return Err(forbidden());
        }
        match (method, path) {
            ("GET", ["orgunits"]) => self.list_units(request),
            ("POST", ["orgunits"]) => self.insert_unit(request),
            ("GET", ["orgunits", path @ ..]) => self.get_unit(&path.join("/")),
            ("DELETE", ["orgunits", path @ ..]) => self.delete_unit(&path.join("/")),
            ("GET", ["roles"]) => self.list_roles(request),
            ("GET", ["roles", id]) => self.get_role(id),
            ("GET", ["roleassignments"]) => self.list_assignments(request),
            ("POST", ["roleassignments"]) => self.insert_assignment(request),
            ("GET", ["roleassignments", id]) => self.get_assignment(id),
            ("DELETE", ["roleassignments", id]) => self.delete_assignment(id),
            _ => Err(missing("Not Found")),
        }
    }

    fn licensing(&mut self, product: &str, path: &[&str], request: &Request) -> Outcome {
        self.may(request, &[LICENSING])?;
        match (request.method.as_str(), path) {
            ("GET", ["users"]) => self.list_licenses(product, None, request),
            ("GET", ["sku", sku, "users"]) => self.list_licenses(product, Some(sku), request),
            ("POST", ["sku", sku, "user"]) => self.insert_license(product, sku, request),
            ("GET", ["sku", sku, "user", user]) => self.get_license(product, sku, user),
            ("DELETE", ["sku", sku, "user", user]) => self.delete_license(product, sku, user),
            ("PUT" | "PATCH", ["sku", sku, "user", user]) => self.move_license(product, sku, user, request),
            _ => Err(missing("Not Found")),
        }
    }

    fn data_transfer(&mut self, path: &[&str], request: &Request) -> Outcome {
        let method = request.method.as_str();
        let scopes: &[&str] = if method == "GET" { &[TRANSFER, TRANSFER_READONLY] } else { &[TRANSFER] };
        self.may(request, scopes)?;
        match (method, path) {
            ("GET", ["applications"]) => self.list_applications(request),
            ("GET", ["applications", id]) => self.get_application(id),
            ("GET", ["transfers"]) => self.list_transfers(request),
            ("POST", ["transfers"]) => self.insert_transfer(request),
            ("GET", ["transfers", id]) => self.get_transfer(id),
            _ => Err(missing("Not Found")),
        }
    }
}
