//! `github-app`: a GitHub App's key for access tokens of one installation:
//! <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app>.

use super::jwt::{SigningKey, numeric_date};
use super::{Exchanged, Material, TokenRequest, sent};
use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use innkeeper_secrets::SecretRef;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, SystemTime};
use url::Url;
use zeroize::Zeroizing;

/// GitHub advises to begin a minute ago, for clocks that are not the same.
const BEFORE: Duration = Duration::from_secs(60);

/// At most ten minutes by GitHub's clock, with a minute left for a clock that is ahead of it.
const AFTER: Duration = Duration::from_secs(9 * 60);

/// A GitHub App, installed in an organisation or enterprise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GithubApp {
    /// The App's private key, in PEM.
    pub secret: SecretRef,
    /// The App's id, or its client id.
    pub app_id: String,
    /// Which of its installations.
    pub installation_id: u64,
}

impl Exchanged for GithubApp {
    fn secret(&self) -> &SecretRef {
        &self.secret
    }

    fn token_url(&self) -> Option<&Url> {
        None
    }

    fn request(&self, base: &Url, material: &Material, now: SystemTime) -> Result<TokenRequest, String> {
        let unusable = |reason| format!("{} cannot be used as the App's private key: {reason}", self.secret);
        let mut url = base.clone();
        url.set_path(&format!("{}/app/installations/{}/access_tokens", base.path().trim_end_matches('/'), self.installation_id));
        let claims = json!({
            "iss": self.app_id,
            "iat": numeric_date(now - BEFORE),
            "exp": numeric_date(now + AFTER),
        });
        let proof = SigningKey::from_pem(material.secret.expose()).and_then(|key| key.sign(None, &claims)).map_err(unusable)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        let authorization = Zeroizing::new(format!("Bearer {}", proof.as_str()));
        headers.insert(AUTHORIZATION, sent::value(&authorization)?);
        Ok(TokenRequest { url, headers, body: None, client: self.app_id.clone(), parts: Vec::new(), proofs: vec![proof] })
    }

    fn advice(&self, status: u16, _: &str, client: &str) -> Option<String> {
        Some(match status {
            401 => format!(
                "Check that {} is a private key of the App {client} that was not deleted, and that this machine's clock is right",
                self.secret
            ),
            403 => format!(
                "The installation {} of the App {client} may be suspended: look at it in the organisation's settings",
                self.installation_id
            ),
            404 => format!(
                "The App {client} has no installation {}: the number is at the end of the installation's address in the organisation's settings",
                self.installation_id
            ),
            _ => return None,
        })
    }
}
