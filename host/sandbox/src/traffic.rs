//! The requests of one call: counted, bounded and recorded.

use crate::Limits;
use innkeeper_domain::Exchange;
use innkeeper_egress::Method;

/// How many requests beyond its limit a guest may ask for before it is stopped: each is refused with an error that it is meant to
/// heed.
const PATIENCE: u32 = 100;

/// The requests of one call.
#[derive(Debug)]
pub(crate) struct Traffic {
    requests: u32,
    refused: u32,
    request_limit: u32,
    bytes_left: u64,
    exchanges: Vec<Exchange>,
    write_sent: bool,
    last_write_unanswered: bool,
}

/// Why a request is not sent at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The requests of the call are used up.
    Requests,
    /// The bytes of the call are used up.
    Bytes,
    /// The guest was told so often enough.
    Stop,
}

impl Traffic {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: 0,
            refused: 0,
            request_limit: limits.requests,
            bytes_left: limits.transfer_bytes,
            exchanges: Vec::new(),
            write_sent: false,
            last_write_unanswered: false,
        }
    }

    /// Notes a request before it leaves: if the call is cut off while it is under way, this is what remains of it.
    pub(crate) fn begin(&mut self, method: Method, target: &str, bytes: usize) -> Result<(), Refusal> {
        if self.requests >= self.request_limit {
            self.refused += 1;
            return Err(if self.refused > PATIENCE { Refusal::Stop } else { Refusal::Requests });
        }
        let bytes = bytes as u64;
        if bytes > self.bytes_left {
            return Err(Refusal::Bytes);
        }
        self.requests += 1;
        self.bytes_left -= bytes;
        let url = target.split(['?', '#']).next().unwrap_or_default().to_owned();
        self.exchanges.push(Exchange { method: method.as_str().to_owned(), url, status: None, millis: 0 });
        self.last_write_unanswered = !method.is_safe();
        self.write_sent |= !method.is_safe();
        Ok(())
    }

    /// Notes how the request ended that [`Self::begin`] noted last. Answers whether its response is within the bytes of the call.
    pub(crate) fn end(
        &mut self,
        exchange: innkeeper_egress::Exchange,
        writes_before: bool,
        response_bytes: Option<usize>,
    ) -> bool {
        let write = !exchange.method.is_safe();
        self.write_sent = writes_before || (write && exchange.sent);
        self.last_write_unanswered = write && exchange.sent && exchange.status.is_none();
        if let Some(last) = self.exchanges.last_mut() {
            *last = Exchange {
                method: exchange.method.as_str().to_owned(),
                url: exchange.url,
                status: exchange.status,
                millis: exchange.millis,
            };
        }
        match self.bytes_left.checked_sub(response_bytes.unwrap_or(0) as u64) {
            Some(left) => {
                self.bytes_left = left;
                true
            }
            None => {
                self.bytes_left = 0;
                false
            }
        }
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
            assert_eq!(traffic.begin(Method::Get, "/a", 0), Err(Refusal::Requests));
        }
        assert_eq!(traffic.begin(Method::Get, "/a", 0), Err(Refusal::Stop));
        assert_eq!(traffic.into_exchanges().len(), 2);
    }

    #[test]
    fn bytes_of_requests_and_responses_are_counted_together() {
        let mut traffic = traffic(10, 100);
        assert_eq!(traffic.begin(Method::Post, "/a", 60), Ok(()));
        assert!(traffic.end(ended(Method::Post, Some(200), true), false, Some(40)));
        assert_eq!(traffic.begin(Method::Post, "/a", 1), Err(Refusal::Bytes));
        assert_eq!(traffic.begin(Method::Get, "/a", 0), Ok(()));
        assert!(!traffic.end(ended(Method::Get, Some(200), true), true, Some(1)));
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
        traffic.end(ended(Method::Post, None, false), false, None);
        assert!(!traffic.write_sent() && !traffic.last_write_unanswered());
    }

    #[test]
    fn a_read_after_an_unanswered_write_settles_the_last_but_not_the_write() {
        let mut traffic = traffic(10, 100);
        traffic.begin(Method::Post, "/a", 0).expect("within the limits");
        traffic.end(ended(Method::Post, None, true), false, None);
        assert!(traffic.last_write_unanswered());
        let before = traffic.write_sent();
        traffic.begin(Method::Get, "/a", 0).expect("within the limits");
        traffic.end(ended(Method::Get, Some(200), true), before, Some(1));
        assert!(traffic.write_sent() && !traffic.last_write_unanswered());
    }
}
