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
mod leavers;
mod licences;
mod listing;
mod manual;
mod names;
mod people;
mod planning;
mod progress;
mod query;
mod retry;
mod roster;
mod running;
mod systems;
mod target;
mod tasks;
mod unfinished;

pub use apply::{Approval, ApprovedPlan, Finding, RunReport};
pub use clock::Clock;
pub use engine::{Engine, Parts, PlanRequest};
pub use error::{ConnectError, EngineError};
pub use installed::Installed;
pub use leavers::{Leaver, LeaverOnApp, LeaverReport, OpenStep, Step, Why};
pub use licences::{Licence, LicenceReport};
pub use planning::{AppFailure, Planned};
pub use progress::{Event, Progress, Quiet};
pub use query::{ExplainedAttribute, ExplainedGrant, Explanation, Holders, Holding, PersonAccess};
pub use retry::Patience;
pub use systems::Systems;
pub use target::{Answer, Capabilities, Draft, Page, Scope, Target};
pub use tasks::{Answered, Evidence, Response, Task, TaskAnswer, TaskFilter, Verdict, task_id};
