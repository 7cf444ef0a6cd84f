//! Step 6: how much an app's system may be sent, and how it says that it was too much.

mod backoff;
mod budget;
mod gate;
mod reading;
mod signal;
mod usual;

pub use budget::{Budget, RequestBudget};
pub(crate) use gate::Gate;
pub(crate) use reading::Reading;
pub use reading::{Form, Place, Wait};
pub use signal::{Condition, Exhausted, Expectation, Signal};

/// What is known of the rate of an app's system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rate {
    /// For all requests of the app together; without one it is sent as much as the connector asks for.
    pub budget: Option<Budget>,
    /// For some of its requests: each that covers a request is spent.
    pub budgets: Vec<RequestBudget>,
    /// The answers that mean too many requests. The first that matches counts; after them come the usual ones, which are 429, and 503 with
    /// `Retry-After`.
    pub signals: Vec<Signal>,
    /// The answers after which nothing remains for a while.
    pub exhausted: Vec<Exhausted>,
}
