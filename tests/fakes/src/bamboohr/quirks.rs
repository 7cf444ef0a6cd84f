//! What this BambooHR does that another does not.

/// How this account differs. The default is an ordinary account of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirks {
    /// A date that is not set is `0000-00-00` where a single employee is read, and not null.
    pub zero_dates: bool,
    /// Too many requests are 503, as before 2026-09-16, and not 429. `Retry-After` is there either way.
    pub throttles_with_503: bool,
    /// `GET /employees` takes access tokens only: its description names no API key.
    pub listing_refuses_api_keys: bool,
    /// The directory is not shared with everybody: 403.
    pub directory_not_shared: bool,
    /// A date that arrives (a hire, a move, a termination) changes the values, but `changed` does not tell.
    pub silent_dates: bool,
    /// The manager's id is in no list row although it was asked for, as where the account hides the organisation chart.
    pub hides_managers: bool,
    /// No page is larger than this, whatever `page[limit]` asks for.
    pub page_cap: usize,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            zero_dates: true,
            throttles_with_503: false,
            listing_refuses_api_keys: false,
            directory_not_shared: false,
            silent_dates: false,
            hides_managers: false,
            page_cap: 2500,
        }
    }
}
