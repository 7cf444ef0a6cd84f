//! Between the contract's types and the house's, in one place.
//!
//! Going in, dates and references become text, because the house has one kind of text; going out, the account schema says again
//! which text is what.

mod account;
mod attribute;
mod description;
mod entitlement;
mod failure;
mod people;

pub(crate) use account::{account, accounts, accounts_if_any, draft, effect, outcome, status_out};
pub(crate) use attribute::{AttributeTypes, Names, attributes_in, deltas_out, scalar_in};
pub(crate) use description::{description, probe_status};
pub(crate) use entitlement::{entitlement_page, grant_page, holder_out, key_out, scope_out};
pub(crate) use failure::failure;
pub(crate) use people::{changes_page, person_page};

use crate::bindings::types;
use crate::printable;
use innkeeper_domain::IntentId;

/// The host's mark on one write.
pub(crate) fn intent(id: &IntentId, expected_version: Option<&str>) -> types::Intent {
    types::Intent { id: id.as_str().to_owned(), expected_version: expected_version.map(str::to_owned), extra: Vec::new() }
}

/// Longer texts are cut: some systems answer an error with a whole page of HTML.
const LONGEST_TEXT: usize = 4 << 10;

/// Text of a guest that is only ever read by a person: bounded, and unable to steer a terminal. What is compared with what the
/// system says, such as a name, stays as it is; whoever shows it escapes it.
fn text(text: &str) -> String {
    printable::lines(&printable::cut(text, LONGEST_TEXT))
}
