//! Two servers that get the same requests, and whether their answers are the same.

use std::collections::BTreeMap;

use innkeeper_tests::client::{Answer, ScimClient};
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::peer::Scim2Server;
use serde_json::{Value, json};

/// The two servers and where their answers differed.
pub(crate) struct Pair {
    ours: Side,
    theirs: Side,
    differences: Vec<String>,
    _servers: (ScimServer, Scim2Server),
}

/// One server, the ids that it gave, and the versions that it said last.
struct Side {
    client: ScimClient,
    base_url: String,
    ids: BTreeMap<String, String>,
    versions: BTreeMap<String, String>,
}

impl Pair {
    pub(crate) fn start() -> Self {
        let (ours, theirs) = (ScimServer::start(), Scim2Server::start());
        Self {
            ours: Side::new(ours.base_url(), ours.token()),
            theirs: Side::new(theirs.base_url(), theirs.token()),
            differences: Vec::new(),
            _servers: (ours, theirs),
        }
    }

    pub(crate) fn create(&mut self, name: &str, path: &str, body: &Value) {
        let body = body.to_string();
        let answers = [&mut self.ours, &mut self.theirs].map(|side| {
            let answer = side.send("POST", path, &[], Some(&body));
            let id = answer.success()["id"].as_str().expect("a resource has an id").to_owned();
            side.ids.insert(name.to_owned(), id);
            side.shape(path, &answer)
        });
        self.compare(&format!("POST {path} {body}"), &answers);
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) {
        let answers = [&mut self.ours, &mut self.theirs].map(|side| {
            let answer = side.send(method, path, headers, body);
            side.shape(path, &answer)
        });
        self.compare(&format!("{method} {path} {headers:?} {}", body.unwrap_or_default()), &answers);
    }

    pub(crate) fn patch(&mut self, path: &str, operations: &Value, headers: &[(&str, &str)]) {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
        self.send("PATCH", path, headers, Some(&body.to_string()));
    }

    fn compare(&mut self, request: &str, [ours, theirs]: &[Value; 2]) {
        if ours != theirs {
            self.differences.push(format!("{request}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }

    pub(crate) fn agree(self) {
        assert!(self.differences.is_empty(), "{} answers differ:\n{}", self.differences.len(), self.differences.join("\n"));
    }
}

impl Side {
    fn new(base_url: &str, token: &str) -> Self {
        Self {
            client: ScimClient::new(base_url, token),
            base_url: base_url.to_owned(),
            ids: BTreeMap::new(),
            versions: BTreeMap::new(),
        }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.client.send(method, &self.filled(path), headers, body.map(|body| self.filled(body)).as_deref())
    }

    /// `{name}` becomes the id of that name.
    fn filled(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// An answer without what differs from server to server and from run to run.
    fn shape(&mut self, path: &str, answer: &Answer) -> Value {
        let neutral = |text: &str| {
            let text = text.replace(&self.base_url, "BASE");
            self.ids.iter().fold(text, |text, (name, id)| text.replace(id, &format!("<{name}>")))
        };
        let mut body: Value = serde_json::from_str(&neutral(&answer.text)).unwrap_or_default();
        if let Some(error) = body.as_object_mut().filter(|_| answer.status >= 400) {
            error.remove("detail");
        }
        blur(&mut body);
        if let Some(resources) = body["Resources"].as_array_mut() {
            resources.sort_by_key(Value::to_string);
        }
        let version = answer.header("etag").map(|etag| {
            let before = self.versions.insert(path.split('?').next().unwrap_or_default().to_owned(), etag.to_owned());
            match before {
                None => "first",
                Some(before) if before == etag => "same",
                Some(_) => "new",
            }
        });
        json!({
            "status": answer.status,
            "type": answer.header("content-type").filter(|_| !answer.text.is_empty()),
            "authenticate": answer.header("www-authenticate").map(|value| value.split(' ').next().map(str::to_owned)),
            "version": version,
            "body": body,
        })
    }
}

/// Times and versions differ from run to run; that they are there does not.
fn blur(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(blur),
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if name == "meta" {
                    for field in ["created", "lastModified", "version"] {
                        if let Some(value) = value.get_mut(field) {
                            *value = json!("some");
                        }
                    }
                } else {
                    blur(value);
                }
            }
        }
        _ => {}
    }
}
