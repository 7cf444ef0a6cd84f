//! What stands in the way: why something did not happen, or will not.

use super::ExplainedChange;
use crate::approvals::Standing;
use crate::offline::Offline;
use innkeeper_domain::{AppMode, CaseKind, Change, ChangeState, DesiredAccount, EntitlementKey, Operation, Person, Today};
use innkeeper_policy::{App, Configuration, Judgement, Verdict};
use serde::Serialize;
use std::collections::BTreeSet;

/// What kind of thing stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HindranceKind {
    /// The app was never read.
    Unread,
    /// The app is paused.
    Pause,
    /// The app is in observe or warn mode.
    Mode,
    /// The person is outside of the app's pilot.
    Pilot,
    /// The person is missing from a source, and not yet a leaver.
    Missing,
    /// A human has to decide something first.
    Case,
    /// A rule or mapping has no usable value for the person.
    Mapping,
    /// The guard holds the next plan back.
    Guard,
    /// Somebody has to approve.
    Approval,
    /// A change that was tried or put off and is not done.
    Change,
}

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Hindrance {
    /// What kind of thing.
    pub kind: HindranceKind,
    /// What it is, in a sentence.
    pub text: String,
    /// The rule behind it with the values that it read, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
}

/// All that is looked at.
pub(super) struct Ground<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) app: &'a App,
    pub(super) person: &'a Person,
    pub(super) today: &'a Today,
    pub(super) offline: &'a Offline,
    pub(super) desired: Option<&'a DesiredAccount>,
    pub(super) missing: bool,
    pub(super) paused: Option<String>,
    pub(super) standing: Vec<Standing>,
}

impl Ground<'_> {
    /// Everything that stands in the way now, what concerns the whole app first.
    pub(super) fn now(&self, pending: &[Change], history: &[ExplainedChange]) -> Vec<Hindrance> {
        let mut found = Vec::new();
        self.app_wide(&mut found);
        if self.missing {
            let text = "missing from a source that was read; counts as present until the next complete reading confirms it";
            found.push(plain(HindranceKind::Missing, text));
        }
        self.cases(&mut found);
        self.mappings(&mut found);
        if !pending.is_empty() {
            let of_app = self.offline.breaches.iter().filter(|(app, _)| *app == self.app.name);
            found.extend(of_app.map(|(_, text)| plain(HindranceKind::Guard, text)));
            let unmet = self.standing.iter().filter(|standing| standing.app == self.app.name && !standing.is_met());
            found.extend(unmet.map(|standing| plain(HindranceKind::Approval, standing.to_string())));
        }
        found.extend(unsettled(history));
        found
    }

    fn app_wide(&self, found: &mut Vec<Hindrance>) {
        let app = &self.app.name;
        if self.offline.unread.contains(app) {
            found.push(plain(HindranceKind::Unread, format!("{app} was never read: innkeeper plan")));
        }
        if let Some(why) = &self.paused {
            found.push(plain(HindranceKind::Pause, why));
        }
        match self.app.mode {
            AppMode::Enforce => {}
            AppMode::Warn => found.push(plain(HindranceKind::Mode, format!("{app} is in warn mode: reported, never written"))),
            AppMode::Observe => found.push(plain(HindranceKind::Mode, format!("{app} is in observe mode: never written"))),
        }
        let pilot = self.configuration.pilot_of(app, self.person, self.today);
        if let Some(judgement) = pilot.filter(|judgement| judgement.verdict != Verdict::Applies) {
            let text = format!("outside of the pilot of {app}: neither given nor taken anything there");
            found.push(Hindrance { kind: HindranceKind::Pilot, text, judgement: Some(judgement) });
        }
    }

    /// Cases of the person, and those of the app that touch what they should hold.
    fn cases(&self, found: &mut Vec<Hindrance>) {
        let Some(plan) = self.offline.plan.apps().iter().find(|plan| plan.app == self.app.name) else { return };
        let wants = |wanted: &str| {
            let grants = self.desired.iter().flat_map(|desired| &desired.grants);
            grants.clone().any(|grant| {
                let named = grant.entitlement.entitlement.as_ref();
                grant.entitlement.to_string() == wanted || named.is_some_and(|(kind, name)| format!("{kind}/{name}") == wanted)
            })
        };
        let concerns = |case: &&innkeeper_domain::Case| match (&case.person, &case.kind) {
            (Some(person), _) => *person == self.person.id,
            (None, CaseKind::Incomplete { .. }) => true,
            (None, CaseKind::UnknownEntitlement { entitlement }) => wants(entitlement),
            (None, CaseKind::AmbiguousPerson { people, .. } | CaseKind::Collision { people, .. }) => {
                people.contains(&self.person.id)
            }
            (None, CaseKind::SeatsShort { entitlement, .. }) => self
                .desired
                .iter()
                .flat_map(|desired| &desired.grants)
                .any(|grant| grant.entitlement.entitlement.as_ref().is_some_and(|(kind, _)| *kind == entitlement.kind)),
            (None, _) => false,
        };
        found.extend(plan.cases.iter().filter(concerns).map(|case| plain(HindranceKind::Case, &case.text)));
    }

    /// Rules and mappings that gave nothing usable. What holds the person back is a case already.
    fn mappings(&self, found: &mut Vec<Hindrance>) {
        let own = self.offline.evaluation.problems.iter();
        let own = own.filter(|problem| problem.app == self.app.name && problem.person == self.person.id && !problem.holds);
        found.extend(own.map(|problem| plain(HindranceKind::Mapping, format!("{}: {}", problem.place, problem.text))));
        for silent in self.configuration.silent_mappings(&self.app.name, self.person, self.today) {
            let text = format!(
                "`{}` is left as it is: `person.{}` is not known of them ({} at {})",
                silent.attribute, silent.unknown, silent.expression, silent.place
            );
            found.push(plain(HindranceKind::Mapping, text));
        }
    }
}

fn plain(kind: HindranceKind, text: impl Into<String>) -> Hindrance {
    Hindrance { kind, text: text.into(), judgement: None }
}

/// What the journal alone says: the last word on each thing that was to be done, where it is not that it was done.
pub(super) fn unsettled(history: &[ExplainedChange]) -> Vec<Hindrance> {
    let mut settled: BTreeSet<(u8, Option<&EntitlementKey>)> = BTreeSet::new();
    let newest = history.iter().filter(|change| settled.insert(thing(&change.record.change.operation)));
    newest
        .filter_map(|change| {
            let record = &change.record;
            let why = undone(&record.state)?;
            let on = record.at.strftime("%Y-%m-%d %H:%M UTC");
            let text = format!("{} was {} on {on}: {why}", what(&record.change.operation), standing(&record.state));
            Some(plain(HindranceKind::Change, text))
        })
        .collect()
}

/// How it stands, so that it reads after `was`.
fn standing(state: &ChangeState) -> &'static str {
    match state {
        ChangeState::Failed { .. } => "refused or failed",
        ChangeState::Unknown { .. } => "tried, and nobody knows whether it was done,",
        ChangeState::Waiting { .. } => "begun",
        ChangeState::Manual { .. } => "left to a human",
        ChangeState::Stale { .. } => "not tried, because something had changed since the plan,",
        other => other.name(),
    }
}

/// What a change settles: a later one of the same thing, or of its opposite, has the last word.
fn thing(operation: &Operation) -> (u8, Option<&EntitlementKey>) {
    match operation {
        Operation::CreateAccount { .. } | Operation::Adopt | Operation::DeleteAccount => (0, None),
        Operation::UpdateAccount { .. } => (1, None),
        Operation::Suspend | Operation::Reactivate => (2, None),
        Operation::RevokeSessions => (3, None),
        Operation::TransferOwnership { .. } => (4, None),
        Operation::Grant { entitlement, .. }
        | Operation::Revoke { entitlement, .. }
        | Operation::AssumeGrant { entitlement, .. } => (5, Some(entitlement)),
    }
}

fn what(operation: &Operation) -> String {
    match operation {
        Operation::CreateAccount { .. } => "creating the account".into(),
        Operation::Adopt => "adopting the account".into(),
        Operation::DeleteAccount => "deleting the account".into(),
        Operation::UpdateAccount { .. } => "changing the account".into(),
        Operation::Suspend => "suspending the account".into(),
        Operation::Reactivate => "reactivating the account".into(),
        Operation::RevokeSessions => "ending all sessions".into(),
        Operation::TransferOwnership { .. } => "handing over what it owns".into(),
        Operation::Grant { entitlement, name } => format!("giving {} {name}", entitlement.kind),
        Operation::Revoke { entitlement, name } => format!("taking back {} {name}", entitlement.kind),
        Operation::AssumeGrant { entitlement, name } => format!("taking note of {} {name}", entitlement.kind),
    }
}

fn undone(state: &ChangeState) -> Option<String> {
    match state {
        ChangeState::Done { .. } => None,
        ChangeState::Planned | ChangeState::Intended | ChangeState::Sent => Some("the run has not settled it".into()),
        ChangeState::Failed { failure } | ChangeState::Unknown { failure } => Some(failure.to_string()),
        ChangeState::Waiting { until, .. } => {
            Some(format!("the app has not finished; looked at again {}", until.strftime("%Y-%m-%d %H:%M UTC")))
        }
        ChangeState::Manual { text }
        | ChangeState::Stale { text }
        | ChangeState::Postponed { text }
        | ChangeState::Skipped { text } => Some(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{
        AccountTarget, AppName, ChangeId, ChangeRecord, IntentId, PersonId, Precondition, Reason, ReasonKind, RunId,
    };
    use jiff::Timestamp;

    fn past(operation: Operation, state: ChangeState) -> ExplainedChange {
        let change = Change {
            id: ChangeId::new("c1"),
            person: PersonId::new("1"),
            label: "ada".into(),
            account: AccountTarget::New,
            operation,
            reasons: vec![Reason::new(ReasonKind::Role, "role seller")],
            precondition: Precondition::Created,
            after: Vec::new(),
        };
        let (run, app, id, intent) = (RunId::new("r1"), AppName::new("chat"), change.id.clone(), IntentId::new("i1"));
        let record = ChangeRecord { run, app, id, change, intent, state, at: Timestamp::UNIX_EPOCH, attempts: Vec::new() };
        ExplainedChange { record, plan: None, by: None }
    }

    fn grant(id: &str, state: ChangeState) -> ExplainedChange {
        past(Operation::Grant { entitlement: EntitlementKey { kind: "group".into(), id: id.into() }, name: id.into() }, state)
    }

    #[test]
    fn what_failed_and_was_done_later_stands_in_no_way_any_more() {
        let done = || ChangeState::Done { already: false, account: None };
        let stale = || ChangeState::Stale { text: "the account is suspended".into() };
        // Newest first.
        let history = [grant("Sales", done()), grant("Deals", stale()), grant("Sales", stale()), grant("Deals", done())];
        let texts: Vec<String> = unsettled(&history).into_iter().map(|hindrance| hindrance.text).collect();
        assert_eq!(
            texts,
            [
                "giving group Deals was not tried, because something had changed since the plan, on 1970-01-01 00:00 UTC: the account \
              is suspended"
            ]
        );
    }

    #[test]
    fn whatever_was_put_off_says_what_it_waits_for() {
        let put_off = ChangeState::Postponed { text: "the invitation has to be accepted first".into() };
        let found = unsettled(&[past(Operation::Suspend, put_off)]);
        assert_eq!(
            found[0].text,
            "suspending the account was postponed on 1970-01-01 00:00 UTC: the invitation has to be accepted first"
        );
    }
}
