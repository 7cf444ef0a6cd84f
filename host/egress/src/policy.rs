//! What one app may reach.

use crate::target::check_path;
use crate::{EgressError, HostRule, Method, SetupError};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

/// What one app may reach: what its connector asks for *and* its operator granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Policy {
    /// The app's name, for messages.
    pub app: String,
    /// What paths are joined to.
    pub base: Url,
    /// What the connector's manifest asks for, with its templates filled in.
    pub requested: Vec<HostRule>,
    /// What the operator granted.
    pub granted: Vec<HostRule>,
    /// Networks that connectors cannot reach unless they are granted here: loopback, private and the like. A metadata service is
    /// only reached where its very address is granted, never as a part of a larger network.
    #[serde(default)]
    pub networks: Vec<IpNet>,
}

impl Policy {
    /// A policy that grants everything that is asked for, and no network that is closed by default.
    pub fn granting(app: impl Into<String>, base: Url, requested: Vec<HostRule>) -> Self {
        Self { app: app.into(), base, granted: requested.clone(), requested, networks: Vec::new() }
    }

    /// Step 3: the request is asked for and granted.
    pub(crate) fn allow(&self, method: Method, url: &Url) -> Result<(), EgressError> {
        let shown = || crate::target::without_query(url);
        let Some(requested) = self.requested.iter().find(|rule| rule.covers(method, url)) else {
            let grant = grant_lines("[[hosts]]", method, &url.origin().ascii_serialization());
            return Err(EgressError::NotRequested { method, url: shown(), grant });
        };
        if !self.granted.iter().any(|rule| rule.covers(method, url)) {
            let grant = grant_lines("[[connector.hosts]]", method, requested.url().as_str());
            return Err(EgressError::NotGranted { app: self.app.clone(), method, url: shown(), grant });
        }
        Ok(())
    }

    /// What can be said without sending anything.
    pub(crate) fn check(&self) -> Result<(), SetupError> {
        for url in self.requested.iter().chain(&self.granted).map(HostRule::url).chain([&self.base]) {
            usable(url).map_err(|reason| SetupError::Url { app: self.app.clone(), url: url.to_string(), reason })?;
        }
        Ok(())
    }
}

/// The TOML lines of a rule.
fn grant_lines(table: &str, method: Method, url: &str) -> String {
    format!("{table}\nurl = \"{url}\"\nmethods = [\"{method}\"]")
}

/// Whether the URL can be a base or a rule.
pub(crate) fn usable(url: &Url) -> Result<(), &'static str> {
    crate::target::check_parsed(url)?;
    if url.query().is_some() {
        return Err("it must have no query");
    }
    check_path(url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(url: &str, methods: &[Method]) -> HostRule {
        HostRule::new(url.parse().expect("a URL"), methods.to_vec()).expect("a good rule")
    }

    fn policy() -> Policy {
        Policy {
            app: "jira".into(),
            base: "https://acme.atlassian.net".parse().expect("a URL"),
            requested: vec![
                rule("https://acme.atlassian.net/rest", &[Method::Get, Method::Post, Method::Delete]),
                rule("https://api.atlassian.com", &[Method::Get]),
            ],
            granted: vec![rule("https://acme.atlassian.net/rest/api", &[Method::Get, Method::Post])],
            networks: vec![],
        }
    }

    fn allow(method: Method, url: &str) -> Result<(), String> {
        policy().allow(method, &url.parse().expect("a URL")).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_asked_for_and_granted_passes() {
        assert_eq!(allow(Method::Get, "https://acme.atlassian.net/rest/api/3/user?x=1"), Ok(()));
        assert_eq!(allow(Method::Head, "https://acme.atlassian.net/rest/api"), Ok(()));
    }

    #[test]
    fn a_refusal_prints_what_would_grant_it() {
        let refusals = [
            allow(Method::Get, "https://evil.example:8443/x?token=1"),
            allow(Method::Put, "https://acme.atlassian.net/rest/api/3"),
            allow(Method::Delete, "https://acme.atlassian.net/rest/api/3"),
            allow(Method::Get, "https://api.atlassian.com/me"),
            allow(Method::Get, "https://acme.atlassian.net/rest/apiary"),
        ];
        insta::assert_snapshot!(refusals.map(|refusal| refusal.expect_err("not granted")).join("\n\n---\n\n"));
    }

    #[test]
    fn a_policy_is_data() {
        let text = toml::to_string(&policy()).expect("serialisable");
        assert_eq!(toml::from_str::<Policy>(&text).expect("readable"), policy());
    }

    #[test]
    fn urls_that_no_request_could_have_are_refused_at_the_start() {
        for url in
            ["ftp://x.example", "http://x.example", "https://u@x.example", "https://x.example/?a", "https://x.example/%2fa"]
        {
            let policy = Policy::granting("a", url.parse().expect("a URL"), vec![]);
            assert!(policy.check().is_err(), "{url}");
        }
    }
}
