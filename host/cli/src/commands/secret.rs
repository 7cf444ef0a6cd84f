//! `innkeeper secret`

use crate::arguments::{General, Secret as Asked};
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_secrets::{KeySource, Secret, SecretName, SecretStore};
use std::io::{IsTerminal, Read};

/// More than any secret has; standard input that goes on is not one.
const LONGEST: u64 = 1 << 20;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    let places = Places::of(general);
    context::make_private(&places.state)?;
    let store = SecretStore::open(&places.secrets(), KeySource::from_environment())?;
    match asked {
        Asked::Set { name } => {
            let name: SecretName = name.parse()?;
            store.set(&name, &read(&name)?)?;
            note(general, "secret.set", &name)?;
            Ok(Reply::done(format!("The secret {name} is kept, encrypted.\n"), &serde_json::json!({ "set": name.to_string() })))
        }
        Asked::List => {
            let names: Vec<String> = store.list()?.iter().map(ToString::to_string).collect();
            let text = names.iter().map(|name| format!("{name}\n")).collect::<String>();
            Ok(Reply::done(text, &serde_json::json!({ "secrets": names })))
        }
        Asked::Remove { name } => {
            let name: SecretName = name.parse()?;
            store.remove(&name)?;
            note(general, "secret.removed", &name)?;
            Ok(Reply::done(format!("The secret {name} is gone.\n"), &serde_json::json!({ "removed": name.to_string() })))
        }
    }
}

/// From a terminal without showing it, or from standard input without the line's end.
fn read(name: &SecretName) -> Result<Secret, CliError> {
    let failed = |error: std::io::Error| CliError::File { what: "read", path: "standard input".into(), error };
    if std::io::stdin().is_terminal() {
        let prompt = dialoguer::Password::new().with_prompt(format!("Value of {name}")).interact();
        return Ok(Secret::new(prompt.map_err(|error| failed(std::io::Error::other(error)))?));
    }
    let mut value = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut value).map_err(failed)?;
    let secret = Secret::new(value.trim_end_matches(['\r', '\n']));
    Ok(secret)
}

/// Writes the audit log, where there is a configuration to write it for.
fn note(general: &General, what: &str, name: &SecretName) -> Result<(), CliError> {
    let (engine, _) = match context::engine(general, Access::Write) {
        Err(CliError::Configuration(_)) => return Ok(()),
        opened => opened?,
    };
    context::wait(async { Ok(engine.audit(what, serde_json::json!({ "name": name.to_string() })).await?) })
}
