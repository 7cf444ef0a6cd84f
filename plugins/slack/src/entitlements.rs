//! User groups and channels together: the same in both profiles.

use crate::settings::Channels;
use crate::{Slack, channels, failure, usergroups};
use innkeeper_sdk::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a listing is: user groups are the first page, channels are all that follow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Whether the user groups are done.
    #[serde(rename = "c")]
    in_channels: bool,
    /// Slack's own cursor.
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Slack {
    /// The cursor of the page after this one.
    fn after_usergroups(&self) -> Result<Option<String>> {
        if self.settings.channels == Channels::None {
            return Ok(None);
        }
        paging::encode(&Place { in_channels: true, next: None }).map(Some)
    }

    fn among_channels(next: Option<String>) -> Result<Option<String>> {
        next.map(|next| paging::encode(&Place { in_channels: true, next: Some(next) })).transpose()
    }

    pub(crate) fn list_entitlements(&self, cursor: Option<&str>) -> Result<EntitlementPage> {
        let place: Place = paging::decode(cursor)?;
        if !place.in_channels {
            return Ok(EntitlementPage { items: self.list_usergroups()?, next: self.after_usergroups()?, total: None });
        }
        let (channels, next) = self.page_of_channels(place.next.as_deref(), None)?;
        let items = channels.iter().map(channels::Channel::entitlement).collect();
        Ok(EntitlementPage { items, next: Self::among_channels(next)?, total: None })
    }

    pub(crate) fn grants_in(&self, scope: &Scope, cursor: Option<&str>) -> Result<GrantPage> {
        match scope {
            Scope::Entitlement(key) if key.kind == channels::KIND => self.page_of_channel_grants(&key.id, cursor),
            Scope::Entitlement(key) if key.kind == usergroups::KIND => {
                let holders = self.usergroup(&key.id)?.1.into_iter().map(Holder::Account);
                Ok(GrantPage { items: holders.map(|holder| Grant::new(key.clone(), holder)).collect(), next: None, total: None })
            }
            Scope::Entitlement(key) => Err(unknown(key)),
            Scope::Account(id) => self.grants_of(Some(id), paging::decode(cursor)?),
            Scope::All => self.grants_of(None, paging::decode(cursor)?),
        }
    }

    fn grants_of(&self, account: Option<&str>, place: Place) -> Result<GrantPage> {
        if !place.in_channels {
            return Ok(GrantPage { items: self.usergroup_grants(account)?, next: self.after_usergroups()?, total: None });
        }
        if let Some(account) = account {
            let page = self.page_of_channels_with(account, place.next.as_deref())?;
            return Ok(GrantPage { next: Self::among_channels(page.next)?, ..page });
        }
        let (channels, next) = self.page_of_channels(place.next.as_deref(), Some(channels::WITH_MEMBERS))?;
        let mut items = Vec::new();
        for channel in &channels {
            items.extend(self.channel_grants(&channel.id)?);
        }
        Ok(GrantPage { items, next: Self::among_channels(next)?, total: None })
    }

    pub(crate) fn change_holders(&self, key: &EntitlementKey, add: &[Holder], remove: &[Holder]) -> Result<Effect> {
        let (add, remove) = (accounts(add)?, accounts(remove)?);
        match key.kind.as_str() {
            usergroups::KIND => self.change_usergroup(&key.id, &add, &remove),
            channels::KIND => self.change_channel(&key.id, &add, &remove),
            _ => Err(unknown(key)),
        }
    }

    fn change_channel(&self, id: &str, add: &[&str], remove: &[&str]) -> Result<Effect> {
        let mut whole = Effect::Already;
        let added = add.iter().map(|user| self.add_to_channel(id, user));
        for effect in added.chain(remove.iter().map(|user| self.take_out_of_channel(id, user))) {
            match effect? {
                Effect::Already => {}
                // What a human has to do besides outweighs what is done already.
                Effect::Done if matches!(whole, Effect::ActionRequired(_)) => {}
                effect => whole = effect,
            }
        }
        Ok(whole)
    }
}

/// Whether the error says that the entitlement is not there, rather than the account.
pub(crate) fn is_gone(error: &Error) -> bool {
    error.code == ErrorCode::NotFound
        && !failure::is(error, &["user_not_found", "users_not_found", "user_not_visible", "team_not_found"])
}

/// The ids of accounts; nothing else is ever in a group or in a channel.
fn accounts(holders: &[Holder]) -> Result<Vec<&str>> {
    holders.iter().map(account).collect()
}

fn account(holder: &Holder) -> Result<&str> {
    match holder {
        Holder::Account(id) => Ok(id),
        Holder::Entitlement(key) => Err(Error::invalid(format!("a {} cannot be in a user group or a channel", key.kind))),
    }
}

fn unknown(key: &EntitlementKey) -> Error {
    Error::invalid(format!(
        "there are no entitlements of kind `{}` here, only `{}` and `{}`",
        key.kind,
        usergroups::KIND,
        channels::KIND
    ))
}
