//! Where an attack takes place.

use crate::server::{Reply, Seen, Server};
use crate::{Canary, Held, Plot};
use crate::{neighbour, overheard::Overheard};
use innkeeper_sandbox::{CacheSettings, Runtime, Settings};
use innkeeper_secrets::{KeySource, Secret, SecretStore, Vault};
use innkeeper_tests::connector::connector_wasm;
use serde_json::Value;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tempfile::TempDir;

/// Any port of this machine.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

const INTRUDER: &str = "innkeeper-test-intruder";

/// The sandbox that all attacks share, with the folder of its compiled code.
static SANDBOX: LazyLock<(Runtime, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { cache: Some(CacheSettings::new(folder.path().join("compiled"))), ..Settings::default() };
    (Runtime::new(settings).expect("a sandbox"), folder)
});

/// The sandbox that all attacks share.
pub(crate) fn sandbox() -> &'static Runtime {
    &SANDBOX.0
}

/// A connector of this repository, compiled.
pub(crate) fn component(package: &str) -> Vec<u8> {
    fs::read(connector_wasm(package)).expect("a component that was just built")
}

/// The folder, the secrets and the servers of one attack, and what came out of it.
pub struct Ground {
    folder: TempDir,
    vault: Arc<SecretStore>,
    /// The secret of the attacker's app. It may reach the servers that the attack was given, and nothing else.
    pub token: Canary,
    /// Secrets that nobody at all may see: one that the configuration knows and no app uses, and the neighbour's.
    others: Vec<Canary>,
    servers: Mutex<Vec<(Arc<Server>, Role)>>,
    out: Mutex<Vec<(String, Vec<u8>)>>,
    overheard: Overheard,
}

/// Which secret a server may get.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Granted,
    Stranger,
    Neighbour,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let overheard = Overheard::from_now();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let vault = SecretStore::open(&folder.path().join("secrets"), KeySource::File).expect("a store of secrets");
        let keep = |name: &str| {
            let canary = Canary::new(name);
            vault.set(&name.parse().expect("a name"), &Secret::new(canary.text.clone())).expect("kept");
            canary
        };
        let (token, others) = (keep("token"), vec![keep("admin"), keep(neighbour::SECRET)]);
        Self { folder, vault: Arc::new(vault), token, others, servers: Mutex::default(), out: Mutex::default(), overheard }
    }

    /// The intruder, told what to do.
    pub fn intruder(&self, deed: Value) -> Plot<'_> {
        Plot::new(self, component(INTRUDER)).configured(deed)
    }

    /// Another component: text is compiled.
    ///
    /// # Panics
    /// When the text is wrong.
    pub fn guest(&self, component: impl AsRef<[u8]>) -> Plot<'_> {
        let component = wat::parse_bytes(component.as_ref()).unwrap_or_else(|error| panic!("{error}"));
        Plot::new(self, component.into_owned())
    }

    /// The intruder's own component.
    #[must_use]
    pub fn component(&self) -> Vec<u8> {
        component(INTRUDER)
    }

    /// A server that the attacker's app may be granted: it may get the app's secret.
    pub async fn server(&self, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Server> {
        self.started(Role::Granted, ANYWHERE, behaviour).await
    }

    /// A server that nobody granted: if it gets a secret, the attack has won.
    pub async fn stranger(&self, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Server> {
        self.started(Role::Stranger, ANYWHERE, behaviour).await
    }

    /// A stranger at an address of its own.
    pub async fn stranger_at(&self, at: SocketAddr, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Server> {
        self.started(Role::Stranger, at, behaviour).await
    }

    pub(crate) async fn neighbours_server(&self, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Server> {
        self.started(Role::Neighbour, ANYWHERE, behaviour).await
    }

    async fn started(
        &self,
        role: Role,
        at: SocketAddr,
        behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Arc<Server> {
        let server = Arc::new(Server::start(at, behaviour).await);
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).push((server.clone(), role));
        server
    }

    /// Where all files of the attack lie. They are searched for secrets.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store of secrets.
    #[must_use]
    pub fn vault(&self) -> Arc<dyn Vault> {
        self.vault.clone()
    }

    /// The folder of compiled code that all attacks share.
    #[must_use]
    pub fn compiled(&self) -> PathBuf {
        SANDBOX.1.path().join("compiled")
    }

    /// What was logged since the attack began, by everybody in this process.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.overheard.bytes()).into_owned()
    }

    /// Notes something that came out, to be searched for secrets.
    pub fn note(&self, what: &str, bytes: impl Into<Vec<u8>>) {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).push((what.to_owned(), bytes.into()));
    }

    /// Looks for secrets in all that came out, and says where they are.
    pub(crate) fn leaks(&self, held: &Held) -> Vec<String> {
        let mut places = std::mem::take(&mut *self.out.lock().unwrap_or_else(PoisonError::into_inner));
        places.push(("the verdict".to_owned(), held.said.clone().into_bytes()));
        places.push(("the log".to_owned(), self.overheard.bytes()));
        files(self.folder.path(), &mut places);
        let mut leaks = Vec::new();
        let mut search = |place: &str, bytes: &[u8], canary: &Canary| {
            if let Some(how) = canary.found(bytes) {
                leaks.push(format!("{} stands {how} in {place}", canary.text));
            }
        };
        let all = || self.others.iter().chain([&self.token]);
        for (place, bytes) in &places {
            all().for_each(|canary| search(place, bytes, canary));
        }
        for (server, role) in self.servers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let (place, bytes) = (format!("what {} got", server.address()), server.bytes());
            let may = |canary: &Canary| match role {
                Role::Granted => canary.text == self.token.text,
                Role::Neighbour => canary.text.starts_with(neighbour::SECRET),
                Role::Stranger => false,
            };
            all().filter(|canary| !may(canary)).for_each(|canary| search(&place, &bytes, canary));
        }
        leaks
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap_or_default()));
        }
    }
}
