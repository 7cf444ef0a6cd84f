//! Why a request did not work.

use innkeeper_secrets::{Redactor, SecretError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The kind of an error, as the contract names it (`http-error-code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The request does not make sense: a bad URL, a reserved header.
    InvalidRequest,
    /// The operator has not granted this request.
    Denied,
    /// The credential slot is empty or could not be fetched.
    NoCredential,
    /// The name could not be resolved, or resolved to an address that is refused.
    Resolution,
    /// The connection could not be made, TLS included.
    Connection,
    /// No answer in time.
    Timeout,
    /// The answer is larger than the limit.
    TooLarge,
    /// The connection broke, or the answer is not HTTP.
    Protocol,
    /// The rate budget has no room in time.
    Budget,
}

/// Why a request got no response. Never carries a secret, nor a value of the query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// The URL is not one that may be asked for.
    #[error("`{target}` cannot be requested: {reason}. No grant can allow it")]
    Target {
        /// What was asked for, without its query.
        target: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A header is not the connector's to set, or is not a header.
    #[error("the header `{name}` cannot be sent: {reason}. No grant can allow it")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The content is too large to send.
    #[error("the request has {size} bytes of content; at most {limit} may be sent")]
    RequestTooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The connector's manifest does not ask for this.
    #[error(
        "{method} {url} is refused: the connector's manifest does not ask for it. If the connector needs it, its author adds to \
         connector.toml:\n\n{grant}"
    )]
    NotRequested {
        /// The method.
        method: crate::Method,
        /// The URL without its query.
        url: String,
        /// The lines that would ask for it.
        grant: String,
    },
    /// The operator did not grant this.
    #[error("{method} {url} is refused: the connector of {app} asks for it, and it was not granted. To grant it:\n\n{grant}")]
    NotGranted {
        /// The app.
        app: String,
        /// The method.
        method: crate::Method,
        /// The URL without its query.
        url: String,
        /// The command that would grant it.
        grant: String,
    },
    /// The name is of an address that a connector must not reach.
    #[error("{host} is at {address}, {class}: refused. If {app} is meant to reach it, add to innkeeper.toml:\n\n{grant}")]
    RefusedAddress {
        /// The app.
        app: String,
        /// The host in the URL.
        host: String,
        /// Its address, canonicalised.
        address: std::net::IpAddr,
        /// What the address is: `a loopback address`.
        class: &'static str,
        /// The lines that would grant it.
        grant: String,
    },
    /// Plain HTTP to a host that is not this machine.
    #[error(
        "{host} is at {address}, which is not this machine: plain http is for loopback addresses only, and no grant can allow it. Use https"
    )]
    PlainHttp {
        /// The host in the URL.
        host: String,
        /// Its address.
        address: std::net::IpAddr,
    },
    /// The name could not be looked up.
    #[error("the name {host} could not be resolved: {reason}")]
    Resolution {
        /// The host in the URL.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// A rate budget, or a rest that the system asked for, leaves no room in time.
    #[error("the rate budget of {app} has no room for another {} ({reason})", seconds(.retry_after))]
    Budget {
        /// The app.
        app: String,
        /// What has to be waited for.
        reason: &'static str,
        /// How long until there is room.
        retry_after: Duration,
    },
    /// The operator has paused the app. The request did not leave.
    #[error("nothing is sent to {app}: {why}")]
    Paused {
        /// The app.
        app: String,
        /// By whom, why, and how to go on.
        why: String,
    },
    /// Nothing is configured for the slot.
    #[error("{app} has no credential `{slot}`. Add to innkeeper.toml:\n\n{grant}")]
    EmptySlot {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// The lines that would fill it.
        grant: String,
    },
    /// The secret could not be fetched.
    #[error("the credential `{slot}` of {app} could not be fetched: {source}")]
    Secret {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// Why.
        source: Box<SecretError>,
    },
    /// The secret cannot be put into a header.
    #[error("the credential `{slot}` of {app} cannot be sent: {reason}")]
    Unusable {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The secret could not be exchanged for an access token. The request did not leave.
    #[error("the credential `{slot}` of {app} got no access token: {reason}")]
    Token {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// What happened, and what to do about it.
        reason: String,
        /// [`Code::NoCredential`] where somebody has to do something about it; another one where it may pass.
        code: Code,
        /// How long the token endpoint wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// No connection. The request did not leave.
    #[error("no connection to {host}: {reason}")]
    Connection {
        /// The host and port.
        host: String,
        /// What happened, and what to do about it.
        reason: String,
    },
    /// No answer in time.
    #[error("no answer from {host} within {}: gave up while {phase}", seconds(.after))]
    Timeout {
        /// The host and port.
        host: String,
        /// How long was waited.
        after: Duration,
        /// What was being done.
        phase: &'static str,
        /// Whether the request may have reached the system.
        sent: bool,
    },
    /// The answer is larger than the limit.
    #[error("the answer of {host} has more than {limit} bytes")]
    TooLarge {
        /// The host and port.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The head of the answer is larger than the limit.
    #[error("the answer of {host} has a head of more than {fields} fields or {limit} bytes")]
    HeadTooLarge {
        /// The host and port.
        host: String,
        /// The limit in fields.
        fields: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection broke, or the answer is not HTTP.
    #[error("the answer of {host} broke off or is not HTTP: {reason}")]
    Protocol {
        /// The host and port.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The system sent the request elsewhere and it was not followed.
    #[error("{host} answered {status} and sent the request on to {to}, which was not followed: {reason}")]
    Redirect {
        /// The host and port.
        host: String,
        /// The status.
        status: u16,
        /// Where to, without the query.
        to: String,
        /// Why it was not followed.
        reason: String,
    },
}

impl EgressError {
    /// The kind of the error.
    pub fn code(&self) -> Code {
        match self {
            Self::Target { .. } | Self::Header { .. } | Self::RequestTooLarge { .. } => Code::InvalidRequest,
            Self::NotRequested { .. } | Self::NotGranted { .. } | Self::Redirect { .. } => Code::Denied,
            Self::RefusedAddress { .. } | Self::PlainHttp { .. } | Self::Resolution { .. } => Code::Resolution,
            Self::Budget { .. } | Self::Paused { .. } => Code::Budget,
            Self::EmptySlot { .. } | Self::Secret { .. } | Self::Unusable { .. } => Code::NoCredential,
            Self::Token { code, .. } => *code,
            Self::Connection { .. } => Code::Connection,
            Self::Timeout { .. } => Code::Timeout,
            Self::TooLarge { .. } | Self::HeadTooLarge { .. } => Code::TooLarge,
            Self::Protocol { .. } => Code::Protocol,
        }
    }

    /// Whether the request may have reached the system. If so, a write has an unknown outcome.
    pub fn sent(&self) -> bool {
        match self {
            Self::Timeout { sent, .. } => *sent,
            Self::TooLarge { .. } | Self::HeadTooLarge { .. } | Self::Protocol { .. } | Self::Redirect { .. } => true,
            _ => false,
        }
    }

    /// The error without echoes of the secret that the request carried.
    pub(crate) fn without_echo(mut self, redactor: Option<&Redactor>) -> Self {
        let Some(redactor) = redactor else { return self };
        let clean = |text: &mut String| *text = redactor.text(text).into_owned();
        match &mut self {
            Self::Redirect { to, reason, .. } => {
                clean(to);
                clean(reason);
            }
            Self::Protocol { reason, .. } | Self::Connection { reason, .. } => clean(reason),
            _ => {}
        }
        self
    }

    /// How long to wait before the next try, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Budget { retry_after, .. } => Some(*retry_after),
            Self::Token { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The base URL or a rule is not a URL that can be used.
    #[error("`{url}` cannot be used in the policy of {app}: {reason}")]
    Url {
        /// The app.
        app: String,
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The budget lets nothing through, or is not a number.
    #[error("the rate budget of {app} must let through more than 0 requests a second, and a burst of at least 1")]
    Budget {
        /// The app.
        app: String,
    },
    /// A credential names a header that it cannot use.
    #[error("the credential `{slot}` of {app} cannot use the header `{header}`: {reason}")]
    CredentialHeader {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// The header.
        header: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A credential's token endpoint is not a URL that can be used.
    #[error("`{url}` cannot be the token endpoint of the credential `{slot}` of {app}: {reason}")]
    TokenUrl {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// The URL without its query.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A refresh token is where a new one cannot be kept.
    #[error(
        "the credential `{slot}` of {app} is a refresh token in {place}, where a new one could not be kept: endpoints give a new one in the \
         place of the old. Keep it with `innkeeper secret set NAME` and refer to it with secret = \"NAME\""
    )]
    RefreshToken {
        /// The app.
        app: String,
        /// The slot.
        slot: String,
        /// Where it is.
        place: String,
    },
    /// A file with certificate authorities is not one.
    #[error("the certificate authorities given for {app} are not PEM certificates: {reason}")]
    CertificateAuthorities {
        /// The app.
        app: String,
        /// What is wrong with them.
        reason: String,
    },
    /// There is nothing to verify servers with, or the HTTP client cannot be built.
    #[error("{app} cannot send requests: {reason}")]
    Transport {
        /// The app.
        app: String,
        /// Why.
        reason: String,
    },
}

/// A time as a person says it.
fn seconds(time: &Duration) -> String {
    match time.as_millis() {
        millis @ 0..=9_999 => format!("{} s", millis as f64 / 1000.0),
        _ => format!("{} s", time.as_secs_f64().ceil()),
    }
}
