//! Whose address it is: users, their aliases and groups share one space.

use super::quirks::{Limit, Unready};
use super::refusal::{condition, conflict, limited, not_found};
use super::user::User;
use super::workspace::Workspace;
use crate::web::Answer;

/// What a request wants of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Read,
    Change,
}

impl Workspace {
    /// The user of this id or address, if there is one.
    #[must_use]
    pub fn find_user(&self, key: &str) -> Option<&User> {
        let live = |user: &&User| user.deleted.is_none();
        self.users.get(key).or_else(|| self.users.values().filter(live).find(|user| user.has_address(key))).filter(live)
    }

    /// Whether a user, an alias or a group has this address.
    #[must_use]
    pub fn is_taken(&self, address: &str) -> bool {
        self.find_user(address).is_some() || self.groups.values().any(|group| group.has_address(address))
    }

    /// Whether the account owns the domain of this address.
    pub(super) fn is_own(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').filter(|(local, _)| !local.is_empty()).map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
    }

    /// The id of a user who is there and ready. Every call counts as one of the requests that a new user is not ready for.
    pub(super) fn reach(&mut self, key: &str, want: Want) -> Result<String, Answer> {
        let id = self.find_user(key).map(|user| user.id.clone()).ok_or_else(|| not_found("userKey"))?;
        if self.is_unready(&id) {
            return Err(match (want, self.quirks.unready_answer) {
                (Want::Read, _) | (_, Unready::Absent) => not_found("userKey"),
                (_, Unready::Incomplete) => condition("User creation is not complete."),
                (_, Unready::Unavailable) => limited(Limit::Backend),
            });
        }
        match self.users.get_mut(&id) {
            Some(user) if want == Want::Change && user.conflicts > 0 => {
                user.conflicts -= 1;
                Err(conflict())
            }
            _ => Ok(id),
        }
    }

    /// Whether a user is not ready for this request.
    pub(super) fn is_unready(&mut self, id: &str) -> bool {
        let now = self.now();
        let Some(user) = self.users.get_mut(id) else { return false };
        let unready = user.unready > 0 || now < user.ready_at;
        user.unready = user.unready.saturating_sub(1);
        unready
    }
}
