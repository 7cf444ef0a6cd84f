//! BambooHR as a source of people: employees with their history, what changed, the tables, and what there is to ask for.
//!
//! Written from the vendor's OpenAPI description (`public.yaml` of BambooHR/bhr-api-php, version 1.0). Where it is silent, the choice
//! made here is written where it is made.

mod answer;
mod changed;
mod company;
mod employee;
mod field;
mod listing;
mod meta;
mod quirks;
mod service;
mod single;
mod table;
#[cfg(test)]
mod tests;
mod xml;

pub use company::{Action, BambooHr, User};
pub use employee::{Employment, Hire, Job, TERMINATED};
pub use quirks::Quirks;
