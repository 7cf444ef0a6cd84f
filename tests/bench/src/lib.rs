//! Figures: what the engine costs, measured.
//!
//! `cargo xtask bench` builds this and runs its program once for each group of figures and round, in a process of its own: so one
//! figure's memory and warm caches are not another's. What a good figure is stands in `xtask/src/bench/goals.rs`; here is only how each
//! is measured.
//!
//! | module | what it gives |
//! |---|---|
//! | [`company`] | companies that look real, the same for the same seed |
//! | [`figures`] | one module a group of figures |
//! | [`sandbox`], [`variant`] | one connector run in four ways; more connectors than there are |
//! | [`saas`], [`estate`] | systems in a process of their own; a company with its configuration, and runs of the program there |
//! | [`measured`] | what a figure is, and how it is taken |
//! | [`setting`] | what is measured: the built programs, the seed |

pub mod company;
pub mod estate;
pub mod failure;
pub mod figures;
pub mod measured;
pub mod saas;
pub mod sandbox;
pub mod setting;
pub mod variant;

pub use failure::Failure;
pub use measured::{Against, Measured};
pub use setting::Setting;
