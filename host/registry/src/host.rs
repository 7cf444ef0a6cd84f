//! Which registry.

use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// A registry: `registry.example` or `localhost:5000`, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RegistryHost {
    /// Host and port as they stand in a URL.
    text: String,
    loopback: bool,
}

impl RegistryHost {
    /// Whether it is this machine itself. Only there plain http is spoken.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Host and port as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for RegistryHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "its host is not a name or an address, with a port at most";
        let lower = text.to_ascii_lowercase();
        if !lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte)) {
            return Err(WRONG);
        }
        let url = Url::parse(&format!("https://{lower}/")).map_err(|_| WRONG)?;
        // A parser of URLs takes many spellings for the same host (`0x7f.1`): only what it leaves as it is counts.
        if url.as_str() != format!("https://{lower}/") || url.port() == Some(0) {
            // It leaves out the port that goes without saying, which a person may say.
            let said = lower.strip_suffix(":443").filter(|said| url.as_str() == format!("https://{said}/"));
            return said.map_or(Err(WRONG), Self::from_str);
        }
        let loopback = match url.host().ok_or(WRONG)? {
            // RFC 6761, section 6.3: a resolver answers it with loopback.
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        Ok(Self { text: lower, loopback })
    }
}

impl fmt::Display for RegistryHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for (text, shown, loopback) in [
            ("registry.example", "registry.example", false),
            ("Registry.Example:5000", "registry.example:5000", false),
            ("registry.example:443", "registry.example", false),
            ("localhost:5000", "localhost:5000", true),
            ("127.0.0.1:5000", "127.0.0.1:5000", true),
            ("127.1.2.3", "127.1.2.3", true),
            ("[::1]:5000", "[::1]:5000", true),
            ("10.0.0.1", "10.0.0.1", false),
            ("localhost.example", "localhost.example", false),
        ] {
            let host: RegistryHost = text.parse().expect(text);
            assert_eq!((host.as_str(), host.is_loopback()), (shown, loopback), "{text}");
        }
    }

    #[test]
    fn disguised_hosts_are_refused() {
        for text in [
            "",
            ":5000",
            "a b",
            "user@registry.example",
            "registry.example:",
            "registry.example:0",
            "registry.example:99999",
            "0x7f.1",
            "2130706433",
            "127.1",
            "registry.example/v2",
            "registry.example?x",
            "registry.example#x",
            "[::1",
            "r\u{e4}t.example",
            "%6cocalhost",
            "registry.example:443:443",
            "registry.example\\x",
        ] {
            assert!(text.parse::<RegistryHost>().is_err(), "{text}");
        }
    }
}
