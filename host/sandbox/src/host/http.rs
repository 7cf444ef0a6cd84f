use crate::bindings::http;
use crate::fault::FaultKind;
use crate::guest::Guest;
use crate::kept::Question;
use crate::limits::Setting;
use crate::traffic::Excess;
use innkeeper_egress::{Code, CredentialSlot, EgressError, Method, Request, Response};
use std::time::Duration;

/// The most that a request's line and header fields have, and how many parameters and fields: more than any server takes. The HTTP
/// client would copy and encode them all before it finds them too many.
const MOST_HEAD_BYTES: usize = 64 << 10;
const MOST_FIELDS: usize = 256;

type Answer = wasmtime::Result<Result<http::Response, http::HttpError>>;

impl http::Host for Guest {
    async fn send(&mut self, request: http::Request) -> Answer {
        let head = match head_bytes(&request) {
            Ok(head) => head,
            Err(message) => return Ok(Err(http::HttpError { message, ..refusal(http::HttpErrorCode::InvalidRequest) })),
        };
        let keep_for = request.keep_for;
        let request = Request { deadline: Some(self.deadline), ..incoming(request) };
        let question = Question::of(&request, keep_for);
        if let Some(response) = question.as_ref().and_then(|question| self.surroundings.kept.get(question)) {
            return match self.traffic.again(head.saturating_add(response.body.len())) {
                Ok(()) => Ok(Ok(outgoing(response))),
                Err(excess) => self.refuse(excess, false),
            };
        }
        let writes_before = self.traffic.write_sent();
        let size = head.saturating_add(request.body.as_ref().map_or(0, Vec::len));
        if let Err(excess) = self.traffic.begin(request.method, &request.target, size) {
            return self.refuse(excess, false);
        }
        let surroundings = self.surroundings.clone();
        let (exchange, result) = surroundings.http.send(request).await;
        let received = result.as_ref().ok().map(|response| response.body.len());
        let within = self.traffic.end(exchange, writes_before, received);
        match (result, within) {
            (Ok(response), Ok(())) => {
                if let Some(question) = question {
                    surroundings.kept.keep(question, &response);
                }
                Ok(Ok(outgoing(response)))
            }
            (Ok(_), Err(excess)) => self.refuse(excess, true),
            (Err(error @ EgressError::TooLarge { .. }), _) => self.refuse(Excess::Response, error.sent()),
            (Err(error), _) => Ok(Err(failed(&error))),
        }
    }
}

impl Guest {
    /// Tells a guest that it wants too much, or stops it when it was told often enough.
    fn refuse(&mut self, excess: Excess, sent: bool) -> Answer {
        let limits = &self.surroundings.limits;
        let (code, kind) = match excess {
            Excess::Requests => {
                let limit = limits.told(Setting::Requests, limits.requests);
                (http::HttpErrorCode::Budget, FaultKind::TooManyRequests { limit })
            }
            Excess::Bytes { wanted } => {
                let limit = limits.told(Setting::Transfer, limits.transfer_bytes);
                (http::HttpErrorCode::TooLarge, FaultKind::TooMuchTransfer { wanted, limit })
            }
            Excess::Response => {
                let limit = limits.told(Setting::Response, limits.response_bytes);
                (http::HttpErrorCode::TooLarge, FaultKind::ResponseTooLarge { limit })
            }
        };
        if self.traffic.patience_is_over() {
            return Err(self.mark().stop(kind));
        }
        Ok(Err(http::HttpError { message: kind.to_string(), sent, ..refusal(code) }))
    }
}

fn refusal(code: http::HttpErrorCode) -> http::HttpError {
    http::HttpError { code, message: String::new(), sent: false, retry_after: None }
}

/// Bytes of everything but the body, unless that is more than a request can have.
fn head_bytes(request: &http::Request) -> Result<usize, String> {
    for (what, fields) in [("query parameters", &request.query), ("header fields", &request.headers)] {
        if fields.len() > MOST_FIELDS {
            return Err(format!("a request may have {MOST_FIELDS} {what}, and this one has {}", fields.len()));
        }
    }
    let fields = request.query.iter().chain(&request.headers).map(|field| field.name.len() + field.value.len());
    let bytes = fields.sum::<usize>() + request.target.len();
    if bytes > MOST_HEAD_BYTES {
        return Err(format!("URL and header fields of a request may have {MOST_HEAD_BYTES} bytes, and these have {bytes}"));
    }
    Ok(bytes)
}

fn incoming(request: http::Request) -> Request {
    let fields = |fields: Vec<http::Field>| fields.into_iter().map(|field| (field.name, field.value)).collect();
    Request {
        method: match request.method {
            http::Method::Get => Method::Get,
            http::Method::Head => Method::Head,
            http::Method::Post => Method::Post,
            http::Method::Put => Method::Put,
            http::Method::Patch => Method::Patch,
            http::Method::Delete => Method::Delete,
            http::Method::Options => Method::Options,
        },
        target: request.target,
        query: fields(request.query),
        headers: fields(request.headers),
        body: request.body.map(|body| match body {
            http::Body::Text(text) => text.into_bytes(),
            http::Body::Bytes(bytes) => bytes,
        }),
        credential: match request.credential {
            http::Credential::Default => CredentialSlot::Default,
            http::Credential::Slot(name) => CredentialSlot::Slot(name),
            http::Credential::Anonymous => CredentialSlot::Anonymous,
        },
        deadline: None,
    }
}

fn outgoing(response: Response) -> http::Response {
    http::Response {
        status: response.status,
        headers: response.headers.into_iter().map(|(name, value)| http::Field { name, value }).collect(),
        body: match String::from_utf8(response.body) {
            Ok(text) => http::Body::Text(text),
            Err(error) => http::Body::Bytes(error.into_bytes()),
        },
        rate_limited: response.rate_limited.map(seconds),
    }
}

fn failed(error: &EgressError) -> http::HttpError {
    let code = match error.code() {
        Code::InvalidRequest => http::HttpErrorCode::InvalidRequest,
        Code::Denied => http::HttpErrorCode::Denied,
        Code::NoCredential => http::HttpErrorCode::NoCredential,
        Code::Resolution => http::HttpErrorCode::Resolution,
        Code::Connection => http::HttpErrorCode::Connection,
        Code::Timeout => http::HttpErrorCode::Timeout,
        Code::TooLarge => http::HttpErrorCode::TooLarge,
        Code::Protocol => http::HttpErrorCode::Protocol,
        Code::Budget => http::HttpErrorCode::Budget,
    };
    http::HttpError { code, message: error.to_string(), sent: error.sent(), retry_after: error.retry_after().map(seconds) }
}

/// Whole seconds, and none too few.
fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}
