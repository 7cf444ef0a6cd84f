//! Aliases of users.

use serde_json::{Value, json};

use super::address::Want;
use super::refusal::{Outcome, duplicate, found, invalid, missing, not_found, tagged};
use super::users::object;
use super::workspace::Workspace;
use crate::web::{Answer, Request};

impl Workspace {
    pub(super) fn list_aliases(&mut self, key: &str) -> Outcome {
        let id = self.reach(key, Want::Read)?;
        let aliases: Vec<Value> = self.users[&id].aliases.iter().map(|alias| self.alias(&id, alias)).collect();
        let mut body = json!({"kind": "admin#directory#aliases"});
        if !aliases.is_empty() {
            body["aliases"] = json!(aliases);
        }
        Ok(found(&tagged(body, "etag")))
    }

    pub(super) fn insert_alias(&mut self, key: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let alias = body.get("alias").and_then(Value::as_str).ok_or_else(|| invalid("Invalid Input: alias"))?.to_lowercase();
        let id = self.reach(key, Want::Change)?;
        if !alias.contains('@') {
            return Err(invalid("Invalid Input: alias"));
        }
        if !self.is_own(&alias) {
            return Err(missing("Domain not found."));
        }
        if self.is_taken(&alias) {
            return Err(duplicate("Entity already exists."));
        }
        if let Some(user) = self.users.get_mut(&id) {
            user.aliases.push(alias.clone());
        }
        Ok(found(&self.alias(&id, &alias)))
    }

    pub(super) fn delete_alias(&mut self, key: &str, alias: &str) -> Outcome {
        let id = self.reach(key, Want::Change)?;
        let aliases = self.users.get_mut(&id).map(|user| &mut user.aliases);
        let index = aliases.as_ref().and_then(|all| all.iter().position(|one| one.eq_ignore_ascii_case(alias)));
        match (aliases, index) {
            (Some(aliases), Some(index)) => drop(aliases.remove(index)),
            _ => return Err(not_found("alias")),
        }
        Ok(Answer::empty(204))
    }

    fn alias(&self, id: &str, alias: &str) -> Value {
        let primary = &self.users[id].primary_email;
        tagged(json!({"kind": "admin#directory#alias", "id": id, "primaryEmail": primary, "alias": alias}), "etag")
    }
}
