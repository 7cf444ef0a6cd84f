//! What somebody does on the other system by hand, without a library: for chores, which are built before anything else.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::Scim2Server;
use crate::Trouble;

impl Scim2Server {
    /// Makes a group with these members, by their ids, and gives its id.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create_group(&self, name: &str, members: &[&str]) -> Result<String, Trouble> {
        let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
        self.create("/Groups", &json!({ "schemas": schemas, "displayName": name, "members": members }))
    }

    /// Makes a user that nobody ordered and gives its id.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create_user(&self, user_name: &str) -> Result<String, Trouble> {
        self.create("/Users", &json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name }))
    }

    /// Puts somebody into a group.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn add_member(&self, group: &str, user: &str) -> Result<(), Trouble> {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let operation = json!({ "op": "add", "path": "members", "value": [{ "value": user }] });
        let body = json!({ "schemas": schemas, "Operations": [operation] });
        self.send("PATCH", &format!("/Groups/{group}"), &body).map(drop)
    }

    fn create(&self, path: &str, resource: &Value) -> Result<String, Trouble> {
        let made = self.send("POST", path, resource)?;
        made["id"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Trouble::Answer { request: format!("POST {path}"), answer: made.to_string() })
    }

    /// One request, one connection: HTTP/1.0, so that the answer ends where the connection does.
    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, Trouble> {
        let address = self.base_url().trim_start_matches("http://");
        let (host, root) = address.split_once('/').expect("the base URL has a path");
        let body = body.to_string();
        let request = format!(
            "{method} /{root}{path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token(),
            body.len(),
        );
        let mut answer = String::new();
        let mut stream = TcpStream::connect(host).map_err(Trouble::file(host))?;
        stream.write_all(request.as_bytes()).map_err(Trouble::file(host))?;
        stream.read_to_string(&mut answer).map_err(Trouble::file(host))?;
        let trouble = || Trouble::Answer { request: format!("{method} {path}"), answer: answer.clone() };
        let (head, content) = answer.split_once("\r\n\r\n").ok_or_else(trouble)?;
        match head.split(' ').nth(1) {
            Some(status) if status.starts_with('2') => {}
            _ => return Err(trouble()),
        }
        if content.is_empty() { Ok(Value::Null) } else { serde_json::from_str(content).map_err(|_| trouble()) }
    }
}
