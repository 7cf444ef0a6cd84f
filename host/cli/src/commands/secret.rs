//! `innkeeper secret`

use crate::arguments::{self, General, Secret as Asked};
use crate::context::{self, Places};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_policy::Configuration;
use innkeeper_secrets::{KeyPlace, KeySource, KeyState, Secret, SecretName, SecretStore};
use std::io::IsTerminal;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    let places = Places::of(general);
    context::make_private(&places.state)?;
    let store = SecretStore::open(&places.secrets(), KeySource::from_environment())?;
    match asked {
        Asked::Set { name } => {
            let name: SecretName = name.parse()?;
            store.set(&name, &read(&name)?)?;
            note(general, "secret.set", &about(&name))?;
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
            note(general, "secret.removed", &about(&name))?;
            Ok(Reply::done(format!("The secret {name} is gone.\n"), &serde_json::json!({ "removed": name.to_string() })))
        }
        Asked::Key => {
            let state = store.key();
            let mut text = format!("The secrets are encrypted with the key {}, which is in {}.\n", state.id, state.place);
            if let Some(id) = &state.unfinished {
                text.push_str(&format!(
                    "It is being changed to the key {id}, which is not there: give it in INNKEEPER_NEW_KEY, and it goes on.\n"
                ));
            }
            Ok(Reply::done(text, &key(&state)))
        }
        Asked::RotateKey { to } => {
            let before = store.key();
            let after = store.rotate(to.map(place))?;
            note(general, "secret.key-rotated", &serde_json::json!({ "from": key(&before), "to": key(&after) }))?;
            let count = store.list()?.len();
            let text = format!(
                "{count} secret{} encrypted anew with the key {}, which is in {}.\n{}",
                if count == 1 { " is" } else { "s are" },
                after.id,
                after.place,
                rest(before.place, after.place)
            );
            Ok(Reply::done(text, &serde_json::json!({ "secrets": count, "from": key(&before), "to": key(&after) })))
        }
    }
}

/// What is left for whoever asked.
fn rest(from: KeyPlace, to: KeyPlace) -> &'static str {
    match (from, to) {
        (_, KeyPlace::Environment) => {
            "From now on every run needs it: give INNKEEPER_KEY what INNKEEPER_NEW_KEY has, and unset INNKEEPER_NEW_KEY.\n"
        }
        (_, KeyPlace::Keyring) => {
            "The keyring forgets it at a restart. After one, give it once: INNKEEPER_KEY=... innkeeper secret key. Now unset \
             INNKEEPER_NEW_KEY.\n"
        }
        (KeyPlace::Environment, KeyPlace::File) => "INNKEEPER_KEY is no longer needed: unset it.\n",
        (KeyPlace::File | KeyPlace::Keyring, KeyPlace::File) => "",
    }
}

fn place(asked: arguments::KeyPlace) -> KeyPlace {
    match asked {
        arguments::KeyPlace::File => KeyPlace::File,
        arguments::KeyPlace::Keyring => KeyPlace::Keyring,
        arguments::KeyPlace::Env => KeyPlace::Environment,
    }
}

/// A key's state for programs: its id says nothing about it.
fn key(state: &KeyState) -> serde_json::Value {
    let place = match state.place {
        KeyPlace::File => "file",
        KeyPlace::Keyring => "keyring",
        KeyPlace::Environment => "env",
    };
    serde_json::json!({ "key": state.id, "place": place, "unfinished": state.unfinished })
}

fn about(name: &SecretName) -> serde_json::Value {
    serde_json::json!({ "name": name.to_string() })
}

/// From a terminal without showing it, or from standard input without the line's end.
fn read(name: &SecretName) -> Result<Secret, CliError> {
    let failed = |error: std::io::Error| CliError::File { what: "read", path: "standard input".into(), error };
    if std::io::stdin().is_terminal() {
        let prompt = dialoguer::Password::new().with_prompt(format!("Value of {name}")).interact();
        return Ok(Secret::new(prompt.map_err(|error| failed(std::io::Error::other(error)))?));
    }
    Secret::read(&mut std::io::stdin()).map_err(failed)
}

/// Writes the audit log, where there is a configuration to write it for; beside an engine that may be running.
fn note(general: &General, what: &str, about: &serde_json::Value) -> Result<(), CliError> {
    match Configuration::read(&general.directory) {
        Err(_) => Ok(()),
        Ok(_) => context::decide(&Places::of(general), &[], what, about.clone()),
    }
}
