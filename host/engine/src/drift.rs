//! What was decided by hand about differences that somebody made beside us.

mod attributes;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::planning::Observed;
use attributes::{may_rewrite, report_attributes};
use innkeeper_domain::{
    AccountId, AppName, AppPlan, AttributeDrift, Change, ChangeRecord, DriftPolicy, EntitlementKey, Operation, PersonId,
    ReasonKind,
};
use innkeeper_planner::DriftRules;
use innkeeper_store::{Mutation, Register, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The decisions, by what they are about.
const DECISIONS: Register<DriftDecision> = Register::new("drift");

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum DriftVerdict {
    /// A grant is as it should be, though no rule gives it.
    Adopted,
    /// It is not spoken of, and nothing is done about it.
    Ignored {
        /// The first day on which it is spoken of again; none: never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

/// A decision about one grant, or about an account of nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DriftDecision {
    /// The app.
    pub app: AppName,
    /// The account.
    pub account: AccountId,
    /// The account's name when it was decided.
    pub label: String,
    /// What it holds; none where it is about the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<EntitlementKey>,
    /// The entitlement's name when it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was decided.
    #[serde(flatten)]
    pub verdict: DriftVerdict,
    /// Who decided: the user name that the operating system gives, or the configuration.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl DriftDecision {
    /// Everything that was decided, also what is over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn all(store: &dyn Store) -> Result<Vec<Self>, StoreError> {
        Ok(DECISIONS.all(store).await?.into_values().collect())
    }

    /// Writes it down, in the place of an earlier one about the same.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn put(&self) -> Result<Mutation, StoreError> {
        DECISIONS.put(key(&self.app, &self.account, self.entitlement.as_ref()), self)
    }

    /// Whether it still holds on this day.
    pub fn holds(&self, today: Date) -> bool {
        match self.verdict {
            DriftVerdict::Adopted | DriftVerdict::Ignored { until: None } => true,
            DriftVerdict::Ignored { until: Some(until) } => today < until,
        }
    }

    /// Whether it is about this grant, or, without an entitlement, about this account.
    pub fn is_about(&self, app: &AppName, account: &AccountId, entitlement: Option<&EntitlementKey>) -> bool {
        self.app == *app && self.account == *account && self.entitlement.as_ref() == entitlement
    }
}

/// What makes a grant that the configuration adopts stay, when the adoption is carried out.
pub(crate) fn keep(record: &ChangeRecord, account: Option<&AccountId>, at: Timestamp) -> Result<Option<Mutation>, StoreError> {
    let change = &record.change;
    let (Operation::AssumeGrant { entitlement, name }, Some(account)) = (&change.operation, account) else { return Ok(None) };
    if change.reasons.iter().all(|reason| reason.kind != ReasonKind::Adoption) {
        return Ok(None);
    }
    let decision = DriftDecision {
        app: record.app.clone(),
        account: account.clone(),
        label: change.label.clone(),
        entitlement: Some(entitlement.clone()),
        name: Some(name.clone()),
        verdict: DriftVerdict::Adopted,
        by: "the configuration".to_owned(),
        at,
        reason: None,
    };
    decision.put().map(Some)
}

impl Engine {
    /// Leaves attributes that somebody wrote over what we wrote, on the apps whose configuration says so.
    pub(crate) async fn leave_attributes(&self, plans: &mut [AppPlan], observed: &[Observed<'_>]) -> Result<(), EngineError> {
        for plan in plans {
            let Some(observed) = observed.iter().find(|observed| observed.app.name == plan.app) else { continue };
            if observed.app.drift.attributes == AttributeDrift::Revert {
                continue;
            }
            let mut history: BTreeMap<PersonId, Vec<ChangeRecord>> = BTreeMap::new();
            for change in plan.changes.iter().filter(|change| may_rewrite(change)) {
                if !history.contains_key(&change.person) {
                    let done = self.store().changes_for(&change.person, Some(&plan.app)).await?;
                    history.insert(change.person.clone(), done);
                }
            }
            let history_of = |change: &Change| history.get(&change.person).map(Vec::as_slice).unwrap_or_default();
            report_attributes(plan, &observed.snapshot.description, history_of);
        }
        Ok(())
    }
}

/// No two keys run together, whatever an app's ids look like.
fn key(app: &AppName, account: &AccountId, entitlement: Option<&EntitlementKey>) -> String {
    let entitlement = entitlement.map(|entitlement| (&entitlement.kind, &entitlement.id));
    serde_json::json!([app, account, entitlement]).to_string()
}

/// The decisions that hold on a day, in the planner's words.
pub(crate) fn rules(policy: DriftPolicy, decisions: &[DriftDecision], today: Date) -> DriftRules {
    let mut rules = DriftRules { policy, ..DriftRules::default() };
    for decision in decisions.iter().filter(|decision| decision.holds(today)) {
        let account = decision.account.clone();
        match (&decision.entitlement, decision.verdict) {
            (Some(entitlement), DriftVerdict::Adopted) => drop(rules.kept.insert((account, entitlement.clone()))),
            (Some(entitlement), DriftVerdict::Ignored { .. }) => drop(rules.ignored.insert((account, entitlement.clone()))),
            (None, _) => drop(rules.ignored_accounts.insert(account)),
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn decision(verdict: DriftVerdict) -> DriftDecision {
        DriftDecision {
            app: "chat".into(),
            account: "1".into(),
            label: "ada".into(),
            entitlement: None,
            name: None,
            verdict,
            by: "root".into(),
            at: Timestamp::UNIX_EPOCH,
            reason: None,
        }
    }

    #[test]
    fn what_is_ignored_until_a_day_is_spoken_of_again_on_that_day() {
        let until = date(2026, 12, 1);
        let ignored = decision(DriftVerdict::Ignored { until: Some(until) });
        let accounts = |day| rules(DriftPolicy::default(), std::slice::from_ref(&ignored), day).ignored_accounts.len();
        assert_eq!((accounts(date(2026, 11, 30)), accounts(until)), (1, 0));
        assert!(decision(DriftVerdict::Ignored { until: None }).holds(date(2099, 1, 1)));
    }

    #[test]
    fn a_decision_is_read_as_it_was_written_and_keys_do_not_run_together() {
        for verdict in [DriftVerdict::Adopted, DriftVerdict::Ignored { until: Some(date(2026, 12, 1)) }] {
            let written = serde_json::to_string(&decision(verdict)).unwrap();
            assert_eq!(serde_json::from_str::<DriftDecision>(&written).unwrap(), decision(verdict));
        }
        let team = |kind: &str, id: &str| EntitlementKey { kind: kind.into(), id: id.into() };
        let app = AppName::from("chat");
        assert_ne!(key(&app, &"1/a".into(), Some(&team("b", "c"))), key(&app, &"1".into(), Some(&team("a/b", "c"))));
    }
}
