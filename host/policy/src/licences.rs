//! What an app's licences cost, and when one counts as unused.

use crate::problem::Spot;
use innkeeper_domain::{AttributeName, Prices};

/// After how many days without a sign-in a licence counts as unused, if the configuration does not say: two months.
pub(crate) const RECLAIM_AFTER: u32 = 60;

/// What is known of an app's licences beside what the app itself says.
#[derive(Clone, Debug)]
pub struct Licences {
    /// What they cost.
    pub prices: Prices,
    /// The attribute of an account with the moment of the last sign-in.
    pub last_login: Option<AttributeName>,
    /// After how many days without one a licence counts as unused.
    pub reclaim_after: u32,
    pub(crate) last_login_spot: Option<Spot>,
}
