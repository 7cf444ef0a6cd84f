//! The token endpoint for service accounts with domain-wide delegation, and the tokens that it gives.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::signature::{KeyPair as _, RsaKeyPair};
use serde_json::{Value, json};

use super::jwt::Assertion;
use super::refusal::{forbidden, insufficient_scope, unauthenticated};
use super::workspace::Workspace;
use crate::token::random_token;
use crate::web::{Answer, Request};

/// The private key of the service account for tests, and of no other.
const PRIVATE_KEY: &str = include_str!("service-account.pem");

/// No secret itself, but in the key's file and in what is signed with the key, which are.
const KEY_ID: &str = "5f0d1a7c9e2b4863innkeepercanary55aa01c3";
const EMAIL: &str = "innkeeper@acme-provisioning.iam.gserviceaccount.com";
const CLIENT_ID: &str = "104857600000000000042";

/// How long a token and an assertion are good for, in seconds.
const LIFETIME: i64 = 3600;

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 300;

/// A service account that an administrator lets act for users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// The issuer of assertions.
    pub email: String,
    /// The public key in the form of PKCS #1 (`RSAPublicKey`, DER).
    pub public_key: Vec<u8>,
    /// The scopes that domain-wide delegation covers.
    pub scopes: BTreeSet<String>,
}

impl ServiceAccount {
    /// The account whose key file is [`service_account_key`], with these scopes delegated.
    #[must_use]
    pub fn for_tests(scopes: &[&str]) -> Self {
        let public_key = key_pair().public_key().as_ref().to_vec();
        Self { email: EMAIL.to_owned(), public_key, scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
    }
}

/// The key file of the service account for tests, as Google gives it to an administrator.
#[must_use]
pub fn service_account_key(base_url: &str) -> Value {
    json!({
        "type": "service_account", "project_id": "acme-provisioning", "private_key_id": KEY_ID, "private_key": PRIVATE_KEY,
        "client_email": EMAIL, "client_id": CLIENT_ID, "token_uri": format!("{base_url}/token"),
    })
}

pub(super) fn key_pair() -> RsaKeyPair {
    let body: String = PRIVATE_KEY.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(body).expect("the key is base64");
    RsaKeyPair::from_pkcs8(&der).expect("the key is an RSA key")
}

/// What a token allows.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) scopes: BTreeSet<String>,
    /// The user id it acts for; the service account itself where none.
    subject: Option<String>,
    expires: Option<Timestamp>,
}

fn refused(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({"error": error, "error_description": description}))
}

impl Workspace {
    /// Lets a service account act for users.
    pub fn delegate(&mut self, account: ServiceAccount) {
        self.service_accounts.insert(account.email.clone(), account);
    }

    /// Accepts a token that acts for the first administrator and never expires.
    pub fn allow_token(&mut self, token: &str, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let access = Access { scopes, subject: Some(self.first_admin.clone()), expires: None };
        self.access.insert(token.to_owned(), access);
    }

    /// Every token that was given is good no longer.
    pub fn revoke_access(&mut self) {
        self.access.clear();
    }

    /// How many tokens are good at this moment.
    #[must_use]
    pub fn live_tokens(&self) -> usize {
        self.access.values().filter(|access| access.expires.is_none_or(|at| at > self.now())).count()
    }

    pub(super) fn token(&mut self, request: &Request) -> Answer {
        self.give_token(request).unwrap_or_else(|refusal| refusal)
    }

    fn give_token(&mut self, request: &Request) -> Result<Answer, Answer> {
        let form = request.form();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if request.method != "POST" {
            return Err(Answer::empty(404));
        }
        match field("grant_type") {
            Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {}
            Some(_) => return Err(refused(400, "unsupported_grant_type", "Invalid grant_type")),
            None => return Err(refused(400, "invalid_request", "Required parameter is missing: grant_type")),
        }
        let bad = |why: &str| refused(400, "invalid_grant", why);
        let assertion = field("assertion").ok_or_else(|| refused(400, "invalid_request", "Bad Request"))?;
        let assertion = Assertion::parse(assertion).ok_or_else(|| bad("Invalid JWT"))?;
        let text = |name: &str| assertion.claims[name].as_str().unwrap_or_default();
        let account = self.service_accounts.get(text("iss")).ok_or_else(|| bad("Invalid grant: account not found"))?;
        if !assertion.is_signed_by(&account.public_key) {
            return Err(bad("Invalid JWT Signature."));
        }
        if text("aud") != format!("{}/token", self.base_url) && text("aud") != "https://oauth2.googleapis.com/token" {
            return Err(bad("Invalid JWT: Failed audience check."));
        }
        self.check_times(&assertion.claims).map_err(bad)?;
        let scopes: BTreeSet<String> = text("scope").split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() {
            return Err(refused(400, "invalid_scope", "Empty or missing scope not allowed."));
        }
        let subject = match assertion.claims.get("sub").and_then(Value::as_str) {
            Some(subject) => {
                // One scope too many, and nothing is given at all.
                if !scopes.is_subset(&account.scopes) {
                    return Err(refused(401, "unauthorized_client", "Client is unauthorized for the scopes requested."));
                }
                let user = self.find_user(subject).filter(|user| !user.suspended);
                Some(user.ok_or_else(|| bad("Invalid email or User ID"))?.id.clone())
            }
            None => None,
        };
        let expires = Timestamp::from_second(self.now().as_second() + LIFETIME).ok();
        let token = format!("ya29.{}", random_token());
        self.access.insert(token.clone(), Access { scopes, subject, expires });
        Ok(Answer::json(200, &json!({"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"})))
    }

    fn check_times(&self, claims: &Value) -> Result<(), &'static str> {
        let (Some(issued), Some(expires)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
            return Err("Invalid JWT: iat and exp are needed.");
        };
        let now = self.now().as_second();
        let timely = issued <= now + SKEW && expires > now - SKEW;
        if expires - issued > LIFETIME || !(timely || self.quirks.ignores_assertion_times) {
            return Err("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
        }
        Ok(())
    }

    /// Whose token this is.
    pub(super) fn access(&self, request: &Request) -> Result<&Access, Answer> {
        let value = request.header("authorization").and_then(|value| value.split_once(' '));
        let token = value.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let access = token.and_then(|token| self.access.get(token));
        access.filter(|access| access.expires.is_none_or(|at| at > self.now())).ok_or_else(unauthenticated)
    }

    /// One of the scopes has to be there, and the user has to be an administrator.
    pub(super) fn allow(&self, access: &Access, scopes: &[&str]) -> Result<(), Answer> {
        if !scopes.iter().any(|scope| access.scopes.contains(*scope)) {
            return Err(insufficient_scope(scopes));
        }
        let admin =
            access.subject.as_ref().is_some_and(|id| self.is_admin(id) && !self.users.get(id).is_some_and(|user| user.suspended));
        if admin { Ok(()) } else { Err(forbidden()) }
    }
}
