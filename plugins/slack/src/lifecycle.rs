//! Suspending, reactivating, cancelling and signing out by the Web API. The methods are those of Enterprise organisations; Slack has none
//! for other plans.

use crate::settings::Profile;
use crate::user::{Membership, User};
use crate::{Slack, failure};
use innkeeper_sdk::prelude::*;
use serde::Deserialize;

/// How many users `admin.users.list` gives at most in one page.
const PAGE: u32 = 100;

/// A user as the admin methods show one, which say of the deactivated ones too what they were.
#[derive(Deserialize)]
struct Known {
    id: String,
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
}

#[derive(Deserialize)]
struct AllKnown {
    users: Vec<Known>,
}

impl Slack {
    pub(crate) fn set_member_status(&self, id: &str, status: AccountStatus) -> Result<Outcome> {
        if !matches!(status, AccountStatus::Active | AccountStatus::Suspended) {
            return Err(Error::invalid("Slack can set an account active or suspended, and nothing else"));
        }
        let user = self.user(id)?;
        let suspends = status == AccountStatus::Suspended;
        if user.deleted == suspends {
            return Ok(Outcome::Already(user.account()));
        }
        if !self.settings.enterprise {
            let who = user.email().unwrap_or(id);
            let what = if suspends { "deactivate" } else { "reactivate" };
            return Ok(Outcome::ActionRequired(format!(
                "{what} {who} ({id}) in Slack by hand, under Manage members: on this plan Slack has no API for it"
            )));
        }
        let sent = if suspends {
            self.remove(id)
        } else {
            // To let a former guest in as a member would show all public channels to somebody who was never to see them.
            let Some(membership) = self.former_membership(&user)? else {
                let who = user.email().unwrap_or(id);
                return Ok(Outcome::ActionRequired(format!(
                    "bring {who} ({id}) back into Slack by hand: Slack does not say whether this was a member or a guest"
                )));
            };
            self.assign(id, membership)
        };
        match sent {
            Ok(()) => Ok(Outcome::Done(self.user(id).map_err(failure::after_write)?.account())),
            Err(error) if failure::is(&error, &["user_already_deleted", "user_already_team_member"]) => {
                Ok(Outcome::Already(self.user(id)?.account()))
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the person out of the workspace.
    fn remove(&self, id: &str) -> Result<()> {
        self.in_team(self.write("admin.users.remove")).with("user_id", id).send().map(|_| ())
    }

    /// Brings somebody of the organisation back into the workspace, as the member or guest that they were.
    fn assign(&self, id: &str, membership: Membership) -> Result<()> {
        let standing = match membership {
            Membership::Full => &self.settings.default_channels,
            Membership::Multi | Membership::Single => &self.settings.guest_channels,
        };
        let channels = Some(standing.join(",")).filter(|channels| !channels.is_empty());
        let call = self.in_team(self.write("admin.users.assign")).with("user_id", id).with_if("channel_ids", channels);
        membership.mark(call).send().map(|_| ())
    }

    /// What somebody was who is deactivated now.
    fn former_membership(&self, user: &User) -> Result<Option<Membership>> {
        if let Some(membership) = user.membership() {
            return Ok(Some(membership));
        }
        let mut cursor: Option<String> = None;
        loop {
            let call = self.in_team(self.read("admin.users.list")).with("is_active", false).with("limit", PAGE);
            let answer = call.with_if("cursor", cursor.as_deref()).send()?;
            if let Some(known) = answer.get::<AllKnown>()?.users.into_iter().find(|known| known.id == user.id) {
                return Ok(Membership::of(known.is_restricted, known.is_ultra_restricted));
            }
            if answer.next.is_none() || answer.next == cursor {
                return Ok(None);
            }
            cursor = answer.next;
        }
    }

    /// Slack keeps every account for ever; only an invitation can be taken back.
    pub(crate) fn cancel_invitation(&self, id: &str) -> Result<Effect> {
        let never = || Error::unsupported("Slack never deletes an account: suspend it instead");
        if self.settings.profile == Profile::Scim || !self.settings.enterprise {
            return Err(never());
        }
        match self.invited(id) {
            Ok(Some(_)) => match self.remove(id) {
                Err(error) if error.code != ErrorCode::NotFound && !failure::is(&error, &["user_already_deleted"]) => Err(error),
                Ok(()) => Ok(Effect::Done),
                Err(_) => Ok(Effect::Already),
            },
            Ok(None) => Err(never()),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn end_sessions(&self, id: &str) -> Result<Effect> {
        if !self.settings.enterprise {
            // A deactivated account has no sessions.
            return match self.is_suspended(id)? {
                true => Ok(Effect::Already),
                false => Err(Error::unsupported(
                    "on this plan Slack has no API that signs somebody out: deactivating the account does it",
                )),
            };
        }
        match self.write("admin.users.session.reset").with("user_id", id).send() {
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::NotFound && self.is_suspended(id)? => Ok(Effect::Already),
            Err(error) => Err(error),
        }
    }

    fn is_suspended(&self, id: &str) -> Result<bool> {
        let account = match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.get_user(id))?,
            Profile::Web => self.get_member(id)?,
        };
        Ok(account.status == AccountStatus::Suspended)
    }
}
