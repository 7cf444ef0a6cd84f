//! `innkeeper adopt` and `innkeeper ignore`: decisions about what somebody else did.

use super::plan::known_app;
use crate::arguments::{Adopt, General, Ignore};
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_domain::{Account, AppName, AppSnapshot, Entitlement, Grant, Holder};
use innkeeper_engine::{DriftDecision, DriftVerdict, Engine};
use innkeeper_store::{Link, Mutation, OwnedGrant};
use serde_json::json;

/// What a decision is about, as it was last seen.
struct Subject {
    app: AppName,
    account: Account,
    entitlement: Option<Entitlement>,
}

pub(crate) fn adopt(general: &General, asked: &Adopt) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let subject = subject(&engine, &asked.app, &asked.account, asked.entitlement.as_deref()).await?;
        match &asked.person {
            Some(person) => link(&engine, &places, subject, person, asked.reason.as_deref()).await,
            None => keep(&engine, &places, subject, asked.reason.clone()).await,
        }
    })
}

/// A grant is as it should be. It is ours from now on, so that it is taken away when the person leaves.
async fn keep(engine: &Engine, places: &Places, subject: Subject, reason: Option<String>) -> Result<Reply, CliError> {
    if !engine.store().links(&subject.app).await?.contains_key(&subject.account.id) {
        let what = format!("the account {} is not managed: say whose it is first, with --person", subject.account.unique_name);
        return Err(CliError::NotThere { what });
    }
    let decision = subject.decision(engine, DriftVerdict::Adopted, reason);
    let mut mutations = vec![decision.put()?];
    if let Some(entitlement) = &subject.entitlement {
        let account = subject.account.id.clone();
        let grant = OwnedGrant { account, entitlement: entitlement.key.clone(), role: None, since: engine.now() };
        mutations.push(Mutation::OwnGrant { app: subject.app.clone(), grant });
    }
    context::decide(places, &mutations, "drift.adopted", json!(decision))?;
    Ok(Reply::done(format!("{} is kept until the person leaves, though no rule gives it.\n", subject.title()), &decision))
}

/// An account is a person's.
async fn link(engine: &Engine, places: &Places, subject: Subject, person: &str, reason: Option<&str>) -> Result<Reply, CliError> {
    let person = engine.person(person).await?;
    let name = subject.account.unique_name.clone();
    let links = engine.store().links(&subject.app).await?;
    if let Some(link) = links.get(&subject.account.id).filter(|link| link.person != person) {
        return Err(CliError::NotThere { what: format!("the account {name} is managed already, as that of {}", link.person) });
    }
    if let Some((_, other)) =
        links.iter().find(|(id, link)| link.person == person && link.deleted_on.is_none() && **id != subject.account.id)
    {
        return Err(CliError::NotThere { what: format!("{person} has the account {} there already", other.unique_name) });
    }
    let link =
        Link { person: person.clone(), unique_name: name.to_string(), since: engine.now(), suspended_on: None, deleted_on: None };
    let mutation = Mutation::Link { app: subject.app.clone(), account: subject.account.id.clone(), link };
    let about = json!({ "app": subject.app, "account": subject.account.id, "label": name, "person": person, "reason": reason });
    context::decide(places, &[mutation], "account.adopted", about.clone())?;
    Ok(Reply::done(format!("{name} on {} is managed as the account of {person}.\n", subject.app), &about))
}

pub(crate) fn ignore(general: &General, asked: &Ignore) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let today = engine.today();
        let until = match asked.for_ {
            Some(long) => Some(today.checked_add(long).map_err(|error| CliError::Moment { why: error.to_string() })?),
            None => asked.until,
        };
        if until.is_some_and(|until| until <= today) {
            return Err(CliError::Moment { why: "it has to end later than today".to_owned() });
        }
        let subject = subject(&engine, &asked.app, &asked.account, asked.entitlement.as_deref()).await?;
        let decision = subject.decision(&engine, DriftVerdict::Ignored { until }, asked.reason.clone());
        context::decide(&places, &[decision.put()?], "drift.ignored", json!(decision))?;
        let end = until.map_or_else(|| "for good".to_owned(), |day| format!("until {day}"));
        Ok(Reply::done(format!("{} is ignored {end}.\n", subject.title()), &decision))
    })
}

/// What was named, as it was last seen on the app.
async fn subject(engine: &Engine, app: &str, account: &str, entitlement: Option<&str>) -> Result<Subject, CliError> {
    let app = known_app(engine.configuration(), app)?;
    let missing = |what: String| CliError::NotThere { what };
    let snapshot = engine.store().app(&app).await?.ok_or_else(|| missing(format!("{app} was never read")))?;
    let account = one_account(&snapshot, account).map_err(|why| missing(format!("{app} {why}")))?.clone();
    let entitlement = match entitlement {
        None => None,
        Some(asked) => Some(held(&snapshot, &account, asked).map_err(missing)?.clone()),
    };
    Ok(Subject { app, account, entitlement })
}

fn one_account<'s>(snapshot: &'s AppSnapshot, asked: &str) -> Result<&'s Account, String> {
    let accounts = &snapshot.accounts.content;
    if let Some(account) = accounts.iter().find(|account| account.id.as_str() == asked) {
        return Ok(account);
    }
    let mut called = accounts.iter().filter(|account| account.unique_name.eq_ignore_ascii_case(asked));
    match (called.next(), called.next()) {
        (Some(account), None) => Ok(account),
        (Some(_), Some(_)) => Err(format!("has several accounts called {asked}: give the id")),
        (None, _) => Err(format!("had no account {asked} when it was last read")),
    }
}

/// The entitlement that is named `kind/name` or `kind/id`, and that the account holds.
fn held<'s>(snapshot: &'s AppSnapshot, account: &Account, asked: &str) -> Result<&'s Entitlement, String> {
    let (kind, name) =
        asked.split_once('/').ok_or_else(|| format!("`{asked}` is not an entitlement: write it as KIND/NAME, `group/Sales`"))?;
    let holds = |entitlement: &Entitlement| {
        let grant = Grant { entitlement: entitlement.key.clone(), holder: Holder::Account(account.id.clone()) };
        snapshot.grants.content.contains(&grant)
    };
    let called = |entitlement: &&Entitlement| entitlement.name.eq_ignore_ascii_case(name) || entitlement.key.id.as_str() == name;
    let of_kind = snapshot.entitlements.content.iter().filter(|entitlement| entitlement.key.kind == kind);
    of_kind
        .filter(called)
        .find(|entitlement| holds(entitlement))
        .ok_or_else(|| format!("{} did not hold {kind} {name} when the app was last read", account.unique_name))
}

impl Subject {
    fn decision(&self, engine: &Engine, verdict: DriftVerdict, reason: Option<String>) -> DriftDecision {
        DriftDecision {
            app: self.app.clone(),
            account: self.account.id.clone(),
            label: self.account.unique_name.to_string(),
            entitlement: self.entitlement.as_ref().map(|entitlement| entitlement.key.clone()),
            name: self.entitlement.as_ref().map(|entitlement| entitlement.name.clone()),
            verdict,
            by: context::user(),
            at: engine.now(),
            reason,
        }
    }

    fn title(&self) -> String {
        let held = self.entitlement.as_ref().map_or(String::new(), |held| format!("{} {} of ", held.key.kind, held.name));
        format!("{held}{} on {}", self.account.unique_name, self.app)
    }
}
