//! What the commands about connectors work on.

use crate::arguments::General;
use crate::context::{self, Places};
use crate::error::CliError;
use innkeeper_bundle::{BundleError, ConnectorRef, Connectors, Installed, Lock, Trust};
use jiff::Zoned;
use jiff::civil::Date;
use serde_json::Value;

/// The connectors of one configuration: what is installed, what was agreed to, and whom to trust.
pub(super) struct Desk<'a> {
    pub(super) general: &'a General,
    pub(super) places: Places,
    pub(super) connectors: Connectors,
    pub(super) lock: Lock,
    pub(super) trust: Trust,
}

impl<'a> Desk<'a> {
    pub(super) fn open(general: &'a General) -> Result<Self, CliError> {
        let places = Places::of(general);
        context::make_private(&places.state)?;
        let connectors = Connectors::open(&places.state)?;
        let lock = Lock::load(&places.directory).map_err(BundleError::from)?;
        let trust = Trust::load(&places.directory).map_err(BundleError::from)?;
        Ok(Self { general, places, connectors, lock, trust })
    }

    /// The day on which a key must not be over.
    pub(super) fn today(&self) -> Date {
        Zoned::now().date()
    }

    /// The installed version that somebody means: the one in use where it is wanted, otherwise the newest.
    pub(super) fn meant(&self, reference: &ConnectorRef) -> Result<Installed, BundleError> {
        let used = self.lock.selection(&reference.name).map(|selection| &selection.all.version);
        match used.filter(|version| reference.matches(version)) {
            Some(version) => self.connectors.installed(&reference.name, version),
            None => self.connectors.resolve(reference),
        }
    }

    /// Writes what was agreed to; a running engine goes by it from its next call on.
    pub(super) fn agree(&self, what: &str, subject: Value) -> Result<(), CliError> {
        self.lock.save(&self.places.directory).map_err(BundleError::from)?;
        self.note(what, subject)
    }

    /// Writes the audit log, beside an engine that may be running.
    pub(super) fn note(&self, what: &str, subject: Value) -> Result<(), CliError> {
        context::decide(&self.places, &[], what, subject)
    }
}
