//! One request at a time to a registry, and where it may be redirected to.
//!
//! Redirects are followed by our own code: within a registry, and for blobs to wherever the registry keeps them, but then over https
//! and without the credential. No proxy is read from the environment.

use crate::{Access, Limits, RegistryError};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::{Certificate, Method, Response, StatusCode};
use rustls::CertificateError;
use std::error::Error;
use std::io;
use url::Url;

/// Registries redirect once, to the store of their blobs.
const REDIRECTS: usize = 3;

pub(crate) const USER_AGENT: &str = concat!("innkeeper/", env!("CARGO_PKG_VERSION"));

pub(crate) struct Wire {
    client: reqwest::Client,
}

/// How far a request may be redirected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Redirects {
    /// Within the registry.
    Within,
    /// To other hosts, whose answer is checked by its digest.
    Anywhere,
}

/// A question to a registry.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) accept: Option<&'static str>,
    pub(crate) authorization: Option<&'a HeaderValue>,
    pub(crate) redirects: Redirects,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(url: Url, authorization: Option<&'a HeaderValue>) -> Self {
        Self { method: Method::GET, url, accept: None, authorization, redirects: Redirects::Within }
    }
}

impl Wire {
    pub(crate) fn new(access: &Access) -> Result<Self, RegistryError> {
        // The HTTP library and `oci-client` take the process's choice. Where somebody has chosen already, it is theirs.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Limits { connect_timeout, idle_timeout, .. } = access.limits;
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // What is checked is what the registry sent.
            .no_gzip()
            .connect_timeout(connect_timeout)
            .read_timeout(idle_timeout)
            .user_agent(USER_AGENT)
            .tls_certs_merge(certificates(&access.certificate_authorities)?)
            .build();
        Ok(Self { client: client.map_err(|error| RegistryError::Setup { reason: innermost(&error).to_string() })? })
    }

    /// Asks, and waits for the head of the answer.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<Response, RegistryError> {
        let Ask { method, mut url, accept, mut authorization, redirects } = ask;
        for _ in 0..=REDIRECTS {
            let mut request = self.client.request(method.clone(), url.clone());
            if let Some(accept) = accept {
                request = request.header(ACCEPT, accept);
            }
            if let Some(authorization) = authorization {
                request = request.header(AUTHORIZATION, authorization);
            }
            let response = request.send().await.map_err(|error| explain(&error, &place(&url)))?;
            let Some(to) = target(&response, &url)? else { return Ok(response) };
            let refused = |reason| RegistryError::Redirect { host: place(&url), to: without_query(&to), reason };
            if to.origin() != url.origin() {
                match redirects {
                    Redirects::Within => return Err(refused("only what is checked by its digest may come from elsewhere")),
                    Redirects::Anywhere if to.scheme() != "https" => return Err(refused("elsewhere only https is spoken")),
                    // A credential is for the registry.
                    Redirects::Anywhere => authorization = None,
                }
            }
            url = to;
        }
        let to = without_query(&url);
        Err(RegistryError::Redirect { host: place(&url), to, reason: "there were too many redirects before it" })
    }
}

/// Where the answer sends the request to.
fn target(response: &Response, url: &Url) -> Result<Option<Url>, RegistryError> {
    let status = response.status();
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&status) {
        return Ok(None);
    }
    let to = response.headers().get(LOCATION).and_then(|to| url.join(to.to_str().ok()?).ok());
    let nowhere = || RegistryError::Protocol { host: place(url), reason: format!("it answered {status} and not where to") };
    to.map(Some).ok_or_else(nowhere)
}

fn certificates(files: &[Vec<u8>]) -> Result<Vec<Certificate>, RegistryError> {
    let wrong = |reason: String| RegistryError::Setup { reason: format!("the certificate authorities cannot be used: {reason}") };
    let mut all = Vec::new();
    for pem in files {
        let found = Certificate::from_pem_bundle(pem).map_err(|error| wrong(innermost(&error).to_string()))?;
        if found.is_empty() {
            return Err(wrong("a file has no `-----BEGIN CERTIFICATE-----`".to_owned()));
        }
        all.extend(found);
    }
    Ok(all)
}

/// What went wrong, in words.
pub(crate) fn explain(error: &reqwest::Error, host: &str) -> RegistryError {
    let host = host.to_owned();
    if error.is_timeout() {
        return RegistryError::Connection { host, reason: "it did not answer in time".to_owned() };
    }
    let reason = match causes(error).find_map(|cause| cause.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "its certificate is signed by nobody that this machine trusts. If it is right, name the authority's file with --ca FILE"
                .to_owned()
        }
        Some(rustls::Error::InvalidMessage(_)) => "it does not speak TLS on this port".to_owned(),
        Some(tls) => tls.to_string(),
        None => match causes(error).find_map(|cause| cause.downcast_ref()).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
            _ => innermost(error).to_string(),
        },
    };
    RegistryError::Connection { host, reason }
}

/// Host and port, for messages.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A URL without what may be a key to it.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Only URLs without a host refuse, and they have no user.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    crate::body::shown(url.as_str())
}

fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    causes(error).last().unwrap_or(error)
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
