//! What goes wrong close to the database, before it is known which file it was.

use crate::{Refusal, StoreError};
use std::path::Path;

#[derive(Debug)]
pub(crate) enum Fault {
    Database(rusqlite::Error),
    Damaged(String),
    Refused(Refusal),
    NotCommitted(String),
    Stopped,
}

impl Fault {
    pub(crate) fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Database(source) => super::copy::failed(&path, source),
            Self::Damaged(what) => StoreError::Damaged { path, what },
            Self::Refused(refusal) => StoreError::Refused(refusal),
            Self::NotCommitted(message) => StoreError::NotCommitted { path, message },
            Self::Stopped => StoreError::Stopped { path },
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<jiff::Error> for Fault {
    fn from(error: jiff::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
