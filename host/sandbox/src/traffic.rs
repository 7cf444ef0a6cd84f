//! The requests of one call: counted, bounded and recorded.

use crate::{Limits, printable};
use innkeeper_domain::Exchange;
use innkeeper_egress::Method;

/// How often a guest may want more than it may have before it is stopped: each time it is told so by an error that it is meant to
/// heed.
const PATIENCE: u32 = 100;

/// The longest URL that is recorded: what is longer says no more to anybody, and a call may have thousands.
const LONGEST_URL: usize = 2 << 10;

/// The requests of one call.
#[derive(Debug)]
pub(crate) struct Traffic {
    requests: u32,
    refused: u32,
    request_limit: u32,
    bytes: u64,
    byte_limit: u64,
    exchanges: Vec<Exchange>,
    write_sent: bool,
    last_write_unanswered: bool,
}

/// What a guest wanted too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// The requests of the call are used up.
    Requests,
    /// The bytes of the call are used up.
    Bytes {
        /// How many there would have been.
        wanted: u64,
    },
    /// One response is too large.
    Response,
}

impl Traffic {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: 0,
            refused: 0,
            request_limit: limits.requests,
            bytes: 0,
            byte_limit: limits.transfer_bytes,
            exchanges: Vec::new(),
            write_sent: false,
            last_write_unanswered: false,
        }
    }

    /// Notes a request before it leaves: if the call is cut off while it is under way, this is what remains of it.
    pub(crate) fn begin(&mut self, method: Method, target: &str, bytes: usize) -> Result<(), Excess> {
        if self.requests >= self.request_limit {
            return Err(Excess::Requests);
        }
        self.spend(bytes)?;
        self.requests += 1;
        let url = recorded(target.split(['?', '#']).next().unwrap_or_default());
        self.exchanges.push(Exchange { method: method.as_str().to_owned(), url, status: None, millis: 0 });
        self.last_write_unanswered = !method.is_safe();
        self.write_sent |= !method.is_safe();
        Ok(())
    }

    /// Counts an answer that is given again: it leaves no trace, and no call can have more of them than of requests.
    pub(crate) fn again(&mut self, bytes: usize) -> Result<(), Excess> {
        if self.requests >= self.request_limit {
            return Err(Excess::Requests);
        }
        self.spend(bytes)?;
        self.requests += 1;
        Ok(())
    }

    /// Notes how the request ended that [`Self::begin`] noted last; an error if its response is more than the bytes of the call.
    pub(crate) fn end(
        &mut self,
        exchange: innkeeper_egress::Exchange,
        writes_before: bool,
        response_bytes: Option<usize>,
    ) -> Result<(), Excess> {
        let write = !exchange.method.is_safe();
        self.write_sent = writes_before || (write && exchange.sent);
        self.last_write_unanswered = write && exchange.sent && exchange.status.is_none();
        if let Some(last) = self.exchanges.last_mut() {
            *last = Exchange {
                method: exchange.method.as_str().to_owned(),
                url: recorded(&exchange.url),
                status: exchange.status,
                millis: exchange.millis,
            };
        }
        let spent = self.spend(response_bytes.unwrap_or(0));
        if spent.is_err() {
            // It was received: nothing more is.
            self.bytes = self.byte_limit;
        }
        spent
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Excess> {
        let wanted = self.bytes.saturating_add(bytes as u64);
        if wanted > self.byte_limit {
            return Err(Excess::Bytes { wanted });
        }
        self.bytes = wanted;
        Ok(())
    }

    /// Counts that the guest is told that it wants too much. Whether that was once too often.
    pub(crate) fn patience_is_over(&mut self) -> bool {
        self.refused += 1;
        self.refused > PATIENCE
    }

    /// Whether a request that writes may have reached the system.
    pub(crate) fn write_sent(&self) -> bool {
        self.write_sent
    }

    /// Whether the last request was a write that may have reached the system and got no answer.
    pub(crate) fn last_write_unanswered(&self) -> bool {
        self.last_write_unanswered
    }

    pub(crate) fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
    }
}

/// A URL as it is recorded: of bounded length, on one line.
fn recorded(url: &str) -> String {
    printable::line(&printable::cut(url, LONGEST_URL))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(requests: u32, transfer_bytes: u64) -> Traffic {
        Traffic::new(&Limits { requests, transfer_bytes, ..Limits::default() })
    }

    fn ended(method: Method, status: Option<u16>, sent: bool) -> innkeeper_egress::Exchange {
        innkeeper_egress::Exchange {
            method,
            url: "https://x.example/a?b=…".into(),
            status,
            error: None,
            sent,
            waited: 0,
            millis: 3,
            request_bytes: 0,
            response_bytes: 0,
        }
    }

    #[test]
    fn requests_beyond_the_limit_are_refused_and_then_the_guest_is_stopped() {
        let mut traffic = traffic(2, 1000);
        assert_eq!(traffic.begin(Method::Get, "/a", 0), Ok(()));
        assert_eq!(traffic.begin(Method::Get, "/a", 0), Ok(()));
        for _ in 0..PATIENCE {
            assert_eq!(traffic.begin(Method::Get, "/a", 0), Err(Excess::Requests));
            assert!(!traffic.patience_is_over());
        }
        assert!(traffic.patience_is_over());
        assert_eq!(traffic.into_exchanges().len(), 2);
    }

    #[test]
    fn bytes_of_requests_and_responses_are_counted_together() {
        let mut traffic = traffic(10, 100);
        assert_eq!(traffic.begin(Method::Post, "/a", 60), Ok(()));
        assert_eq!(traffic.end(ended(Method::Post, Some(200), true), false, Some(40)), Ok(()));
        assert_eq!(traffic.begin(Method::Post, "/a", 1), Err(Excess::Bytes { wanted: 101 }));
        assert_eq!(traffic.begin(Method::Get, "/a", 0), Ok(()));
        assert_eq!(traffic.end(ended(Method::Get, Some(200), true), true, Some(1)), Err(Excess::Bytes { wanted: 101 }));
    }

    #[test]
    fn what_is_recorded_of_a_url_is_bounded_and_on_one_line() {
        let mut traffic = traffic(10, 1 << 20);
        traffic.begin(Method::Get, &format!("/a\n{}", "x".repeat(1 << 20)), 0).expect("within the limits");
        let url = &traffic.into_exchanges()[0].url;
        assert!(url.starts_with("/a\\nxx") && url.ends_with('…') && url.len() < LONGEST_URL + 20, "{}", url.len());
    }

    #[test]
    fn a_request_under_way_counts_as_sent_and_its_query_is_not_recorded() {
        let mut traffic = traffic(10, 100);
        traffic.begin(Method::Post, "/a?key=secret", 0).expect("within the limits");
        assert!(traffic.write_sent() && traffic.last_write_unanswered());
        assert_eq!(traffic.into_exchanges()[0].url, "/a");
    }

    #[test]
    fn a_write_that_never_left_was_not_sent() {
        let mut traffic = traffic(10, 100);
        traffic.begin(Method::Post, "/a", 0).expect("within the limits");
        traffic.end(ended(Method::Post, None, false), false, None).expect("no bytes");
        assert!(!traffic.write_sent() && !traffic.last_write_unanswered());
    }

    #[test]
    fn a_read_after_an_unanswered_write_settles_the_last_but_not_the_write() {
        let mut traffic = traffic(10, 100);
        traffic.begin(Method::Post, "/a", 0).expect("within the limits");
        traffic.end(ended(Method::Post, None, true), false, None).expect("no bytes");
        assert!(traffic.last_write_unanswered());
        let before = traffic.write_sent();
        traffic.begin(Method::Get, "/a", 0).expect("within the limits");
        traffic.end(ended(Method::Get, Some(200), true), before, Some(1)).expect("one byte");
        assert!(traffic.write_sent() && !traffic.last_write_unanswered());
    }
}
