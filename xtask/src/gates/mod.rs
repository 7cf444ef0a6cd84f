//! The gates: everything that has to hold before a change goes in.

mod canary;
mod fuzz;
mod gate;
mod steps;

pub(crate) use gate::{Selection, run};
