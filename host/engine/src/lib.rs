//! Collect, plan, apply and verify, durably.
//!
//! One way through: *source -> people -> desired state -> plan -> change -> connector -> request -> outcome -> journal*. [`Engine`] is
//! the whole of it; what it asks of an app is [`Target`], which the sandbox's connected app is and a test's may be.

mod apply;
mod clock;
mod collect;
mod connected;
mod engine;
mod error;
mod find;
mod installed;
mod journal;
mod listing;
mod names;
mod people;
mod planning;
mod progress;
mod query;
mod restored;
mod retry;
mod roster;
mod running;
mod systems;
mod target;

pub use apply::{Approval, ApprovedPlan, Finding, RunReport};
pub use clock::Clock;
pub use engine::{Engine, Parts, PlanRequest};
pub use error::{ConnectError, EngineError};
pub use installed::Installed;
pub use planning::{AppFailure, Planned};
pub use progress::{Event, Progress, Quiet};
pub use query::{ExplainedAttribute, ExplainedGrant, Explanation, Holders, Holding, PersonAccess};
pub use restored::{RESTORED, RESTORED_KEY, Restored};
pub use retry::Patience;
pub use systems::Systems;
pub use target::{Answer, Capabilities, Draft, Page, Scope, Target};
