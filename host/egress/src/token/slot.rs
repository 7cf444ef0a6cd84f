//! The access token of one credential slot: fetched once for everybody who waits for it, and kept.

use super::answer::{self, Answered, Granted};
use super::road::{Road, usable};
use super::{AccessToken, Failure};
use crate::credential::{Credential, Exchanged, Fingerprint, Material};
use crate::transport::place;
use crate::{Code, EgressError, Options, Policy, SetupError};
use innkeeper_secrets::{Redactor, Secret, SecretRef, Vault};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long an endpoint that failed is left alone where it does not say itself. Endpoints lock clients out that keep on trying.
const REST: Duration = Duration::from_secs(5);

/// A credential that is exchanged, with the access token that is in use.
pub(crate) struct TokenSlot {
    name: String,
    credential: Credential,
    vault: Arc<dyn Vault>,
    road: Arc<Road>,
    cached: Mutex<Option<Arc<AccessToken>>>,
    flight: tokio::sync::Mutex<Flight>,
}

/// What only the one who fetches has to know.
#[derive(Default)]
struct Flight {
    failed: Option<Failed>,
    unkept: Option<Unkept>,
}

/// A fetch that failed, for those who waited for it.
struct Failed {
    of: Fingerprint,
    at: Instant,
    until: Instant,
    failure: Failure,
}

/// A new refresh token that could not be written yet.
struct Unkept {
    old: Secret,
    new: Secret,
    token: Arc<AccessToken>,
}

impl TokenSlot {
    /// The slots of these that are exchanged.
    pub(crate) fn open(
        slots: &BTreeMap<String, Credential>,
        vault: &Arc<dyn Vault>,
        policy: &Policy,
        options: &Options,
    ) -> Result<BTreeMap<String, Arc<Self>>, SetupError> {
        let mut open = BTreeMap::new();
        let mut road = None;
        for (name, credential) in slots {
            let Some(exchanged) = credential.exchanged() else { continue };
            check(exchanged, name, &policy.app)?;
            let road = match &road {
                Some(road) => Arc::clone(road),
                None => road.insert(Arc::new(Road::new(policy, options)?)).clone(),
            };
            let slot = Self {
                name: name.clone(),
                credential: credential.clone(),
                vault: vault.clone(),
                road,
                cached: Mutex::default(),
                flight: tokio::sync::Mutex::default(),
            };
            open.insert(name.clone(), Arc::new(slot));
        }
        Ok(open)
    }

    /// The access token in use, or a new one. `refused` is one that the system has just turned down.
    pub(crate) async fn get(
        self: &Arc<Self>,
        refused: Option<&Arc<AccessToken>>,
        deadline: Instant,
    ) -> Result<Arc<AccessToken>, EgressError> {
        let arrived = Instant::now();
        let of = self.material()?.fingerprint();
        if let Some(token) = self.usable(&of, refused) {
            return Ok(token);
        }
        // A task of its own: whoever gives up waiting must not take a new refresh token along that the endpoint has already given.
        let (slot, refused) = (self.clone(), refused.cloned());
        let task = tokio::spawn(async move { slot.fetch(arrived, refused.as_ref()).await });
        match timeout_at(deadline, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(self.error(&Failure::passing("fetching it was broken off", None))),
            Err(_) => {
                let failure = Failure { code: Code::Timeout, ..Failure::passing("it did not come in time", None) };
                Err(self.error(&failure))
            }
        }
    }

    /// One at a time. Whoever waited finds what the one before has fetched.
    async fn fetch(&self, arrived: Instant, refused: Option<&Arc<AccessToken>>) -> Result<Arc<AccessToken>, EgressError> {
        let mut flight = self.flight.lock().await;
        if let Some(unkept) = flight.unkept.take() {
            self.keep(&mut flight, unkept).map_err(|failure| self.error(&failure))?;
        }
        let mut material = self.material()?;
        let mut of = material.fingerprint();
        if let Some(token) = self.usable(&of, refused) {
            return Ok(token);
        }
        if let Some(failed) = &flight.failed
            && failed.of == of
            && (arrived <= failed.at || Instant::now() < failed.until)
        {
            return Err(self.error(&failed.now()));
        }
        let mut result = self.exchange(&mut flight, material).await;
        if result.is_err() && flight.unkept.is_none() && self.exchanged().rotates() {
            // Another process may have used the refresh token in this moment, and kept the new one.
            material = self.material()?;
            if material.fingerprint() != of {
                of = material.fingerprint();
                result = self.exchange(&mut flight, material).await;
            }
        }
        match result {
            Ok(token) => {
                flight.failed = None;
                Ok(token)
            }
            Err(failure) => {
                if flight.unkept.is_none() {
                    flight.failed = Some(Failed::now_of(of, &failure, self.road.options.longest_retry_after));
                }
                Err(self.error(&failure))
            }
        }
    }

    async fn exchange(&self, flight: &mut Flight, material: Material) -> Result<Arc<AccessToken>, Failure> {
        let (road, exchanged) = (&self.road, self.exchanged());
        let now = (road.options.clock)();
        let mut request = exchanged.request(&road.policy.base, &material, now).map_err(Failure::lasting)?;
        let (host, client) = (place(&request.url), request.client.clone());
        let (parts, proofs) = (std::mem::take(&mut request.parts), std::mem::take(&mut request.proofs));
        let response = road.post(request).await?;
        // Until a new refresh token is written nothing waits any more: nobody who gives up can come between.
        let Granted { access, refresh, lifetime } = answer::read(response, &host, now).map_err(|answered| match answered {
            Answered::Failed(failure) => failure,
            Answered::Refused(refusal) => {
                let advice = exchanged.advice(refusal.status, &refusal.error, &client);
                let redactor = Redactor::new(material.texts().chain(parts.iter().chain(&proofs).map(|text| text.as_str())));
                refusal.failure(&host, advice, |text| redactor.text(text).into_owned())
            }
        })?;
        let (app, slot, seconds) = (&road.policy.app, &self.name, lifetime.as_secs());
        tracing::info!(%app, %slot, %host, seconds, "access token");
        let rotated = refresh.filter(|new| exchanged.rotates() && new.expose() != material.secret.expose());
        let sensitive = material.texts().chain(parts.iter().map(|text| text.as_str())).chain([access.expose()]);
        let redactor = Redactor::new(sensitive.chain(rotated.as_ref().map(Secret::expose)));
        let Some(new) = rotated else {
            return Ok(self.use_from_now(AccessToken::new(access, redactor, material.fingerprint(), lifetime, now).into()));
        };
        let Material { secret: old, client_secret } = material;
        let material = Material { secret: new, client_secret };
        let token = Arc::new(AccessToken::new(access, redactor, material.fingerprint(), lifetime, now));
        self.keep(flight, Unkept { old, new: material.secret, token: token.clone() }).map(|()| token)
    }

    /// Writes a new refresh token, before anybody uses what came with it. What cannot be written stays in memory for the next try.
    fn keep(&self, flight: &mut Flight, unkept: Unkept) -> Result<(), Failure> {
        match self.vault.replace(self.exchanged().secret(), &unkept.old, &unkept.new) {
            Ok(replaced) => {
                if !replaced {
                    let (app, slot) = (&self.road.policy.app, &self.name);
                    tracing::warn!(%app, %slot, "another refresh token was set in the meantime: the new one was not kept");
                }
                self.use_from_now(unkept.token);
                Ok(())
            }
            Err(error) => {
                flight.unkept = Some(unkept);
                let reason = format!(
                    "the endpoint gave a new refresh token in the place of the old one, and it could not be kept: {error}. It is in \
                     memory and is written with the next request: let innkeeper run until that has worked"
                );
                Err(Failure::passing(reason, None))
            }
        }
    }

    fn use_from_now(&self, token: Arc<AccessToken>) -> Arc<AccessToken> {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        token
    }

    /// The kept token, where it is good for these secrets and not the one that was turned down.
    fn usable(&self, of: &Fingerprint, refused: Option<&Arc<AccessToken>>) -> Option<Arc<AccessToken>> {
        let now = (self.road.options.clock)();
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.clone().filter(|token| token.serves(of, now) && refused.is_none_or(|refused| !Arc::ptr_eq(token, refused)))
    }

    /// The secrets as they are now: one that was changed or removed makes for another token at once.
    fn material(&self) -> Result<Material, EgressError> {
        let fetch = |reference: &SecretRef| {
            self.vault.fetch(reference).map_err(|source| EgressError::Secret {
                app: self.road.policy.app.clone(),
                slot: self.name.clone(),
                source: Box::new(source),
            })
        };
        let exchanged = self.exchanged();
        let secret = fetch(exchanged.secret())?;
        Ok(Material { secret, client_secret: exchanged.client_secret().map(fetch).transpose()? })
    }

    fn exchanged(&self) -> &dyn Exchanged {
        self.credential.exchanged().expect("a slot is only opened for a credential that is exchanged")
    }

    fn error(&self, failure: &Failure) -> EgressError {
        EgressError::Token {
            app: self.road.policy.app.clone(),
            slot: self.name.clone(),
            reason: failure.reason.clone(),
            code: failure.code,
            retry_after: failure.rest,
        }
    }
}

impl Failed {
    fn now_of(of: Fingerprint, failure: &Failure, longest: Duration) -> Self {
        let at = Instant::now();
        let rest = failure.rest.unwrap_or(REST).min(longest);
        Self { of, at, until: at + rest, failure: failure.clone() }
    }

    /// The failure with the rest that is left.
    fn now(&self) -> Failure {
        let rest = (self.failure.code != Code::NoCredential).then(|| self.until.saturating_duration_since(Instant::now()));
        Failure { rest, ..self.failure.clone() }
    }
}

/// What can be said without asking anybody.
fn check(exchanged: &dyn Exchanged, slot: &str, app: &str) -> Result<(), SetupError> {
    if let Some(url) = exchanged.token_url() {
        usable(url).map_err(|reason| SetupError::TokenUrl {
            app: app.to_owned(),
            slot: slot.to_owned(),
            url: crate::target::without_query(url),
            reason,
        })?;
    }
    match exchanged.secret() {
        SecretRef::Env(_) | SecretRef::File(_) if exchanged.rotates() => {
            Err(SetupError::RefreshToken { app: app.to_owned(), slot: slot.to_owned(), place: exchanged.secret().to_string() })
        }
        _ => Ok(()),
    }
}
