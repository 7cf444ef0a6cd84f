//! The plan for one app.

use crate::AppInput;
use crate::certainty::{self, Certainty};
use crate::close::closing;
use crate::correlate::{Correlation, Holding, Owner};
use crate::create::{candidates, telling_values};
use crate::draft::{Sequence, Subject, number};
use crate::grants::Grants;
use crate::last_holder;
use crate::maintain::{hidden_returners, maintenances};
use crate::matcher::Matcher;
use crate::observed::Observed;
use crate::schema::Schema;
use crate::seats;
use crate::shadow;
use crate::unique::settle;
use innkeeper_domain::{AppPlan, Case, CaseKind, DesiredAccount, Operation, Orphan, Presence};

/// All that the steps of planning look at and none of them changes.
pub(crate) struct Scene<'s, 'a> {
    pub(crate) input: &'s AppInput<'a>,
    pub(crate) schema: &'s Schema<'a>,
    pub(crate) certainty: &'s Certainty<'a>,
    pub(crate) observed: &'s Observed<'a>,
    pub(crate) correlation: &'s Correlation<'a>,
}

impl<'a> Scene<'_, 'a> {
    /// The rule at a position.
    pub(crate) fn matcher(&self, position: usize) -> Matcher<'a> {
        Matcher::new(self.schema, &self.input.matchers[position])
    }

    /// The rule by which an account was recognised.
    pub(crate) fn matcher_of(&self, account: usize) -> Option<usize> {
        match self.correlation.owners[account] {
            Owner::Matched { person } => match self.correlation.holdings[person] {
                Holding::Matched { matcher, .. } => Some(matcher),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the person's account is called, as far as the rules know.
    pub(crate) fn name_of(&self, desired: &DesiredAccount) -> String {
        let name = self.schema.desired_unique_name(desired).and_then(|values| values.first());
        name.map_or_else(|| desired.label.to_string(), |value| value.scalar.to_string())
    }
}

/// Compares what people should have on one app with what was seen there. Changes are numbered from `c1`.
///
/// The answer depends on the content of the input alone, never on its order.
pub fn plan_app(input: &AppInput<'_>) -> AppPlan {
    let last = &mut 0;
    let certainty = Certainty::new(input);
    let schema = Schema::new(&input.snapshot.description, input.desired);
    let observed = Observed::new(input.snapshot, input.owned);
    let correlation = Correlation::new(input, &observed, &schema, &certainty);
    let scene = Scene { input, schema: &schema, certainty: &certainty, observed: &observed, correlation: &correlation };
    let mut grants = Grants::new(&observed, input, &certainty);

    let mut cases = certainty::cases(input);
    cases.extend(correlation.cases.iter().cloned());
    let closing = closing(&scene, &grants);
    cases.extend(closing.cases);
    let mut sequences = closing.sequences;
    let mut upcoming = closing.upcoming;
    upcoming.sort_by(|left, right| (left.on, &left.person, &left.label).cmp(&(right.on, &right.person, &right.label)));

    let mut maintenances = maintenances(&scene, &mut grants, &mut cases);
    let kept = last_holder::keep(&scene, &mut sequences, &mut maintenances, &mut cases);
    upcoming.retain(|later| kept.iter().all(|kept| observed.accounts[*kept].unique_name != later.label));
    let candidates = candidates(&scene, &mut grants, &mut cases);
    let settlement = settle(&scene, &maintenances, &candidates, &deleted(&sequences, observed.accounts.len()));
    cases.extend(settlement.cases);
    cases.extend(grants.cases());
    for (maintenance, verdict) in maintenances.iter_mut().zip(&settlement.updates) {
        if !verdict.granted {
            maintenance.deltas.retain(|(delta, _)| schema.named(&delta.name).unique.is_none());
        }
    }
    let telling = telling_values(&scene, &candidates, &maintenances);
    sequences.extend(hidden_returners(&scene, &mut cases));
    for (maintenance, verdict) in maintenances.into_iter().zip(settlement.updates) {
        let waits = if verdict.granted { verdict.after } else { Vec::new() };
        let depth = if verdict.granted { verdict.depth } else { 0 };
        let sequence = maintenance.sequence(&scene, &grants, &waits);
        if !sequence.steps.is_empty() {
            sequences.push(Sequence { depth, ..sequence });
        }
    }
    for ((candidate, verdict), absent) in candidates.into_iter().zip(settlement.creates).zip(telling) {
        if verdict.granted {
            sequences.push(candidate.sequence(&scene, &grants, absent, &verdict.after));
        }
    }
    let mut drift = std::mem::take(&mut grants.drift);
    drift.sort_by(|left, right| {
        (&left.person, &left.account, &left.entitlement).cmp(&(&right.person, &right.account, &right.entitlement))
    });
    let mut changes = number(sequences, observed.accounts.len(), last);
    let seats = seats::reserve(&scene, &mut changes, &mut cases);
    sort_cases(&mut cases);
    let orphans = orphans(&scene);
    changes.extend(shadow::suspensions(&scene, &orphans, last));
    let cost = Vec::new();
    AppPlan { app: input.app.clone(), mode: input.mode, changes, orphans, drift, cases, upcoming, seats, cost }
}

/// Which accounts the plan deletes.
fn deleted(sequences: &[Sequence<'_>], accounts: usize) -> Vec<bool> {
    let mut deleted = vec![false; accounts];
    for sequence in sequences {
        if let Subject::Seen { position, .. } = sequence.subject {
            deleted[position] = sequence.steps.iter().any(|step| step.operation == Operation::DeleteAccount);
        }
    }
    deleted
}

/// The accounts of nobody, and those of people who should not have them and that are not ours to close.
fn orphans(scene: &Scene<'_, '_>) -> Vec<Orphan> {
    if !scene.certainty.may_report_orphans() {
        return Vec::new();
    }
    let mut orphans = Vec::new();
    for (account, owner) in scene.observed.accounts.iter().zip(&scene.correlation.owners) {
        let person = match *owner {
            Owner::Nobody => None,
            Owner::Linked { link, person: None } => Some(&link.person),
            Owner::Matched { person } => {
                let desired = scene.correlation.people[person];
                let closed_already = account.status == innkeeper_domain::AccountStatus::Suspended;
                match desired.presence {
                    Presence::NotEntitled | Presence::Awaited { .. } => Some(&desired.person),
                    Presence::Closed { .. } if closed_already => Some(&desired.person),
                    Presence::Closed { .. } | Presence::Active | Presence::OnLeave => continue,
                }
            }
            Owner::Linked { .. } | Owner::Knot => continue,
        };
        if scene.input.drift.ignored_accounts.contains(&account.id) {
            continue;
        }
        orphans.push(Orphan {
            id: account.id.clone(),
            unique_name: account.unique_name.to_string(),
            status: account.status,
            person: person.cloned(),
        });
    }
    orphans
}

/// What spoils the whole plan first, then by person.
fn sort_cases(cases: &mut [Case]) {
    let rank = |kind: &CaseKind| match kind {
        CaseKind::Incomplete { .. } => 0,
        CaseKind::UnknownEntitlement { .. } => 1,
        CaseKind::Unsupported { .. } => 2,
        CaseKind::AmbiguousAccount { .. } => 3,
        CaseKind::AmbiguousPerson { .. } => 4,
        CaseKind::Collision { .. } => 5,
        CaseKind::MissingValue { .. } => 6,
        CaseKind::InvitationFailed { .. } => 7,
        CaseKind::SeatsShort { .. } => 8,
        CaseKind::LastHolder { .. } => 9,
        CaseKind::Protected { .. } => 10,
        CaseKind::Refused { .. } => 11,
        CaseKind::AttributeDrift { .. } => 12,
    };
    cases.sort_by(|left, right| {
        (rank(&left.kind), &left.person, &left.text).cmp(&(rank(&right.kind), &right.person, &right.text))
    });
}
