//! What the connector of the figures does, as a plugin for Extism.
//!
//! The list comes as input instead of through a request of the plugin, which saves Extism a step. Accounts go back as JSON, as the
//! handbook of Extism does it.

#![allow(missing_docs, reason = "the macro makes the functions")]

use extism_pdk::{FnResult, Json, plugin_fn};
use serde::Serialize;

#[path = "../../../../connectors/roster/src/member.rs"]
mod member;

/// An attribute of the description, or of an account.
#[derive(Serialize)]
struct Attribute {
    name: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

/// An account as the contract has it.
#[derive(Serialize)]
struct Account {
    id: String,
    unique_name: String,
    status: &'static str,
    attributes: Vec<Attribute>,
}

const NAMES: [&str; 7] = ["userName", "name.givenName", "name.familyName", "displayName", "emails", "title", "department"];

fn account(member: member::Member) -> Account {
    let member::Member { id, user_name, given_name, family_name, display_name, email, title, department } = member;
    let values = [user_name.clone(), given_name, family_name, display_name, email, title, department];
    let attributes = NAMES.into_iter().zip(values).map(|(name, value)| Attribute { name, values: vec![value] }).collect();
    Account { id, unique_name: user_name, status: "active", attributes }
}

#[plugin_fn]
pub fn describe() -> FnResult<Json<Vec<Attribute>>> {
    Ok(Json(NAMES.map(|name| Attribute { name, values: Vec::new() }).into()))
}

#[plugin_fn]
pub fn list(answer: Vec<u8>) -> FnResult<Json<Vec<Account>>> {
    Ok(Json(member::read(&answer)?.into_iter().map(account).collect()))
}
