//! What is remembered: snapshots, links, runs, the journal and the audit log.
//!
//! [`Store`] is what the engine asks for; [`SqliteStore`] keeps it in one file. Every write is durable before it is answered.
//! Who decides what a memory means is the engine: the store knows nothing of plans and connectors.

mod access;
mod audit;
mod error;
mod export;
mod link;
mod listing;
mod register;
mod sqlite;
mod store;

pub use access::{HeldAccount, HeldGrant, Holding};
pub use audit::{AuditEntry, AuditEvent, AuditFilter, Broken, Pruned, Verdict, kind};
pub use error::{Refusal, StoreError};
pub use export::{Checked, Export, ExportFault, Seal, check_export};
pub use link::{Link, Mutation, OwnedGrant};
pub use listing::{Absence, Count, KnownRecord, Listing};
pub use register::Register;
pub use sqlite::{SqliteStore, StoreHold};
pub use store::{Store, Transition};
