//! A SCIM server without a network, and our client in front of it.
//!
//! The server is the fake of Slack, whose filters and PATCH are those of the SCIM server that is compared with other people's. Of Slack's
//! own manners it has: user names are short, one e-mail address, and a name of two parts.

use innkeeper_fakes::direct::Direct;
use innkeeper_fakes::slack::{Quirks, Slack};
use innkeeper_fakes::web::{Request, Service};
use innkeeper_scim::{Choice, Dialect, Scim};
use innkeeper_sdk::testing::{self, Transport};
use serde_json::{Value, json};

/// Where SCIM is on the server.
pub const BASE: &str = "/scim/v2";

/// A server. Clones share it.
#[derive(Clone)]
pub struct Directory(Direct<Slack>);

impl Default for Directory {
    fn default() -> Self {
        Self(Direct::new(Slack::new("https://slack.example", Quirks::default()), ""))
    }
}

impl Directory {
    /// Puts a user there by hand and gives its id.
    ///
    /// # Panics
    /// When the server does not take the user.
    #[must_use]
    pub fn add(&self, name: &str, mut user: Value) -> String {
        user["schemas"] = json!([innkeeper_scim::USER, innkeeper_scim::ENTERPRISE]);
        user["userName"] = name.into();
        user["emails"] = json!([{ "value": format!("{name}@acme.example"), "type": "work", "primary": true }]);
        let request = Request {
            method: "POST".to_owned(),
            path: format!("{BASE}/Users"),
            body: user.to_string().into_bytes(),
            ..Request::default()
        };
        let answer = self.0.with(|slack| slack.answer(&request));
        let made: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match made["id"].as_str() {
            Some(id) => id.to_owned(),
            None => panic!("not taken: {user}\n{}: {made}", answer.status),
        }
    }

    /// Calls the client, which speaks this dialect, with this server behind it.
    pub fn call<R>(&self, dialect: Dialect, what: impl FnOnce(&Scim) -> R) -> R {
        self.call_through(self.0.clone(), dialect, what)
    }

    /// The same through something that listens in.
    pub fn call_through<R>(&self, transport: impl Transport + 'static, dialect: Dialect, what: impl FnOnce(&Scim) -> R) -> R {
        let scim = Scim::new(dialect);
        testing::run(json!({}), transport, || what(&scim))
    }

    /// What answers the client's requests.
    #[must_use]
    pub fn transport(&self) -> impl Transport + 'static {
        self.0.clone()
    }
}

/// The server's dialect: a standard one that is not asked what it can do.
#[must_use]
pub fn dialect() -> Dialect {
    Dialect { base: BASE.to_owned(), discovery: false, patch: Choice::Yes, ..Dialect::default() }
}
