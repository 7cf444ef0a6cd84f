//! An app of a hostile connector, with everything around it that an attack wants otherwise.

use crate::server::Server;
use crate::shipment::{Shipment, verified};
use crate::watched::{Passed, Watched};
use crate::{Ground, ground};
use innkeeper_domain::{Account, AppName, Description, IntentId, Outcome};
use innkeeper_egress::{Client, Credential, Credentials, HostRule, Method, Options, Policy};
use innkeeper_sandbox::{Answer, AppSettings, CallError, ConnectedApp, Connector, Limits, Page, Runtime, SandboxError};
use innkeeper_secrets::SecretRef;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Little of everything that can be had little of; time enough for a busy machine.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        memory: 16 << 20,
        cpu: Duration::from_secs(5),
        wall_clock: Duration::from_secs(20),
        host_call_bytes: 2 << 20,
        requests: 20,
        transfer_bytes: 4 << 20,
        log_lines: 50,
        log_bytes: 16 << 10,
        ..Limits::default()
    }
}

/// An app that is about to be connected.
#[must_use]
pub struct Plot<'g> {
    ground: &'g Ground,
    shipment: Shipment,
    name: String,
    configuration: Value,
    policy: Policy,
    credentials: BTreeMap<String, Credential>,
    limits: Limits,
    options: Options,
}

impl<'g> Plot<'g> {
    /// An app of this connector, with the ground's secret in the slot `default` and nowhere to go.
    pub(crate) fn new(ground: &'g Ground, component: Vec<u8>) -> Self {
        let base: Url = "https://api.example.com".parse().expect("a URL");
        let plot = Self {
            ground,
            shipment: Shipment::new(component),
            name: "intruder".to_owned(),
            configuration: json!({}),
            policy: Policy::granting("intruder", base, Vec::new()),
            credentials: BTreeMap::new(),
            limits: limits(),
            options: Options { timeout: Duration::from_secs(10), ..Options::default() },
        };
        plot.secret("default", "token").reaching("https://api.example.com", &[Method::Get, Method::Post])
    }

    /// The settings.
    pub fn configured(self, configuration: Value) -> Self {
        Self { configuration, ..self }
    }

    /// Another name than `intruder`.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        name.clone_into(&mut self.policy.app);
        self
    }

    /// At this server alone, below this path.
    pub fn at(mut self, server: &Server, path: &str) -> Self {
        let base = server.url(path);
        self.policy.base = base.parse().expect("a URL");
        (self.policy.requested, self.policy.granted) = (Vec::new(), Vec::new());
        self.reaching(&base, &[Method::Get, Method::Post]).network("127.0.0.1/32")
    }

    /// With another base URL, and everything below it granted.
    pub fn based(mut self, base: &str) -> Self {
        self.policy.base = base.parse().expect("a URL");
        self.reaching(base, &[Method::Get, Method::Post])
    }

    /// With one more rule, asked for and granted.
    pub fn reaching(mut self, url: &str, methods: &[Method]) -> Self {
        let rule = HostRule::new(url.parse().expect("a URL"), methods.to_vec()).expect("a good rule");
        self.policy.requested.push(rule.clone());
        self.policy.granted.push(rule);
        self
    }

    /// With one more rule that the connector asks for and nobody granted.
    pub fn asking_for(mut self, url: &str, methods: &[Method]) -> Self {
        self.policy.requested.push(HostRule::new(url.parse().expect("a URL"), methods.to_vec()).expect("a good rule"));
        self
    }

    /// With a network that is closed otherwise.
    pub fn network(mut self, network: &str) -> Self {
        self.policy.networks.push(network.parse().expect("a network"));
        self
    }

    /// With the secret of this name as bearer token in this slot.
    pub fn secret(self, slot: &str, name: &str) -> Self {
        let secret = SecretRef::Secret(name.parse().expect("a name"));
        self.credential(slot, Credential::Bearer { secret })
    }

    /// With a credential of another scheme.
    pub fn credential(mut self, slot: &str, credential: Credential) -> Self {
        self.credentials.insert(slot.to_owned(), credential);
        self
    }

    /// With other limits.
    pub fn limited(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// With another outgoing side.
    pub fn sending(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    /// With another manifest.
    pub fn shipped(mut self, change: impl FnOnce(&mut Shipment)) -> Self {
        change(&mut self.shipment);
        self
    }

    /// Lets the sandbox load the connector.
    ///
    /// # Errors
    /// When it does not.
    ///
    /// # Panics
    /// When the bundle is not taken.
    pub fn load(&self) -> Result<Connector, SandboxError> {
        self.load_in(ground::sandbox())
    }

    /// The same in another sandbox.
    ///
    /// # Errors
    /// When it does not.
    ///
    /// # Panics
    /// When the bundle is not taken.
    pub fn load_in(&self, sandbox: &Runtime) -> Result<Connector, SandboxError> {
        sandbox.load(&verified(&self.shipment).expect("a good bundle"))
    }

    /// The connector, loaded once for all attacks that share the sandbox: checking and loading it takes longer than most attacks.
    fn loaded(&self) -> Connector {
        static LOADED: Mutex<BTreeMap<Shipment, Connector>> = Mutex::new(BTreeMap::new());
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = loaded.entry(self.shipment.clone());
        known.or_insert_with(|| self.load().expect("a connector")).clone()
    }

    /// Loads and connects it.
    ///
    /// # Panics
    /// When it cannot be loaded or connected.
    #[must_use]
    pub fn connect(self) -> App<'g> {
        let connector = self.loaded();
        let credentials = Credentials::new(self.credentials, self.ground.vault());
        let client = Client::new(self.policy, None, credentials, self.options).expect("a client");
        let passed: Arc<Mutex<Vec<Passed>>> = Arc::default();
        let http = Arc::new(Watched::new(client, passed.clone()));
        let name = AppName::new(self.name);
        let settings = AppSettings { name, configuration: self.configuration, http, limits: self.limits };
        let connected = connector.connect(settings).expect("good settings");
        App { ground: self.ground, connected, passed }
    }
}

/// A connected app. Whatever comes out of it is noted on the ground.
#[derive(Clone)]
pub struct App<'g> {
    ground: &'g Ground,
    /// For what has no function here.
    pub connected: ConnectedApp,
    passed: Arc<Mutex<Vec<Passed>>>,
}

impl App<'_> {
    /// Lists accounts.
    pub async fn list(&self) -> Answer<Page<Account>> {
        self.noted(self.connected.list_accounts(None).await)
    }

    /// Asks what the app is like: for a guest that does nothing else.
    pub async fn describe(&self) -> Answer<Description> {
        self.noted(self.connected.describe().await)
    }

    /// Makes an account.
    pub async fn create(&self) -> Answer<Outcome> {
        self.noted(self.connected.create_account("ada", &Default::default(), &[], &IntentId::new("i1")).await)
    }

    /// Lists accounts, and gives their names: how the intruder answers.
    ///
    /// # Panics
    /// When the call does not work.
    pub async fn names(&self) -> Vec<String> {
        self.list().await.result.expect("an answer").items.into_iter().map(|account| account.unique_name.into()).collect()
    }

    /// Notes an answer, and what passed on the way to it.
    pub fn noted<T: Debug>(&self, answer: Answer<T>) -> Answer<T> {
        let told = match &answer.result {
            Err(CallError::Fault(fault)) => fault.to_string(),
            Err(CallError::Failure(failure)) => failure.to_string(),
            Ok(_) => String::new(),
        };
        self.ground.note("an answer", format!("{answer:?} {told}"));
        for passed in self.passed() {
            self.ground.note("an exchange", format!("{passed:?}"));
            self.ground.note("a response", passed.response.map(|response| response.body).unwrap_or_default());
        }
        answer
    }

    /// What became of its requests.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The contents of its answered requests, as the connector got them.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        let body = |passed: Passed| passed.response.map(|response| String::from_utf8_lossy(&response.body).into_owned());
        self.passed().into_iter().filter_map(body).collect()
    }

    /// The errors of its requests, as the connector got them.
    #[must_use]
    pub fn refusals(&self) -> Vec<String> {
        self.passed().into_iter().filter_map(|passed| passed.refusal).collect()
    }
}
