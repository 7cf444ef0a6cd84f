//! GitHub: an organisation in the world of all accounts, and an enterprise with SCIM.
//!
//! Written from GitHub's OpenAPI description (REST, SCIM) and its GraphQL reference. Time is data: it stands still until a test moves it,
//! so that an invitation expires and a limit is lifted without waiting.

mod copilot;
mod graphql;
mod hand;
mod invitations;
mod limits;
mod members;
mod page;
mod query;
mod quirks;
mod refusal;
mod roles;
mod scim;
mod service;
mod shape;
mod state;
mod teams;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_identities;

use jiff::Timestamp;

pub use quirks::{Copilot, LimitStatus, Quirks, SeatManagement};
pub use state::{Account, ExternalIdentity, Role};

use self::limits::Limits;
use self::shape::Shape;
use self::state::State;
use crate::scim::Embedded;
use crate::token::random_token;
use crate::web::Server;

/// The login of the owner whose token the caller has, the first member of every organisation.
pub const OWNER: &str = "acme-owner";

/// GitHub, as one token sees it.
pub struct GitHub {
    /// How this GitHub differs from an ordinary one.
    pub quirks: Quirks,
    state: State,
    shape: Shape,
    limits: Limits,
    scim: Embedded,
    enterprise: String,
    /// Whose token it is.
    caller: u64,
    token: Option<String>,
}

impl GitHub {
    /// An organisation with one member, its [`OWNER`], in an enterprise of the same name. Everybody is let in, as behind
    /// [`Direct`](crate::direct::Direct), where no host adds credentials.
    #[must_use]
    pub fn new(base_url: &str, org: &str, quirks: Quirks) -> Self {
        let now = Timestamp::from_second(Timestamp::now().as_second()).expect("a whole second is a time");
        let mut github = Self {
            quirks,
            state: State::new(now),
            shape: Shape { base: base_url.to_owned(), org: org.to_owned() },
            limits: Limits::default(),
            scim: scim::service(base_url, org),
            enterprise: org.to_owned(),
            caller: 0,
            token: None,
        };
        github.state.roles = roles::predefined(now).map(|role| (role.id, role)).collect();
        github.caller = github.add_user(OWNER);
        github.add_member(OWNER, Role::Admin);
        github
    }

    /// A running server, which lets nobody in without its [`token`](Self::token) and a `User-Agent`.
    #[must_use]
    pub fn start(org: &str, quirks: Quirks) -> Server<Self> {
        let org = org.to_owned();
        Server::start(move |base_url| {
            let mut github = Self::new(base_url, &org, quirks);
            github.token = Some(random_token());
            github
        })
    }

    /// The token that is asked for; empty where none is.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }
}
