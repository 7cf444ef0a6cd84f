//! Step 5: names are looked up once, checked, and pinned.
//!
//! The connections of a client can only be made to addresses in its [`Pins`]: the HTTP library asks them instead of looking a name up
//! again, so that an answer that changes between the check and the connection (DNS rebinding) changes nothing. Addresses come into
//! the pins after they have been checked and in no other way, apart from those of the proxy that the operator names.

use crate::address::{canonical, closed, granted};
use crate::target::names_loopback;
use crate::{EgressError, Policy};
use async_trait::async_trait;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    ///
    /// # Errors
    ///
    /// What the system says when the name has none.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        // The port plays no part.
        Ok(tokio::net::lookup_host((name, 443)).await?.map(|address| address.ip()).collect())
    }
}

/// The checked addresses of the names that were asked for.
#[derive(Clone, Default)]
pub(crate) struct Pins(Arc<RwLock<HashMap<String, Pin>>>);

#[derive(Clone)]
struct Pin {
    addresses: Arc<[IpAddr]>,
    fresh_until: Instant,
}

impl Pins {
    fn get(&self, name: &str) -> Option<Pin> {
        // A writer that panicked leaves whole entries behind.
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn put(&self, name: &str, pin: Pin) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), pin);
    }
}

/// What the HTTP library asks when it makes a connection: it gets what was checked, or nothing.
impl reqwest::dns::Resolve for Pins {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let answer: Result<reqwest::dns::Addrs, Box<dyn std::error::Error + Send + Sync>> = match self.get(name.as_str()) {
            Some(pin) => {
                // Port 0 stands for the port of the URL.
                let addresses: Vec<_> = pin.addresses.iter().map(|address| SocketAddr::new(*address, 0)).collect();
                Ok(Box::new(addresses.into_iter()))
            }
            None => Err(Box::new(io::Error::other("the name was not checked before the connection"))),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// How names are looked up for one request.
pub(crate) struct Lookup<'a> {
    pub(crate) resolver: &'a dyn Resolve,
    /// How long an answer is used.
    pub(crate) lifetime: Duration,
    /// When the wait for an answer ends.
    pub(crate) deadline: Instant,
}

impl Lookup<'_> {
    /// Pins the name to those of its addresses that `check` lets through, unless it was pinned a short time ago.
    async fn pin(
        &self,
        name: &str,
        pins: &Pins,
        check: impl FnOnce(Vec<IpAddr>) -> Result<Vec<IpAddr>, EgressError>,
    ) -> Result<(), EgressError> {
        if pins.get(name).is_some_and(|pin| pin.fresh_until > Instant::now()) {
            return Ok(());
        }
        let found = timeout_at(self.deadline, self.resolver.resolve(name)).await;
        let found = found.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
        let failed = |reason: String| EgressError::Resolution { host: name.to_owned(), reason };
        let found = found.map_err(|error| failed(error.to_string()))?;
        if found.is_empty() {
            return Err(failed("it has no address".to_owned()));
        }
        let addresses = check(found)?.into();
        pins.put(name, Pin { addresses, fresh_until: Instant::now() + self.lifetime });
        Ok(())
    }
}

/// Makes sure that the URL's host is pinned to addresses that the policy lets through.
pub(crate) async fn pin(url: &Url, policy: &Policy, pins: &Pins, lookup: &Lookup<'_>) -> Result<(), EgressError> {
    match url.host() {
        Some(Host::Domain(name)) => lookup.pin(name, pins, |found| check(url, policy, found)).await,
        _ => literal(url, policy),
    }
}

/// Makes sure that a proxy's host is pinned. Its address may be any: it is the operator who names it, and mostly a private one.
pub(crate) async fn pin_proxy(proxy: &Url, pins: &Pins, lookup: &Lookup<'_>) -> Result<(), EgressError> {
    match proxy.host() {
        Some(Host::Domain(name)) => lookup.pin(name, pins, Ok).await,
        _ => Ok(()),
    }
}

/// Checks the URL's host where it is an address. Nothing is looked up for it; the HTTP library takes it as it stands in the URL.
pub(crate) fn literal(url: &Url, policy: &Policy) -> Result<(), EgressError> {
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(EgressError::Target { target: url.scheme().to_owned(), reason: "it has no host" }),
    };
    check_one(url, policy, canonical(address))
}

/// The addresses that may be connected to: all or none. A name that is at a public address and at a private one is either set up wrongly
/// or was made to look like a public one.
///
/// `localhost` is at `127.0.0.1` and at `::1`, and whoever granted one of them means this machine: of its addresses the refused ones are
/// left out where another one is granted.
fn check(url: &Url, policy: &Policy, addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, EgressError> {
    let this_machine = url.host().is_some_and(|host| names_loopback(&host));
    let mut left_out = None;
    let mut open = Vec::with_capacity(addresses.len());
    for address in addresses {
        match check_one(url, policy, canonical(address)) {
            Ok(()) => open.push(address),
            Err(error) if this_machine && canonical(address).is_loopback() => left_out = Some(error),
            Err(error) => return Err(error),
        }
    }
    match left_out {
        Some(error) if open.is_empty() => Err(error),
        _ => Ok(open),
    }
}

fn check_one(url: &Url, policy: &Policy, address: IpAddr) -> Result<(), EgressError> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    if url.scheme() == "http" && !address.is_loopback() {
        return Err(EgressError::PlainHttp { host: host(), address });
    }
    match closed(address) {
        Some(class) if !granted(address, class, &policy.networks) => Err(EgressError::RefusedAddress {
            app: policy.app.clone(),
            host: host(),
            address,
            class: class.describe(),
            grant: format!("{}\nnetworks = [\"{}\"]", policy.section(), ipnet::IpNet::from(address)),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
