//! Slack: one workspace, by SCIM 2.0 under `/scim/v2` and by the Web API under `/api`, with the same users.
//!
//! Written from Slack's reference and from recorded answers. Time is data: it stands still until a test moves it.

mod admin;
mod arguments;
mod conversations;
mod fault;
mod groups;
mod hand;
mod methods;
mod profile;
mod quirks;
mod scim;
mod scim_user;
mod shape;
mod state;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_conversations;
#[cfg(test)]
mod tests_profile;
#[cfg(test)]
mod tests_scim;
mod users;

use jiff::Timestamp;

pub use quirks::{LimitAnswer, Quirks};
pub use shape::{ENTERPRISE, TEAM};
pub use state::{Channel, Kind, ScimGroup, User, UserGroup};

use self::methods::Calls;
use self::state::State;
use crate::token::random_token;
use crate::web::{Answer, Request, Server, Service};

/// The user name of the owner whose token the caller has.
pub const OWNER: &str = "owner";

/// A Slack workspace, as one token sees it.
pub struct Slack {
    /// How this Slack differs from an ordinary one.
    pub quirks: Quirks,
    state: State,
    calls: Calls,
    base: String,
    /// The id of the user whose token it is.
    caller: String,
    token: Option<String>,
}

impl Slack {
    /// A workspace with its [`OWNER`] and the channel `general`. Everybody is let in, as behind [`Direct`](crate::direct::Direct),
    /// where no host adds credentials.
    #[must_use]
    pub fn new(base_url: &str, quirks: Quirks) -> Self {
        let now = Timestamp::from_second(Timestamp::now().as_second()).expect("a whole second is a time");
        let mut slack = Self {
            quirks,
            state: State::new(now),
            calls: Calls::default(),
            base: base_url.to_owned(),
            caller: String::new(),
            token: None,
        };
        let general = slack.add_channel("general", false, &[]);
        slack.change_channel(&general, |channel| channel.general = true);
        slack.caller = slack.add_user(OWNER, "owner@acme.example");
        let caller = slack.caller.clone();
        slack.change_user(&caller, |user| (user.admin, user.owner) = (true, true));
        slack
    }

    /// A running server, which lets nobody in without its [`token`](Self::token).
    #[must_use]
    pub fn start(quirks: Quirks) -> Server<Self> {
        Server::start(move |base_url| {
            let mut slack = Self::new(base_url, quirks);
            slack.token = Some(format!("xoxp-{}", random_token()));
            slack
        })
    }

    /// The token that is asked for; empty where none is.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }
}

impl Service for Slack {
    fn answer(&mut self, request: &Request) -> Answer {
        let segments = request.segments();
        let path: Vec<_> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", method] => self.call(request, method),
            ["scim", "v2", rest @ ..] => self.scim(request, rest),
            _ => Answer::of(404, "text/html; charset=utf-8", "<html><body>There is nothing here.</body></html>"),
        }
    }
}
