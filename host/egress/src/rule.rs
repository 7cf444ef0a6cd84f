//! Step 3: one line of the allow-list.

use crate::Method;
use serde::{Deserialize, Serialize};
use url::Url;

/// Requests to one host: scheme, host and port of the URL, paths at and below its path, with these methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Data", into = "Data")]
pub struct HostRule {
    url: Url,
    methods: Vec<Method>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    url: Url,
    methods: Vec<Method>,
}

impl HostRule {
    /// A rule for this URL and everything below it.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL: only https (http for loopback), no user info, query, fragment or encoded separators.
    pub fn new(url: Url, methods: Vec<Method>) -> Result<Self, &'static str> {
        crate::policy::usable(&url)?;
        Ok(Self { url, methods })
    }

    /// The URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The methods. `HEAD` comes with `GET`, as it says nothing that `GET` does not say.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Whether a request is one of those that the rule stands for.
    pub fn covers(&self, method: Method, url: &Url) -> bool {
        let method = self.methods.contains(&method) || (method == Method::Head && self.methods.contains(&Method::Get));
        method && same_origin(&self.url, url) && below(self.url.path(), url.path())
    }
}

impl TryFrom<Data> for HostRule {
    type Error = String;

    fn try_from(data: Data) -> Result<Self, String> {
        let shown = data.url.to_string();
        Self::new(data.url, data.methods).map_err(|reason| format!("`{shown}` cannot be granted: {reason}"))
    }
}

impl From<HostRule> for Data {
    fn from(rule: HostRule) -> Self {
        Self { url: rule.url, methods: rule.methods }
    }
}

/// Whether two URLs have the same scheme, host and port (RFC 6454).
pub(crate) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme() && one.host() == other.host() && one.port_or_known_default() == other.port_or_known_default()
}

/// Whether a path is at or below a prefix, on a segment boundary: `/wiki` has `/wiki/x` below it and not `/wikix`.
pub(crate) fn below(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Method::{Delete, Get, Head, Options, Post};

    fn covers(rule: &str, methods: &[Method], method: Method, url: &str) -> bool {
        let rule = HostRule::new(rule.parse().expect("a URL"), methods.to_vec()).expect("a good rule");
        rule.covers(method, &url.parse().expect("a URL"))
    }

    #[test]
    fn scheme_host_and_port_must_be_the_same() {
        for (rule, url, wanted) in [
            ("https://a.example", "https://a.example/x", true),
            ("https://a.example", "https://A.EXAMPLE:443/x", true),
            ("https://a.example:8443", "https://a.example:8443/", true),
            ("https://a.example", "https://a.example:8443/", false),
            ("https://a.example", "http://a.example/", false),
            ("http://127.0.0.1", "https://127.0.0.1/", false),
            ("http://127.0.0.1:80", "http://127.0.0.1/", true),
            ("https://a.example", "https://b.a.example/", false),
            ("https://a.example", "https://a.example.evil.example/", false),
            ("https://a.example", "https://xa.example/", false),
            ("https://a.example", "https://a.example./", false),
            ("http://[::1]:80", "http://[0:0::1]/", true),
        ] {
            assert_eq!(covers(rule, &[Get], Get, url), wanted, "{rule} and {url}");
        }
    }

    #[test]
    fn a_path_prefix_ends_at_a_segment() {
        for (rule, url, wanted) in [
            ("https://a.example/wiki", "https://a.example/wiki", true),
            ("https://a.example/wiki", "https://a.example/wiki/", true),
            ("https://a.example/wiki", "https://a.example/wiki/x", true),
            ("https://a.example/wiki", "https://a.example/wiki?x", true),
            ("https://a.example/wiki/", "https://a.example/wiki/x", true),
            ("https://a.example/wiki/", "https://a.example/wiki", true),
            ("https://a.example/wiki", "https://a.example/wikix", false),
            ("https://a.example/wiki", "https://a.example/", false),
            ("https://a.example/wiki", "https://a.example/WIKI", false),
            ("https://a.example/wiki", "https://a.example/x/wiki", false),
            ("https://a.example/wiki", "https://a.example/%77iki", false),
            ("https://a.example/", "https://a.example/anything", true),
        ] {
            assert_eq!(covers(rule, &[Get], Get, url), wanted, "{rule} and {url}");
        }
    }

    #[test]
    fn only_the_named_methods_are_covered_and_head_with_get() {
        let url = "https://a.example/";
        assert!(covers(url, &[Get], Head, url));
        assert!(!covers(url, &[Head], Get, url));
        assert!(!covers(url, &[Get, Post], Delete, url));
        assert!(!covers(url, &[Get], Options, url));
        assert!(!covers(url, &[], Get, url));
    }

    #[test]
    fn a_bad_rule_in_a_file_says_why() {
        let error = toml::from_str::<HostRule>("url = \"http://a.example\"\nmethods = [\"GET\"]").expect_err("plain http");
        assert!(error.to_string().contains("plain http is for loopback"), "{error}");
        assert!(toml::from_str::<HostRule>("url = \"https://a.example\"\nmethods = [\"get\"]").is_err());
    }
}
