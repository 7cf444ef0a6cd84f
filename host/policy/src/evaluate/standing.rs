//! How one person stands to the rules: which roles they have and which not, with the values that decided.

use super::account::role_reason;
use super::swap::RoleGrant;
use crate::configuration::Configuration;
use crate::expression::{Expression, Subject, Trouble, context};
use crate::problem::Place;
use crate::role::RoleMode;
use innkeeper_domain::{
    AppName, AttributeName, EntitlementRef, Lifecycle, Person, PersonId, RoleName, RunningSwap, Today, Value, Values,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One attribute that an expression read of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Read {
    /// As the expression names it, without `person`.
    pub path: String,
    /// Its values; empty if it is known to have none, none if it is not known of the person.
    pub values: Option<Values>,
}

/// What a rule comes to for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// It is true of them.
    Applies,
    /// It is not.
    DoesNotApply,
    /// Nobody can tell; the person is left alone.
    Undecided {
        /// Why.
        why: String,
    },
}

/// One rule, applied to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Judgement {
    /// What it comes to.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The rule.
    pub expression: String,
    /// Where it stands.
    pub place: Place,
    /// What it read.
    pub reads: Vec<Read>,
}

/// One role, applied to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RoleStanding {
    /// The role.
    pub role: RoleName,
    /// Whether it gives what it names.
    pub mode: RoleMode,
    /// What its rule comes to.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// What it gives on the app.
    pub grants: Vec<EntitlementRef>,
}

/// A mapping that gives one person nothing, because it reads something that is not known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SilentMapping {
    /// The attribute of the account.
    pub attribute: AttributeName,
    /// The mapping.
    pub expression: String,
    /// Where it stands.
    pub place: Place,
    /// What is not known.
    pub unknown: String,
}

impl Configuration {
    /// Every role that gives something on the app, in the order of the configuration or in the place of another app, and whether the
    /// person has it on `today`. An app that is not configured has none.
    pub fn standing_of(&self, app: &AppName, person: &Person, today: &Today, swaps: &[RunningSwap]) -> Vec<RoleStanding> {
        let Some(app) = self.apps.get(app) else { return Vec::new() };
        let about = self.roles.values().map(|role| (role, RoleGrant::of(role, &role_reason(role).into(), &app.name, swaps)));
        about
            .filter(|(_, grants)| !grants.is_empty())
            .map(|(role, grants)| RoleStanding {
                role: role.name.clone(),
                mode: role.mode,
                judgement: judge(role.rule(), person, works(person, today), today),
                grants: grants.iter().map(|grant| grant.entitlement().clone()).collect(),
            })
            .collect()
    }

    /// Who has each role on `today`, by key; roles in observe mode are not had. Of somebody who starts later it is told what they will
    /// have on the first day, and a leaver has none.
    pub fn holders_of_roles(&self, people: &[Person], today: &Today) -> BTreeMap<RoleName, BTreeSet<PersonId>> {
        let context = context();
        let mut holders: BTreeMap<RoleName, BTreeSet<PersonId>> = BTreeMap::new();
        for person in people.iter().filter(|person| works(person, today)) {
            let text = today.of(person).to_string();
            let subject = Subject::new(person, true, &text);
            let roles = self.roles.values().filter(|role| role.mode == RoleMode::Enforce);
            for role in roles.filter(|role| role.rule().holds(&context, &subject) == Ok(true)) {
                holders.entry(role.name.clone()).or_default().insert(person.id.clone());
            }
        }
        holders
    }

    /// Whether the app's pilot has the person; none where the app has no pilot and so everybody is in it.
    pub fn pilot_of(&self, app: &AppName, person: &Person, today: &Today) -> Option<Judgement> {
        let pilot = self.apps.get(app)?.pilot.as_ref()?;
        Some(judge(pilot, person, true, today))
    }

    /// The mappings of the app that give the person nothing: the attribute stays as it is.
    pub fn silent_mappings(&self, app: &AppName, person: &Person, today: &Today) -> Vec<SilentMapping> {
        let Some(app) = self.apps.get(app) else { return Vec::new() };
        let (context, text) = (context(), today.of(person).to_string());
        let subject = Subject::new(person, works(person, today), &text);
        let silent = |mapping: &crate::app::Mapping| match mapping.value.value(&context, &subject) {
            Err(Trouble::Unknown(unknown)) => Some(SilentMapping {
                attribute: mapping.attribute.clone(),
                expression: mapping.value.text().to_owned(),
                place: mapping.value.place().clone(),
                unknown,
            }),
            _ => None,
        };
        app.mappings.iter().filter_map(silent).collect()
    }
}

/// What rules see as `person.active`. Of somebody who starts later, they are asked about the first day.
fn works(person: &Person, today: &Today) -> bool {
    !matches!(person.lifecycle(today), Lifecycle::Left { .. })
}

fn judge(expression: &Expression, person: &Person, active: bool, today: &Today) -> Judgement {
    let text = today.of(person).to_string();
    let subject = Subject::new(person, active, &text);
    let verdict = match expression.holds(&context(), &subject) {
        Ok(true) => Verdict::Applies,
        Ok(false) => Verdict::DoesNotApply,
        Err(Trouble::Unknown(path)) => Verdict::Undecided { why: format!("`person.{path}` is not known of them") },
        Err(Trouble::Failed(why)) => Verdict::Undecided { why },
    };
    let reads = expression.reads().into_iter().flat_map(|path| read(path, &subject)).collect();
    Judgement { verdict, expression: expression.text().to_owned(), place: expression.place().clone(), reads }
}

/// The values behind a path; of a complex attribute, its parts.
fn read(path: String, subject: &Subject<'_>) -> Vec<Read> {
    let one = |values: Values| Some(values);
    let values = match path.as_str() {
        "active" => one(vec![Value::plain(subject.active)]),
        "id" => one(vec![Value::plain(subject.person.id.as_str())]),
        path => subject.attributes.get(path).map(<[Value]>::to_vec),
    };
    if values.is_none() {
        let prefix = format!("{path}.");
        let parts = subject.attributes.iter().filter(|(name, _)| name.as_str().starts_with(&prefix));
        let parts: Vec<Read> =
            parts.map(|(name, values)| Read { path: name.to_string(), values: Some(values.to_vec()) }).collect();
        if !parts.is_empty() {
            return parts;
        }
    }
    vec![Read { path, values }]
}
