//! How an OAuth client says who it is (RFC 6749, section 2.3.1), and the forms that token endpoints take.

use super::TokenRequest;
use super::sent;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use innkeeper_secrets::Secret;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// How an OAuth client sends its id and secret to the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuthentication {
    /// As `Authorization: Basic`, which every endpoint is to take.
    #[default]
    Basic,
    /// As fields of the form, for endpoints that take nothing else.
    Body,
}

/// A form under way to a token endpoint.
pub(super) struct Form {
    text: Zeroizing<String>,
    headers: HeaderMap,
    proofs: Vec<Zeroizing<String>>,
}

impl Form {
    /// A form with this `grant_type`.
    pub(super) fn new(grant_type: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self { text: Zeroizing::new(String::new()), headers, proofs: Vec::new() }.with("grant_type", grant_type)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        let value = encoded(value);
        // Room for all of it at once: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(self.text.len() + name.len() + value.len() + 2));
        text.push_str(&self.text);
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(&value);
        self.text = text;
        self
    }

    /// With the scopes, where there are any (RFC 6749, section 3.3).
    pub(super) fn with_scopes(self, scopes: &[String]) -> Self {
        if scopes.is_empty() { self } else { self.with("scope", &scopes.join(" ")) }
    }

    /// With something that is good for this request alone and must not be shown.
    pub(super) fn with_proof(mut self, name: &str, proof: Zeroizing<String>) -> Self {
        self = self.with(name, &proof);
        self.proofs.push(proof);
        self
    }

    /// With the client's id and secret. A client without a secret only says its id (RFC 6749, section 3.2.1).
    pub(super) fn by(
        mut self,
        id: &str,
        secret: Option<&Secret>,
        authentication: ClientAuthentication,
    ) -> Result<Self, &'static str> {
        match (secret, authentication) {
            (None, _) => Ok(self.with("client_id", id)),
            (Some(secret), ClientAuthentication::Body) => Ok(self.with("client_id", id).with("client_secret", secret.expose())),
            (Some(secret), ClientAuthentication::Basic) => {
                let pair = Zeroizing::new(format!("{}:{}", encoded(id).as_str(), encoded(secret.expose()).as_str()));
                let pair = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                let text = Zeroizing::new(format!("Basic {}", pair.as_str()));
                self.headers.insert(AUTHORIZATION, sent::value(&text)?);
                self.proofs.push(pair);
                Ok(self)
            }
        }
    }

    pub(super) fn to(mut self, url: Url, client: &str) -> TokenRequest {
        let body = Zeroizing::new(std::mem::take(&mut *self.text).into_bytes());
        let (headers, proofs) = (self.headers, self.proofs);
        TokenRequest { url, headers, body: Some(body), client: client.to_owned(), parts: Vec::new(), proofs }
    }
}

fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(authentication: ClientAuthentication, secret: Option<&str>) -> (Option<String>, String) {
        let secret = secret.map(Secret::new);
        let form = Form::new("client_credentials").by("my client", secret.as_ref(), authentication).expect("sendable");
        let request = form.with_scopes(&["a".into(), "b c".into()]).to("https://t.example".parse().expect("a URL"), "my client");
        let header = request.headers.get(AUTHORIZATION).map(|value| value.to_str().expect("ASCII").to_owned());
        (header, String::from_utf8(request.body.expect("a form").to_vec()).expect("text"))
    }

    #[test]
    fn basic_encodes_id_and_secret_before_it_joins_them() {
        let (header, body) = form(ClientAuthentication::Basic, Some("p:w +\u{e4}"));
        let pair = STANDARD.encode("my+client:p%3Aw+%2B%C3%A4");
        assert_eq!(header.as_deref(), Some(&*format!("Basic {pair}")));
        assert_eq!(body, "grant_type=client_credentials&scope=a+b+c");
    }

    #[test]
    fn in_the_body_they_are_fields_and_a_public_client_has_no_secret() {
        let (header, body) = form(ClientAuthentication::Body, Some("p&w"));
        assert_eq!(header, None);
        assert_eq!(body, "grant_type=client_credentials&client_id=my+client&client_secret=p%26w&scope=a+b+c");
        for authentication in [ClientAuthentication::Basic, ClientAuthentication::Body] {
            let public = (None, "grant_type=client_credentials&client_id=my+client&scope=a+b+c".to_owned());
            assert_eq!(form(authentication, None), public);
        }
    }
}
