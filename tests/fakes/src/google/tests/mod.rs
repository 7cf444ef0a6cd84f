mod access;
mod directory;
mod groups;
mod licensing;
mod lists;

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::web::{Answer, Request, Service as _};

fn workspace() -> Workspace {
    let now: Timestamp = "2026-10-01T08:00:00Z".parse().expect("a timestamp");
    let mut workspace = Workspace::new("https://google.example", "acme.example", now);
    workspace.allow_token("T", &scope::ALL);
    workspace
}

fn request(method: &str, target: &str, body: Option<Value>) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = match path.strip_prefix("//") {
        Some(path) => format!("/{path}"),
        None => format!("/admin/directory/v1{path}"),
    };
    let headers = vec![("authorization".to_owned(), "Bearer T".to_owned())];
    let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    Request { method: method.to_owned(), path, query: query.to_owned(), headers, body }
}

/// A target is below the Directory API; one that starts with two slashes is not.
fn ask(workspace: &mut Workspace, method: &str, target: &str, body: Option<Value>) -> Answer {
    workspace.answer(&request(method, target, body))
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The body of an answer that has to be 200.
fn good(workspace: &mut Workspace, method: &str, target: &str, body: Option<Value>) -> Value {
    let answer = ask(workspace, method, target, body);
    assert_eq!(answer.status, 200, "{method} {target}: {}", String::from_utf8_lossy(&answer.body));
    json(&answer)
}

/// The status, and the reason of an error.
fn outcome(answer: &Answer) -> (u16, String) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.status, body["error"]["errors"][0]["reason"].as_str().unwrap_or_default().to_owned())
}

#[track_caller]
fn refused(workspace: &mut Workspace, method: &str, target: &str, body: Option<Value>, status: u16, reason: &str) {
    let answer = ask(workspace, method, target, body);
    assert_eq!(outcome(&answer), (status, reason.to_owned()), "{method} {target}");
}
