//! Step 8: the request leaves.
//!
//! One HTTP client a scheme for the life of the app's client, so that connections are used again. It follows no redirects, reads no
//! proxy from the environment and resolves names from the pins alone.

use crate::resolve::Pins;
use crate::{EgressError, Options, Policy, SetupError};
use bytes::Bytes;
use http::HeaderMap;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// The HTTP clients of an app: each scheme has its own, so that a name that was pinned for one is not pinned for the other.
pub(crate) struct Transport {
    app: String,
    timeout: Duration,
    connect_timeout: Duration,
    secure: Option<Wire>,
    plain: Option<Wire>,
}

/// An HTTP client and the addresses that it may connect to.
pub(crate) struct Wire {
    client: reqwest::Client,
    pub(crate) pins: Pins,
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
        let wire = |wanted: bool, secure| wanted.then(|| Wire::new(app, options, secure)).transpose();
        let (secure, plain) = (wire(https, true)?, wire(http, false)?);
        let (timeout, connect_timeout) = (options.timeout, options.connect_timeout);
        Ok(Self { app: app.to_owned(), timeout, connect_timeout, secure, plain })
    }

    /// The HTTP client for this URL. There is one for every scheme that the policy can let through.
    pub(crate) fn wire(&self, url: &Url) -> Result<&Wire, EgressError> {
        let wire = if url.scheme() == "https" { &self.secure } else { &self.plain };
        wire.as_ref().ok_or_else(|| EgressError::Target {
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
            Ok(Ok(response)) => Ok(response),
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
        if error.is_timeout() {
            return EgressError::Timeout { host, after: self.connect_timeout, phase: "connecting", sent: false };
        }
        let reason = match find::<io::Error>(&error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
            Some(io::ErrorKind::UnexpectedEof) => "the server closed the connection during the TLS handshake".to_owned(),
            _ => innermost(&error),
        };
        EgressError::Connection { host, reason }
    }
}

impl Wire {
    fn new(app: &str, options: &Options, secure: bool) -> Result<Self, SetupError> {
        let pins = Pins::default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(pins.clone())
            .https_only(secure)
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(options.idle_connections)
            .user_agent(&options.user_agent);
        if secure {
            builder = builder.tls_backend_preconfigured(crate::tls::configuration(app, &options.certificate_authorities)?);
        } else {
            // The library insists on a TLS configuration; one that trusts nobody is never asked.
            builder = builder.tls_backend_preconfigured(trusting_nobody(app)?);
        }
        let client = builder.build().map_err(|error| SetupError::Transport { app: app.to_owned(), reason: innermost(&error) })?;
        Ok(Self { client, pins })
    }
}

fn trusting_nobody(app: &str) -> Result<rustls::ClientConfig, SetupError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Transport { app: app.to_owned(), reason: error.to_string() })?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// Host and port, for messages.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
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
