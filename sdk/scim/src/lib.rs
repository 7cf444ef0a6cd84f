//! SCIM 2.0 (RFC 7643 and RFC 7644) as a client speaks it: what connectors to SCIM systems share.
//!
//! [`Scim`] does the work of a connector's accounts, entitlements and people, on any server. What one server does differently from
//! another stands in a [`Dialect`]; nothing here knows a vendor. A connector delegates to it:
//!
//! ```
//! use innkeeper_scim::{Definition, Delete, DeleteMeans, Dialect, Filter, Groups, Scim, standard};
//! use innkeeper_sdk::testing::{self, Exchange, Script};
//! use innkeeper_sdk::types::LifecycleEffect;
//! use serde_json::json;
//!
//! let mut attributes = standard(&["userName", "name.givenName", "emails"]);
//! attributes.push(Definition::text("badge").in_extension("urn:example:acme:2.0:User").required());
//! let scim = Scim::new(Dialect {
//!     base: "/scim/v2/tenants/acme".to_owned(),
//!     slot: Some("scim".to_owned()),
//!     attributes: Some(attributes),
//!     filters: Some(vec![Filter::on("userName"), Filter::written("emails", "email")]),
//!     page_cap: Some(50),
//!     delete: Some(Delete {
//!         means: DeleteMeans::Suspension,
//!         effect: LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: false, note: None },
//!     }),
//!     groups: Some(Groups { kind: "team".to_owned(), nests: false, ..Groups::default() }),
//!     ..Dialect::default()
//! });
//!
//! let found = json!({ "totalResults": 1, "Resources": [{ "id": "7", "userName": "ada", "emails": [{ "value": "ada@acme.example" }] }] });
//! let request = Exchange::get("/scim/v2/tenants/acme/Users")
//!     .query("filter", r#"email eq "ada@acme.example""#)
//!     .query("count", 50)
//!     .answers(200, found);
//! let accounts = testing::run(json!({}), Script::new().then(request), || scim.find_users("emails", "ada@acme.example")).unwrap();
//! assert_eq!(accounts[0].id, "7");
//! ```

mod api;
mod array;
mod definition;
mod describe;
mod dialect;
mod discovery;
mod draft;
mod edit;
mod failure;
mod filter;
mod flatten;
mod groups;
mod listing;
mod membership;
mod patch;
mod people;
mod resource;
mod schema;
mod standard;
#[cfg(test)]
mod tests;
mod users;
mod write;

use std::cell::OnceCell;

pub use definition::{Definition, Kind};
pub use dialect::{
    Choice, Delete, DeleteMeans, Dialect, ExtensionPath, Groups, MembersFrom, OpCase, Paging, PatchPath, RemoveMembers,
};
pub use filter::Filter;
pub use standard::{ENTERPRISE, USER, standard};

/// A SCIM server as a client sees it; one a call of the contract.
///
/// The methods are the operations of the contract, on users, groups and members. They answer as the traits of the SDK do, so that a
/// connector passes their answers on.
#[derive(Debug)]
pub struct Scim {
    dialect: Dialect,
    features: OnceCell<discovery::Features>,
}

impl Scim {
    /// A client of a server that speaks this dialect. Sends nothing.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, features: OnceCell::new() }
    }

    /// What the server does differently.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }
}
