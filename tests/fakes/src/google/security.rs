//! What gets into an account besides the password: sessions, applications, their passwords.

use serde_json::{Value, json};

use super::address::Want;
use super::refusal::{Outcome, found, not_found, tagged};
use super::workspace::Workspace;
use crate::web::Answer;

/// What a user let an application do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the application is called.
    pub display_text: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

impl Workspace {
    /// A user lets an application in, by hand.
    pub fn add_token(&mut self, user: &str, client_id: &str, grant: Grant) {
        self.edit_user(user, |user| drop(user.tokens.insert(client_id.to_owned(), grant)));
    }

    pub(super) fn list_tokens(&mut self, key: &str) -> Outcome {
        let id = self.reach(key, Want::Read)?;
        let tokens: Vec<Value> = self.users[&id].tokens.iter().map(|(client, grant)| token(&id, client, grant)).collect();
        Ok(found(&listed("admin#directory#tokenList", tokens)))
    }

    pub(super) fn get_token(&mut self, key: &str, client: &str) -> Outcome {
        let id = self.reach(key, Want::Read)?;
        let grant = self.users[&id].tokens.get(client).ok_or_else(|| not_found("clientId"))?;
        Ok(found(&token(&id, client, grant)))
    }

    pub(super) fn delete_token(&mut self, key: &str, client: &str) -> Outcome {
        let id = self.reach(key, Want::Change)?;
        let removed = self.users.get_mut(&id).and_then(|user| user.tokens.remove(client));
        removed.map(|_| Answer::empty(204)).ok_or_else(|| not_found("clientId"))
    }

    pub(super) fn list_application_passwords(&mut self, key: &str) -> Outcome {
        let id = self.reach(key, Want::Read)?;
        let created = self.users[&id].created.as_second().to_string();
        let shown = |(code, name): (&u32, &String)| {
            let body = json!({
                "kind": "admin#directory#asp", "codeId": code, "name": name, "creationTime": created, "lastTimeUsed": "0",
                "userKey": id,
            });
            tagged(body, "etag")
        };
        let passwords = self.users[&id].application_passwords.iter().map(shown).collect();
        Ok(found(&listed("admin#directory#aspList", passwords)))
    }

    pub(super) fn delete_application_password(&mut self, key: &str, code: &str) -> Outcome {
        let id = self.reach(key, Want::Change)?;
        let passwords = self.users.get_mut(&id).map(|user| &mut user.application_passwords);
        let removed = code.parse().ok().and_then(|code: u32| passwords?.remove(&code));
        removed.map(|_| Answer::empty(204)).ok_or_else(|| not_found("codeId"))
    }

    pub(super) fn sign_out(&mut self, key: &str) -> Outcome {
        let id = self.reach(key, Want::Change)?;
        if let Some(user) = self.users.get_mut(&id) {
            user.sign_outs += 1;
        }
        Ok(Answer::empty(204))
    }
}

fn token(user: &str, client: &str, grant: &Grant) -> Value {
    let body = json!({
        "kind": "admin#directory#token", "clientId": client, "displayText": grant.display_text, "anonymous": false,
        "nativeApp": false, "userKey": user, "scopes": grant.scopes,
    });
    tagged(body, "etag")
}

fn listed(kind: &str, items: Vec<Value>) -> Value {
    let mut body = json!({"kind": kind});
    if !items.is_empty() {
        body["items"] = json!(items);
    }
    tagged(body, "etag")
}
