//! Apps that are given in the place of others: what a role gives on either side of a swap, and when.

use super::account::{Draft, Ruled, Rules, Standing, of};
use super::extra::Extra;
use super::stand::Stand;
use crate::role::Role;
use innkeeper_domain::{
    AppName, Class, DesiredGrant, EntitlementRef, Person, PersonId, Presence, Reason, ReasonKind, RunningSwap, Shared,
    SharedReason, SwapStage, Upcoming,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// On which side of a swap something is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

/// Something that a role gives on one app.
pub(super) struct RoleGrant<'a> {
    /// As everybody has it whom no swap is about.
    pub(super) desired: Shared<DesiredGrant>,
    /// None where no swap is about it.
    pub(super) swap: Option<(&'a RunningSwap, Side)>,
}

/// Whether somebody who has a role gets anything by it on one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Gives,
    /// From this day on.
    Later(Date),
    /// Another app took its place.
    Over,
}

impl<'a> RoleGrant<'a> {
    /// What the configuration gives on the app, and what swaps put there.
    pub(super) fn of(role: &'a Role, reason: &SharedReason, app: &AppName, swaps: &'a [RunningSwap]) -> Vec<Self> {
        let desired = |entitlement| DesiredGrant { entitlement, reason: reason.clone() }.into();
        let mine = || swaps.iter().filter(|running| running.swap.role == role.name);
        let old = mine().find(|running| running.swap.old == *app).map(|running| (running, Side::Old));
        let configured = role.grants.iter().filter(|grant| grant.app == *app);
        let mut grants: Vec<Self> = configured.map(|grant| Self { desired: desired(grant.clone()), swap: old }).collect();
        for running in mine().filter(|running| running.swap.new == *app) {
            let replaced = role.grants.iter().filter(|grant| grant.app == running.swap.old);
            grants.extend(
                replaced
                    .map(|grant| Self { desired: desired(running.swap.counterpart(grant)), swap: Some((running, Side::New)) }),
            );
        }
        grants
    }

    pub(super) fn entitlement(&self) -> &EntitlementRef {
        &self.desired.entitlement
    }

    /// Whether somebody who has the role gets it on a day of theirs. Nobody is given anything of the old app any more: who has it keeps it.
    fn is_given(&self, person: &PersonId, today: Date) -> bool {
        let Some((running, side)) = self.swap else { return true };
        match (running.stage(person, today), side) {
            (SwapStage::Ahead { .. }, side) => side == Side::Old,
            (_, Side::New) => true,
            (SwapStage::Over { .. }, Side::Old) => false,
            (_, Side::Old) => {
                let held = running.held.get(person);
                held.is_some_and(|held| self.entitlement().entitlement.is_none() || held.contains(self.entitlement()))
            }
        }
    }
}

impl Ruled<'_> {
    /// What it gives somebody on a day of theirs.
    pub(super) fn given<'s>(&'s self, person: &'s PersonId, today: Date) -> impl Iterator<Item = &'s RoleGrant<'s>> {
        self.grants.iter().filter(move |grant| grant.is_given(person, today))
    }

    /// Whether it gives somebody anything on a day of theirs. Whoever has the old app keeps the account, whatever it holds.
    pub(super) fn share(&self, person: &PersonId, today: Date) -> Share {
        let mut later = None;
        for grant in &self.grants {
            let Some((running, side)) = grant.swap else { return Share::Gives };
            match (running.stage(person, today), side) {
                (SwapStage::Ahead { from }, Side::New) => later = Some(from),
                (SwapStage::Over { .. }, Side::Old) => {}
                (SwapStage::Waiting | SwapStage::Overlap { .. }, Side::Old) if !running.held.contains_key(person) => {}
                _ => return Share::Gives,
            }
        }
        later.map_or(Share::Over, Share::Later)
    }

    /// Whether it gives something for longer than a swap lasts: the account, or one entitlement.
    fn lasts(&self, entitlement: Option<&EntitlementRef>) -> bool {
        let stays = self.grants.iter().filter(|grant| !matches!(grant.swap, Some((_, Side::Old))));
        stays.into_iter().any(|grant| entitlement.is_none_or(|wanted| grant.entitlement() == wanted))
    }

    /// The first day on which somebody has the old app no more, where that is known.
    fn ends(&self, person: &PersonId, today: Date) -> Option<Date> {
        let old = self.grants.iter().filter_map(|grant| grant.swap.filter(|(_, side)| *side == Side::Old));
        old.into_iter().find_map(|(running, _)| match running.stage(person, today) {
            SwapStage::Overlap { ends } => Some(ends),
            _ => None,
        })
    }

    /// Why somebody has the account: what no swap is about says most.
    pub(super) fn reason_for(&self, person: &Person, today: Date) -> Reason {
        let plain = self.grants.iter().find(|grant| grant.swap.is_none());
        let first = plain.or_else(|| self.given(&person.id, today).next()).or_else(|| self.grants.first());
        first.map_or_else(|| of(&self.reason, person), |grant| self.reason_of(grant, person, today))
    }

    /// Why somebody has one thing.
    pub(super) fn reason_of(&self, grant: &RoleGrant<'_>, person: &Person, today: Date) -> Reason {
        let mut reason = of(&self.reason, person);
        let Some((running, side)) = grant.swap else { return reason };
        let words = words(running, side, running.stage(&person.id, today));
        if let Some(words) = words {
            reason.text = format!("{}; {words}", reason.text).into();
        }
        reason
    }
}

/// `swapped from chat to talk, old access until 2026-12-05`.
fn words(running: &RunningSwap, side: Side, stage: SwapStage) -> Option<String> {
    let swap = &running.swap;
    let swapped = format!("swapped from {} to {}", swap.old, swap.new);
    match (stage, side) {
        (SwapStage::Ahead { .. }, _) => None,
        (_, Side::New) => Some(swapped),
        (SwapStage::Waiting, Side::Old) => {
            let days = if swap.overlap == 1 { "1 day".to_owned() } else { format!("{} days", swap.overlap) };
            Some(format!("{swapped}, old access until {days} after the account on {} is there", swap.new))
        }
        (SwapStage::Overlap { ends }, Side::Old) => {
            // What ends on a day is had until the day before.
            Some(format!("{swapped}, old access until {}", ends.yesterday().unwrap_or(ends)))
        }
        (SwapStage::Over { since }, Side::Old) => Some(format!("{swapped}, old access ended on {since}")),
    }
}

impl Rules<'_> {
    /// Says why somebody has something here no more, where another app took its place.
    pub(super) fn say_swapped(&self, person: &Person, standing: &Standing<'_>, today: Date, draft: &mut Draft) {
        if !matches!(draft.account.presence, Presence::Active | Presence::NotEntitled) {
            return;
        }
        let ended = standing.over.iter().find_map(|ruled| {
            let (running, _) = ruled.grants.iter().find_map(|grant| grant.swap.filter(|(_, side)| *side == Side::Old))?;
            let text = match running.stage(&person.id, today) {
                stage @ SwapStage::Over { .. } => words(running, Side::Old, stage)?,
                // Who came since has never had it.
                _ => format!("swapped from {} to {}, and given to nobody any more", running.swap.old, running.swap.new),
            };
            let reason = of(&ruled.reason, person);
            Some(Reason { kind: ReasonKind::NoRole, text: format!("role {}: {text}", ruled.role.name).into(), ..reason })
        });
        if let (Some(reason), Presence::NotEntitled) = (&ended, draft.account.presence) {
            draft.account.reason = reason.clone();
        }
        draft.swapped = ended;
    }

    /// What a swap gives on a day to come, and what it takes away.
    pub(super) fn look_ahead_to_swaps(
        &self,
        person: &Person,
        stand: &Stand,
        standing: &Standing<'_>,
        extras: &[Extra],
        draft: &mut Draft,
    ) {
        let mut later = |class, what: Option<String>, on: Date| {
            if stand.closes.is_none_or(|closes| on < closes) {
                draft.upcoming.push(Upcoming { person: person.id.clone(), label: person.label().to_owned(), class, what, on });
            }
        };
        match draft.account.presence {
            Presence::NotEntitled => {
                if let Some(from) = standing.later.iter().map(|(_, from)| *from).min() {
                    later(Class::Create, None, from);
                }
            }
            Presence::Active => {
                let ends = standing.held.iter().filter_map(|ruled| ruled.ends(&person.id, stand.today)).max();
                let Some(ends) = ends else { return };
                if !standing.held.iter().any(|ruled| ruled.lasts(None)) && extras.is_empty() {
                    return later(Class::Revoke, Some(self.app.name.to_string()), ends);
                }
                let mut told = BTreeSet::new();
                for ruled in &standing.held {
                    let Some(ends) = ruled.ends(&person.id, stand.today) else { continue };
                    for grant in ruled.given(&person.id, stand.today).map(RoleGrant::entitlement) {
                        let stays = grant.entitlement.is_none()
                            || standing.held.iter().any(|other| other.lasts(Some(grant)))
                            || extras.iter().any(|extra| extra.entitlement == *grant);
                        if !stays && told.insert(grant) {
                            later(Class::Revoke, Some(grant.to_string()), ends);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
