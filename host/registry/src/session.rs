//! A registry that has let somebody in, and what it can be asked (OCI distribution specification 1.1).

use crate::layout::ACCEPT;
use crate::reference::bundle_version;
use crate::token::{self, Demand};
use crate::wire::{Ask, Redirects, Wire, place};
use crate::{Access, Digest, Login, Reference, RegistryError, RegistryHost, body};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use innkeeper_secrets::Secret;
use reqwest::header::{HeaderValue, LINK};
use reqwest::{Method, Response, StatusCode};
use semver::Version;
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

/// Pages of tags that are read, with this many on each.
const TAG_PAGES: usize = 10;
const TAGS_PER_PAGE: usize = 1000;
/// A page of the longest tags.
const TAG_BYTES: u64 = 256 * 1024;

/// What somebody wants to do.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Pull,
    Push,
}

/// With what somebody was let in.
pub(crate) enum Pass<'a> {
    Nothing,
    Password(&'a Login),
    Token(Secret),
}

/// One repository of a registry, open.
pub(crate) struct Session<'a> {
    wire: &'a Wire,
    pub(crate) access: &'a Access,
    pub(crate) host: RegistryHost,
    pub(crate) repository: &'a str,
    login: Option<&'a Login>,
    pub(crate) pass: Pass<'a>,
    header: Option<HeaderValue>,
}

impl<'a> Session<'a> {
    /// Knocks, and logs in where that is wanted.
    pub(crate) async fn open(
        wire: &'a Wire,
        access: &'a Access,
        reference: &'a Reference,
        action: Action,
    ) -> Result<Self, RegistryError> {
        let login = access.login.as_ref().filter(|login| login.host == reference.host);
        let repository = reference.repository();
        let mut session =
            Self { wire, access, host: served_by(&reference.host), repository, login, pass: Pass::Nothing, header: None };
        let response = wire.ask(Ask::get(session.url("/v2/")?, None)).await?;
        session.pass = match response.status() {
            // Some let everybody in and turn them down later.
            status if status.is_success() => login.map_or(Pass::Nothing, Pass::Password),
            StatusCode::UNAUTHORIZED => match (token::demand(response.headers()), login) {
                (Demand::Token { realm, service }, login) => {
                    let actions = match action {
                        Action::Pull => "pull",
                        Action::Push => "pull,push",
                    };
                    let scope = format!("repository:{repository}:{actions}");
                    let mut query = vec![("scope", scope.as_str())];
                    query.extend(service.as_deref().map(|service| ("service", service)));
                    Pass::Token(token::fetch(wire, &session.host, session.is_plain(), &realm, &query, login).await?)
                }
                (Demand::Password, Some(login)) => Pass::Password(login),
                (Demand::Password, None) => return Err(session.refusal(response).await),
                (Demand::Other(scheme), _) => return Err(RegistryError::Scheme { host: session.host.to_string(), scheme }),
            },
            StatusCode::NOT_FOUND => return Err(session.protocol("there is no /v2/ there")),
            _ => return Err(session.refusal(response).await),
        };
        session.header = match &session.pass {
            Pass::Nothing => None,
            Pass::Password(login) => Some(basic(login)?),
            Pass::Token(token) => {
                let header = header(&Zeroizing::new(format!("Bearer {}", token.expose())));
                Some(header.ok_or_else(|| session.protocol("it gave a token that no header can have"))?)
            }
        };
        Ok(session)
    }

    /// A manifest by its tag or digest; none where there is none.
    pub(crate) async fn manifest(&self, name: &str) -> Result<Option<Bytes>, RegistryError> {
        const WHAT: &str = "the manifest";
        let mut ask = Ask::get(self.url(&format!("/v2/{}/manifests/{name}", self.repository))?, self.header.as_ref());
        ask.accept = Some(ACCEPT);
        let response = self.wire.ask(ask).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(self.refusal(response).await),
        }
        let said = response.headers().get("docker-content-digest").and_then(|digest| digest.to_str().ok()?.parse().ok());
        let manifest = body::read(response, self.host.as_str(), WHAT, self.access.limits.manifest_bytes).await?;
        let actual = Digest::of(&manifest);
        // What was asked for by its digest has it. By a tag, what the registry says of itself has to hold.
        for expected in name.parse().ok().into_iter().chain(said) {
            if actual != expected {
                return Err(RegistryError::Digest { host: self.host.to_string(), what: WHAT, expected, actual });
            }
        }
        Ok(Some(manifest))
    }

    /// A blob that a manifest names.
    pub(crate) async fn blob(&self, what: &'static str, digest: Digest, size: u64, limit: u64) -> Result<Bytes, RegistryError> {
        if size > limit {
            return Err(RegistryError::TooLarge { host: self.host.to_string(), what, limit });
        }
        let mut ask = self.ask_for_blob(Method::GET, digest)?;
        ask.redirects = Redirects::Anywhere;
        let response = self.wire.ask(ask).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(response).await);
        }
        let from = place(response.url());
        // No more than was announced is read.
        let blob = body::read(response, &from, what, size).await?;
        let actual = Digest::of(&blob);
        if actual != digest {
            return Err(RegistryError::Digest { host: from, what, expected: digest, actual });
        }
        Ok(blob)
    }

    /// Whether the registry has this blob already.
    pub(crate) async fn has_blob(&self, digest: Digest) -> Result<bool, RegistryError> {
        let mut ask = self.ask_for_blob(Method::HEAD, digest)?;
        ask.redirects = Redirects::Anywhere;
        // Whatever else it answers, it answers to the upload too.
        Ok(self.wire.ask(ask).await?.status() == StatusCode::OK)
    }

    fn ask_for_blob(&self, method: Method, digest: Digest) -> Result<Ask<'_>, RegistryError> {
        let url = self.url(&format!("/v2/{}/blobs/{digest}", self.repository))?;
        Ok(Ask { method, ..Ask::get(url, self.header.as_ref()) })
    }

    /// The versions that have a bundle, the oldest first; none where there is no such repository.
    pub(crate) async fn versions(&self) -> Result<Option<Vec<Version>>, RegistryError> {
        #[derive(Deserialize)]
        struct Page {
            tags: Option<Vec<String>>,
        }
        let mut versions = Vec::new();
        let mut last = None;
        for _ in 0..TAG_PAGES {
            let mut url = self.url(&format!("/v2/{}/tags/list", self.repository))?;
            url.query_pairs_mut().append_pair("n", &TAGS_PER_PAGE.to_string());
            url.query_pairs_mut().extend_pairs(last.as_ref().map(|last: &String| ("last", last)));
            let response = self.wire.ask(Ask::get(url, self.header.as_ref())).await?;
            match response.status() {
                StatusCode::OK => {}
                StatusCode::NOT_FOUND => return Ok(None),
                _ => return Err(self.refusal(response).await),
            }
            let is_last = !response.headers().contains_key(LINK);
            let page = body::read(response, self.host.as_str(), "the list of tags", TAG_BYTES).await?;
            let page: Page = serde_json::from_slice(&page).map_err(|_| self.protocol("the list of tags is none"))?;
            let tags = page.tags.unwrap_or_default();
            versions.extend(tags.iter().filter_map(|tag| bundle_version(tag)));
            last = tags.into_iter().next_back();
            if is_last || last.is_none() {
                break;
            }
        }
        versions.sort();
        versions.dedup();
        Ok(Some(versions))
    }

    /// Whether http is spoken instead of https.
    pub(crate) fn is_plain(&self) -> bool {
        self.host.is_loopback() && !self.access.tls_on_loopback
    }

    fn url(&self, path: &str) -> Result<Url, RegistryError> {
        let scheme = if self.is_plain() { "http" } else { "https" };
        Url::parse(&format!("{scheme}://{}{path}", self.host)).map_err(|error| self.protocol(&error.to_string()))
    }

    /// The error that an answer is.
    async fn refusal(&self, response: Response) -> RegistryError {
        let (host, status) = (place(response.url()), response.status());
        let message = body::message(response).await;
        self.refused(host, status.as_u16(), &message)
    }

    /// The error of this status.
    pub(crate) fn refused(&self, host: String, status: u16, message: &str) -> RegistryError {
        let message = self.login.map_or_else(|| message.to_owned(), |login| login.secret.redact(message));
        match status {
            401 | 403 => RegistryError::Unauthorised { host, status, user: self.login.map(|login| login.user.clone()), message },
            _ => RegistryError::Server { host, status, message },
        }
    }

    pub(crate) fn protocol(&self, reason: &str) -> RegistryError {
        RegistryError::Protocol { host: self.host.to_string(), reason: reason.to_owned() }
    }
}

/// The host that answers for a registry: one of them has its registry elsewhere than under its name.
fn served_by(host: &RegistryHost) -> RegistryHost {
    match host.as_str() {
        "docker.io" => "registry-1.docker.io".parse().unwrap_or_else(|_| host.clone()),
        _ => host.clone(),
    }
}

/// User and secret as a header (RFC 7617).
pub(crate) fn basic(login: &Login) -> Result<HeaderValue, RegistryError> {
    let unusable = || RegistryError::Setup { reason: format!("the user `{}` has a colon in the name (RFC 7617)", login.user) };
    if login.user.contains(':') {
        return Err(unusable());
    }
    let pair = Zeroizing::new(format!("{}:{}", login.user, login.secret.expose()));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    header(&Zeroizing::new(format!("Basic {}", encoded.as_str()))).ok_or_else(unusable)
}

fn header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
