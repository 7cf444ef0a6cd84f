//! What can go wrong with secrets.

use crate::{KeyPlace, SecretName};
use std::io;
use std::path::PathBuf;

/// Why a secret could not be kept or fetched. Never carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The name is not one.
    #[error(
        "`{name}` is not a name for a secret: use 1 to 64 of a-z, 0-9, `-`, `_` and `.`, starting with a letter or a digit, \
         such as `github-token`"
    )]
    Name {
        /// What was given.
        name: String,
    },
    /// The store has no such secret.
    #[error("there is no secret `{name}`. Set it with: innkeeper secret set {name}")]
    Missing {
        /// Which.
        name: SecretName,
    },
    /// The environment variable is not set, or is not text.
    #[error("the environment variable `{name}` is not set (or is not UTF-8). Set it for the innkeeper process")]
    MissingVariable {
        /// Which.
        name: String,
    },
    /// There is a secret, and nothing in it.
    #[error("{place} is empty")]
    Empty {
        /// Where.
        place: String,
    },
    /// A secret has to be text.
    #[error("{place} is not UTF-8 text")]
    NotText {
        /// Where.
        place: String,
    },
    /// The secret is larger than a secret can be.
    #[error("{place} has more than {limit} bytes: that is not a secret")]
    TooLarge {
        /// Where.
        place: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The secret is kept by somebody else and cannot be changed from here.
    #[error(
        "{place} is not innkeeper's to change. Keep it in innkeeper's own store: innkeeper secret set NAME, and refer to it with \
         {{ secret = \"NAME\" }}"
    )]
    NotOurs {
        /// Where it is.
        place: String,
    },
    /// The secret was encrypted with another key than the one there is.
    #[error(
        "the secret `{name}` was encrypted with another key ({theirs}) than the one in use ({ours}, from {key}). Restore that key, or set \
         the secret again: innkeeper secret set {name}"
    )]
    WrongKey {
        /// Which.
        name: SecretName,
        /// The id of the key in use.
        ours: String,
        /// The id of the key that encrypted it.
        theirs: String,
        /// Where the key in use comes from.
        key: String,
    },
    /// The file is not what was written.
    #[error(
        "the secret `{name}` in `{path}` was changed or damaged since it was written ({what}). Set it again: innkeeper secret set {name}"
    )]
    Tampered {
        /// Which.
        name: SecretName,
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The key is not one.
    #[error("{place} is not a key: expected 32 bytes as base64. Make one with: openssl rand -base64 32")]
    BadKey {
        /// Where it came from.
        place: String,
    },
    /// There are secrets, and the key that encrypted them is gone.
    #[error(
        "the key `{path}` is missing, but there are secrets that were encrypted with it. Restore it from a backup, or give it in \
         INNKEEPER_KEY"
    )]
    KeyGone {
        /// Where the key should be.
        path: PathBuf,
    },
    /// The key is written down as lying somewhere, and it is not there.
    #[error("the secrets are encrypted with the key {id}, and {}", missing(*place))]
    KeyAbsent {
        /// Its id.
        id: String,
        /// Where it should be.
        place: KeyPlace,
    },
    /// A key was given that is not the one in use.
    #[error(
        "{origin} has the key {given}, but the secrets are encrypted with the key {used}, which lies in {place}. Unset {origin}; or, to \
         have the key there, move it: INNKEEPER_NEW_KEY=... innkeeper secret rotate-key --to env"
    )]
    OtherKey {
        /// Where it came from.
        origin: String,
        /// The id of the one that was given.
        given: String,
        /// The id of the one in use.
        used: String,
        /// Where that one lies.
        place: KeyPlace,
    },
    /// The system's keyring cannot be used.
    #[error(
        "the system's keyring cannot be used: {reason}. Containers often have none: give the key in INNKEEPER_KEY, or keep it in a file: \
         innkeeper secret rotate-key --to file"
    )]
    Keyring {
        /// What the system said.
        reason: String,
    },
    /// A key is to be changed to one that its owner brings, and there is none.
    #[error(
        "a key in {place} has to be kept elsewhere as well, so it is not made here. Make one (openssl rand -base64 32), keep it, and give \
         it in INNKEEPER_NEW_KEY"
    )]
    NoNewKey {
        /// Where it is to lie.
        place: KeyPlace,
    },
    /// The new key is the one in use.
    #[error("INNKEEPER_NEW_KEY has the key that is in use. Make another one with: openssl rand -base64 32")]
    SameKey,
    /// A secret cannot be read, and would be lost with the old key.
    #[error(
        "the key is not changed, because that would lose the secret `{name}`. Set it again or remove it (innkeeper secret remove {name}), \
         then try again: {reason}"
    )]
    NotRotated {
        /// Which.
        name: SecretName,
        /// Why it cannot be read.
        reason: Box<SecretError>,
    },
    /// Others can read what they must not.
    #[error("`{path}` can be used by others (mode {mode:o}). Close it with: chmod {wanted:o} {path}")]
    Permissions {
        /// Which file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode that it should have.
        wanted: u32,
    },
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system has no randomness to give.
    #[error("the operating system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

/// What to type where a key is not in its place.
fn missing(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::File => "its file does not have it. Restore it from a backup, or give it in INNKEEPER_KEY",
        KeyPlace::Keyring => {
            "the system's keyring does not have it: it forgets keys at a restart, and after three days without use. Give it once, and it \
             is put back: INNKEEPER_KEY=... innkeeper secret key"
        }
        KeyPlace::Environment => {
            "nothing in the environment has it. Give it in INNKEEPER_KEY; while a change of keys was cut off, give the old one there and \
             the new one in INNKEEPER_NEW_KEY"
        }
    }
}
