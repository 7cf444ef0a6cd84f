//! From the configuration's name of an entitlement to the entitlement.

use crate::key::folded;
use crate::observed::{Known, Observed};
use innkeeper_domain::{Description, EntitlementRef};
use std::collections::{BTreeMap, HashMap};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// The entitlement at this position.
    Found(u32),
    /// None.
    Missing,
    /// So many.
    Ambiguous(u32),
}

/// Entitlements by name and id.
pub(crate) struct Resolver<'a> {
    exact: HashMap<(&'a str, &'a str), Resolution>,
    any_case: HashMap<(&'a str, String), Resolution>,
    by_id: HashMap<(&'a str, &'a str), u32>,
    assignable: Vec<bool>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(observed: &Observed<'a>, description: &Description) -> Self {
        let (mut exact, mut any_case, mut by_id) = (HashMap::new(), HashMap::new(), HashMap::new());
        let also = |found: &mut Resolution| match found {
            Resolution::Ambiguous(count) => *count += 1,
            _ => *found = Resolution::Ambiguous(2),
        };
        let kinds: BTreeMap<_, _> =
            description.entitlement_kinds.iter().map(|kind| (kind.name.as_str(), kind.assignable)).collect();
        let mut assignable = Vec::with_capacity(observed.entitlements.len());
        for (position, Known { key, listed }) in observed.entitlements.iter().enumerate() {
            let kind = key.kind.as_str();
            assignable.push(kinds.get(kind).copied().unwrap_or(true) && listed.is_none_or(|listed| listed.assignable));
            if let Some(listed) = listed {
                let found = Resolution::Found(position as u32);
                exact.entry((kind, listed.name.as_str())).and_modify(also).or_insert(found);
                any_case.entry((kind, folded(&listed.name).into_owned())).and_modify(also).or_insert(found);
                by_id.insert((kind, key.id.as_str()), position as u32);
            }
        }
        Self { exact, any_case, by_id, assignable }
    }

    /// By the exact name; by a name that differs only in case, if there is one; by the id.
    fn resolve(&self, kind: &str, name: &str) -> Resolution {
        if let Some(found) = self.exact.get(&(kind, name)) {
            return *found;
        }
        if let Some(found) = self.any_case.get(&(kind, folded(name).into_owned())) {
            return *found;
        }
        self.by_id.get(&(kind, name)).map_or(Resolution::Missing, |position| Resolution::Found(*position))
    }

    /// Whether the connector can grant and revoke it.
    pub(crate) fn is_assignable(&self, entitlement: u32) -> bool {
        self.assignable[entitlement as usize]
    }
}

/// Answers of the resolver, each name once.
#[derive(Default)]
pub(crate) struct Names<'a> {
    known: HashMap<(&'a str, &'a str), Resolution>,
}

impl<'a> Names<'a> {
    /// What the configuration means; none for the account alone.
    pub(crate) fn resolve(&mut self, resolver: &Resolver<'_>, reference: &'a EntitlementRef) -> Option<Resolution> {
        let (kind, name) = reference.entitlement.as_ref()?;
        Some(*self.known.entry((kind, name)).or_insert_with(|| resolver.resolve(kind, name)))
    }
}
