//! What accounts should hold against what they hold.

use crate::certainty::Certainty;
use crate::draft::{Before, Sequence};
use crate::entitlements::{Names, Resolution, Resolver};
use crate::input::{AppInput, DriftRules};
use crate::observed::{Held, Observed};
use innkeeper_domain::{
    Account, Case, CaseKind, DesiredAccount, Drift, EntitlementRef, GrantDrift, NamedEntitlement, Operation, Precondition,
    Reason, ReasonKind,
};
use std::collections::BTreeMap;

/// What to do about one entitlement of one account.
#[derive(Debug)]
pub(crate) enum GrantChange {
    Assume(u32, Vec<Reason>),
    Revoke(u32),
    /// Takes away what somebody else gave.
    Revert(u32),
    /// Makes what somebody else gave ours.
    Keep(u32),
    Grant(u32, Vec<Reason>),
}

/// How often an entitlement that cannot be granted or revoked stands in the way.
#[derive(Default)]
struct Fixed {
    missing: usize,
    surplus: usize,
}

/// Compares grants, and remembers what the reader has to know.
pub(crate) struct Grants<'p, 'a> {
    observed: &'p Observed<'a>,
    certainty: &'p Certainty<'a>,
    rules: &'a DriftRules,
    resolver: Resolver<'a>,
    names: Names<'a>,
    /// The entitlements that the person in hand should hold, with the position of the desired grant; sorted.
    wanted: Vec<(u32, usize)>,
    /// The kinds of which the person in hand should hold one that the app does not have under this name.
    unresolved: Vec<&'a str>,
    unknown: BTreeMap<&'a EntitlementRef, (Resolution, usize)>,
    fixed: BTreeMap<u32, Fixed>,
    pub(crate) drift: Vec<Drift>,
}

impl<'p, 'a> Grants<'p, 'a> {
    pub(crate) fn new(observed: &'p Observed<'a>, input: &AppInput<'a>, certainty: &'p Certainty<'a>) -> Self {
        Self {
            observed,
            certainty,
            rules: input.drift,
            resolver: Resolver::new(observed, &input.snapshot.description),
            names: Names::default(),
            wanted: Vec::new(),
            unresolved: Vec::new(),
            unknown: BTreeMap::new(),
            fixed: BTreeMap::new(),
            drift: Vec::new(),
        }
    }

    /// What an account that does not exist yet gets.
    pub(crate) fn for_new(&mut self, desired: &'a DesiredAccount) -> Vec<GrantChange> {
        self.take(desired);
        let mut changes = Vec::new();
        let mut at = 0;
        while let Some((entitlement, reasons)) = self.next_wanted(desired, &mut at) {
            self.grant(entitlement, reasons, &mut changes);
        }
        changes
    }

    /// What changes for an account that exists, stays and holds this.
    pub(crate) fn for_existing(&mut self, desired: &'a DesiredAccount, position: usize, held: &[Held]) -> Vec<GrantChange> {
        self.take(desired);
        let observed = self.observed;
        let (mut changes, mut revokes) = (Vec::new(), Vec::new());
        let mut at = 0;
        for held in held {
            while self.wanted.get(at).is_some_and(|(wanted, _)| *wanted < held.entitlement()) {
                self.grant_missing(desired, &mut at, &mut changes);
            }
            if self.wanted.get(at).is_some_and(|(wanted, _)| *wanted == held.entitlement()) {
                if held.owned() || !self.certainty.may_assume() || !self.resolver.is_assignable(held.entitlement()) {
                    while self.wanted.get(at).is_some_and(|(wanted, _)| *wanted == held.entitlement()) {
                        at += 1;
                    }
                } else if let Some((entitlement, reasons)) = self.next_wanted(desired, &mut at) {
                    changes.push(GrantChange::Assume(entitlement, reasons));
                }
            } else {
                self.surplus(desired, observed.accounts[position], held.entitlement(), held.owned(), &mut revokes);
            }
        }
        while at < self.wanted.len() {
            self.grant_missing(desired, &mut at, &mut changes);
        }
        // Revokes first: a licence that becomes free can be given in the same run.
        revokes.append(&mut changes);
        revokes
    }

    /// What a leaver's account loses: all that the rules gave.
    pub(crate) fn for_leaver(&self, position: usize) -> Vec<GrantChange> {
        let revocable = |entitlement: u32| {
            let listed = self.observed.entitlements[entitlement as usize].listed.is_some();
            self.resolver.is_assignable(entitlement) && self.certainty.may_revoke_from_leaver(listed)
        };
        let held = self.observed.held(position).iter();
        held.filter(|held| held.owned() && revocable(held.entitlement()))
            .map(|held| GrantChange::Revoke(held.entitlement()))
            .collect()
    }

    /// Resolves what the person should hold.
    fn take(&mut self, desired: &'a DesiredAccount) {
        self.wanted.clear();
        self.unresolved.clear();
        for (position, grant) in desired.grants.iter().enumerate() {
            match self.names.resolve(&self.resolver, &grant.entitlement) {
                None => {}
                Some(Resolution::Found(entitlement)) => self.wanted.push((entitlement, position)),
                Some(failed) => {
                    self.unresolved.extend(grant.entitlement.entitlement.as_ref().map(|(kind, _)| kind.as_str()));
                    self.unknown.entry(&grant.entitlement).or_insert((failed, 0)).1 += 1;
                }
            }
        }
        self.wanted.sort_unstable();
    }

    /// The entitlement at a position of `wanted` with all reasons for it; several roles can give the same.
    fn next_wanted(&self, desired: &DesiredAccount, at: &mut usize) -> Option<(u32, Vec<Reason>)> {
        let (entitlement, _) = *self.wanted.get(*at)?;
        let mut reasons = Vec::new();
        while let Some((_, position)) = self.wanted.get(*at).filter(|(wanted, _)| *wanted == entitlement) {
            let reason = desired.reason_of(&desired.grants[*position].reason);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            *at += 1;
        }
        Some((entitlement, reasons))
    }

    fn grant_missing(&mut self, desired: &DesiredAccount, at: &mut usize, changes: &mut Vec<GrantChange>) {
        if let Some((entitlement, reasons)) = self.next_wanted(desired, at)
            && self.certainty.may_grant()
        {
            self.grant(entitlement, reasons, changes);
        }
    }

    fn grant(&mut self, entitlement: u32, reasons: Vec<Reason>, changes: &mut Vec<GrantChange>) {
        if self.resolver.is_assignable(entitlement) {
            changes.push(GrantChange::Grant(entitlement, reasons));
        } else {
            self.fixed.entry(entitlement).or_default().missing += 1;
        }
    }

    /// Something is held that no rule gives.
    fn surplus(
        &mut self,
        desired: &DesiredAccount,
        account: &Account,
        entitlement: u32,
        owned: bool,
        revokes: &mut Vec<GrantChange>,
    ) {
        let known = &self.observed.entitlements[entitlement as usize];
        // It could be the one that a rule means by a name that was not found: renamed on the app, perhaps.
        if self.unresolved.contains(&known.key.kind.as_str()) {
            return;
        }
        let grant = (account.id.clone(), known.key.clone());
        if self.rules.kept.contains(&grant) || (!owned && self.rules.ignored.contains(&grant)) {
            return;
        }
        let assignable = self.resolver.is_assignable(entitlement);
        if owned {
            match (self.certainty.may_revoke(), assignable) {
                (true, true) => revokes.push(GrantChange::Revoke(entitlement)),
                (true, false) => self.fixed.entry(entitlement).or_default().surplus += 1,
                (false, _) => {}
            }
        } else if assignable && self.certainty.may_report_drift() {
            match self.rules.policy.grants {
                GrantDrift::Revert if self.certainty.may_revoke() => revokes.push(GrantChange::Revert(entitlement)),
                GrantDrift::Adopt if self.certainty.may_revoke() => revokes.push(GrantChange::Keep(entitlement)),
                _ => self.drift.push(Drift {
                    person: desired.person.clone(),
                    label: account.unique_name.to_string(),
                    account: account.id.clone(),
                    entitlement: known.key.clone(),
                    name: known.name().to_owned(),
                }),
            }
        }
    }

    /// The entitlements that changes grant, as a plan shows them.
    pub(crate) fn named(&self, changes: &[GrantChange]) -> Vec<NamedEntitlement> {
        let granted = changes.iter().filter_map(|change| match change {
            GrantChange::Grant(entitlement, _) => Some(&self.observed.entitlements[*entitlement as usize]),
            GrantChange::Assume(..) | GrantChange::Revoke(_) | GrantChange::Revert(_) | GrantChange::Keep(_) => None,
        });
        granted.map(|known| NamedEntitlement { entitlement: known.key.clone(), name: known.name().to_owned() }).collect()
    }

    /// Adds the changes to a sequence.
    pub(crate) fn add(
        &self,
        sequence: &mut Sequence<'_>,
        changes: Vec<GrantChange>,
        because: &[Reason],
        state: &Precondition,
        after: &[Before],
    ) {
        let named = |entitlement: u32| {
            let known = &self.observed.entitlements[entitlement as usize];
            (known.key.clone(), known.name().to_owned())
        };
        for change in changes {
            let (operation, reasons) = match change {
                GrantChange::Assume(entitlement, reasons) => {
                    let (entitlement, name) = named(entitlement);
                    (Operation::AssumeGrant { entitlement, name }, reasons)
                }
                GrantChange::Grant(entitlement, reasons) => {
                    let (entitlement, name) = named(entitlement);
                    (Operation::Grant { entitlement, name }, reasons)
                }
                GrantChange::Revert(entitlement) => {
                    let (entitlement, name) = named(entitlement);
                    let reason = Reason::new(ReasonKind::NoRole, "somebody else gave it, and no role does");
                    (Operation::Revoke { entitlement, name }, vec![reason])
                }
                GrantChange::Keep(entitlement) => {
                    let (entitlement, name) = named(entitlement);
                    let reason = Reason::new(ReasonKind::Adoption, "somebody else gave it, and it is kept from now on");
                    (Operation::AssumeGrant { entitlement, name }, vec![reason])
                }
                GrantChange::Revoke(entitlement) => {
                    let (entitlement, name) = named(entitlement);
                    (Operation::Revoke { entitlement, name }, because.to_vec())
                }
            };
            sequence.push(operation, reasons, state.clone(), after);
        }
    }

    /// Why a grant is revoked from somebody who stays.
    pub(crate) fn no_role() -> Reason {
        Reason::new(ReasonKind::NoRole, "no role gives it any more")
    }

    /// One case for each entitlement that cannot be had.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (reference, (resolution, people)) in &self.unknown {
            let name = reference.to_string();
            let text = match resolution {
                Resolution::Ambiguous(count) => format!(
                    "The app has {count} entitlements of the name in `{name}`, which {} should hold. Write the id of one of them instead of the name.",
                    people_text(*people)
                ),
                _ if !self.certainty.unknown_entitlement_is_a_mistake() => continue,
                _ => format!(
                    "The app has no entitlement with the name or id in `{name}`, which {} should hold. Create it there or correct the name.",
                    people_text(*people)
                ),
            };
            cases.push(Case { person: None, label: None, kind: CaseKind::UnknownEntitlement { entitlement: name }, text });
        }
        for (entitlement, fixed) in &self.fixed {
            let known = &self.observed.entitlements[*entitlement as usize];
            let name = format!("{} {}", known.key.kind, known.name());
            for (people, operation, change) in [(fixed.missing, "grant", "granted to"), (fixed.surplus, "revoke", "revoked from")]
            {
                if people > 0 {
                    let text = format!(
                        "{name} should be {change} {}, and the connector cannot do that. Do it on the app, or change the rule.",
                        people_text(people)
                    );
                    let kind = CaseKind::Unsupported { operation: format!("{operation} {name}") };
                    cases.push(Case { person: None, label: None, kind, text });
                }
            }
        }
        cases
    }
}

fn people_text(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
