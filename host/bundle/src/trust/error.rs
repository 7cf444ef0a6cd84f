//! Why a key is not trusted, or the trust store cannot be used.

use super::ConnectorPattern;
use crate::{ConnectorName, PublicKey, PublisherName};
use jiff::civil::Date;
use std::path::PathBuf;

/// Why a signature is not trusted, or the trust store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// Nobody told this Innkeeper whose key it is.
    #[error(
        "{name} is signed with a key that is not in innkeeper.trust: {key}. Ask {publisher} whether it is theirs, by \
         another way than the one by which the bundle came. If it is: innkeeper connector trust {publisher} {key} --connectors {name}"
    )]
    Unknown {
        /// The key.
        key: PublicKey,
        /// Who says that they are the publisher.
        publisher: PublisherName,
        /// The connector.
        name: ConnectorName,
    },
    /// The key was revoked: nothing that it ever signed runs.
    #[error(
        "the key {key} of {publisher} was revoked on {revoked}{}: nothing that it signed is installed or run. Ask {publisher} for a bundle \
         that is signed with another key",
        .reason.as_ref().map_or(String::new(), |reason| format!(" ({})", reason.escape_debug()))
    )]
    Revoked {
        /// The key.
        key: PublicKey,
        /// Whose it was.
        publisher: PublisherName,
        /// The day.
        revoked: Date,
        /// Why, where that is known.
        reason: Option<String>,
    },
    /// The key has expired: nothing new that it signed is installed.
    #[error(
        "the key {key} of {publisher} expired on {expired}: nothing new that it signed is installed. Ask {publisher} for a bundle that is \
         signed with a newer key, or change `expires` in innkeeper.trust"
    )]
    Expired {
        /// The key.
        key: PublicKey,
        /// Whose it is.
        publisher: PublisherName,
        /// The last day on which it was good.
        expired: Date,
    },
    /// The manifest names another publisher than the one whose key signed it.
    #[error(
        "the manifest of {name} says that {claimed} published it, and {publisher} signed it: in innkeeper.trust the key {key} is \
         {publisher}'s. A bundle is signed by its own publisher"
    )]
    OtherPublisher {
        /// The connector.
        name: ConnectorName,
        /// The key.
        key: PublicKey,
        /// Whose it is.
        publisher: PublisherName,
        /// Who is said to have published it.
        claimed: PublisherName,
    },
    /// The key may not sign connectors of this name.
    #[error(
        "{publisher} may not sign a connector with the name {name}: innkeeper.trust lets the key {key} sign {}. If it may sign this one \
         too, add \"{name}\" to its `connectors` there",
        listed(.connectors)
    )]
    NotAllowed {
        /// The connector.
        name: ConnectorName,
        /// The key.
        key: PublicKey,
        /// Whose it is.
        publisher: PublisherName,
        /// What it may sign.
        connectors: Vec<ConnectorPattern>,
    },
    /// The key may sign connectors of this name, but somebody else more specifically so.
    #[error(
        "{name} is {owner}'s alone: innkeeper.trust lets {owner} sign {reserved}, which says more of the name than what \
         {publisher} may sign"
    )]
    Reserved {
        /// The connector.
        name: ConnectorName,
        /// Who signed it.
        publisher: PublisherName,
        /// Whose the name is.
        owner: PublisherName,
        /// What makes it theirs.
        reserved: ConnectorPattern,
    },
    /// The key is trusted as another publisher's.
    #[error("the key {key} is {publisher}'s in innkeeper.trust, and a key is one publisher's alone")]
    KeyOfAnother {
        /// The key.
        key: PublicKey,
        /// Whose it is.
        publisher: PublisherName,
    },
    /// The file is wrong.
    #[error("{path}:{line}:{column}: {message}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}", path = .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn listed(patterns: &[ConnectorPattern]) -> String {
    match patterns {
        [] => "nothing".to_owned(),
        patterns => patterns.iter().map(ConnectorPattern::to_string).collect::<Vec<_>>().join(", "),
    }
}
