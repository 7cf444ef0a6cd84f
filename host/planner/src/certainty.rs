//! What may be concluded from listings of which some are incomplete. Every rule of the kind "nothing destructive comes from
//! absence" stands here.

use crate::AppInput;
use innkeeper_domain::{Case, CaseKind, Completeness, PersonId, Presence, Snapshot};
use std::collections::BTreeSet;

/// Which listings prove absence.
#[derive(Clone, Copy)]
pub(crate) struct Certainty<'a> {
    people: bool,
    accounts: bool,
    entitlements: bool,
    grants: bool,
    known_leavers: &'a BTreeSet<PersonId>,
}

impl<'a> Certainty<'a> {
    pub(crate) fn new(input: &AppInput<'a>) -> Self {
        Self {
            people: input.people_complete,
            accounts: input.snapshot.accounts.is_complete(),
            entitlements: input.snapshot.entitlements.is_complete(),
            grants: input.snapshot.grants.is_complete(),
            known_leavers: input.known_leavers,
        }
    }

    /// An account that was not listed does not exist.
    pub(crate) fn absent_account_is_gone(&self) -> bool {
        self.accounts
    }

    /// An account that was not seen could be the person's already, and a person who was not seen could want the same name.
    pub(crate) fn may_create(&self) -> bool {
        self.people && self.accounts
    }

    /// Somebody who was not seen could have the better claim, or another account could match as well.
    pub(crate) fn may_adopt(&self) -> bool {
        self.people && self.accounts
    }

    /// The record that was not read could say that the person works here, or be the one that entitles them.
    pub(crate) fn may_close(&self, person: &PersonId, presence: Presence) -> bool {
        self.people || (matches!(presence, Presence::Closed { .. }) && self.known_leavers.contains(person))
    }

    /// There is no hurry that would justify a doubt about something that cannot be undone.
    pub(crate) fn may_delete(&self) -> bool {
        self.people
    }

    /// An attribute may be empty only because the record that has it was not read.
    pub(crate) fn may_clear(&self) -> bool {
        self.people
    }

    /// The account could hold it already.
    pub(crate) fn may_grant(&self) -> bool {
        self.grants
    }

    /// Another entitlement of the same name could be the one that is meant, and what is owned is revoked one day.
    pub(crate) fn may_assume(&self) -> bool {
        self.entitlements
    }

    /// A rule could give it because of a record that was not read, or under a name that was not read.
    pub(crate) fn may_revoke(&self) -> bool {
        self.people && self.grants && self.entitlements
    }

    /// A leaver loses all that we gave, whatever it is called; but we must know that it can be revoked at all.
    pub(crate) fn may_revoke_from_leaver(&self, listed: bool) -> bool {
        self.grants && (self.entitlements || listed)
    }

    /// The app could have it.
    pub(crate) fn unknown_entitlement_is_a_mistake(&self) -> bool {
        self.entitlements
    }

    /// Somebody who was not seen could be the owner.
    pub(crate) fn may_report_orphans(&self) -> bool {
        self.people
    }

    /// A rule that could not be evaluated, or whose entitlement was not seen, could give it.
    pub(crate) fn may_report_drift(&self) -> bool {
        self.people && self.entitlements
    }
}

/// One case for every listing that is not complete.
pub(crate) fn cases(input: &AppInput<'_>) -> Vec<Case> {
    fn of<T>(name: &str, held_back: &str, snapshot: &Snapshot<T>) -> Option<Case> {
        match &snapshot.completeness {
            Completeness::Complete => None,
            Completeness::Incomplete { why } => Some(case(format!("{name}: {why}"), name, held_back)),
        }
    }
    fn case(listing: String, name: &str, held_back: &str) -> Case {
        let text = format!("The listing of {name} is not complete, so {held_back}. Plan again when it can be read to its end.");
        Case { person: None, label: None, kind: CaseKind::Incomplete { listing }, text }
    }
    let people = (!input.people_complete).then(|| {
        let held_back = "no account is created, adopted or closed except where somebody left beyond doubt, no grant is revoked and no attribute is cleared";
        case("people: a source was not read completely".to_owned(), "people", held_back)
    });
    let snapshot = input.snapshot;
    people
        .into_iter()
        .chain(of("accounts", "no account is created or adopted", &snapshot.accounts))
        .chain(of("entitlements", "no grant is revoked", &snapshot.entitlements))
        .chain(of("grants", "nothing is granted to accounts that exist and nothing is revoked", &snapshot.grants))
        .collect()
}
