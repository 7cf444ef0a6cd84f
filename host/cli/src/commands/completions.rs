//! `innkeeper completions`

use crate::arguments::{Arguments, Completions};
use crate::reply::Reply;
use clap::CommandFactory;

pub(crate) fn run(completions: &Completions) -> Reply {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Arguments::command(), "innkeeper", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let value = serde_json::json!({ "shell": completions.shell.to_string(), "script": script });
    Reply::done(script, &value)
}
