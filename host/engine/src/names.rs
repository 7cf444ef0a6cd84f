//! Which names the apps' accounts have, for rules that look for a free one.

use innkeeper_domain::{Account, AccountId, AppName, AppSnapshot, AttributeName, PersonId};
use innkeeper_policy::Names;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The values of one attribute on one app: in lower case, with the accounts that have them.
type Index = HashMap<String, Vec<usize>>;

/// Where each person's account is in the listing.
type Held<'a> = HashMap<&'a PersonId, usize>;

/// What the engine knows of one app's names.
pub(crate) struct AppNames<'a> {
    pub(crate) snapshot: &'a AppSnapshot,
    /// Whose each managed account is.
    pub(crate) owners: BTreeMap<&'a AccountId, &'a PersonId>,
    /// The attributes by which accounts are adopted.
    pub(crate) matchers: &'a [AttributeName],
}

/// All names on all apps that were read. Indexed by attribute when it is first asked for.
#[derive(Default)]
pub(crate) struct KnownNames<'a> {
    apps: BTreeMap<&'a AppName, AppNames<'a>>,
    indexes: Mutex<HashMap<(AppName, String), Arc<Index>>>,
    held: Mutex<HashMap<&'a AppName, Arc<Held<'a>>>>,
}

impl<'a> KnownNames<'a> {
    pub(crate) fn add(&mut self, app: &'a AppName, names: AppNames<'a>) {
        self.apps.insert(app, names);
    }

    fn held(&self, app: &AppName) -> Option<Arc<Held<'a>>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (app, names) = self.apps.get_key_value(app)?;
        Some(held.entry(app).or_insert_with(|| Arc::new(names.held())).clone())
    }

    fn index(&self, app: &AppName, names: &AppNames<'_>, attribute: &AttributeName) -> Arc<Index> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (app.clone(), attribute.as_str().to_ascii_lowercase());
        indexes.entry(key).or_insert_with(|| Arc::new(names.build(attribute))).clone()
    }
}

impl<'a> AppNames<'a> {
    /// Of several accounts of one person the one with the smallest id counts, and nothing if that was not listed.
    fn held(&self) -> Held<'a> {
        let first: HashMap<&'a PersonId, &'a AccountId> = self.owners.iter().rev().map(|(id, owner)| (*owner, *id)).collect();
        let accounts = self.snapshot.accounts.content.iter().enumerate().rev();
        let at = accounts.filter_map(|(at, account)| Some((*self.owners.get(&account.id)?, &account.id, at)));
        at.filter(|(owner, id, _)| first.get(owner) == Some(id)).map(|(owner, _, at)| (owner, at)).collect()
    }

    fn accounts(&self) -> &[Account] {
        &self.snapshot.accounts.content
    }

    fn values(&self, account: &Account, attribute: &AttributeName) -> Vec<String> {
        let same = |name: &AttributeName| name.as_str().eq_ignore_ascii_case(attribute.as_str());
        let mut values: Vec<String> = Vec::new();
        if same(&self.snapshot.description.unique_name) {
            values.push(account.unique_name.to_string());
        }
        let listed = account.attributes.iter().find(|(name, _)| same(name));
        values.extend(listed.into_iter().flat_map(|(_, values)| values).map(|value| value.scalar.to_string()));
        values
    }

    fn build(&self, attribute: &AttributeName) -> Index {
        let mut index = Index::new();
        for (at, account) in self.accounts().iter().enumerate() {
            for value in self.values(account, attribute) {
                index.entry(value.to_lowercase()).or_default().push(at);
            }
        }
        index
    }
}

impl Names for KnownNames<'_> {
    fn is_taken(&self, app: &AppName, attribute: &AttributeName, value: &str, by_other_than: &PersonId) -> bool {
        let Some(names) = self.apps.get(app) else { return false };
        let adopted_by_it = names.matchers.iter().any(|name| name.as_str().eq_ignore_ascii_case(attribute.as_str()));
        let index = self.index(app, names, attribute);
        let holders = index.get(&value.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        holders.iter().any(|at| match names.owners.get(&names.accounts()[*at].id) {
            Some(owner) => *owner != by_other_than,
            None => !adopted_by_it,
        })
    }

    fn current(&self, app: &AppName, attribute: &AttributeName, person: &PersonId) -> Option<String> {
        let names = self.apps.get(app)?;
        let at = *self.held(app)?.get(person)?;
        names.values(&names.accounts()[at], attribute).into_iter().next()
    }
}
