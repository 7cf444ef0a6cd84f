//! What puts the credentials of one app into its requests.

use super::{Credential, Credentials, sent};
use crate::policy::section;
use crate::token::{AccessToken, TokenSlot};
use crate::{CredentialSlot, EgressError, Options, Policy, SetupError};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use innkeeper_secrets::Redactor;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::time::Instant;

/// The credentials of one app, with the access tokens that they were exchanged for.
pub(crate) struct Injector {
    app: String,
    credentials: Credentials,
    tokens: BTreeMap<String, Arc<TokenSlot>>,
}

/// What was put into a request.
pub(crate) enum Injected {
    Nothing,
    Secret(Redactor),
    Token(Arc<AccessToken>),
}

impl Injected {
    /// What finds echoes of what was put in.
    pub(crate) fn redactor(&self) -> Option<&Redactor> {
        match self {
            Self::Nothing => None,
            Self::Secret(redactor) => Some(redactor),
            Self::Token(token) => Some(token.redactor()),
        }
    }

    /// Notes how the system took the credential. Answers the access token where another one is worth a try: the system turned down one
    /// that it took before. A request that was turned down with 401 was not carried out (RFC 9110, section 15.5.2).
    pub(crate) fn judged(&self, status: u16, arrived: Instant) -> Option<Arc<AccessToken>> {
        let Self::Token(token) = self else { return None };
        if status != 401 {
            token.prove();
            return None;
        }
        token.is_worn(arrived).then(|| token.clone())
    }
}

impl Injector {
    pub(crate) fn new(credentials: Credentials, policy: &Policy, options: &Options) -> Result<Self, SetupError> {
        let tokens = match &credentials.vault {
            Some(vault) => TokenSlot::open(&credentials.slots, vault, policy, options)?,
            None => BTreeMap::new(),
        };
        Ok(Self { app: policy.app.clone(), credentials, tokens })
    }

    /// Fetches the slot's secret, or an access token for it, and puts it in. `refused` is an access token that the system has just
    /// turned down.
    pub(crate) async fn inject(
        &self,
        slot: &CredentialSlot,
        headers: &mut HeaderMap,
        refused: Option<&Arc<AccessToken>>,
        deadline: Instant,
    ) -> Result<Injected, EgressError> {
        let Some(slot) = slot.name() else { return Ok(Injected::Nothing) };
        let (app, section) = (&self.app, section(&self.app));
        let empty = || EgressError::EmptySlot {
            app: app.clone(),
            slot: slot.to_owned(),
            grant: format!("{section}\ncredential.{slot} = {{ secret = \"{app}-token\" }}"),
        };
        let unusable = |reason| EgressError::Unusable { app: app.clone(), slot: slot.to_owned(), reason };
        let credential = self.credentials.slots.get(slot).ok_or_else(empty)?;
        if let Some(tokens) = self.tokens.get(slot) {
            let token = tokens.get(refused, deadline).await?;
            headers.insert(AUTHORIZATION, sent::value(&sent::bearer(token.text())).map_err(unusable)?);
            return Ok(Injected::Token(token));
        }
        let Some(reference) = credential.sent() else {
            return match credential {
                Credential::None => Ok(Injected::Nothing),
                _ => Err(empty()),
            };
        };
        let vault = self.credentials.vault.as_ref().ok_or_else(empty)?;
        let secret = vault.fetch(reference).map_err(|source| EgressError::Secret {
            app: app.clone(),
            slot: slot.to_owned(),
            source: Box::new(source),
        })?;
        let field = credential.field(&secret).map_err(unusable)?;
        headers.insert(field.name, field.value);
        Ok(Injected::Secret(field.redactor))
    }
}
