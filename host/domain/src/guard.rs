//! How much a plan may do at once, as it is configured and as the guard reads it.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What the guard counts, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardClass {
    /// Accounts that are made.
    Create,
    /// Accounts that become unusable.
    Suspend,
    /// Accounts that are removed.
    Delete,
    /// Accounts that lose a grant and stay open.
    Revoke,
    /// Accounts that get another unique name.
    Rename,
    /// Accounts that get an entitlement that the app's configuration calls privileged.
    PrivilegedGrant,
}

impl GuardClass {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Create, Self::Suspend, Self::Delete, Self::Revoke, Self::Rename, Self::PrivilegedGrant];

    /// As it is written in the configuration and typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Suspend => "suspend",
            Self::Delete => "delete",
            Self::Revoke => "revoke",
            Self::Rename => "rename",
            Self::PrivilegedGrant => "privileged-grant",
        }
    }

    /// Whether somebody is worse off than before: the classes for which a general limit holds. How many may be hired at once says nothing
    /// of how many may be deleted.
    pub fn takes_away(self) -> bool {
        !matches!(self, Self::Create | Self::PrivilegedGrant)
    }
}

impl fmt::Display for GuardClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// How many accounts one class may touch within the guard's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GuardLimits {
    /// At most so many accounts.
    pub max_count: usize,
    /// At most this share of the accounts that are managed on the app, in percent; from 100 on the share does not matter.
    pub max_percent: u8,
    /// The share does not matter up to so many accounts: one leaver in a team of four is 25 percent.
    pub min_count: usize,
}

impl GuardLimits {
    /// The limits of a class that nobody has configured.
    pub fn of(class: GuardClass) -> Self {
        let limits = |max_count, max_percent, min_count| Self { max_count, max_percent, min_count };
        match class {
            // A first roll-out makes everybody's account, so no share is too large; so many new ones in a day are an export that came twice.
            GuardClass::Create => limits(1_000, 100, 0),
            // Can be taken back, and locks people out meanwhile: a department in a day, not a company.
            GuardClass::Suspend | GuardClass::Revoke | GuardClass::Rename => limits(50, 10, 5),
            // Cannot be taken back, and can wait for somebody who looks.
            GuardClass::Delete => limits(10, 5, 3),
            // Administrators are made one by one.
            GuardClass::PrivilegedGrant => limits(3, 100, 0),
        }
    }

    /// Whether so many accounts are too many, where so many are managed.
    pub fn are_passed_by(&self, accounts: usize, managed: usize) -> bool {
        let too_large = self.max_percent < 100 && percent(accounts, managed) > usize::from(self.max_percent);
        accounts > self.max_count || (accounts > self.min_count && too_large)
    }
}

/// The share of the managed accounts, in percent, rounded up: 10.1 percent are not within 10. Of none at all, any are all of it.
pub fn percent(accounts: usize, managed: usize) -> usize {
    if managed == 0 { 100 } else { (accounts * 100).div_ceil(managed) }
}

/// The guard of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// How far back it adds up what was done: a mistake that trickles is a mistake all the same.
    pub window: SignedDuration,
    /// The limits that are not the default ones.
    pub limits: BTreeMap<GuardClass, GuardLimits>,
}

impl Default for Guard {
    /// A day: a source is read at least daily, so that a mistake shows within it and not a second time after it.
    fn default() -> Self {
        Self { window: SignedDuration::from_hours(24), limits: BTreeMap::new() }
    }
}

impl Guard {
    /// The limits of a class.
    pub fn limits(&self, class: GuardClass) -> GuardLimits {
        self.limits.get(&class).copied().unwrap_or_else(|| GuardLimits::of(class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_fraction_too_much_is_too_much() {
        let limits = GuardLimits { max_count: 20, max_percent: 10, min_count: 3 };
        assert!(limits.are_passed_by(10, 99) && !limits.are_passed_by(10, 100));
        assert!(limits.are_passed_by(21, 100_000) && !limits.are_passed_by(20, 100_000));
        assert!(!limits.are_passed_by(3, 3) && limits.are_passed_by(4, 4));
        assert!(limits.are_passed_by(4, 0), "of nothing it is all");
        assert!(!GuardLimits { max_percent: 100, ..limits }.are_passed_by(20, 0));
    }
}
