//! What the engine is doing, for whoever wants to show it.

/// One step of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Items of a listing were read.
    Read {
        /// The source or app.
        from: &'a str,
        /// What: `people`, `accounts`.
        what: &'static str,
        /// How many so far.
        read: usize,
        /// How many there are, where the system says so.
        total: Option<u32>,
    },
    /// A source or an app was read to the end.
    ReadAll {
        /// The source or app.
        from: &'a str,
    },
    /// A change became final.
    Changed {
        /// The app.
        app: &'a str,
        /// How many of the run are final.
        done: usize,
        /// How many the run has.
        of: usize,
    },
}

/// Shows progress. Called from several tasks at once, often: must return quickly.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: Event<'_>) {}
}
