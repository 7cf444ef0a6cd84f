//! What a good figure is, and why not less: the one table.

use std::fmt;

/// What is measured together, in one process: the name of a module in `tests/bench/src/figures`.
pub(super) struct Group {
    pub(super) name: &'static str,
    /// How many processes measure it, one after the other.
    pub(super) rounds: u32,
    /// Whether Extism does the same work beside it.
    pub(super) beside_extism: bool,
}

/// A figure and what it has to reach.
pub(super) struct Goal {
    pub(super) figure: &'static str,
    pub(super) group: &'static str,
    pub(super) unit: &'static str,
    /// What the median has to keep.
    pub(super) bound: Bound,
    /// Why this and not less: told where it is missed.
    pub(super) why: &'static str,
}

/// Which side is good.
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bound {
            Bound::AtMost(most) => write!(formatter, "<= {most}"),
            Bound::AtLeast(least) => write!(formatter, ">= {least}"),
        }
    }
}

/// In the order in which they are measured: the long ones last.
pub(super) const GROUPS: &[Group] = &[
    Group { name: "sandbox", rounds: 3, beside_extism: true },
    Group { name: "loading", rounds: 3, beside_extism: false },
    Group { name: "memory", rounds: 3, beside_extism: false },
    Group { name: "cli", rounds: 3, beside_extism: false },
    Group { name: "store", rounds: 3, beside_extism: false },
    Group { name: "bound", rounds: 3, beside_extism: false },
    Group { name: "company", rounds: 3, beside_extism: false },
    Group { name: "leaver", rounds: 3, beside_extism: false },
];

const fn goal(figure: &'static str, group: &'static str, unit: &'static str, bound: Bound, why: &'static str) -> Goal {
    Goal { figure, group, unit, bound, why }
}

use Bound::{AtLeast, AtMost};

/// All figures.
pub(super) const GOALS: &[Goal] = &[
    goal("sandbox_call", "sandbox", "us", AtMost(60.0), "bare wasmtime takes some 35 us for a fresh instance: the rest is all that the host adds"),
    goal("sandbox_list_vs_native", "sandbox", "ratio", AtMost(2.0), "epochs cost 1.3, the copy across the boundary the rest"),
];
