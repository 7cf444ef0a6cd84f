use crate::bindings::http;
use crate::fault::FaultKind;
use crate::guest::Guest;
use crate::traffic::Refusal;
use innkeeper_egress::{Code, CredentialSlot, EgressError, Method, Request, Response};
use std::time::Duration;

impl http::Host for Guest {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let request = Request { deadline: Some(self.deadline), ..incoming(request) };
        let writes_before = self.traffic.write_sent();
        let size = request.body.as_ref().map_or(0, Vec::len);
        if let Err(refusal) = self.traffic.begin(request.method, &request.target, size) {
            return self.refuse(refusal);
        }
        let surroundings = self.surroundings.clone();
        let (exchange, result) = surroundings.http.send(request).await;
        let received = result.as_ref().ok().map(|response| response.body.len());
        let fits = self.traffic.end(exchange, writes_before, received);
        Ok(match result {
            Ok(response) if fits => Ok(outgoing(response)),
            Ok(_) => Err(http::HttpError {
                code: http::HttpErrorCode::TooLarge,
                message: format!("the responses of one call have more than {} bytes", self.surroundings.limits.transfer_bytes),
                sent: true,
                retry_after: None,
            }),
            Err(error) => Err(failed(&error)),
        })
    }
}

impl Guest {
    fn refuse(&mut self, refusal: Refusal) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let limits = &self.surroundings.limits;
        let (code, message) = match refusal {
            Refusal::Requests => {
                (http::HttpErrorCode::Budget, format!("a call may send {} requests, and this one has", limits.requests))
            }
            Refusal::Bytes => (
                http::HttpErrorCode::TooLarge,
                format!("a call may send and receive {} bytes, and this one has", limits.transfer_bytes),
            ),
            Refusal::Stop => {
                let limit = limits.requests;
                return Err(self.mark().stop(FaultKind::TooManyRequests { limit }));
            }
        };
        Ok(Err(http::HttpError { code, message, sent: false, retry_after: None }))
    }
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
