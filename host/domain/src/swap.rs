//! One app in the place of another, for everybody who has a role.

use crate::{AppName, EntitlementRef, PersonId, RoleName};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What stands on the new app for something that the role gives on the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counterpart {
    /// On the old app.
    pub old: EntitlementRef,
    /// On the new one; none: it is given nowhere any more, and the account alone stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<EntitlementRef>,
}

/// The decision that a role gives a new app where it gave an old one.
///
/// Whoever has the role gets the new app from `from` on. Whoever has the old app then keeps it until `overlap` days after their account on
/// the new one was seen to be usable; nobody is given the old one any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Swap {
    /// What the configuration still gives.
    pub old: AppName,
    /// What is given in its place.
    pub new: AppName,
    /// Whom it is about.
    pub role: RoleName,
    /// How many days the old app is kept beside the new one.
    pub overlap: u32,
    /// The first day, in a person's own time zone.
    pub from: Date,
    /// What stands for what; what is not named has the same kind and name on both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counterparts: Vec<Counterpart>,
    /// Who decided: the user name that the operating system gives.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Swap {
    /// What is given on the new app for something that the role gives on the old one.
    pub fn counterpart(&self, given: &EntitlementRef) -> EntitlementRef {
        let account = || EntitlementRef { app: self.new.clone(), entitlement: None };
        match self.counterparts.iter().find(|one| one.old == *given) {
            Some(named) => named.new.clone().unwrap_or_else(account),
            None => EntitlementRef { app: self.new.clone(), entitlement: given.entitlement.clone() },
        }
    }

    /// The first day without the old app, for somebody whose account on the new one was first seen to be usable on a day.
    pub fn ends(&self, there: Date) -> Date {
        // A day beyond the end of the calendar never comes.
        there.max(self.from).checked_add(i64::from(self.overlap).days()).unwrap_or(Date::MAX)
    }
}

/// Where one person stands in a swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub enum SwapStage {
    /// It has not begun.
    Ahead {
        /// The first day.
        from: Date,
    },
    /// Their account on the new app is not there yet, or cannot be used.
    Waiting,
    /// They have both.
    Overlap {
        /// The first day without the old app.
        ends: Date,
    },
    /// The old app is theirs no more.
    Over {
        /// Since when.
        since: Date,
    },
}

/// A swap, and what is known of the people whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningSwap {
    /// The decision.
    pub swap: Swap,
    /// On which day each account on the new app was first seen to be usable.
    pub there: BTreeMap<PersonId, Date>,
    /// Who has an account on the old app, and what they hold there of what the role gives.
    pub held: BTreeMap<PersonId, BTreeSet<EntitlementRef>>,
}

impl RunningSwap {
    /// Where somebody stands on a day of theirs.
    pub fn stage(&self, person: &PersonId, today: Date) -> SwapStage {
        if today < self.swap.from {
            return SwapStage::Ahead { from: self.swap.from };
        }
        match self.there.get(person).map(|there| self.swap.ends(*there)) {
            None => SwapStage::Waiting,
            Some(ends) if today < ends => SwapStage::Overlap { ends },
            Some(since) => SwapStage::Over { since },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn running(there: Option<Date>) -> RunningSwap {
        let swap = Swap {
            old: "chat".into(),
            new: "talk".into(),
            role: "staff".into(),
            overlap: 14,
            from: date(2026, 12, 1),
            counterparts: vec![
                Counterpart { old: "chat:group/Sales".parse().unwrap(), new: "talk:team/Vendors".parse().ok() },
                Counterpart { old: "chat:group/Fun".parse().unwrap(), new: None },
            ],
            by: "ada".into(),
            at: Timestamp::UNIX_EPOCH,
            reason: None,
        };
        RunningSwap { swap, there: there.map(|on| ("1".into(), on)).into_iter().collect(), held: BTreeMap::new() }
    }

    #[test]
    fn the_overlap_counts_from_the_day_of_the_new_account_and_never_from_before_the_swap() {
        let stage = |there, today| running(there).stage(&"1".into(), today);
        assert_eq!(stage(None, date(2026, 11, 30)), SwapStage::Ahead { from: date(2026, 12, 1) });
        assert_eq!(stage(None, date(2027, 11, 30)), SwapStage::Waiting);
        let ends = date(2026, 12, 15);
        assert_eq!(stage(Some(date(2020, 1, 1)), date(2026, 12, 14)), SwapStage::Overlap { ends });
        assert_eq!(stage(Some(date(2020, 1, 1)), ends), SwapStage::Over { since: ends });
        assert_eq!(stage(Some(date(2026, 12, 8)), ends), SwapStage::Overlap { ends: date(2026, 12, 22) });
    }

    #[test]
    fn what_is_not_named_has_the_same_name_and_what_has_no_counterpart_is_the_account() {
        let given = |old: &str| running(None).swap.counterpart(&old.parse().unwrap()).to_string();
        assert_eq!(given("chat:group/Sales"), "talk:team/Vendors");
        assert_eq!(given("chat:group/Everybody"), "talk:group/Everybody");
        assert_eq!((given("chat:group/Fun"), given("chat")), ("talk".to_owned(), "talk".to_owned()));
    }
}
