//! What a figure is, and how it is taken.

use std::fs;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::Failure;

/// A figure: every sample of it, none thrown away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// As in the table of goals: `sandbox_call`.
    pub name: &'static str,
    /// Of the samples: `us`, `ms`, `s`, `MiB`, `ratio`, `%`, `/s`.
    pub unit: &'static str,
    /// One for each time it was measured.
    pub samples: Vec<f64>,
    /// What the same work took elsewhere, in the same run and unit.
    pub against: Vec<Against>,
}

/// The same work, done by something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Against {
    /// What did it: `bare wasmtime`.
    pub name: &'static str,
    /// In the unit of the figure.
    pub samples: Vec<f64>,
}

impl Measured {
    /// A figure that stands by itself.
    #[must_use]
    pub fn new(name: &'static str, unit: &'static str, samples: Vec<f64>) -> Self {
        Self { name, unit, samples, against: Vec::new() }
    }

    /// Beside something else.
    #[must_use]
    pub fn against(mut self, name: &'static str, samples: Vec<f64>) -> Self {
        self.against.push(Against { name, samples });
        self
    }
}

/// How long something takes, once.
pub fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

/// The value in the middle; of an even number the upper one of the two. Zero for none.
#[must_use]
pub fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// The most memory that this process ever had in use, in MiB: `VmHWM` of `/proc/self/status`.
///
/// # Errors
/// When the system does not say.
pub fn peak_memory() -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status").map_err(Failure::of("/proc/self/status"))?;
    in_mebibytes(&status, "VmHWM:").ok_or_else(|| Failure::new("/proc/self/status", "has no VmHWM"))
}

/// A line of `/proc/PID/status` in MiB.
pub(crate) fn in_mebibytes(status: &str, field: &str) -> Option<f64> {
    let kibibytes: u32 = status.lines().find_map(|line| line.strip_prefix(field))?.split_whitespace().next()?.parse().ok()?;
    Some(f64::from(kibibytes) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{in_mebibytes, median};

    #[test]
    fn the_median_is_the_value_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 3.0);
        assert_eq!(median(vec![]), 0.0);
    }

    #[test]
    fn peak_memory_is_read_in_mebibytes() {
        assert_eq!(in_mebibytes("Name:\tx\nVmHWM:\t    2560 kB\n", "VmHWM:"), Some(2.5));
        assert_eq!(in_mebibytes("Name:\tx\n", "VmHWM:"), None);
    }
}
