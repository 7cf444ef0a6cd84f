//! How single requests go wrong.

use std::time::Duration;

/// How one request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done and this status is answered, as a SCIM error.
    Status(u16),
    /// 429; with `Retry-After` in seconds where given (RFC 9110, section 10.2.3).
    RateLimited {
        /// Seconds.
        retry_after: Option<u32>,
    },
    /// 429 with `Retry-After` as a date so far from now.
    RateLimitedUntil(Duration),
    /// Nothing is done and 200 with a sign-in page is answered.
    Html,
    /// It is done, and the answer is cut off in the middle.
    TruncatedJson,
    /// Nothing is done and the connection is closed without an answer.
    Refuse,
    /// It is done, and the connection is closed without an answer: the outcome is unknown to the client.
    LoseAnswer,
    /// It is done, and the answer comes so much later.
    Late(Duration),
    /// The listing is empty.
    EmptyList,
}
