//! What Slack is like for this customer.

use crate::settings::{Channels, Profile};
use crate::{Slack, channels, directory, user, usergroups};
use innkeeper_sdk::prelude::*;

impl Slack {
    pub(crate) fn description(&self) -> Result<Description> {
        let mut description = match self.settings.profile {
            Profile::Scim => self.directory(|scim| scim.description())?,
            Profile::Web => self.members_description(),
        };
        let mut usergroup = EntitlementKind::new(usergroups::KIND);
        usergroup.description =
            Some("A user group, whose handle mentions all its members; one without members is disabled".to_owned());
        usergroup.holder_writes = HolderWrites::All;
        description.entitlement_kinds = vec![usergroup];
        if self.settings.channels != Channels::None {
            let mut channel = EntitlementKind::new(channels::KIND);
            channel.description = Some(
                match self.settings.channels {
                    Channels::All => "A channel, public or private; of the private ones those in which the token's user is",
                    Channels::Public | Channels::None => "A public channel, into which members can go by themselves too",
                }
                .to_owned(),
            );
            description.entitlement_kinds.push(channel);
        }
        description.grant_scopes = GrantScopes::ALL | GrantScopes::ENTITLEMENT | GrantScopes::ACCOUNT;
        Ok(description)
    }

    fn members_description(&self) -> Description {
        let mut description = Description::new("emails", user::schema());
        description.searchable = vec!["emails".to_owned()];
        description.settable_statuses = vec![AccountStatus::Active, AccountStatus::Suspended];
        let note = if self.settings.enterprise {
            "Takes the person out of the workspace, where the account shows as deactivated, and not out of the organisation. What the \
             person wrote stays."
        } else {
            "Slack has no API for it on this plan: somebody is asked to deactivate the account by hand. What the person wrote stays."
        };
        description.suspend = Some(LifecycleEffect { note: Some(note.to_owned()), ..directory::suspension() });
        description.quirks = Quirks::INVITES | Quirks::NO_TOTAL;
        description
    }
}
