//! The app's configuration, as `connector.toml` describes it.

use innkeeper_sdk::{Error, Result, config};
use serde::Deserialize;

/// Which API has the accounts.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Profile {
    /// The SCIM API: Business+ and Enterprise.
    #[default]
    Scim,
    /// The Web API: any plan.
    Web,
}

/// Which channels are entitlements.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Channels {
    #[default]
    Public,
    /// The private ones too that the token's user is in.
    All,
    None,
}

impl Channels {
    /// What `conversations.list` calls them; none where there are none.
    pub(crate) fn types(self) -> Option<&'static str> {
        match self {
            Self::Public => Some("public_channel"),
            Self::All => Some("public_channel,private_channel"),
            Self::None => None,
        }
    }
}

/// The configuration. `base-url`, where the Web API is, is in it too and is the host's business.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    pub(crate) profile: Profile,
    /// Where the SCIM API is, without a slash at the end.
    pub(crate) scim_url: String,
    /// The workspace's id, `T...`.
    pub(crate) team: Option<String>,
    /// Whether the `admin.*` methods work: an Enterprise organisation.
    pub(crate) enterprise: bool,
    /// Channels that every invited member joins.
    pub(crate) default_channels: Vec<String>,
    /// Channels that an invited guest joins when the rules give none.
    pub(crate) guest_channels: Vec<String>,
    /// What the invitation's e-mail says beside Slack's own words.
    pub(crate) invitation_message: Option<String>,
    pub(crate) channels: Channels,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Scim,
            scim_url: "https://api.slack.com/scim/v2".to_owned(),
            team: None,
            enterprise: false,
            default_channels: Vec::new(),
            guest_channels: Vec::new(),
            invitation_message: None,
            channels: Channels::Public,
        }
    }
}

impl Settings {
    /// What the operator configured.
    ///
    /// # Errors
    /// `invalid` where the settings do not go together.
    pub(crate) fn read() -> Result<Self> {
        let settings: Self = config()?;
        if settings.enterprise && settings.profile == Profile::Web && settings.team.is_none() {
            return Err(Error::invalid(
                "`enterprise = true` with the profile `web` needs `team`: people are invited to a workspace",
            )
            .with_field("team", "is missing"));
        }
        Ok(settings)
    }

    /// The workspace to which everybody belongs who is not of another company. In an organisation people have many.
    pub(crate) fn own_team(&self) -> Option<&str> {
        self.team.as_deref().filter(|_| !self.enterprise)
    }
}
