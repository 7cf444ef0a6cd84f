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
    /// The connector's name, for messages.
    pub connector: String,
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
    /// A policy that grants everything that is asked for, and no network that is closed by default. The connector has the app's name.
    pub fn granting(app: impl Into<String>, base: Url, requested: Vec<HostRule>) -> Self {
        let app = app.into();
        Self { connector: app.clone(), app, base, granted: requested.clone(), requested, networks: Vec::new() }
    }

    /// Step 3: the request is asked for and granted.
    pub(crate) fn allow(&self, method: Method, url: &Url) -> Result<(), EgressError> {
        let shown = || crate::target::without_query(url);
        let Some(requested) = self.requested.iter().find(|rule| rule.covers(method, url)) else {
            let origin = url.origin().ascii_serialization();
            let grant = format!("[[hosts]]\nurl = \"{origin}\"\nmethods = [\"{method}\"]");
            return Err(EgressError::NotRequested { method, url: shown(), grant });
        };
        if !self.granted.iter().any(|rule| rule.covers(method, url)) {
            let (connector, rule) = (word(&self.connector), word(requested.url().as_str()));
            let grant = format!("innkeeper connector grant {connector} {rule} --methods {method}");
            return Err(EgressError::NotGranted { app: self.app.clone(), method, url: shown(), grant });
        }
        Ok(())
    }

    /// The head of the app's table in configuration. What the engine calls `source.hr` is a source.
    pub(crate) fn section(&self) -> String {
        section(&self.app)
    }

    /// What can be said without sending anything.
    pub(crate) fn check(&self) -> Result<(), SetupError> {
        for url in self.requested.iter().chain(&self.granted).map(HostRule::url).chain([&self.base]) {
            usable(url).map_err(|reason| SetupError::Url { app: self.app.clone(), url: url.to_string(), reason })?;
        }
        Ok(())
    }
}

/// The head of the table in configuration of what is called so.
pub(crate) fn section(app: &str) -> String {
    match app.starts_with("source.") {
        true => format!("[{app}]"),
        false => format!("[app.{app}]"),
    }
}

/// A text as one word of a command line. The URL is the connector's author's: what a shell would take for more than text is quoted, so
/// that a line that is copied from a message does what it says.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._:/@%+,".contains(letter);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
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
            connector: "atlassian".into(),
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
    fn a_line_to_copy_is_one_command_whatever_the_author_wrote() {
        let rules = vec![rule("https://crm.example/a;b/$(c)'d'&e", &[Method::Get])];
        let base = "https://crm.example".parse().expect("a URL");
        let policy = Policy { granted: vec![], ..Policy::granting("crm", base, rules) };
        let error = policy.allow(Method::Get, &policy.requested[0].url().clone()).expect_err("not granted").to_string();
        let line = error.lines().last().expect("a line");
        assert_eq!(line, r"innkeeper connector grant crm 'https://crm.example/a;b/$(c)'\''d'\''&e' --methods GET");
    }

    #[test]
    fn a_refusal_names_the_table_of_a_source() {
        assert_eq!([section("crm"), section("source.hr")], ["[app.crm]", "[source.hr]"]);
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
