//! One access token.

use crate::credential::Fingerprint;
use innkeeper_secrets::{Redactor, Secret};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How long before its end a token is not used any more: a request may wait for the rate budget and be under way as long.
const MARGIN: Duration = Duration::from_secs(120);

/// How old a token must be to be replaced because of a 401 when the system never took it: a new one would hardly be better, and a system
/// that turns everything down must not make for a token a request.
const DOUBTFUL: Duration = Duration::from_secs(60);

/// An access token in memory. Like a secret, it cannot be printed.
pub(crate) struct AccessToken {
    text: Secret,
    redactor: Redactor,
    /// The secrets that it was given for.
    of: Fingerprint,
    until: SystemTime,
    fetched: Instant,
    proved: AtomicBool,
}

impl AccessToken {
    /// A token that was given just now, for this long.
    pub(crate) fn new(text: Secret, redactor: Redactor, of: Fingerprint, lifetime: Duration, now: SystemTime) -> Self {
        // A short life is used for the most part.
        let margin = MARGIN.min(lifetime / 10);
        Self { text, redactor, of, until: now + (lifetime - margin), fetched: Instant::now(), proved: AtomicBool::new(false) }
    }

    pub(crate) fn text(&self) -> &Secret {
        &self.text
    }

    /// What finds echoes of the token and of the secrets that it was given for.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Whether it can be used now and was given for these secrets.
    pub(crate) fn serves(&self, of: &Fingerprint, now: SystemTime) -> bool {
        self.of == *of && now < self.until
    }

    /// The system took it.
    pub(crate) fn prove(&self) {
        self.proved.store(true, Ordering::Relaxed);
    }

    /// Whether a 401 to a request that arrived then says that the token has ended before its time.
    pub(crate) fn is_worn(&self, arrived: Instant) -> bool {
        let cached = self.fetched < arrived;
        cached && (self.proved.load(Ordering::Relaxed) || self.fetched.elapsed() >= DOUBTFUL)
    }
}
