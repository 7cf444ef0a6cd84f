//! Collect, plan, apply and verify, durably.
//!
//! One way through: *source -> people -> desired state -> plan -> change -> connector -> request -> outcome -> journal*. [`Engine`] is
//! the whole of it; what it asks of an app is [`Target`], which the sandbox's connected app is and a test's may be.

mod active;
mod apply;
mod approvals;
mod circumstances;
mod clock;
mod collect;
mod comparing;
mod connected;
mod correlation;
mod departure;
mod drift;
mod engine;
mod errand;
mod error;
mod explain;
mod find;
mod guarding;
mod installed;
mod journal;
mod leavers;
mod licences;
mod listing;
mod manual;
mod names;
mod offline;
mod pause;
mod people;
mod pilot;
mod planning;
mod progress;
mod query;
mod restored;
mod retry;
mod roster;
mod running;
mod sealing;
mod service;
mod settling;
mod shrink;
mod simulate;
mod stamp;
mod swaps;
mod systems;
mod target;
mod tasks;
mod temporary;
mod under_way;
mod undo;
mod unfinished;
mod unlisted;
mod unsettled;
#[cfg(test)]
mod world;

pub use apply::{Approval, ApprovedPlan, Finding, NoReason, Override, Proof, RunReport};
pub use approvals::{ApprovalRefused, GivenApproval, Standing};
pub use clock::Clock;
pub use correlation::{Candidate, CaseDecisions, CaseWord, OpenCases, RowProblem};
pub use departure::Departure;
pub use drift::{DriftDecision, DriftVerdict};
pub use engine::{Engine, Parts, PlanRequest};
pub use errand::{ANSWERS, ERRANDS, Errand, ErrandAnswer, Work};
pub use error::{ConnectError, EngineError};
pub use explain::{
    AppExplanation, ExplainedAttribute, ExplainedChange, ExplainedGrant, ExplainedSwap, Explanation, Hindrance, HindranceKind,
};
pub use installed::Installed;
pub use leavers::{Leaver, LeaverOnApp, LeaverReport, OpenStep, Step, Why};
pub use licences::{Licence, LicenceReport};
pub use pause::{Pause, PauseError, Paused};
pub use pilot::Pilot;
pub use planning::{AppFailure, Planned};
pub use progress::{Event, Progress, Quiet};
pub use query::{Holders, Holding, PersonAccess};
pub use restored::{RESTORED, RESTORED_KEY, Restored};
pub use retry::Patience;
pub use service::{Health, Held, Quarantined, SERVICE, Service, Surroundings};
pub use simulate::{SimulatedApp, SimulatedRole, Simulation, Supposition};
pub use swaps::{SwapDecision, SwapMember, SwapProgress, SwapRequest, Unmapped};
pub use systems::Systems;
pub use target::{Answer, Capabilities, Draft, Page, Scope, Target};
pub use tasks::{Answered, Evidence, Response, Task, TaskAnswer, TaskFilter, Verdict, task_id};
pub use temporary::Decision;
pub use undo::{LeftOut, Obstacle, Undo, UndoRequest};
