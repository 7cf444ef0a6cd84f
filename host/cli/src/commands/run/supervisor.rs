//! What a supervisor is told: systemd's notify protocol (sd_notify(3)), where one listens.

use innkeeper_engine::Health;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Whoever started the program and wants to know how it is.
pub(super) struct Supervisor(Option<(UnixDatagram, SocketAddr)>);

impl Supervisor {
    /// The one that `NOTIFY_SOCKET` names; nobody where it is not set or cannot be reached.
    pub(super) fn from_environment() -> Self {
        let connect = || {
            let name = std::env::var("NOTIFY_SOCKET").ok()?;
            let address = match name.strip_prefix('@') {
                Some(name) => SocketAddr::from_abstract_name(name).ok()?,
                None => SocketAddr::from_pathname(&name).ok()?,
            };
            Some((UnixDatagram::unbound().ok()?, address))
        };
        Self(connect())
    }

    pub(super) fn ready(&self) {
        self.say("READY=1");
    }

    /// Also the watchdog's sign of life.
    pub(super) fn alive(&self, health: &Health) {
        let next = health.next.map_or(String::new(), |next| format!(", next at {}", next.strftime("%H:%M:%S UTC")));
        self.say(&format!("WATCHDOG=1\nSTATUS={}{next}", health.doing));
    }

    pub(super) fn stopping(&self) {
        self.say("STOPPING=1");
    }

    fn say(&self, what: &str) {
        if let Some((socket, address)) = &self.0 {
            // A supervisor that does not listen any more is no trouble of ours.
            let _ = socket.send_to_addr(what.as_bytes(), address);
        }
    }
}
