//! What a registry asks for before it lets somebody in, and the token that it gives for it.
//!
//! Distribution's "Token Authentication Specification"; the challenge is that of RFC 9110, section 11.6.1.

use crate::wire::{Ask, Wire, place};
use crate::{Login, RegistryError, RegistryHost, body};
use http_auth::parser::ChallengeParser;
use innkeeper_secrets::Secret;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

/// More than the longest token that fits into a header.
const TOKEN_BYTES: u64 = 64 * 1024;

/// What a registry asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// A token from here.
    Token { realm: String, service: Option<String> },
    /// User and secret themselves.
    Password,
    /// Something else, by its name.
    Other(String),
}

/// Reads it from a 401.
pub(crate) fn demand(headers: &HeaderMap) -> Demand {
    let mut found = Demand::Other("none is named".to_owned());
    let fields = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    for challenge in fields.flat_map(ChallengeParser::new).filter_map(Result::ok) {
        let parameter = |name: &str| {
            let is_named = |(key, _): &&(&str, http_auth::ParamValue<'_>)| key.eq_ignore_ascii_case(name);
            challenge.params.iter().find(is_named).map(|(_, value)| value.to_unescaped())
        };
        if challenge.scheme.eq_ignore_ascii_case("Bearer") {
            if let Some(realm) = parameter("realm") {
                return Demand::Token { realm, service: parameter("service") };
            }
        } else if challenge.scheme.eq_ignore_ascii_case("Basic") {
            found = Demand::Password;
        } else if found != Demand::Password {
            found = Demand::Other(body::shown(challenge.scheme));
        }
    }
    found
}

#[derive(Deserialize)]
struct Answer {
    /// What older registries call it comes second.
    token: Option<String>,
    access_token: Option<String>,
}

/// Fetches a token for this scope.
pub(crate) async fn fetch(
    wire: &Wire,
    host: &RegistryHost,
    plain: bool,
    realm: &str,
    query: &[(&str, &str)],
    login: Option<&Login>,
) -> Result<Secret, RegistryError> {
    let protocol = |reason: &str| RegistryError::Protocol { host: host.to_string(), reason: reason.to_owned() };
    let mut url = Url::parse(realm).map_err(|_| protocol("it sends whoever logs in to something that is not a URL"))?;
    url.query_pairs_mut().extend_pairs(query);
    // Between a registry on this machine and this machine nobody reads along.
    let stays_here = || plain && url.scheme() == "http" && place(&url).parse().is_ok_and(|at: RegistryHost| at.is_loopback());
    if url.scheme() != "https" && !stays_here() {
        return Err(RegistryError::Realm { host: host.to_string(), realm: body::shown(realm) });
    }
    let header = login.map(crate::session::basic).transpose()?;
    let at = place(&url);
    let response = wire.ask(Ask::get(url, header.as_ref())).await?;
    let status = response.status();
    if !status.is_success() {
        let message = body::message(response).await;
        let message = login.map_or(message.clone(), |login| login.secret.redact(&message));
        return Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
                let user = login.map(|login| login.user.clone());
                RegistryError::Unauthorised { host: at, status: status.as_u16(), user, message }
            }
            _ => RegistryError::Server { host: at, status: status.as_u16(), message },
        });
    }
    let content = body::read(response, &at, "the token", TOKEN_BYTES).await?;
    let content = Zeroizing::new(content.to_vec());
    let answer: Answer = serde_json::from_slice(&content).map_err(|_| protocol("the answer to the login is not JSON"))?;
    let token = answer.token.or(answer.access_token).filter(|token| !token.is_empty());
    token.map(Secret::new).ok_or_else(|| protocol("the answer to the login has no token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(fields: &[&str]) -> Demand {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(WWW_AUTHENTICATE, field.parse().expect("a header"));
        }
        demand(&headers)
    }

    #[test]
    fn the_demand_is_read_from_the_challenge() {
        let token = |service: Option<&str>| Demand::Token {
            realm: "https://auth.example/token".to_owned(),
            service: service.map(str::to_owned),
        };
        let bearer = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:acme/crm:pull""#;
        assert_eq!(asked(&[bearer]), token(Some("registry.example")));
        assert_eq!(asked(&[r#"bearer Realm="https://auth.example/token""#]), token(None));
        assert_eq!(asked(&[r#"Basic realm="x", Bearer realm="https://auth.example/token""#]), token(None));
        assert_eq!(asked(&[r#"Basic realm="x""#, r#"Bearer realm="https://auth.example/token""#]), token(None));
        assert_eq!(asked(&[r#"Basic realm="x""#, r#"Negotiate realm="x""#]), Demand::Password);
        assert_eq!(asked(&["Negotiate"]), Demand::Other("Negotiate".to_owned()));
        for nothing in [&[][..], &["Bearer"], &["Bearer service=x"], &["\"\"\""], &["="]] {
            assert_eq!(asked(nothing), Demand::Other("none is named".to_owned()), "{nothing:?}");
        }
    }
}
