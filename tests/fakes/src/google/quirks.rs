//! What goes slowly or wrong in this account.

/// How this account differs. The default is an ordinary day: everything is there at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirks {
    /// After a user is made, so many requests that would see the user do not yet.
    pub unready_requests: usize,
    /// After a user is made, so many seconds on the clock go by until the user is seen.
    pub unready_seconds: i64,
    /// What is answered about a user who is not ready.
    pub unready_answer: Unready,
    /// After the primary address of a user changed, so many changes of the user are refused with 409.
    pub rename_conflicts: usize,
    /// After the members of a group changed, so many reads of them show what was before.
    pub stale_member_reads: usize,
    /// New users hold this licence, product and SKU, and it cannot be taken from them: 412.
    pub automatic_license: Option<(String, String)>,
    /// Licensing takes `my_customer` for the customer. Its description speaks of the id alone.
    pub licensing_knows_my_customer: bool,
    /// Seconds on the clock until a data transfer is in progress.
    pub transfer_starts_after: i64,
    /// Seconds on the clock until a data transfer that is in progress is done.
    pub transfer_takes: i64,
    /// Data transfers fail instead of being completed.
    pub transfers_fail: bool,
    /// The times in an assertion are not checked: for a clock here that is far from that of the client.
    pub ignores_assertion_times: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            unready_requests: 0,
            unready_seconds: 0,
            unready_answer: Unready::Incomplete,
            rename_conflicts: 0,
            stale_member_reads: 0,
            automatic_license: None,
            licensing_knows_my_customer: false,
            transfer_starts_after: 60,
            transfer_takes: 600,
            transfers_fail: false,
            ignores_assertion_times: false,
        }
    }
}

/// What is answered about a user who is not ready. A read is 404 in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// Changes are 412 `conditionNotMet`: user creation is not complete.
    Incomplete,
    /// Changes are 404, as if there were no such user.
    Absent,
    /// Changes are 503 `backendError`.
    Unavailable,
}

/// How too many requests are refused. There is no `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// 403 `userRateLimitExceeded`: too many requests of one user in a minute.
    UserRate,
    /// 403 `quotaExceeded`: too many of the same kind at once.
    Quota,
    /// 403 `rateLimitExceeded`.
    Rate,
    /// 429 `rateLimitExceeded`.
    TooMany,
    /// 503 `backendError`; Licensing says so where its quota is used up.
    Backend,
}
