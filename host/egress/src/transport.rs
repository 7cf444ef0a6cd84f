//! Step 8: the request leaves.
//!
//! One HTTP client for each way out for the life of the app's client, so that connections are used again. It follows no redirects, reads no
//! proxy from the environment and resolves names from the pins alone.
//!
//! Of the answer's head the HTTP library bounds the number of fields in HTTP/1 and their bytes in HTTP/2, both as they are said to it here;
//! in HTTP/1 it reads about 400 kB of a head, which cannot be said. The bytes in HTTP/1 and the number in HTTP/2 are therefore counted once
//! more when the head is there. Interim answers (1xx) are skipped by the library without end: it is the time of the request that ends them.

use crate::resolve::{self, Lookup, Pins};
use crate::{EgressError, Options, Policy, Proxy, SetupError};
use bytes::Bytes;
use http::HeaderMap;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// The most fields that the head of an answer may have. Systems send two or three dozen.
const FIELDS: usize = 100;

/// The most bytes that the names and values of these fields may have together.
const HEAD: usize = 64 * 1024;

/// The HTTP clients of an app: each way out has its own, so that a name that was pinned for one is not pinned for the other.
pub(crate) struct Transport {
    app: String,
    timeout: Duration,
    connect_timeout: Duration,
    secure: Option<Wire>,
    plain: Option<Wire>,
    /// Through the proxy.
    tunnel: Option<Wire>,
}

/// An HTTP client and the addresses that it may connect to.
pub(crate) struct Wire {
    client: reqwest::Client,
    pins: Pins,
    /// With a proxy its address is the only one that is pinned.
    proxy: Option<Proxy>,
}

impl Transport {
    pub(crate) fn new(policy: &Policy, options: &Options) -> Result<Self, SetupError> {
        let wanted = |scheme| policy.requested.iter().any(|rule| rule.url().scheme() == scheme);
        Self::with_schemes(&policy.app, options, wanted("https"), wanted("http"))
    }

    /// For URLs that are only known when they are asked for.
    pub(crate) fn for_any_scheme(app: &str, options: &Options) -> Result<Self, SetupError> {
        Self::with_schemes(app, options, true, true)
    }

    fn with_schemes(app: &str, options: &Options, https: bool, http: bool) -> Result<Self, SetupError> {
        let wire = |wanted: bool, secure, proxy| wanted.then(|| Wire::new(app, options, secure, proxy)).transpose();
        let (secure, plain) = (wire(https, true, None)?, wire(http, false, None)?);
        let proxy = options.proxy.as_ref();
        let tunnel = wire(https && proxy.is_some(), true, proxy)?;
        let (timeout, connect_timeout) = (options.timeout, options.connect_timeout);
        Ok(Self { app: app.to_owned(), timeout, connect_timeout, secure, plain, tunnel })
    }

    /// The HTTP client for this URL. There is one for every scheme that the policy can let through.
    pub(crate) fn wire(&self, url: &Url) -> Result<&Wire, EgressError> {
        let tunnel = self.tunnel.as_ref().filter(|wire| wire.proxy.as_ref().is_some_and(|proxy| proxy.carries(url)));
        let direct = if url.scheme() == "https" { &self.secure } else { &self.plain };
        tunnel.or(direct.as_ref()).ok_or_else(|| EgressError::Target {
            target: crate::target::without_query(url),
            reason: "no rule of the policy has its scheme",
        })
    }

    /// Sends and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        method: crate::Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
        deadline: Instant,
    ) -> Result<reqwest::Response, EgressError> {
        let started = Instant::now();
        let mut request = self.wire(url)?.client.request(method.into(), url.clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => bounded(response, url),
            Ok(Err(error)) => Err(self.explain(error, url)),
            Err(_) => Err(EgressError::Timeout {
                host: place(url),
                after: started.elapsed().min(self.timeout),
                phase: "waiting for the answer",
                sent: true,
            }),
        }
    }

    /// What went wrong, in words; without the URL, whose query is nobody's business.
    pub(crate) fn explain(&self, error: reqwest::Error, url: &Url) -> EgressError {
        let host = place(url);
        if !error.is_connect() {
            return match error.is_timeout() {
                true => EgressError::Timeout { host, after: self.timeout, phase: "reading the answer", sent: true },
                false => EgressError::Protocol { host, reason: innermost(&error) },
            };
        }
        if let Some(tls) = find::<rustls::Error>(&error) {
            let reason = crate::tls::explain(tls, &self.app, &host);
            return EgressError::Connection { host, reason };
        }
        let proxy = self.wire(url).ok().and_then(|wire| wire.proxy.as_ref());
        if error.is_timeout() {
            let phase = if proxy.is_some() { "connecting through the proxy" } else { "connecting" };
            return EgressError::Timeout { host, after: self.connect_timeout, phase, sent: false };
        }
        let reason = match find::<io::Error>(&error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
            Some(io::ErrorKind::UnexpectedEof) => "the server closed the connection during the TLS handshake".to_owned(),
            _ => innermost(&error),
        };
        let reason = match proxy {
            Some(proxy) => format!("the proxy {proxy} (innkeeper.toml, [egress]) made no tunnel to it: {}", tunnel(&reason)),
            None => reason,
        };
        EgressError::Connection { host, reason }
    }
}

impl Wire {
    /// Makes sure that the connection that this URL needs goes to an address that was checked.
    pub(crate) async fn prepare(&self, url: &Url, policy: &Policy, lookup: &Lookup<'_>) -> Result<(), EgressError> {
        match &self.proxy {
            None => resolve::pin(url, policy, &self.pins, lookup).await,
            Some(proxy) => {
                resolve::literal(url, policy)?;
                resolve::pin_proxy(proxy.url(), &self.pins, lookup).await
            }
        }
    }

    fn new(app: &str, options: &Options, secure: bool, proxy: Option<&Proxy>) -> Result<Self, SetupError> {
        let failed = |error: reqwest::Error| SetupError::Transport { app: app.to_owned(), reason: innermost(&error) };
        let pins = Pins::default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(pins.clone())
            .https_only(secure)
            .http1_max_headers(FIELDS)
            .http2_max_header_list_size(HEAD as u32)
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(options.idle_connections)
            .user_agent(&options.user_agent);
        if secure {
            builder = builder.tls_backend_preconfigured(crate::tls::configuration(app, &options.certificate_authorities)?);
        } else {
            // The library insists on a TLS configuration; one that trusts nobody is never asked.
            builder = builder.tls_backend_preconfigured(trusting_nobody(app)?);
        }
        if let Some(proxy) = proxy {
            builder = builder.proxy(reqwest::Proxy::https(proxy.url().clone()).map_err(failed)?);
        }
        Ok(Self { client: builder.build().map_err(failed)?, pins, proxy: proxy.cloned() })
    }
}

fn trusting_nobody(app: &str) -> Result<rustls::ClientConfig, SetupError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Transport { app: app.to_owned(), reason: error.to_string() })?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// The answer, where its head is not larger than anybody needs.
fn bounded(response: reqwest::Response, url: &Url) -> Result<reqwest::Response, EgressError> {
    let headers = response.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    match headers.len() > FIELDS || bytes > HEAD {
        true => Err(EgressError::HeadTooLarge { host: place(url), fields: FIELDS, limit: HEAD }),
        false => Ok(response),
    }
}

/// Host and port, for messages.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The library's words for a tunnel that was not made, in others; it keeps the type of the error to itself.
fn tunnel(reason: &str) -> &str {
    match reason.strip_prefix("tunnel error: ") {
        Some("unsuccessful") => "it refused, or is no HTTP proxy",
        Some("proxy authorization required") => {
            "it asks for a password, and only a proxy that knows this machine by its address can be used"
        }
        Some(other) => other,
        None => reason,
    }
}

/// The innermost cause; what wraps it says less, and may say the URL.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// The first cause of this type.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The error and what it was caused by, from the outside in. An I/O error hides what it wraps from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inside) => Some(inside),
            None => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it comes over HTTP/2, where the library counts no fields.
    #[test]
    fn a_head_of_many_fields_or_bytes_is_refused_whatever_it_came_over() {
        let url = "https://crm.example:8443/x".parse().expect("a URL");
        let head = |count: usize, size: usize| {
            let answer = http::Response::builder();
            let answer = (0..count).fold(answer, |answer, number| answer.header(format!("x-{number}"), "v".repeat(size)));
            bounded(answer.body("").expect("an answer").into(), &url).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!((head(0, 0), head(FIELDS, 1), head(1, HEAD - 3)), (Ok(()), Ok(()), Ok(())));
        let refused = Err("the answer of crm.example:8443 has a head of more than 100 fields or 65536 bytes".to_owned());
        assert_eq!((head(FIELDS + 1, 0), head(1, HEAD - 2)), (refused.clone(), refused));
    }
}
