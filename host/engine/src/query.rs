//! Who has what: answered from what is remembered, without asking any app.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use crate::people::Population;
use innkeeper_domain::{Account, AccountId, AccountStatus, AppName, EntitlementRef, Holder, Lifecycle, PersonId, TemporaryGrant};
use innkeeper_store::HeldAccount;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// One account in the answer to who has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Holding {
    /// Whose account it is; none for an orphan.
    pub person: Option<PersonId>,
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub unique_name: String,
    /// Whether it can be used; none if the last listing did not have the account.
    pub status: Option<AccountStatus>,
    /// The role that gave it, or that it was given by somebody else.
    pub because: String,
}

/// Who has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Holders {
    /// As it was understood.
    pub entitlement: EntitlementRef,
    /// When the app was read.
    pub seen: Option<Timestamp>,
    /// Who, by name.
    pub holders: Vec<Holding>,
}

/// What one person has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PersonAccess {
    /// The person.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// Where they stand today.
    pub lifecycle: Lifecycle,
    /// Their accounts.
    pub accounts: Vec<HeldAccount>,
    /// The first day on which they no longer work here, as far as it is known.
    pub leaves: Option<Date>,
    /// What they were given by hand for a time, also what is over.
    pub temporary: Vec<TemporaryGrant>,
}

impl Engine {
    /// Everybody as last read.
    pub(crate) async fn known(&self) -> Result<Population, EngineError> {
        self.remembered_population().await?.ok_or(EngineError::NothingKnown)
    }

    /// Who has an account on an app, or holds an entitlement there.
    ///
    /// # Errors
    /// When the app or the entitlement is not known.
    pub async fn who_has(&self, entitlement: &EntitlementRef) -> Result<Holders, EngineError> {
        self.app(entitlement.app.as_str())?;
        let store = self.store();
        let snapshot = store.app(&entitlement.app).await?;
        let seen = snapshot.as_ref().map(|snapshot| snapshot.accounts.taken);
        let mut holders = match &entitlement.entitlement {
            None => {
                let links = store.links(&entitlement.app).await?;
                let accounts = snapshot.map(|snapshot| snapshot.accounts.content).unwrap_or_default();
                accounts.into_iter().map(|account| account_holding(account, &links)).collect()
            }
            Some((kind, name)) => self.holders(&entitlement.app, kind, name).await?,
        };
        holders.sort_by(|left: &Holding, right| left.unique_name.cmp(&right.unique_name));
        Ok(Holders { entitlement: entitlement.clone(), seen, holders })
    }

    async fn holders(&self, app: &AppName, kind: &str, name: &str) -> Result<Vec<Holding>, EngineError> {
        let entitlements = self.store().entitlements(app).await?;
        let of_kind = || entitlements.iter().filter(|entitlement| entitlement.key.kind == kind);
        let found = of_kind()
            .find(|entitlement| entitlement.name == name)
            .or_else(|| of_kind().find(|entitlement| entitlement.name.eq_ignore_ascii_case(name)))
            .or_else(|| of_kind().find(|entitlement| entitlement.key.id == name));
        let Some(found) = found else {
            let names: Vec<String> =
                entitlements.iter().map(|known| format!("{app}:{}/{}", known.key.kind, known.name)).collect();
            let asked = format!("{app}:{kind}/{name}");
            let nearest = innkeeper_policy::nearest(&asked, names.iter().map(String::as_str)).map(str::to_owned);
            return Err(EngineError::UnknownEntitlement { asked, nearest });
        };
        let holdings = self.store().holders_of(app, &found.key).await?;
        Ok(holdings
            .into_iter()
            .filter_map(|holding| {
                let Holder::Account(id) = holding.holder else { return None };
                let name_in_link = holding.link.as_ref().map(|link| link.unique_name.clone());
                let because = match &holding.owned {
                    Some(owned) => owned.role.as_ref().map_or("the rules".to_owned(), |role| format!("role {role}")),
                    None => "somebody else gave it".to_owned(),
                };
                Some(Holding {
                    person: holding.link.map(|link| link.person),
                    unique_name: holding
                        .account
                        .as_ref()
                        .map(|account| account.unique_name.to_string())
                        .or(name_in_link)
                        .unwrap_or_else(|| id.to_string()),
                    status: holding.account.map(|account| account.status),
                    account: id,
                    because,
                })
            })
            .collect())
    }

    /// What one person has, on every app.
    ///
    /// # Errors
    /// When nobody or several people are called so.
    pub async fn access(&self, asked: &str) -> Result<PersonAccess, EngineError> {
        let people = self.known().await?.people;
        let person = find::person(&people, asked)?;
        let accounts = self.store().accounts_of(&person.id).await?;
        Ok(PersonAccess {
            person: person.id.clone(),
            label: person.label().to_owned(),
            lifecycle: person.lifecycle(&self.moment(None)),
            accounts,
            leaves: person.leaves(),
            temporary: self.temporary_of(&person.id).await?,
        })
    }
}

fn account_holding(account: Account, links: &BTreeMap<AccountId, innkeeper_store::Link>) -> Holding {
    let person = links.get(&account.id).map(|link| link.person.clone());
    let because = if person.is_some() { "managed" } else { "an orphan: belongs to nobody known" };
    Holding {
        person,
        unique_name: account.unique_name.into(),
        status: Some(account.status),
        account: account.id,
        because: because.to_owned(),
    }
}
