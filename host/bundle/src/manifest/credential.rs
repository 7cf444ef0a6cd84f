//! The credentials that a connector asks for.

use crate::Template;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// A credential slot that a connector uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CredentialRequest {
    /// The ways of sending it that the system takes; the first is the usual one.
    pub schemes: Vec<Scheme>,
    /// The header, for the scheme `header`; without it, configuration names the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What it is and where to get it, for the operator.
    pub description: String,
    /// Where access tokens are asked for, for the schemes that exchange the credential; without it, configuration or the credential says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_url: Option<Template>,
    /// What the credential must be good for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopeRequest>,
}

impl CredentialRequest {
    /// The names of all scopes, in the order of the manifest.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| scope.scope.as_str())
    }

    /// The names of the scopes that each interface needs.
    pub fn scopes_by_interface(&self) -> BTreeMap<Interface, Vec<&str>> {
        let mut all: BTreeMap<Interface, Vec<&str>> = BTreeMap::new();
        for scope in &self.scopes {
            for interface in &scope.interfaces {
                all.entry(*interface).or_default().push(&scope.scope);
            }
        }
        all
    }
}

/// One of the vendor's scopes (RFC 6749, section 3.3), and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeRequest {
    /// As the vendor names it.
    #[schemars(regex(pattern = r"^[!#-\[\]-~]+$"))]
    pub scope: String,
    /// The interfaces that do not work without it.
    #[serde(rename = "for")]
    #[schemars(length(min = 1))]
    pub interfaces: Vec<Interface>,
}

/// The interfaces of the contract that a connector can export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Interface {
    Connector,
    Accounts,
    Entitlements,
    Sessions,
    Ownership,
    People,
}

impl fmt::Display for Interface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connector => "connector",
            Self::Accounts => "accounts",
            Self::Entitlements => "entitlements",
            Self::Sessions => "sessions",
            Self::Ownership => "ownership",
            Self::People => "people",
        })
    }
}

/// How a credential is put into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// `Authorization: Basic` (RFC 7617).
    Basic,
    /// A header of its own.
    Header,
    /// A service account's key, exchanged for access tokens (RFC 7523).
    ServiceAccount,
    /// An OAuth client's id and secret, exchanged for access tokens (RFC 6749, section 4.4).
    OauthClient,
    /// A refresh token, exchanged for access tokens (RFC 6749, section 6).
    OauthRefresh,
    /// A GitHub App's key, exchanged for access tokens of an installation.
    GithubApp,
}

impl Scheme {
    const ALL: [Self; 7] =
        [Self::Bearer, Self::Basic, Self::Header, Self::ServiceAccount, Self::OauthClient, Self::OauthRefresh, Self::GithubApp];

    /// Whether it asks a token endpoint that has an address of its own.
    fn has_token_url(self) -> bool {
        matches!(self, Self::ServiceAccount | Self::OauthClient | Self::OauthRefresh)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bearer => "bearer",
            Self::Basic => "basic",
            Self::Header => "header",
            Self::ServiceAccount => "service-account",
            Self::OauthClient => "oauth-client",
            Self::OauthRefresh => "oauth-refresh",
            Self::GithubApp => "github-app",
        })
    }
}

/// A credential slot that a connector uses.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Credential")]
pub(super) struct CredentialFile {
    /// The ways of sending it that the system takes; the first is the usual one.
    #[schemars(with = "Vec<Scheme>", length(min = 1))]
    schemes: Spanned<Vec<Scheme>>,
    /// The header, for the scheme `header`; without it, configuration names the header.
    #[schemars(with = "Option<String>")]
    header: Option<Spanned<String>>,
    /// What it is and where to get it, for the operator.
    #[serde(default)]
    description: String,
    /// Where access tokens are asked for, for the schemes that exchange the credential; without it, configuration or the credential
    /// says.
    #[schemars(with = "Option<Template>")]
    token_url: Option<Spanned<Template>>,
    /// What the credential must be good for.
    #[serde(default)]
    #[schemars(with = "Vec<ScopeRequest>")]
    scopes: Vec<Spanned<ScopeRequest>>,
}

impl CredentialFile {
    /// What is wrong with it by itself, and where.
    pub(super) fn check(&self, slot: &str) -> Result<(), (Range<usize>, String)> {
        let schemes = self.schemes.get_ref();
        if schemes.is_empty() {
            let all: Vec<String> = Scheme::ALL.iter().map(|scheme| format!("\"{scheme}\"")).collect();
            return Err((
                self.schemes.span(),
                format!("the credential `{slot}` needs one or more schemes of {}", all.join(", ")),
            ));
        }
        // Without a name here it is the operator who names it: a generic connector cannot know.
        if let Some(header) = self.header.as_ref().filter(|_| !schemes.contains(&Scheme::Header)) {
            return Err((
                header.span(),
                format!("the credential `{slot}` names a header, and its schemes do not have \"header\""),
            ));
        }
        if let Some(url) = self.token_url.as_ref().filter(|_| !schemes.iter().any(|scheme| scheme.has_token_url())) {
            let wanted: Vec<String> =
                Scheme::ALL.iter().filter(|scheme| scheme.has_token_url()).map(|scheme| format!("\"{scheme}\"")).collect();
            let message = format!("the credential `{slot}` has a token-url, and its schemes have none of {}", wanted.join(", "));
            return Err((url.span(), message));
        }
        for (index, scope) in self.scopes.iter().enumerate() {
            let (span, scope) = (scope.span(), scope.get_ref());
            // RFC 6749, section 3.3: a space would make two of it.
            let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
            if scope.scope.is_empty() || !scope.scope.bytes().all(plain) {
                return Err((span, format!("`{}` is not a scope: it has no spaces, quotes or backslashes", scope.scope)));
            }
            if self.scopes[..index].iter().any(|other| other.get_ref().scope == scope.scope) {
                return Err((span, format!("the scope `{}` is there twice: name all its interfaces in one `for`", scope.scope)));
            }
            if scope.interfaces.is_empty() {
                return Err((span, format!("say what the scope `{}` is for, such as for = [\"accounts\"]", scope.scope)));
            }
        }
        Ok(())
    }

    /// The token endpoint, with its place.
    pub(super) fn token_url(&self) -> Option<(Range<usize>, &Template)> {
        self.token_url.as_ref().map(|url| (url.span(), url.get_ref()))
    }
}

impl From<CredentialFile> for CredentialRequest {
    fn from(file: CredentialFile) -> Self {
        Self {
            schemes: file.schemes.into_inner(),
            header: file.header.map(Spanned::into_inner),
            description: file.description,
            token_url: file.token_url.map(Spanned::into_inner),
            scopes: file.scopes.into_iter().map(Spanned::into_inner).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
