//! Step 9: what a connector gets to see of the answer.

use crate::transport::{Transport, place};
use crate::{EgressError, Response};
use http::HeaderMap;
use innkeeper_secrets::Redactor;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Cookies are sessions: what they open, they open without the credential.
const STRIPPED: &[&str] = &["set-cookie", "set-cookie2"];

/// Reads the answer to its end or to the limit. The limit counts what comes out of decompression, so that little that is sent cannot
/// become much that is kept.
pub(crate) async fn read(
    mut response: reqwest::Response,
    transport: &Transport,
    url: &Url,
    limit: usize,
    redactor: Option<&Redactor>,
    deadline: Instant,
) -> Result<Response, EgressError> {
    let started = Instant::now();
    let too_large = || EgressError::TooLarge { host: place(url), limit };
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let (status, headers) = (response.status().as_u16(), fields(response.headers(), redactor));
    let mut body = Vec::new();
    loop {
        let chunk = timeout_at(deadline, response.chunk()).await.map_err(|_| EgressError::Timeout {
            host: place(url),
            after: started.elapsed(),
            phase: "reading the answer",
            sent: true,
        })?;
        let Some(chunk) = chunk.map_err(|error| transport.explain(error, url))? else { break };
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    // The library has undone what it asked for and taken the field away. What is still encoded cannot be searched for echoes.
    let encoded = |(name, value): &(String, String)| name == "content-encoding" && !value.eq_ignore_ascii_case("identity");
    if !body.is_empty() && headers.iter().any(encoded) {
        let reason = "its content is encoded in a way that was not asked for (only gzip is)".to_owned();
        return Err(EgressError::Protocol { host: place(url), reason });
    }
    let body = match redactor {
        Some(redactor) => redactor.bytes(body),
        None => body,
    };
    Ok(Response { status, headers, body, rate_limited: None })
}

fn fields(headers: &HeaderMap, redactor: Option<&Redactor>) -> Vec<(String, String)> {
    let echoes = |name: &str| redactor.is_some_and(|redactor| redactor.finds(name.as_bytes()));
    let kept = headers.iter().filter(|(name, _)| !STRIPPED.contains(&name.as_str()) && !echoes(name.as_str()));
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        // What is not UTF-8 is Latin-1, whose bytes are the first characters of Unicode (RFC 9110, section 5.5).
        let latin = || value.as_bytes().iter().copied().map(char::from).collect();
        let value = std::str::from_utf8(value.as_bytes()).map_or_else(|_| latin(), str::to_owned);
        let value = match redactor {
            Some(redactor) => redactor.text(&value).into_owned(),
            None => value,
        };
        (name.as_str().to_owned(), value)
    };
    kept.map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    #[test]
    fn cookies_are_taken_out_and_echoes_replaced() {
        let headers =
            [("Set-Cookie", "session=1"), ("Set-Cookie2", "session=2"), ("ETag", "\"1\""), ("X-Echo", "Bearer s3cr3t-t0ken")]
                .into_iter()
                .map(|(name, value)| (HeaderName::from_bytes(name.as_bytes()).expect("a name"), HeaderValue::from_static(value)))
                .collect();
        let redactor = Redactor::new(["s3cr3t-t0ken"]);
        let wanted =
            [("etag", "\"1\""), ("x-echo", "Bearer [redacted]")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields(&headers, Some(&redactor)), wanted);
    }

    #[test]
    fn header_values_that_are_not_utf8_are_latin1() {
        let value = HeaderValue::from_bytes(b"caf\xe9").expect("a value");
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-name"), value)]);
        assert_eq!(fields(&headers, None), [("x-name".to_owned(), "caf\u{e9}".to_owned())]);
    }
}
