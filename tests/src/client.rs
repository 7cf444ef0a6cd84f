//! A plain SCIM client: what an admin of the other system does by hand, and what compares servers.

use http::HeaderMap;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Certificate, Client, Method};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null where it is empty.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, when the status says success.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn success(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.json()
    }
}

/// A client of one SCIM server, which waits for every answer.
pub struct ScimClient {
    base_url: String,
    token: String,
    client: Client,
    runtime: Runtime,
}

impl ScimClient {
    /// A client that sends this token to this server.
    ///
    /// # Panics
    /// When no runtime or client can be made.
    #[must_use]
    pub fn new(base_url: &str, token: &str) -> Self {
        Self::build(base_url, token, None)
    }

    /// A client that also believes servers with this certificate, in PEM.
    ///
    /// # Panics
    /// When it is no certificate.
    #[must_use]
    pub fn trusting(base_url: &str, token: &str, certificate: &str) -> Self {
        let certificate = Certificate::from_pem(certificate.as_bytes()).expect("it is a certificate in PEM");
        Self::build(base_url, token, Some(certificate))
    }

    fn build(base_url: &str, token: &str, certificate: Option<Certificate>) -> Self {
        // The first one wins, and every one is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let client = match certificate {
            Some(certificate) => Client::builder().tls_certs_merge([certificate]),
            None => Client::builder(),
        };
        let client = client.no_proxy().build().expect("a client can be made");
        Self { base_url: base_url.to_owned(), token: token.to_owned(), client, runtime }
    }

    /// Sends a request; `path` is below the base URL and may have a query.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Like [`send`](Self::send), for a test that expects no answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method is a word");
        let mut request = self.client.request(method, format!("{}{path}", self.base_url)).header(ACCEPT, "application/scim+json");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header(CONTENT_TYPE, "application/scim+json");
            }
            request = request.body(body.to_owned());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Answer { status, headers, text: response.text().await? })
        })
    }

    /// `GET`, which must succeed.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[], None).success()
    }

    /// Makes a resource, which must succeed; gives its id.
    ///
    /// # Panics
    /// When the server refuses, or answers without an id.
    pub fn create(&self, path: &str, resource: &Value) -> String {
        let made = self.send("POST", path, &[], Some(&resource.to_string())).success();
        made["id"].as_str().expect("a resource has an id").to_owned()
    }

    /// Does PATCH operations, which must succeed.
    pub fn patch(&self, path: &str, operations: &Value) {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
        let _ = self.send("PATCH", path, &[], Some(&body.to_string())).success();
    }

    /// All resources of an endpoint, page by page.
    ///
    /// # Panics
    /// When the server does not give as many as it says.
    #[must_use]
    pub fn all(&self, path: &str) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            let page = self.get(&format!("{path}?startIndex={}&count=500", found.len() + 1));
            let resources = page["Resources"].as_array().cloned().unwrap_or_default();
            let total = page["totalResults"].as_u64().unwrap_or_default();
            let none = resources.is_empty();
            found.extend(resources);
            if found.len() as u64 >= total {
                return found;
            }
            assert!(!none, "{path} ended after {} of {total}", found.len());
        }
    }

    /// The user of this `userName`.
    #[must_use]
    pub fn user(&self, user_name: &str) -> Option<Value> {
        let filter: String = form_urlencoded::byte_serialize(format!("userName eq \"{user_name}\"").as_bytes()).collect();
        self.get(&format!("/Users?filter={filter}"))["Resources"].as_array()?.first().cloned()
    }
}
