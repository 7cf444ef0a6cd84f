//! The words of the field as plain types; no I/O, no async.
//!
//! Everything that flows through Innkeeper is one of these: *source -> people -> desired state -> plan -> change -> outcome ->
//! journal*. Names follow SCIM 2.0 (RFC 7643) wherever SCIM has a name. What a machine reads (the plan file, the
//! journal, `--output json`) is the serde form of these types, so a change of shape here is a change of format.

mod account;
mod attribute;
mod attributes;
mod change;
mod cost;
mod desired;
mod drift;
mod entitlement;
mod failure;
mod glob;
mod guard;
mod identifier;
mod inputs;
mod journal;
mod length;
mod person;
mod plan;
mod schema;
mod shared;
mod slot;
mod snapshot;
mod strict;
mod swap;
mod temporary;
mod text;
mod today;
pub mod vocabulary;

pub use account::{Account, AccountStatus, Invitation};
pub use attribute::{AttributeName, Decimal, Delta, Edit, Scalar, Value, Values};
pub use attributes::{Attributes, Hint};
pub use change::{AccountTarget, Change, Class, NamedEntitlement, Operation, Precondition, Reason, ReasonKind, SharedReason};
pub use cost::{Cost, Costs, InvalidCost, Per, Prices};
pub use desired::{DesiredAccount, DesiredAttribute, DesiredGrant, DesiredState, Presence, Strength};
pub use drift::{AttributeDrift, DriftPolicy, GrantDrift, OrphanDrift};
pub use entitlement::{Entitlement, EntitlementKey, EntitlementRef, Grant, Holder, InvalidEntitlementRef, Seats};
pub use failure::{Effect, ErrorCode, Failure, FieldError, Outcome};
pub use glob::Glob;
pub use guard::{Guard, GuardClass, GuardLimits, percent};
pub use identifier::{AccountId, AppName, ChangeId, IntentId, PersonId, PlanId, RoleName, RunId, SourceName};
pub use inputs::{AppSeen, ConnectorPin, Inputs, SnapshotId, SourceSeen};
pub use journal::{Attempt, ChangeRecord, ChangeState, Exchange, RunRecord, RunState};
pub use length::{InvalidLength, Length};
pub use person::{Lifecycle, Origin, Person, PersonRecord};
pub use plan::{
    AppMode, AppPlan, Case, CaseKind, Drift, Orphan, Plan, PlanError, ReclaimReason, Reclaimable, SeatUse, Summary, Upcoming,
};
pub use schema::{
    AttributeSchema, AttributeType, Description, EntitlementKind, GrantScopes, HolderWrites, LifecycleEffect, Mutability, Quirks,
    Uniqueness,
};
pub use shared::Shared;
pub use slot::Slot;
pub use snapshot::{AppSnapshot, CompleteSnapshot, Completeness, IncompleteSnapshot, PeopleSnapshot, Snapshot};
pub use swap::{Counterpart, RunningSwap, Swap, SwapStage};
pub use temporary::TemporaryGrant;
pub use text::{Share, Sharing, Text};
pub use today::Today;
