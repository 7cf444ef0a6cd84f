//! Accounts that have to be made.

use crate::Link;
use crate::correlate::Holding;
use crate::draft::{Before, Sequence, Stage, Subject};
use crate::grants::{GrantChange, Grants};
use crate::key::{is_blank, key};
use crate::maintain::{Maintenance, missing_value};
use crate::matcher::Matcher;
use crate::planner::Scene;
use crate::shield;
use innkeeper_domain::{
    AccountId, AttributeName, Attributes, Case, CaseKind, DesiredAccount, Edit, Mutability, Operation, Precondition, Presence,
    Reason, Scalar, Value, Values,
};
use jiff::civil::Date;
use std::collections::HashMap;

/// An account that nobody has yet. Unique values are not settled yet.
pub(crate) struct Candidate<'a> {
    pub(crate) desired: &'a DesiredAccount,
    pub(crate) person: usize,
    pub(crate) unique_name: String,
    pub(crate) attributes: Attributes,
    lost: Option<(&'a AccountId, &'a Link)>,
    grants: Vec<GrantChange>,
}

/// Everybody who should have an account and has none.
pub(crate) fn candidates<'a>(scene: &Scene<'_, 'a>, grants: &mut Grants<'_, 'a>, cases: &mut Vec<Case>) -> Vec<Candidate<'a>> {
    if !scene.certainty.may_create() {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    for (person, (&desired, holding)) in scene.correlation.people.iter().zip(&scene.correlation.holdings).enumerate() {
        let Holding::None { lost } = *holding else { continue };
        if desired.presence != Presence::Active {
            continue;
        }
        if let Some(why) = lost.and_then(|(id, _)| refused(scene, desired, id)) {
            cases.push(why);
            continue;
        }
        let attributes = attributes(scene, desired);
        let name = scene.schema.desired_unique_name(desired).and_then(|values| values.first()).map(|value| &value.scalar);
        let missing = missing(scene, name, &attributes);
        cases.extend(missing.iter().map(|name| missing_value(desired, name.as_str(), "none is made")));
        // An entitlement that the app does not have is worth knowing even if the account cannot be made yet.
        let grants = grants.for_new(desired);
        if let Some(name) = name
            && missing.is_empty()
        {
            let unique_name = name.to_string();
            match scene.ward_of(None, &unique_name, &attributes) {
                Some(ward) => cases.push(shield::case(ward, desired, None, &unique_name, &["create".to_owned()])),
                None => candidates.push(Candidate { desired, person, unique_name, attributes, lost, grants }),
            }
        }
    }
    candidates
}

/// The case of an invitation that came to nothing for another reason than time: the same invitation would again.
fn refused(scene: &Scene<'_, '_>, desired: &DesiredAccount, id: &AccountId) -> Option<Case> {
    let gone = scene.observed.gone(id)?;
    let invitation = gone.invitation.as_ref()?;
    let why = invitation.failed.as_ref()?;
    let expires = invitation.expires.as_deref().and_then(|text| text.get(..10)).and_then(|day| day.parse::<Date>().ok());
    let same = scene.name_of(desired).eq_ignore_ascii_case(&gone.unique_name);
    if !same || expires.is_some_and(|day| day <= scene.input.today) {
        return None;
    }
    Some(Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::InvitationFailed { account: id.clone() },
        text: format!(
            "The invitation of {} came to nothing: {why}. It is not sent again as it was: correct the record or the mapping of {}, or \
             invite by hand.",
            gone.unique_name, scene.schema.description.unique_name
        ),
    })
}

/// What a new account is made with, its unique name aside.
fn attributes(scene: &Scene<'_, '_>, desired: &DesiredAccount) -> Attributes {
    let mut attributes = Attributes::new();
    for (position, wanted) in desired.attributes.iter().enumerate() {
        let facts = scene.schema.at(position, &wanted.name);
        if facts.mutability != Mutability::ReadOnly && !facts.is_unique_name && !wanted.values.is_empty() {
            let single = facts.multi_valued == Some(false);
            let values: Values = wanted.values.iter().take(if single { 1 } else { usize::MAX }).cloned().collect();
            attributes.insert_new(wanted.name.clone(), values);
        }
    }
    attributes
}

/// The attributes that an account must have and that have no usable value.
fn missing<'s>(scene: &Scene<'_, 's>, unique_name: Option<&Scalar>, attributes: &Attributes) -> Vec<&'s AttributeName> {
    let mut missing = Vec::new();
    if unique_name.is_none_or(is_blank) {
        missing.push(&scene.schema.description.unique_name);
    }
    for schema in &scene.schema.description.accounts {
        if schema.required && schema.mutability != Mutability::ReadOnly && !scene.schema.named(&schema.name).is_unique_name {
            let has = |values: &[Value]| values.iter().any(|value| !is_blank(&value.scalar));
            if !attributes.get(&schema.name).is_some_and(has) {
                missing.push(&schema.name);
            }
        }
    }
    missing
}

impl<'a> Candidate<'a> {
    /// The changes. `absent` are the values that no account must have; `waits` is what has to happen first so that unique
    /// values become free.
    pub(crate) fn sequence(
        self,
        scene: &Scene<'_, 'a>,
        grants: &Grants<'_, 'a>,
        absent: Vec<(AttributeName, Scalar)>,
        waits: &[Before],
    ) -> Sequence<'a> {
        let mut values = vec![(scene.schema.description.unique_name.clone(), Scalar::from(self.unique_name.as_str()))];
        values.extend(absent);
        let mut reasons = vec![self.desired.reason.clone()];
        reasons.extend(self.lost.map(|(id, link)| {
            let invitation = scene.observed.gone(id).and_then(|gone| gone.invitation.as_ref());
            let text = match (link.deleted_on, invitation) {
                (Some(day), _) => format!("the account {id} was deleted on {day}"),
                (None, Some(invitation)) => {
                    format!("the last invitation came to nothing: {}", invitation.failed.as_deref().unwrap_or("it expired"))
                }
                (None, None) => format!("the account {id} was deleted on the app"),
            };
            Reason::new(self.desired.reason.kind, text)
        }));
        let mut sequence = Sequence::new(Stage::Joiner, self.desired, Subject::New { unique_name: self.unique_name.clone() });
        // An invitation can say what it is for; until the person has accepted, perhaps nothing else can.
        let with = if scene.schema.description.quirks.invites { grants.named(&self.grants) } else { Vec::new() };
        let operation = Operation::CreateAccount { unique_name: self.unique_name, attributes: self.attributes, grants: with };
        let create = sequence.push(operation, reasons, Precondition::NoAccount { values }, waits);
        let starts = self.desired.enable_on.zip(scene.schema.description.suspend.as_ref());
        // What a suspension takes away is given on the day.
        if starts.is_none_or(|(_, effect)| effect.keeps_grants) {
            grants.add(&mut sequence, self.grants, &[], &Precondition::Created, &[Before::Step(create)]);
        }
        if let Some((starts, _)) = starts {
            let before: Vec<Before> = (0..sequence.steps.len()).map(Before::Step).collect();
            let reason = Reason { text: format!("not usable before {starts}").into(), ..self.desired.reason.clone() };
            sequence.push(Operation::Suspend, vec![reason], Precondition::Created, &before);
        }
        sequence
    }
}

/// For each candidate the values by which its account would be recognised and that nobody else has or gets: if one of them turns
/// up before the create, somebody was faster. Only what the app can search, because it is looked up just before.
pub(crate) fn telling_values(
    scene: &Scene<'_, '_>,
    candidates: &[Candidate<'_>],
    maintenances: &[Maintenance<'_>],
) -> Vec<Vec<(AttributeName, Scalar)>> {
    let mut telling = vec![Vec::new(); candidates.len()];
    let searchable = |matcher: &Matcher<'_>| {
        let found = |name: &AttributeName| name.as_str().eq_ignore_ascii_case(matcher.name.as_str());
        !matcher.facts.is_unique_name && scene.schema.description.searchable.iter().any(found)
    };
    let matchers = (0..scene.input.matchers.len()).map(|position| scene.matcher(position));
    for matcher in matchers.filter(searchable) {
        let exact = matcher.facts.case_exact;
        // How often each value of a new account would be there afterwards.
        let mut uses: HashMap<_, usize> = HashMap::new();
        for candidate in candidates {
            for value in candidate.attributes.get(matcher.name).into_iter().flatten() {
                *uses.entry(key(&value.scalar, exact)).or_default() += 1;
            }
        }
        if uses.is_empty() {
            continue;
        }
        // An account that is brought back from its deletion has its values again before anything is created.
        let revived = scene.correlation.holdings.iter().filter_map(|holding| match holding {
            Holding::Deleted { id, .. } => scene.observed.gone(id),
            _ => None,
        });
        for account in scene.observed.accounts.iter().copied().chain(revived) {
            for key in matcher.of_account(account) {
                uses.entry(Some(key)).and_modify(|count| *count += 2);
            }
        }
        for (delta, _) in maintenances.iter().flat_map(|maintenance| &maintenance.deltas) {
            if delta.name == *matcher.name
                && let Edit::Replace(values) | Edit::Amend { add: values, .. } = &delta.edit
            {
                for value in values {
                    uses.entry(key(&value.scalar, exact)).and_modify(|count| *count += 2);
                }
            }
        }
        for (candidate, telling) in candidates.iter().zip(&mut telling) {
            for value in candidate.attributes.get(matcher.name).into_iter().flatten() {
                let key = key(&value.scalar, exact);
                if key.is_some() && uses.get(&key) == Some(&1) {
                    telling.push((matcher.name.clone(), value.scalar.clone()));
                }
            }
        }
    }
    telling
}
