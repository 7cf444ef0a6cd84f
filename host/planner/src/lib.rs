//! Desired state against observed state: the plan. Pure functions.
//!
//! [`plan_app`] compares what the rules want on one app with what was seen there and says what to change, in which order, why,
//! and under which condition. [`plan`] does it for all apps. [`guard`] says whether a plan does more at once than it may, and [`difference`] in
//! what two plans differ.
//!
//! Two rules stand above all others. What was not seen in an incomplete listing means nothing (see `certainty`), and what
//! nobody asked us to own is left alone: accounts without a link, attributes without an enforced mapping, grants that no rule gave.

mod certainty;
mod close;
mod correlate;
mod cost;
mod create;
mod delta;
pub mod difference;
mod draft;
mod entitlements;
mod grants;
pub mod guard;
mod input;
mod key;
mod last_holder;
mod maintain;
mod matcher;
mod observed;
mod order;
mod planner;
mod positions;
mod reclaim;
mod schema;
mod seats;
mod shadow;
mod shield;
mod unique;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod tests;

pub use cost::cost_difference;
pub use input::{AppInput, ClosingStep, CorrelationRules, DriftRules, Link};
pub use order::{NeedsCycle, plan, plan_each};
pub use planner::plan_app;
pub use reclaim::{ReclaimRule, reclaimable};
pub use shield::{Shield, Ward, is_privileged};
