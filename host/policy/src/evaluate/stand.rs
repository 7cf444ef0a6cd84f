//! Where a person stands between joining and leaving, as far as one app is concerned, and what is to come.

use super::account::{Draft, Rules, Standing};
use super::extra::Extra;
use crate::lifecycle::Close;
use innkeeper_domain::{Class, Description, Lifecycle, Person, Presence, ReasonKind, Upcoming};
use jiff::ToSpan;
use jiff::civil::Date;

/// Where a person stands today, as far as one app is concerned.
pub(super) struct Stand {
    pub(super) lifecycle: Lifecycle,
    /// The day where they are.
    pub(super) today: Date,
    /// The first day on which they no longer work here, where it is known and still to come.
    pub(super) closes: Option<Date>,
}

impl Rules<'_> {
    /// Somebody inactive without an end date still works here for the rest of the day, where the app says so.
    pub(super) fn stand(&self, person: &Person) -> Stand {
        let today = self.circumstances.today.of(person);
        let closes = person.leaves().filter(|leaves| *leaves > today);
        let lifecycle = match person.lifecycle(&self.circumstances.today) {
            Lifecycle::Left { since: None } => {
                let since = self.circumstances.inactive_since.get(&person.id).copied();
                if self.app.close == Close::EndOfDay && since.is_none_or(|since| since >= today) {
                    return Stand { lifecycle: Lifecycle::Employed, today, closes: today.tomorrow().ok() };
                }
                Lifecycle::Left { since }
            }
            lifecycle => lifecycle,
        };
        Stand { lifecycle, today, closes }
    }

    /// How many days before the first day of work an account is made. One that should be suspended until then, and cannot be, is made on
    /// the day itself.
    fn create_before(&self) -> i64 {
        let can_wait = |description: &Description| {
            description.suspend.as_ref().is_some_and(|effect| effect.reversible) && !description.quirks.invites
        };
        let wanted = !self.app.enable_on_start || self.description.is_none_or(can_wait);
        if wanted { i64::from(self.app.create_before) } else { 0 }
    }

    pub(super) fn is_near(&self, starts: Date, today: Date) -> bool {
        starts.checked_sub(self.create_before().days()).is_ok_and(|from| from <= today)
    }

    /// What is to come without anybody doing anything.
    pub(super) fn look_ahead(
        &self,
        person: &Person,
        stand: &Stand,
        standing: &Standing<'_>,
        extras: &[Extra],
        draft: &mut Draft,
    ) {
        self.look_ahead_to_swaps(person, stand, standing, extras, draft);
        let mut later = |class, what: Option<String>, on: Date| {
            draft.upcoming.push(Upcoming { person: person.id.clone(), label: person.label().to_string(), class, what, on });
        };
        match draft.account.presence {
            Presence::Awaited { starts } => {
                later(Class::Create, None, starts.checked_sub(self.create_before().days()).unwrap_or(starts));
            }
            Presence::Active => {
                if let Some(starts) = draft.account.enable_on {
                    later(Class::Reactivate, None, starts);
                }
                if let Some(closes) = stand.closes {
                    later(Class::Suspend, None, closes);
                }
                for extra in extras.iter().filter(|extra| stand.closes.is_none_or(|closes| extra.ends < closes)) {
                    // What a role gives as well does not end.
                    let mut same = draft.account.grants.iter().filter(|grant| grant.entitlement == extra.entitlement);
                    if !same.any(|grant| !matches!(grant.reason.kind, ReasonKind::Temporary | ReasonKind::Kept)) {
                        later(Class::Revoke, Some(extra.entitlement.to_string()), extra.ends);
                    }
                }
            }
            _ => {}
        }
    }
}
