//! What can go wrong with a registry.

use crate::{Digest, Reference};
use semver::Version;
use std::time::Duration;

/// Versions that an error lists at most, the newest.
const LISTED: usize = 10;

/// Why something could not be pushed or pulled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is nothing to verify servers with, or the authorities given are none.
    #[error("registries cannot be reached: {reason}")]
    Setup {
        /// Why.
        reason: String,
    },
    /// No answer came.
    #[error("no answer from {host}: {reason}")]
    Connection {
        /// The host and port.
        host: String,
        /// What happened.
        reason: String,
    },
    /// Everything together took too long.
    #[error("{reference} took longer than {} s. Try again, or where the network is faster", .after.as_secs())]
    Timeout {
        /// What was pushed or pulled.
        reference: Box<Reference>,
        /// The limit.
        after: Duration,
    },
    /// The registry does not let this user do it.
    #[error("{host} does not allow it ({status}{}). {}", detail(.message), advice(.user.as_deref()))]
    Unauthorised {
        /// The registry.
        host: String,
        /// The HTTP status.
        status: u16,
        /// Who asked; none without a login.
        user: Option<String>,
        /// What the registry said.
        message: String,
    },
    /// The registry wants a kind of login that is not known.
    #[error("{host} wants a login of a kind that is not known here ({scheme}): only Bearer and Basic are")]
    Scheme {
        /// The registry.
        host: String,
        /// What it wants.
        scheme: String,
    },
    /// The login would have gone over the network in plain text.
    #[error("{host} sends whoever logs in to {realm}, where the secret would be read by others on its way: only https will do")]
    Realm {
        /// The registry.
        host: String,
        /// Where tokens are given.
        realm: String,
    },
    /// There is no such repository.
    #[error("there is nothing at {place}, or only for others to see. Check the path, and whether it needs a login")]
    NoSuchRepository {
        /// The repository.
        place: String,
    },
    /// The repository has no such version.
    #[error("there is no {reference} ({})", listed(.versions))]
    NoSuchVersion {
        /// What was asked for.
        reference: Box<Reference>,
        /// The versions that there are, the oldest first.
        versions: Vec<Version>,
    },
    /// The repository has nothing of this digest.
    #[error("there is no {reference}. It was removed, or the digest is of another repository")]
    NoSuchDigest {
        /// What was asked for.
        reference: Box<Reference>,
    },
    /// Something else is there.
    #[error("{reference} is not a connector: it is {found}")]
    NotWasm {
        /// What was asked for.
        reference: Box<Reference>,
        /// What it is.
        found: String,
    },
    /// The component is there without a bundle.
    #[error(
        "{reference} is a component alone, without its bundle: another tool pushed it, such as wkg. Ask whoever did for a version that \
         was pushed with: innkeeper connector push BUNDLE oci://..."
    )]
    NoBundle {
        /// What was asked for.
        reference: Box<Reference>,
    },
    /// The bundle is that of another component.
    #[error(
        "the bundle of {reference} belongs to {subject}, and the component there is {component}: it is being pushed just now, or another \
         tool pushed a component over it. Try again in a minute, then ask whoever publishes it"
    )]
    AnotherBundle {
        /// What was asked for.
        reference: Box<Reference>,
        /// The component's artifact that the bundle is for.
        subject: Digest,
        /// The component's artifact that is there.
        component: Digest,
    },
    /// A limit was reached.
    #[error("{what} from {host} has more than {limit} bytes, which is the limit")]
    TooLarge {
        /// The host and port.
        host: String,
        /// What it is.
        what: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// What arrived is not what was named.
    #[error(
        "{what} from {host} is not what it should be: it has the digest {actual}, and {expected} was expected. The registry or something \
         on the way is broken or lies. Nothing of it was used"
    )]
    Digest {
        /// The host and port.
        host: String,
        /// What it is.
        what: &'static str,
        /// What was named.
        expected: Digest,
        /// What arrived.
        actual: Digest,
    },
    /// The registry sent the request elsewhere and it was not followed.
    #[error("{host} sent the request on to {to}, which was not followed: {reason}")]
    Redirect {
        /// The host and port.
        host: String,
        /// Where to, without the query.
        to: String,
        /// Why it was not followed.
        reason: &'static str,
    },
    /// The registry answered with an error.
    #[error("{host} answered {status}{}", detail(.message))]
    Server {
        /// The host and port.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// The answer is not one of a registry.
    #[error("{host} does not answer as a registry does (OCI distribution specification 1.1): {reason}")]
    Protocol {
        /// The host and port.
        host: String,
        /// What was wrong.
        reason: String,
    },
    /// A push needs a version.
    #[error("{reference} names a digest, and what is pushed gets its digest by itself. Name a version: {place}:1.2.3")]
    NeedsVersion {
        /// What was asked for.
        reference: Box<Reference>,
        /// The repository.
        place: String,
    },
    /// What was to be pushed is not a component.
    #[error("the component cannot be pushed: {reason}")]
    NotAComponent {
        /// What it is instead.
        reason: String,
    },
    /// What was to be pushed is too large for anybody to pull.
    #[error("{what} has {size} bytes, and the limit is {limit}")]
    TooLargeToPush {
        /// What it is.
        what: &'static str,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The registry took everything and has something else.
    #[error("{host} took {reference} and now has something else there: somebody else pushed it at the same time. Push it again")]
    NotKept {
        /// The host and port.
        host: String,
        /// What was pushed.
        reference: Box<Reference>,
    },
}

fn detail(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

fn advice(user: Option<&str>) -> String {
    match user {
        None => "Log in with: --user NAME --secret SECRET".to_owned(),
        Some(user) => format!("Check the secret of `{user}`, and what it may do there"),
    }
}

fn listed(versions: &[Version]) -> String {
    let list = |versions: &[Version]| versions.iter().map(Version::to_string).collect::<Vec<_>>().join(", ");
    match versions {
        [] => "no version has a bundle there".to_owned(),
        versions => match versions.len().saturating_sub(LISTED) {
            0 => format!("there are: {}", list(versions)),
            older => format!("there are: {}, and {older} older", list(&versions[older..])),
        },
    }
}
