//! When the engine looks, as configured.

use innkeeper_domain::{AppName, SourceName};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// When `innkeeper run` reads what, and where it tells how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How often everything is read and compared.
    pub every: SignedDuration,
    /// How often single sources are read.
    pub sources: BTreeMap<SourceName, SignedDuration>,
    /// How often single apps are read.
    pub apps: BTreeMap<AppName, SignedDuration>,
    /// Where health and status are answered; none: nowhere.
    pub listen: Option<SocketAddr>,
}

impl Default for Schedule {
    /// Every quarter of an hour: what a person does in between is seen at once where their source is read more often.
    fn default() -> Self {
        let every = SignedDuration::from_mins(15);
        Self { every, sources: BTreeMap::new(), apps: BTreeMap::new(), listen: None }
    }
}

impl Schedule {
    /// How often a source is read.
    pub fn of_source(&self, name: &SourceName) -> SignedDuration {
        self.sources.get(name).copied().unwrap_or(self.every)
    }

    /// How often an app is read.
    pub fn of_app(&self, name: &AppName) -> SignedDuration {
        self.apps.get(name).copied().unwrap_or(self.every)
    }
}
