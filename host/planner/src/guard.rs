//! How much a plan may do at once.
//!
//! Looks at the whole plan of an app before the first write. It does not ask why: a mistake in our own rules takes away just as
//! much as a broken source.

use innkeeper_domain::{
    AccountTarget, AppMode, AppName, AppPlan, AttributeName, Change, Glob, Guard, GuardClass, GuardLimits, Operation, percent,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One app as the guard sees it.
#[derive(Clone, Debug, Default)]
pub struct GuardedApp {
    /// The limits, and how far back they look.
    pub guard: Guard,
    /// What makes a change a rename or a privileged grant.
    pub marks: Marks,
    /// How many accounts are managed there.
    pub managed: usize,
    /// What earlier runs did within the window, without what somebody let pass knowingly.
    pub recent: Tally,
}

/// What a change itself does not say of its class.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// The attribute by which the app names an account.
    pub unique_name: Option<AttributeName>,
    /// Which entitlements are privileged.
    pub privileged: Vec<Glob>,
}

/// Which accounts were touched, by class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<GuardClass, BTreeSet<String>>);

impl Marks {
    /// The classes that a change counts in. What goes with a suspension or deletion counts with it, and what is only written down here
    /// counts in none.
    pub fn classes(&self, change: &Change) -> Vec<GuardClass> {
        let privileged = |kind: &str, id: &str, name: &str| {
            self.privileged
                .iter()
                .any(|pattern| pattern.matches(&format!("{kind}/{name}")) || pattern.matches(&format!("{kind}/{id}")))
        };
        match &change.operation {
            Operation::CreateAccount { grants, .. } => {
                let mut classes = vec![GuardClass::Create];
                if grants.iter().any(|grant| privileged(&grant.entitlement.kind, &grant.entitlement.id, &grant.name)) {
                    classes.push(GuardClass::PrivilegedGrant);
                }
                classes
            }
            Operation::UpdateAccount { deltas } => {
                let is_name = |name: &AttributeName| {
                    self.unique_name.as_ref().is_some_and(|own| own.as_str().eq_ignore_ascii_case(name.as_str()))
                };
                if deltas.iter().any(|delta| is_name(&delta.name)) { vec![GuardClass::Rename] } else { Vec::new() }
            }
            // An account that the plan itself makes and that sleeps until the first day: nobody loses anything.
            Operation::Suspend if !matches!(change.account, AccountTarget::Existing { .. }) => Vec::new(),
            Operation::Suspend => vec![GuardClass::Suspend],
            Operation::DeleteAccount => vec![GuardClass::Delete],
            Operation::Revoke { .. } => vec![GuardClass::Revoke],
            Operation::Grant { entitlement, name } if privileged(&entitlement.kind, &entitlement.id, name) => {
                vec![GuardClass::PrivilegedGrant]
            }
            Operation::Grant { .. }
            | Operation::Reactivate
            | Operation::RevokeSessions
            | Operation::TransferOwnership { .. }
            | Operation::Adopt
            | Operation::AssumeGrant { .. } => Vec::new(),
        }
    }
}

impl Tally {
    /// Counts a change, except in these classes.
    pub fn add(&mut self, change: &Change, marks: &Marks, except: &BTreeSet<GuardClass>) {
        for class in marks.classes(change).into_iter().filter(|class| !except.contains(class)) {
            self.0.entry(class).or_default().insert(account(change));
        }
    }

    /// What a plan does.
    pub fn of(plan: &AppPlan, marks: &Marks) -> Self {
        let mut tally = Self::default();
        for change in &plan.changes {
            tally.add(change, marks, &BTreeSet::new());
        }
        tally
    }

    /// How many accounts, by class. Accounts are counted, not changes: somebody who loses four groups counts once, and the grants of an
    /// account that is suspended or deleted go with it.
    pub fn counts(&self) -> BTreeMap<GuardClass, usize> {
        let touched = |class: GuardClass, account: &String| self.0.get(&class).is_some_and(|accounts| accounts.contains(account));
        let closed = |account: &String| touched(GuardClass::Suspend, account) || touched(GuardClass::Delete, account);
        let count = |(class, accounts): (&GuardClass, &BTreeSet<String>)| {
            let counted = accounts.iter().filter(|account| *class != GuardClass::Revoke || !closed(account)).count();
            (counted > 0).then_some((*class, counted))
        };
        self.0.iter().filter_map(count).collect()
    }

    /// Both together: whoever is in both counts once.
    fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (class, accounts) in &other.0 {
            both.0.entry(*class).or_default().extend(accounts.iter().cloned());
        }
        both
    }
}

/// The account that a change touches. One that is not there yet is its person's.
fn account(change: &Change) -> String {
    match &change.account {
        AccountTarget::Existing { id, .. } => format!("account {id}"),
        AccountTarget::New | AccountTarget::Created { .. } => format!("person {}", change.person),
    }
}

/// A limit that a plan would pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Breach {
    /// The app.
    pub app: AppName,
    /// What there is too much of.
    pub class: GuardClass,
    /// How many accounts the plan touches.
    pub count: usize,
    /// How many others earlier runs touched within the window.
    pub recent: usize,
    /// How many accounts are managed on the app.
    pub managed: usize,
    /// The limits.
    pub limits: GuardLimits,
}

impl Breach {
    /// What names it: the app and the class, `github:suspend`.
    pub fn token(&self) -> String {
        format!("{}:{}", self.app, self.class)
    }

    /// The share of the managed accounts, in percent.
    pub fn percent(&self) -> usize {
        percent(self.count + self.recent, self.managed)
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, class, count, recent, managed, limits } = self;
        let what = match class {
            GuardClass::Create => "created",
            GuardClass::Suspend => "suspended",
            GuardClass::Delete => "deleted",
            GuardClass::Revoke => "relieved of grants",
            GuardClass::Rename => "renamed",
            GuardClass::PrivilegedGrant => "given privileged entitlements",
        };
        let accounts = |count: usize| if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") };
        write!(formatter, "{app}: {} would be {what}", accounts(*count))?;
        if *recent > 0 {
            write!(formatter, ", after {recent} lately")?;
        }
        let GuardLimits { max_count, max_percent, min_count } = limits;
        if *max_percent < 100 {
            write!(formatter, ", {} % of the {managed} that are managed", self.percent())?;
        }
        write!(formatter, ". The limit is {}", accounts(*max_count))?;
        if *max_percent < 100 {
            write!(formatter, " and, beyond {min_count}, {max_percent} %")?;
        }
        write!(
            formatter,
            ". Nothing is written. If this is what you want, apply with `--override REASON`, for this limit alone with "
        )?;
        write!(formatter, "`--allow {}` beside it; otherwise find out what changed.", self.token())
    }
}

/// The limits that a plan would pass, by class. An app in observe mode is not written to, and passes none.
pub fn check(plan: &AppPlan, app: &GuardedApp) -> Vec<Breach> {
    if plan.mode == AppMode::Observe {
        return Vec::new();
    }
    let own = Tally::of(plan, &app.marks);
    let together = own.with(&app.recent).counts();
    let breach = |(class, count): (GuardClass, usize)| {
        // The plan's own revokes can be those of an account that was suspended before: then they are not counted together.
        let total = together.get(&class).copied().unwrap_or_default().max(count);
        let limits = app.guard.limits(class);
        let breach = Breach { app: plan.app.clone(), class, count, recent: total - count, managed: app.managed, limits };
        limits.are_passed_by(total, app.managed).then_some(breach)
    };
    own.counts().into_iter().filter_map(breach).collect()
}
