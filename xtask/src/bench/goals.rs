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
    Group { name: "plan", rounds: 3, beside_extism: false },
    Group { name: "bound", rounds: 3, beside_extism: false },
    Group { name: "company", rounds: 3, beside_extism: false },
    Group { name: "leaver", rounds: 3, beside_extism: false },
];

const fn goal(figure: &'static str, group: &'static str, unit: &'static str, bound: Bound, why: &'static str) -> Goal {
    Goal { figure, group, unit, bound, why }
}

use Bound::{AtLeast, AtMost};

/// All figures. What has no reason beside a number of its own is that number with room for a slower machine: more is a regression.
pub(super) const GOALS: &[Goal] = &[
    goal("sandbox_call", "sandbox", "us", AtMost(60.0), "the rest beside bare wasmtime is all that the host adds"),
    goal("sandbox_list_vs_native", "sandbox", "ratio", AtMost(2.0), "epochs cost 1.3, the copy across the boundary the rest"),
    goal("connector_load_cold", "loading", "ms", AtMost(1500.0), "somebody waits for it when a connector is installed"),
    goal("connector_load_cached", "loading", "ms", AtMost(10.0), "every start of the program pays it for each connector in use"),
    goal("host_memory_15_connectors", "memory", "MiB", AtMost(64.0), "some 4 MiB of code each: the smallest machine has room"),
    goal("cli_version", "cli", "ms", AtMost(20.0), "an admin types it all day"),
    goal("cli_plan_small", "cli", "ms", AtMost(300.0), "an admin types it all day"),
    goal("store_size_per_million_grants", "store", "MiB", AtMost(40.0), "a few dozen bytes a grant, accounts included"),
    goal(
        "audit_verify_per_second",
        "store",
        "/s",
        AtLeast(50_000.0),
        "a year of 10,000 changes a day in little more than a minute",
    ),
    goal("plan_noop_100k_x_10", "plan", "s", AtMost(3.0), "it is arithmetic on a merge join"),
    goal("plan_memory_100k_x_10", "plan", "MiB", AtMost(1024.0), "the smallest machine has room"),
    goal("plan_growth_10k_to_100k", "plan", "ratio", AtMost(11.0), "linear"),
    goal("apply_vs_bound", "bound", "%", AtLeast(90.0), "the engine must never be the slow part"),
    goal("company_plan_new", "company", "s", AtMost(2.0), "10,000 people on one app, with reading the app"),
    goal(
        "apply_changes_per_second",
        "company",
        "/s",
        AtLeast(1000.0),
        "midPoint reports 22 users a second x 8 targets, on 2 nodes",
    ),
    goal("company_plan_noop", "company", "s", AtMost(2.0), "10,000 people on one app, with reading the app"),
    goal("company_memory", "company", "MiB", AtMost(320.0), "10,000 people on one app: the most of planning and applying"),
    goal(
        "leaver_latency_under_load",
        "leaver",
        "ms",
        AtMost(1040.0),
        "1 s + 2 x the latency of 20 ms; elsewhere it is a cycle of 20 minutes",
    ),
];
