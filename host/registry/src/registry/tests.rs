//! Against registries on loopback: one that others wrote, and ones that lie.

mod hostile;
mod kept;
mod readers;
mod server;
mod tls;
mod tokens;

use super::*;
use crate::{Annotations, Digest, Limits, Login, Pulled};
use bytes::Bytes;
use std::time::Duration;

/// A component that imports this, so that there are different ones.
fn component(import: &str) -> Bytes {
    let text = format!(
        r#"(component
            (import "acme:crm/{import}@1.0.0" (instance))
            (instance $accounts)
            (export "acme:crm/accounts@1.0.0" (instance $accounts)))"#
    );
    wat::parse_str(text).expect("a component").into()
}

fn artifact(import: &str) -> Artifact {
    let annotations = Annotations { title: Some("Example CRM".to_owned()), ..Annotations::default() };
    Artifact { component: component(import), bundle: Bytes::from(format!("packed with {import}").repeat(10_000)), annotations }
}

/// `acme/crm` there.
fn reference(host: &str, version: &str) -> Reference {
    format!("oci://{host}/acme/crm:{version}").parse().expect("a reference")
}

fn by_digest(host: &str, digest: Digest) -> Reference {
    format!("oci://{host}/acme/crm@{digest}").parse().expect("a reference")
}

fn registry(access: Access) -> Registry {
    Registry::new(access).expect("a client")
}

fn anonymous() -> Registry {
    registry(Access::default())
}

fn with_login(host: &str, user: &str, secret: &str) -> Registry {
    let login =
        Login { host: host.parse().expect("a host"), user: user.to_owned(), secret: innkeeper_secrets::Secret::new(secret) };
    registry(Access { login: Some(login), ..Access::default() })
}

/// Limits that a test reaches.
fn small() -> Limits {
    Limits {
        idle_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        manifest_bytes: 16 * 1024,
        bundle_bytes: 64 * 1024,
        ..Limits::default()
    }
}

/// What a person reads, without the port and digests.
fn shown(error: &RegistryError, host: &str) -> String {
    let text = error.to_string().replace(host, "HOST");
    let mut parts = text.split("sha256:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "DIGEST" + part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()))
}

fn refusal(result: Result<Pulled, RegistryError>, host: &str) -> String {
    shown(&result.expect_err("refused"), host)
}
