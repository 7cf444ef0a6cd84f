//! What a bundle is and wants, in plain words.

use crate::render::style::{faint, strong};
use innkeeper_bundle::{Bundle, Limits, Manifest, Wish};
use std::fmt::Write;

/// Who a bundle says that it is.
pub(super) fn identity(bundle: &Bundle) -> String {
    let manifest = bundle.manifest();
    format!(
        "{} {} by {}: {}\n  licence {}, contract {}, sha256 {}\n",
        strong(&manifest.name),
        manifest.version,
        manifest.publisher,
        manifest.description,
        manifest.licence,
        manifest.contract,
        bundle.digest()
    )
}

/// Everything that a manifest asks for.
pub(super) fn everything(manifest: &Manifest) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "It may reach, and nothing else:");
    let defaults = manifest.settings(&serde_json::json!({}));
    for host in &manifest.hosts {
        let methods: Vec<String> = host.methods.iter().map(ToString::to_string).collect();
        let unless_set = match host.url.fill(&defaults) {
            Ok(url) if host.url.settings().next().is_some() => faint(format!(" ({url} unless set otherwise)")),
            _ => String::new(),
        };
        let _ = writeln!(text, "  {}{} with {}", host.url.as_str(), unless_set, methods.join(", "));
    }
    text += &credentials(manifest);
    text += &entitlements(manifest);
    text += &limits(&manifest.limits);
    if !manifest.requires.is_empty() {
        let features: Vec<String> = manifest.requires.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "It does not work without {} of the host.", features.join(", "));
    }
    if let Some(rate) = &manifest.rate {
        let _ = write!(text, "{rate}");
    }
    let _ = writeln!(text, "{}", faint("It has no files, no network of its own, no environment and no arguments."));
    text
}

/// What it wants beyond what was agreed to before.
pub(super) fn more(wishes: &[Wish]) -> String {
    let mut text = String::from("It wants more than the version before:\n");
    for wish in wishes {
        let _ = writeln!(text, "  to {wish}");
    }
    text
}

/// The credentials that a connector uses, with what they must be good for.
fn credentials(manifest: &Manifest) -> String {
    let mut text = String::new();
    if !manifest.credentials.is_empty() {
        let _ = writeln!(text, "The host puts these credentials into its requests; it never sees them:");
    }
    for (slot, credential) in &manifest.credentials {
        let schemes: Vec<String> = credential.schemes.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  {slot} ({}): {}", schemes.join(" or "), credential.description);
        if let Some(url) = &credential.token_url {
            let _ = writeln!(text, "    exchanged for access tokens at {url}");
        }
        for (interface, scopes) in credential.scopes_by_interface() {
            let _ = writeln!(text, "    {interface} needs {}", scopes.join(", "));
        }
    }
    text
}

/// The kinds of entitlements that a connector gives and takes.
fn entitlements(manifest: &Manifest) -> String {
    let mut text = String::new();
    if !manifest.entitlements.is_empty() {
        let _ = writeln!(text, "It gives and takes:");
    }
    for (kind, what) in &manifest.entitlements {
        let kind = if kind == "*" { "whatever the system has" } else { kind };
        let _ = writeln!(text, "  {kind}: {what}");
    }
    text
}

/// The limits that a connector asks for; of the others it gets the usual.
fn limits(limits: &Limits) -> String {
    let asked: Vec<String> =
        limits.asked().into_iter().filter_map(|(name, asked)| asked.map(|asked| format!("{name} {asked}"))).collect();
    if asked.is_empty() { String::new() } else { format!("Of one call it wants {}.\n", asked.join(", ")) }
}

#[cfg(test)]
mod tests;
