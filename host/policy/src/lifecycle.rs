//! `[lifecycle]`: what the way from joining to leaving has in common on all apps.

use crate::expression::Expression;

/// When somebody who is inactive without an end date is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Close {
    /// By the first plan that sees it.
    #[default]
    AtOnce,
    /// When the day on which it was first seen is over where they are.
    EndOfDay,
}

/// What happens to accounts while somebody is away for long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLeave {
    /// They are suspended, and reactivated afterwards.
    #[default]
    Suspend,
    /// Nothing.
    Keep,
}

/// `[lifecycle]`.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// How many days before something ends it is told.
    pub warn_before: u32,
    pub(crate) on_leave: Option<Expression>,
}

/// A week: long enough to ask for more time, short enough to be read.
const WARN_BEFORE: u32 = 7;

impl Default for Lifecycle {
    fn default() -> Self {
        Self { warn_before: WARN_BEFORE, on_leave: None }
    }
}
