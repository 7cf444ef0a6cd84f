//! How a registry is reached.

use crate::RegistryHost;
use innkeeper_secrets::Secret;
use std::time::Duration;

/// Credential, authorities and limits for talking to registries.
#[derive(Default)]
pub struct Access {
    /// Who to be, and where; nobody otherwise.
    pub login: Option<Login>,
    /// Certificate authorities beside those of the operating system, as PEM.
    pub certificate_authorities: Vec<Vec<u8>>,
    /// Whether registries on this machine speak TLS too. Plain http is for them alone.
    pub tls_on_loopback: bool,
    /// What is not exceeded.
    pub limits: Limits,
}

/// A user of one registry. Other registries never see it.
pub struct Login {
    /// The registry.
    pub host: RegistryHost,
    /// The user's name there.
    pub user: String,
    /// The password or access token.
    pub secret: Secret,
}

/// What a registry may take of time and memory.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long making a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// How long a download may stand still.
    pub idle_timeout: Duration,
    /// How long a push or a pull may take altogether.
    pub timeout: Duration,
    /// The most bytes of a manifest.
    pub manifest_bytes: u64,
    /// The most bytes of a component.
    pub component_bytes: u64,
    /// The most bytes of a bundle.
    pub bundle_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            // The largest bundle over 1 Mbit/s.
            timeout: Duration::from_secs(10 * 60),
            // What registries take themselves (OCI distribution specification, "Pushing manifests").
            manifest_bytes: 4 * MIB,
            component_bytes: 64 * MIB,
            // The component, and documentation beside it.
            bundle_bytes: 68 * MIB,
        }
    }
}
