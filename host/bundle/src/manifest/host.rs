//! `[[hosts]]`: the requests that a connector asks to be let send.

use crate::Template;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Requests to one host, at and below a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostRequest {
    /// Scheme, host, port and the paths' beginning.
    pub url: Template,
    /// The methods.
    #[schemars(length(min = 1))]
    pub methods: Vec<Method>,
}

/// The request methods that a connector can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

#[cfg(test)]
mod tests {
    use crate::Manifest;
    use crate::manifest::tests::GOOD;

    #[test]
    fn what_can_never_be_granted_is_refused_where_it_stands() {
        let urls = [
            "http://api.example.com",
            "http://{site}.example.com",
            "ftp://api.example.com",
            "api.example.com",
            "https://",
            "https:///v1",
            "https://user@api.example.com",
            "https://user:key@api.example.com",
            "https://api.example.com/?a=b",
            "https://api.example.com/#a",
            "https://api.example.com/a%2fb",
            "https://api.example.com\\\\a",
            "https://api.example.com/../a",
            "https://api.example.com//a",
            "https://2130706433",
            "https://0x7f.1",
            "https://127.1",
            "https://0177.0.0.1",
            "https://{a}.0.0.1",
            "https://[0:0:0:0:0:0:0:1]",
            "https://[::ffff:127.0.0.1]",
            "https://API.example.com",
            "https://api.example.com.",
            "https://*.example.com",
            "https://x{site}.example.com",
            "https://{site}x.example.com",
            "https://{site}.com",
            "https://{site}",
            "https://api.example.com:{port}",
            "https://api.example.com:443",
            "https://api.example.com:70000",
            "https://api.example.com/v{version}",
            "{base-url}.example.com",
        ];
        let refused = |old: &str, new: &str| {
            assert!(GOOD.contains(old), "{old}");
            Manifest::parse(&GOOD.replacen(old, new, 1)).expect_err(new).to_string()
        };
        let in_hosts = urls.map(|url| refused("url = \"{base-url}\"\nmethods", &format!("url = \"{url}\"\nmethods")));
        insta::assert_snapshot!(in_hosts.join("\n"));
        for url in urls {
            let message = refused("base-url = \"{base-url}\"", &format!("base-url = \"{url}\""));
            assert!(message.starts_with("connector.toml:9:12: "), "{message}");
            let budget = format!("[[rate.budgets]]\nurl = \"{url}\"\nmethods = [\"GET\"]\nrequests-per-second = 1\n[limits]");
            let message = refused("[limits]", &budget);
            assert!(message.starts_with("connector.toml:2") && message.contains("is not a URL template"), "{message}");
        }
    }
}
