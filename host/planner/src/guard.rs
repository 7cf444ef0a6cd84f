//! How much a plan may take away.
//!
//! Looks at the whole plan of an app before the first write. It does not ask why: a mistake in our own rules takes away just as
//! much as a broken source.

use innkeeper_domain::{AccountTarget, AppName, AppPlan, Class, Operation, Summary};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many accounts of an app may lose something in one plan, for each class of loss: suspension, deletion, revoked grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Limits {
    /// At most so many accounts.
    pub max_count: usize,
    /// At most this share of the accounts that are managed on the app, in percent.
    pub max_percent: u8,
    /// The share does not matter up to so many accounts: one leaver in a team of four is 25 percent.
    pub min_count: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_count: 100, max_percent: 10, min_count: 5 }
    }
}

/// A limit that a plan would break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Breach {
    /// The app.
    pub app: AppName,
    /// The class of loss.
    pub class: Class,
    /// How many accounts the plan touches.
    pub count: usize,
    /// How many more were touched lately, by earlier runs.
    pub recent: usize,
    /// How many accounts are managed on the app.
    pub managed: usize,
    /// The limits.
    pub limits: Limits,
}

impl Breach {
    /// What lets it through: the app and the class, `github:suspend`.
    pub fn token(&self) -> String {
        format!("{}:{}", self.app, self.class)
    }

    fn total(&self) -> usize {
        self.count + self.recent
    }

    /// The share of the managed accounts, in percent, rounded up: 10.1 percent are not within 10.
    pub fn percent(&self) -> usize {
        percent(self.total(), self.managed)
    }
}

fn percent(total: usize, managed: usize) -> usize {
    // Losses on an app where nothing is managed are all of it.
    (total * 100).checked_div(managed).map_or(100, |_| (total * 100).div_ceil(managed))
}

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, class, count, recent, managed, limits } = self;
        let what = match class {
            Class::Suspend => "suspended",
            Class::Delete => "deleted",
            _ => "relieved of grants",
        };
        let accounts = |count: usize| if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") };
        write!(formatter, "{app}: {} would be {what}", accounts(*count))?;
        if *recent > 0 {
            write!(formatter, ", after {recent} lately")?;
        }
        write!(formatter, ", {} % of the {managed} that are managed. ", self.percent())?;
        let Limits { max_count, max_percent, min_count } = limits;
        write!(formatter, "The limit is {}", accounts(*max_count))?;
        write!(formatter, " and, beyond {min_count}, {max_percent} %. Nothing is written to {app}. ")?;
        write!(formatter, "If this is what you want, apply with `--allow {}`; otherwise find out what changed.", self.token())
    }
}

/// The limits that a plan would break, by class. `managed` is the number of accounts that are managed on the app, `recent` what
/// earlier runs took away within the window that the guard looks at.
///
/// Accounts are counted, not changes: somebody who loses four groups counts once, and the grants of an account that is suspended go
/// with it.
pub fn check(plan: &AppPlan, managed: usize, recent: &Summary, limits: &Limits) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (class, count) in losses(plan) {
        let breach = Breach { app: plan.app.clone(), class, count, recent: recent.count(class), managed, limits: *limits };
        let total = breach.total();
        if total > limits.max_count || (total > limits.min_count && breach.percent() > usize::from(limits.max_percent)) {
            breaches.push(breach);
        }
    }
    breaches
}

/// How many accounts lose something, by class: what [`check`] compares, and what to keep for its `recent`.
pub fn losses(plan: &AppPlan) -> BTreeMap<Class, usize> {
    let mut accounts: BTreeMap<Class, BTreeSet<&str>> = BTreeMap::new();
    for change in &plan.changes {
        let class = change.operation.class();
        // An account without suspension loses its sessions and property on the way to its deletion.
        let on_the_way = matches!(change.operation, Operation::RevokeSessions | Operation::TransferOwnership { .. });
        if let AccountTarget::Existing { id, .. } = &change.account
            && class.is_destructive()
            && !on_the_way
        {
            accounts.entry(class).or_default().insert(id.as_str());
        }
    }
    let suspended = accounts.get(&Class::Suspend).cloned().unwrap_or_default();
    if let Some(revoked) = accounts.get_mut(&Class::Revoke) {
        revoked.retain(|id| !suspended.contains(id));
    }
    accounts.into_iter().map(|(class, accounts)| (class, accounts.len())).filter(|(_, count)| *count > 0).collect()
}
