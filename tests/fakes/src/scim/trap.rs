//! A request at which a test does something: kills the client, most of all.

/// Waits for a request of somebody else, once.
pub struct Trap {
    /// How many requests pass before the one that springs it.
    pub after: usize,
    /// When it springs.
    pub moment: Moment,
    /// What it does. The server answers nobody meanwhile.
    pub spring: Box<dyn FnOnce() + Send>,
}

/// When in the life of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// When it has arrived. It is not carried out, and not answered.
    Lost,
    /// When it has been carried out. It is not answered.
    CarriedOut,
    /// When it has been carried out. It is answered.
    Answered,
}

impl Trap {
    /// Counts a request: whether this is the one.
    pub(super) fn counts(&mut self) -> bool {
        let springs = self.after == 0;
        self.after = self.after.saturating_sub(1);
        springs
    }
}
