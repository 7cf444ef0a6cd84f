//! How much of its host one app may take while it is read: a connector that never comes to an end must not keep everybody waiting, nor
//! fill the memory.

use innkeeper_domain::{Account, Attributes, Entitlement, EntitlementKey, Grant, Holder, PersonRecord, Scalar, Value};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// For all listings of an app together. A vendor that allows 5,000 requests an hour gives 3 million accounts in this time.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// For all listings of an app together. A million accounts with ten attributes are some 300 MB.
const MOST_BYTES: usize = 1 << 30;

/// What the reading of one app may still take.
#[derive(Debug)]
pub(crate) struct Allowance {
    until: Instant,
    bytes: AtomicUsize,
}

impl Allowance {
    /// For one app, from now on.
    pub(crate) fn new() -> Self {
        Self { until: Instant::now() + LONGEST, bytes: AtomicUsize::new(MOST_BYTES) }
    }

    #[cfg(test)]
    pub(crate) fn of(time: Duration, bytes: usize) -> Self {
        Self { until: Instant::now() + time, bytes: AtomicUsize::new(bytes) }
    }

    /// When reading ends, whatever was read.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// Takes memory; false where there is not so much left.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// How many bytes of memory something takes, roughly: its text, and a little for everything that holds text.
pub(crate) trait Weigh {
    fn weight(&self) -> usize;
}

/// What a value, a name or an item takes beside its text.
const HOLDER: usize = 64;

impl Weigh for Value {
    fn weight(&self) -> usize {
        let text = if let Scalar::Text(text) = &self.scalar { text.len() } else { 0 };
        HOLDER + text + self.label.as_ref().map_or(0, |text| text.len())
    }
}

impl Weigh for Attributes {
    fn weight(&self) -> usize {
        self.iter().map(|(name, values)| HOLDER + name.as_str().len() + values.iter().map(Weigh::weight).sum::<usize>()).sum()
    }
}

impl Weigh for EntitlementKey {
    fn weight(&self) -> usize {
        HOLDER + self.kind.len() + self.id.len()
    }
}

impl Weigh for Account {
    fn weight(&self) -> usize {
        let invitation = self.invitation.as_ref().map_or(0, |invitation| {
            invitation.expires.as_ref().map_or(0, |text| text.len()) + invitation.failed.as_ref().map_or(0, |text| text.len())
        });
        // The id is kept twice: to know it again.
        HOLDER
            + 2 * self.id.as_str().len()
            + self.unique_name.len()
            + self.version.as_ref().map_or(0, |text| text.len())
            + invitation
            + self.attributes.weight()
    }
}

impl Weigh for Entitlement {
    fn weight(&self) -> usize {
        let parent = self.parent.as_ref().map_or(0, Weigh::weight);
        2 * self.key.weight() + self.name.len() + self.description.as_ref().map_or(0, |text| text.len()) + parent
    }
}

impl Weigh for Grant {
    fn weight(&self) -> usize {
        let holder = match &self.holder {
            Holder::Account(id) => HOLDER + id.as_str().len(),
            Holder::Entitlement(key) => key.weight(),
        };
        2 * (self.entitlement.weight() + holder)
    }
}

impl Weigh for PersonRecord {
    fn weight(&self) -> usize {
        let restricted: usize = self.restricted.iter().map(|name| HOLDER + name.as_str().len()).sum();
        HOLDER + 2 * self.id.as_str().len() + self.attributes.weight() + restricted
    }
}
