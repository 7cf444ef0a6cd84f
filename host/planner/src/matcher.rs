//! A rule by which an account is recognised as somebody's.

use crate::key::{key, text_key};
use crate::schema::{Facts, Schema};
use innkeeper_domain::{Account, AttributeName, DesiredAccount};
use std::borrow::Cow;

/// A rule: one attribute, with how it is compared.
pub(crate) struct Matcher<'a> {
    pub(crate) name: &'a AttributeName,
    pub(crate) facts: Facts,
}

impl<'a> Matcher<'a> {
    /// `userName` is the unique name also where the app has another word for it.
    pub(crate) fn new(schema: &Schema<'a>, name: &'a AttributeName) -> Self {
        let alias = name.as_str().eq_ignore_ascii_case("userName") && schema.description.attribute(name).is_none();
        let name = if alias { &schema.description.unique_name } else { name };
        Self { name: schema.spelled(name), facts: schema.named(name) }
    }

    /// The keys under which an account is found.
    pub(crate) fn of_account<'v>(&self, account: &'v Account) -> impl Iterator<Item = Cow<'v, str>> + use<'v> {
        let exact = self.facts.case_exact;
        let name = self.facts.is_unique_name.then(|| text_key(&account.unique_name, exact)).flatten();
        let values = account.attributes.get(self.name).unwrap_or_default();
        name.into_iter().chain(values.iter().filter_map(move |value| key(&value.scalar, exact)))
    }

    /// The keys that a person's account should have.
    pub(crate) fn of_person<'v>(&self, desired: &'v DesiredAccount) -> impl Iterator<Item = Cow<'v, str>> + use<'v> {
        let exact = self.facts.case_exact;
        let values = desired.values(self.name.as_str()).unwrap_or_default();
        values.iter().filter_map(move |value| key(&value.scalar, exact))
    }
}
