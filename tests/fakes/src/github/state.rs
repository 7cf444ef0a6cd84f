//! What GitHub holds: accounts of the whole world, and one organisation.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};

/// An invitation that nobody accepted in this time has failed.
pub(super) const INVITATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A personal account. It belongs to a person, not to an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Stays the same for ever.
    pub id: u64,
    /// Can be changed by its owner.
    pub login: String,
    /// As the profile says.
    pub name: Option<String>,
    /// Verified addresses, private to the person.
    pub emails: Vec<String>,
    /// The address that the profile shows to everyone.
    pub public_email: Option<String>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
}

/// What somebody is in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A member.
    Member,
    /// An owner.
    Admin,
    /// Sees the bills and nothing else; not a member.
    BillingManager,
}

impl Role {
    /// As memberships say it.
    pub(super) fn of_membership(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::BillingManager => "billing_manager",
        }
    }

    /// As invitations say it.
    pub(super) fn of_invitation(self) -> &'static str {
        match self {
            Self::Member => "direct_member",
            Self::Admin => "admin",
            Self::BillingManager => "billing_manager",
        }
    }
}

/// Who is invited: somebody with an account, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invitee {
    Account(u64),
    Email(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invitation {
    pub(super) id: u64,
    pub(super) invitee: Invitee,
    pub(super) role: Role,
    pub(super) teams: BTreeSet<u64>,
    pub(super) created: Timestamp,
    pub(super) failed: Option<(Timestamp, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Team {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) description: Option<String>,
    pub(super) secret: bool,
    pub(super) parent: Option<u64>,
    /// Direct members, and whether each is a maintainer.
    pub(super) members: IndexMap<u64, bool>,
    /// The identity provider says who is in it.
    pub(super) synced: bool,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrganizationRole {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) predefined: bool,
    pub(super) permissions: Vec<String>,
    pub(super) users: BTreeSet<u64>,
    pub(super) teams: BTreeSet<u64>,
    pub(super) created: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) created: Timestamp,
    /// The day on which it ends.
    pub(super) cancelled: Option<jiff::civil::Date>,
    pub(super) last_activity: Option<Timestamp>,
}

/// What the identity provider says about somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// The account that has signed in with it; none where nobody has yet.
    pub user: Option<u64>,
    /// SAML's `NameID`.
    pub name_id: Option<String>,
    /// The `userName` that SCIM gave; none where the identity was not made by SCIM.
    pub scim_username: Option<String>,
    /// Addresses that the identity provider gave.
    pub emails: Vec<String>,
}

/// What a member was, kept so that the person can be reinstated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Former {
    pub(super) role: Role,
    pub(super) teams: BTreeSet<u64>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) clock: Timestamp,
    pub(super) accounts: IndexMap<u64, Account>,
    pub(super) members: IndexMap<u64, Role>,
    pub(super) former: BTreeMap<u64, Former>,
    pub(super) invitations: BTreeMap<u64, Invitation>,
    pub(super) failed: BTreeMap<u64, Invitation>,
    /// When invitations were sent.
    pub(super) sent: Vec<Timestamp>,
    pub(super) teams: BTreeMap<u64, Team>,
    pub(super) roles: BTreeMap<u64, OrganizationRole>,
    pub(super) seats: IndexMap<u64, Seat>,
    pub(super) identities: Vec<ExternalIdentity>,
    last_id: u64,
}

impl State {
    pub(super) fn new(clock: Timestamp) -> Self {
        Self {
            clock,
            accounts: IndexMap::new(),
            members: IndexMap::new(),
            former: BTreeMap::new(),
            invitations: BTreeMap::new(),
            failed: BTreeMap::new(),
            sent: Vec::new(),
            teams: BTreeMap::new(),
            roles: BTreeMap::new(),
            seats: IndexMap::new(),
            identities: Vec::new(),
            // Ids of accounts are large and have gaps; small ones would hide a mistaken index.
            last_id: 1_000,
        }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 7;
        self.last_id
    }

    /// Logins are compared without regard to case.
    pub(super) fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn account_with_email(&self, email: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.emails.iter().any(|known| known.eq_ignore_ascii_case(email)))
    }

    pub(super) fn is_member(&self, id: u64) -> bool {
        self.members.get(&id).is_some_and(|role| *role != Role::BillingManager)
    }

    pub(super) fn is_owner(&self, id: u64) -> bool {
        self.members.get(&id) == Some(&Role::Admin)
    }

    pub(super) fn is_last_owner(&self, id: u64) -> bool {
        self.is_owner(id) && self.members.values().filter(|role| **role == Role::Admin).count() == 1
    }

    pub(super) fn team(&self, slug: &str) -> Option<&Team> {
        self.teams.values().find(|team| team.slug == slug)
    }

    pub(super) fn invitation_of(&self, invitee: &Invitee) -> Option<&Invitation> {
        self.invitations.values().find(|invitation| match (&invitation.invitee, invitee) {
            (Invitee::Email(one), Invitee::Email(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one == other,
        })
    }

    /// Does what the passing of time does.
    pub(super) fn tick(&mut self) {
        let now = self.clock;
        let expired = |invitation: &Invitation| now.duration_since(invitation.created) >= INVITATION_LIFETIME;
        let ids: Vec<_> = self.invitations.values().filter(|one| expired(one)).map(|one| one.id).collect();
        for id in ids {
            self.fail(id, "Invitation expired. User did not accept this invite for 7 days.");
        }
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        self.seats.retain(|_, seat| seat.cancelled.is_none_or(|end| today < end));
    }

    /// A pending invitation becomes a failed one.
    pub(super) fn fail(&mut self, id: u64, reason: &str) {
        if let Some(mut invitation) = self.invitations.remove(&id) {
            let end = invitation.created + INVITATION_LIFETIME;
            invitation.failed = Some((end.min(self.clock), reason.to_owned()));
            self.failed.insert(id, invitation);
        }
    }

    /// A person becomes a member with a role, in teams.
    pub(super) fn join(&mut self, id: u64, role: Role, teams: &BTreeSet<u64>) {
        self.members.insert(id, role);
        for team in teams {
            if let Some(team) = self.teams.get_mut(team) {
                team.members.entry(id).or_insert(false);
            }
        }
        self.former.remove(&id);
    }

    /// A member leaves: all teams, roles and seats go with the membership.
    pub(super) fn leave(&mut self, id: u64) {
        let Some(role) = self.members.shift_remove(&id) else { return };
        let mut teams = BTreeSet::new();
        for team in self.teams.values_mut() {
            if team.members.shift_remove(&id).is_some() {
                teams.insert(team.id);
            }
        }
        for role in self.roles.values_mut() {
            role.users.remove(&id);
        }
        let end = self.end_of_cycle();
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.cancelled.get_or_insert(end);
        }
        self.former.insert(id, Former { role, teams });
    }

    /// The first day of the next billing cycle: of the next month.
    pub(super) fn end_of_cycle(&self) -> jiff::civil::Date {
        let today = self.clock.to_zoned(jiff::tz::TimeZone::UTC).date();
        today.last_of_month().tomorrow().unwrap_or(jiff::civil::Date::MAX)
    }

    /// A team and all that are nested in it, at any depth.
    pub(super) fn nested(&self, id: u64) -> Vec<u64> {
        let mut all = vec![id];
        let mut next = 0;
        while let Some(parent) = all.get(next).copied() {
            all.extend(self.teams.values().filter(|team| team.parent == Some(parent)).map(|team| team.id));
            next += 1;
        }
        all
    }

    /// The members of a team, with those of nested teams: whether each is a maintainer, and whether only by a nested team.
    pub(super) fn team_members(&self, id: u64) -> IndexMap<u64, (bool, bool)> {
        let mut members = IndexMap::new();
        for (depth, team) in self.nested(id).into_iter().enumerate() {
            for (user, maintainer) in &self.teams[&team].members {
                let maintainer = self.is_owner(*user) || (depth == 0 && *maintainer);
                members.entry(*user).or_insert((maintainer, depth > 0));
            }
        }
        members
    }
}
