//! `innkeeper connector trust`, `distrust` and `publishers`

use super::desk::Desk;
use crate::arguments::Trust;
use crate::context;
use crate::error::CliError;
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_bundle::{BundleError, ConnectorPattern, PublicKey, Publisher};
use jiff::civil::Date;
use serde_json::json;

pub(super) fn trust(mut desk: Desk<'_>, asked: &Trust) -> Result<Reply, CliError> {
    let publisher = Publisher {
        name: asked.publisher.clone(),
        key: asked.key,
        connectors: asked.connectors.clone(),
        expires: asked.expires,
        revoked: None,
        reason: None,
    };
    let connectors = shown(&asked.connectors);
    let question = format!("Load whatever {} signs with {} as {connectors}?", asked.publisher, asked.key);
    context::confirm(desk.general, asked.yes, "trusting a key", &question)?;
    desk.trust.add(publisher).map_err(BundleError::from)?;
    desk.trust.save(&desk.places.directory).map_err(BundleError::from)?;
    let value = json!({
        "publisher": asked.publisher, "key": asked.key.to_string(), "connectors": asked.connectors, "expires": asked.expires,
    });
    desk.note("publisher.trusted", value.clone())?;
    let text = format!("{} may sign {connectors} with {}. Written to innkeeper.trust.\n", asked.publisher, asked.key);
    Ok(Reply::done(text, &value))
}

pub(super) fn distrust(mut desk: Desk<'_>, key: &PublicKey, reason: Option<&str>, yes: bool) -> Result<Reply, CliError> {
    let signed: Vec<String> = desk
        .lock
        .connectors()
        .iter()
        .filter(|entry| entry.key == *key)
        .map(|entry| format!("{} {}", entry.name, entry.version))
        .collect();
    let loses = if signed.is_empty() { "nothing that is installed".to_owned() } else { signed.join(", ") };
    let question = format!("Stop loading what was signed with {key} ({loses})?");
    context::confirm(desk.general, yes, "revoking a key", &question)?;
    if !desk.trust.revoke(key, desk.today(), reason.map(str::to_owned)) {
        return Err(CliError::UnknownKey { key: key.to_string() });
    }
    desk.trust.save(&desk.places.directory).map_err(BundleError::from)?;
    let value = json!({ "key": key.to_string(), "reason": reason, "connectors": signed });
    desk.note("publisher.distrusted", value.clone())?;
    Ok(Reply::done(format!("Nothing that was signed with {key} is loaded any more: {loses}.\n"), &value))
}

pub(super) fn list(desk: &Desk<'_>) -> Result<Reply, CliError> {
    let publishers = desk.trust.publishers();
    if publishers.is_empty() {
        let text = "No publisher is trusted, so no connector can be installed. Trust one: innkeeper connector trust PUBLISHER KEY \
                    --connectors NAME\n";
        return Ok(Reply::done(text, &publishers));
    }
    let rows = publishers.iter().map(|publisher| {
        [publisher.name.to_string(), publisher.key.to_string(), shown(&publisher.connectors), state(publisher, desk.today())]
    });
    Ok(Reply::done(table(["PUBLISHER", "KEY", "MAY SIGN", "STATE"], rows), &publishers))
}

fn state(publisher: &Publisher, today: Date) -> String {
    match (publisher.revoked, publisher.expires) {
        (Some(revoked), _) => {
            let reason = publisher.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
            format!("revoked on {revoked}{reason}")
        }
        (None, Some(expires)) if expires < today => format!("expired on {expires}: installs nothing new"),
        (None, Some(expires)) => format!("trusted until {expires}"),
        (None, None) => "trusted".to_owned(),
    }
}

fn shown(connectors: &[ConnectorPattern]) -> String {
    connectors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
