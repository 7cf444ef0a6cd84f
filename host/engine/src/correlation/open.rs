//! The undecided: who could be whose, as of what was last read.

use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppName, Attributes, CaseKind, DesiredAccount, Person, PersonId, Value,
};
use innkeeper_policy::App;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One account that could be one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Candidate {
    /// The app.
    pub app: AppName,
    /// Who.
    pub person: PersonId,
    /// How they are called.
    pub name: String,
    /// What is known of them, for reading.
    pub person_attributes: String,
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Whether it can be used.
    pub account_status: AccountStatus,
    /// What it shows of what the configuration speaks of, for reading.
    pub account_attributes: String,
    /// What the two have in common: `emails: ada@acme.example`.
    pub matched: String,
    /// Whether several accounts are linked to the person.
    pub linked: bool,
    /// Why it is a case.
    pub why: String,
    /// Another one as soon as anything that is shown here is different.
    pub stamp: String,
}

/// Everything that is undecided, by app, person and account.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct OpenCases(pub Vec<Candidate>);

impl OpenCases {
    /// How many people it is about, once on each app.
    pub fn people(&self) -> usize {
        self.0.iter().map(|one| (&one.app, &one.person)).collect::<BTreeSet<_>>().len()
    }
}

impl Engine {
    /// Who could be whose and is not decided, on an app or on all, as of what was last read and decided.
    ///
    /// # Errors
    /// When the app is not known, or nothing was ever read.
    pub async fn open_cases(&self, app: Option<&str>) -> Result<OpenCases, EngineError> {
        let only: BTreeSet<AppName> = match app {
            Some(app) => BTreeSet::from([self.app(app)?.name.clone()]),
            None => BTreeSet::new(),
        };
        let population = self.known().await?;
        let offline = self.offline(self.configuration(), &population, &only, &self.moment(None)).await?;
        let people: BTreeMap<&PersonId, &Person> = population.people.iter().map(|person| (&person.id, person)).collect();
        let desired = &offline.evaluation.desired.accounts;
        let mut open = Vec::new();
        for plan in offline.plan.apps() {
            let app = self.app(plan.app.as_str())?;
            let snapshot = self.store().app(&app.name).await?;
            let accounts = snapshot.map(|snapshot| snapshot.accounts.content).unwrap_or_default();
            let accounts: BTreeMap<&AccountId, &Account> = accounts.iter().map(|account| (&account.id, account)).collect();
            let links = self.store().links(&app.name).await?;
            let mut pairs: BTreeMap<(PersonId, AccountId), Vec<String>> = BTreeMap::new();
            for case in &plan.cases {
                for pair in pairs_of(&case.kind, case.person.as_ref()) {
                    pairs.entry(pair).or_default().push(case.text.clone());
                }
            }
            for ((person, account), why) in pairs {
                let (Some(person), Some(account)) = (people.get(&person), accounts.get(&account)) else { continue };
                let wanted = desired.binary_search_by(|one| (&one.app, &one.person).cmp(&(&app.name, &person.id)));
                let wanted = wanted.ok().map(|at| &desired[at]);
                let linked = links.get(&account.id).is_some_and(|link| link.person == person.id);
                open.push(candidate(app, person, account, wanted, linked, why.join(" ")));
            }
        }
        open.sort_by(|left, right| (&left.app, &left.person, &left.account).cmp(&(&right.app, &right.person, &right.account)));
        Ok(OpenCases(open))
    }
}

fn pairs_of(kind: &CaseKind, person: Option<&PersonId>) -> Vec<(PersonId, AccountId)> {
    match (kind, person) {
        (CaseKind::AmbiguousAccount { accounts }, Some(person)) => {
            accounts.iter().map(|account| (person.clone(), account.clone())).collect()
        }
        (CaseKind::AmbiguousPerson { account, people }, _) => {
            people.iter().map(|person| (person.clone(), account.clone())).collect()
        }
        _ => Vec::new(),
    }
}

fn candidate(
    app: &App,
    person: &Person,
    account: &Account,
    wanted: Option<&DesiredAccount>,
    linked: bool,
    why: String,
) -> Candidate {
    let spoken_of = |name: &str| {
        app.matchers.iter().any(|matcher| matcher.as_str().eq_ignore_ascii_case(name))
            || wanted.is_some_and(|wanted| wanted.values(name).is_some())
    };
    let mut candidate = Candidate {
        app: app.name.clone(),
        person: person.id.clone(),
        name: person.label().to_owned(),
        person_attributes: shown(&person.attributes, |_| true),
        account: account.id.clone(),
        account_name: account.unique_name.to_string(),
        account_status: account.status,
        account_attributes: shown(&account.attributes, spoken_of),
        matched: if linked { "linked".to_owned() } else { matched(app, account, wanted) },
        linked,
        why,
        stamp: String::new(),
    };
    candidate.stamp = stamp(&candidate);
    candidate
}

/// What is shown, as a hash: `v-` keeps a spreadsheet from taking it for a number.
fn stamp(candidate: &Candidate) -> String {
    let Candidate { app, person, name, person_attributes, account, account_name, account_status, account_attributes, .. } =
        candidate;
    let shown =
        serde_json::json!([app, person, name, person_attributes, account, account_name, account_status, account_attributes]);
    let digest = Sha256::digest(shown.to_string());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("v-{hex}")
}

fn shown(attributes: &Attributes, wanted: impl Fn(&str) -> bool) -> String {
    let known = attributes.iter().filter(|(name, values)| wanted(name.as_str()) && !values.is_empty());
    known.map(|(name, values)| format!("{name}: {}", joined(values))).collect::<Vec<_>>().join("; ")
}

fn joined(values: &[Value]) -> String {
    values.iter().map(|value| value.scalar.to_string()).collect::<Vec<_>>().join(" | ")
}

/// By the first rule that both have a value for.
fn matched(app: &App, account: &Account, wanted: Option<&DesiredAccount>) -> String {
    for matcher in &app.matchers {
        let theirs = wanted.and_then(|wanted| wanted.values(matcher.as_str())).unwrap_or_default();
        let has = account.attributes.iter().filter(|(name, _)| name.as_str().eq_ignore_ascii_case(matcher.as_str()));
        let mut has: Vec<String> = has.flat_map(|(_, values)| values.iter().map(|value| value.scalar.to_string())).collect();
        if matcher.as_str().eq_ignore_ascii_case("userName") {
            has.push(account.unique_name.to_string());
        }
        let mut values = theirs.iter().map(|value| value.scalar.to_string());
        if let Some(value) = values.find(|value| has.iter().any(|other| other.eq_ignore_ascii_case(value))) {
            return format!("{matcher}: {value}");
        }
    }
    String::new()
}
