//! Step 8, where the operator has a proxy: what goes through it, and what never does.
//!
//! No proxy is used but the one that is configured; the variables of the environment by which other programs find theirs are not read.
//!
//! A request over https goes through the proxy in a tunnel (`CONNECT`, RFC 9110, section 9.3.6): the proxy learns host and port and nothing
//! else, and the certificate is verified for the host as without it. It is the proxy that looks the name up, so the address cannot be checked
//! and pinned here: to keep private networks closed to names that lead into them is the proxy's task. What is left to a name that was turned to
//! a private address is a server there with a certificate for that very name.
//!
//! What names a place in the operator's own network is not given to the proxy, which may stand in another one: a closed address in the
//! URL, `localhost`, a name of one label, a name in a zone of private networks (`.internal`, `.local` and the like). Such a host is looked up
//! here, checked, pinned and connected to directly, and therefore refused unless its network is granted. Plain http is for loopback and never
//! goes through the proxy.

use crate::address::{canonical, closed};
use crate::transport::place;
use std::fmt;
use url::{Host, Url};

/// Zones that nobody can register: what is in them depends on who asks (RFC 6761, RFC 6762, RFC 8375, and those that ICANN keeps
/// back or that networks have taken for themselves).
const PRIVATE_ZONES: &[&str] =
    &["corp", "home", "home.arpa", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private"];

/// A proxy that makes tunnels: `http://proxy.example:3128`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy(Url);

impl Proxy {
    /// The proxy at this URL.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL: it must be `http://` with a host, and nothing behind the port.
    pub fn new(url: Url) -> Result<Self, &'static str> {
        if url.scheme() != "http" {
            return Err("a proxy is asked for a tunnel over plain http: write http://HOST:PORT");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "it has user info, and secrets do not stand in configuration: use a proxy that knows this machine by its address",
            );
        }
        if url.port() == Some(0) {
            return Err("it has port 0, where nothing listens");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("it has something behind host and port");
        }
        Ok(Self(url))
    }

    /// Its URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether a request for this URL goes through the proxy.
    pub(crate) fn carries(&self, url: &Url) -> bool {
        url.scheme() == "https"
            && match url.host() {
                Some(Host::Domain(name)) => !is_local(name),
                Some(Host::Ipv4(address)) => closed(canonical(address.into())).is_none(),
                Some(Host::Ipv6(address)) => closed(canonical(address.into())).is_none(),
                None => false,
            }
    }
}

/// Host and port, for messages.
impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&place(&self.0))
    }
}

/// Whether a name says by itself that it is of a private network. The name is in lower case, as parsed URLs have it.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let in_zone = |zone: &&str| name.strip_suffix(*zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || PRIVATE_ZONES.iter().any(in_zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str) -> Result<Proxy, &'static str> {
        Proxy::new(url.parse().expect("a URL"))
    }

    #[test]
    fn a_proxy_is_host_and_port_and_nothing_else() {
        for url in ["http://proxy.example:3128", "http://proxy.example", "http://10.0.0.1:8080/", "http://[::1]:3128"] {
            assert!(proxy(url).is_ok(), "{url}");
        }
        for url in [
            "https://proxy.example:3128",
            "socks5://proxy.example:1080",
            "http://user@proxy.example:3128",
            "http://user:hunter2@proxy.example:3128",
            "http://proxy.example:0",
            "http://proxy.example:3128/path",
            "http://proxy.example:3128/?query",
            "http://proxy.example:3128/#fragment",
        ] {
            let reason = proxy(url).expect_err(url);
            assert!(!reason.contains("hunter2"), "{reason}");
        }
    }

    #[test]
    fn only_https_to_public_hosts_goes_through_it() {
        let proxy = proxy("http://proxy.example:3128").expect("a proxy");
        for (url, wanted) in [
            ("https://crm.example", true),
            ("https://crm.example:8443/x", true),
            ("https://1.1.1.1", true),
            ("https://[2606:4700::1111]", true),
            ("https://notlocal", false),
            ("https://notlocal.", false),
            ("https://crm.internal", false),
            ("https://metadata.google.internal.", false),
            ("https://CRM.Local", false),
            ("https://crm.home.arpa", false),
            ("https://localhost:8443", false),
            ("https://crm.localhost", false),
            ("https://crm.notinternal.example", true),
            ("https://crminternal.example", true),
            ("https://127.0.0.1", false),
            ("https://10.0.0.1", false),
            ("https://169.254.169.254", false),
            ("https://168.63.129.16", false),
            ("https://[::ffff:10.0.0.1]", false),
            ("https://[64:ff9b::a00:1]", false),
            ("http://127.0.0.1", false),
            ("http://localhost", false),
        ] {
            assert_eq!(proxy.carries(&url.parse().expect("a URL")), wanted, "{url}");
        }
    }
}
