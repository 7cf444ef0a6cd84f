//! What has to be known beside people and rules: the moment, and what was remembered or decided by hand.

use innkeeper_domain::{PersonId, RoleName, RunningSwap, TemporaryGrant, Today};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The moment for which the rules are applied, and what was remembered or decided by hand until then.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The moment, and what day it is for whom.
    pub today: Today,
    /// What people were given by hand for a time; what is over does not count.
    pub temporary: BTreeMap<PersonId, Vec<TemporaryGrant>>,
    /// On which day a role that is kept for a while was seen to be somebody's no more.
    pub stopped: BTreeMap<PersonId, BTreeMap<RoleName, Date>>,
    /// On which day somebody who has no end date was first seen to be inactive.
    pub inactive_since: BTreeMap<PersonId, Date>,
    /// The apps that are given in the place of others.
    pub swaps: Vec<RunningSwap>,
}

impl From<Today> for Circumstances {
    fn from(today: Today) -> Self {
        Self { today, temporary: BTreeMap::new(), stopped: BTreeMap::new(), inactive_since: BTreeMap::new(), swaps: Vec::new() }
    }
}

impl From<Date> for Circumstances {
    fn from(day: Date) -> Self {
        Today::from(day).into()
    }
}
