//! The program is killed again and again while it works, and what it did is judged by the system that it worked on.
//!
//! One *world* is a company, a SCIM server in this process and a configuration folder. In every round people join, move and leave; `plan`,
//! `apply`, `offboard` and `secret rotate-key` are killed at moments that chance chooses, and started again until they end by themselves.
//! Then: everything that was planned has arrived exactly once, nothing was sent again without a look, the next plan is empty, the
//! people have what they should have, and the audit log is whole.

mod journal;
mod kill;
mod world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use world::KILLS as KILLS_OF_A_WORLD;

/// What a world, or several, went through.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many runs were killed, by command.
    pub killed: BTreeMap<&'static str, usize>,
    /// How many runs were killed, by the kind of moment.
    pub moments: BTreeMap<&'static str, usize>,
    /// How many changes were planned and carried out.
    pub changes: usize,
    /// How many requests the system saw.
    pub requests: usize,
    /// How many worlds there were.
    pub worlds: usize,
    /// How long all of it took.
    pub time: Duration,
    /// What was wrong; each with the seed of its world.
    pub faults: Vec<(u64, String)>,
}

impl Report {
    /// How many runs were killed.
    #[must_use]
    pub fn kills(&self) -> usize {
        self.killed.values().sum()
    }

    fn add(&mut self, other: Self) {
        for (name, count) in other.killed {
            *self.killed.entry(name).or_insert(0) += count;
        }
        for (name, count) in other.moments {
            *self.moments.entry(name).or_insert(0) += count;
        }
        self.changes += other.changes;
        self.requests += other.requests;
        self.worlds += other.worlds;
        self.time += other.time;
        self.faults.extend(other.faults);
    }
}

/// Kills the program so many times, in as many worlds as that takes. The first world has this seed, the next ones those that follow it;
/// a world is the same for the same seed and the same number of kills, as far as the machine's own timing lets it.
#[must_use]
pub fn run(seed: u64, kills: usize, mut each: impl FnMut(u64, &Report)) -> Report {
    let mut report = Report::default();
    let mut next = seed;
    while report.kills() < kills && report.faults.is_empty() {
        let begun = Instant::now();
        let wanted = (kills - report.kills()).min(KILLS_OF_A_WORLD);
        let mut world = world::play(next, wanted);
        world.time = begun.elapsed();
        each(next, &world);
        report.add(world);
        next += 1;
    }
    report
}
