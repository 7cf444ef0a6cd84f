//! A user of the Web API, as `users.list` and `users.info` show it, in the words of the contract.

use crate::web::{Call, or_default};
use innkeeper_sdk::types::{
    Account, AccountStatus, Attribute, AttributeSchema, AttributeType, Invitation, Mutability, Scalar, Value,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// Slack's guest extension of SCIM, whose names serve both profiles.
pub(crate) const GUEST: &str = "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User";
/// A guest in several channels.
pub(crate) const MULTI: &str = "multi";
/// A guest in one channel.
pub(crate) const SINGLE: &str = "single";

/// Slackbot looks like a person.
const SLACKBOT: &str = "USLACKBOT";

/// The attributes that can be written, with what Slack calls them in a profile.
pub(crate) const PROFILE: [(&str, &str); 7] = [
    ("emails", "email"),
    ("displayName", "display_name"),
    ("name.formatted", "real_name"),
    ("name.givenName", "first_name"),
    ("name.familyName", "last_name"),
    ("title", "title"),
    ("phoneNumbers", "phone"),
];

/// One user (<https://docs.slack.dev/reference/objects/user-object>).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    #[serde(deserialize_with = "or_default")]
    pub(crate) id: String,
    team_id: Option<String>,
    name: Option<String>,
    tz: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) profile: Map<String, Json>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) deleted: bool,
    #[serde(deserialize_with = "or_default")]
    is_bot: bool,
    #[serde(deserialize_with = "or_default")]
    is_workflow_bot: bool,
    #[serde(deserialize_with = "or_default")]
    is_connector_bot: bool,
    #[serde(deserialize_with = "or_default")]
    is_stranger: bool,
    #[serde(deserialize_with = "or_default")]
    is_forgotten: bool,
    #[serde(deserialize_with = "or_default")]
    pub(crate) is_invited_user: bool,
    /// Not there for somebody who is deactivated.
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
    /// There for members of an Enterprise organisation.
    enterprise_user: Option<Json>,
}

impl User {
    /// Whether this is one of the workspace's own people: no bot, nobody from another company who shares a channel, and nobody
    /// whose data was erased. `is_app_user` is no sign of a bot: it is a person who uses the app that asks.
    pub(crate) fn is_person(&self, team: Option<&str>) -> bool {
        let machine = self.is_bot || self.is_workflow_bot || self.is_connector_bot || self.id == SLACKBOT;
        let foreign = self.enterprise_user.is_none()
            && matches!((team, self.team_id.as_deref()), (Some(ours), Some(theirs)) if !theirs.is_empty() && ours != theirs);
        !machine && !foreign && !self.is_stranger && !self.is_forgotten
    }

    pub(crate) fn status(&self) -> AccountStatus {
        match (self.deleted, self.is_invited_user) {
            (true, _) => AccountStatus::Suspended,
            (false, true) => AccountStatus::Invited,
            (false, false) => AccountStatus::Active,
        }
    }

    /// A field of the profile; none where Slack does not show it, which is not the same as an empty one.
    pub(crate) fn field(&self, key: &str) -> Option<&str> {
        self.profile.get(key).map(|value| value.as_str().unwrap_or_default())
    }

    pub(crate) fn email(&self) -> Option<&str> {
        self.field("email").filter(|email| !email.is_empty())
    }

    /// Whether somebody is a guest, and of which kind. None where Slack does not show it, which is so for who is deactivated.
    pub(crate) fn membership(&self) -> Option<Membership> {
        Membership::of(self.is_restricted, self.is_ultra_restricted)
    }

    /// When the account ends, where Slack shows it.
    fn expiration(&self) -> Option<String> {
        let seconds = self.profile.get("guest_expiration_ts").and_then(Json::as_i64).filter(|seconds| *seconds > 0)?;
        Some(Timestamp::from_second(seconds).ok()?.to_string())
    }

    /// The user as an account. Without an e-mail address, which a few system users lack, the id stands for it.
    pub(crate) fn account(&self) -> Account {
        let mut account = Account::new(&self.id, self.email().unwrap_or(&self.id), self.status());
        if account.status == AccountStatus::Invited {
            account.invitation = Some(Invitation { expires: None, failed: None });
        }
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                let values = Some(value).filter(|value| !value.is_empty()).map(Value::text);
                account.attributes.push(Attribute::new(name, values.into_iter().collect()));
            }
        };
        add("userName", self.name.as_deref());
        for (name, key) in PROFILE {
            add(name, self.field(key));
        }
        add("timezone", self.tz.as_deref());
        add(&format!("{GUEST}:type"), self.membership().map(|membership| membership.guest().unwrap_or_default()));
        if let Some(ends) = self.expiration() {
            let ends = Value::new(Scalar::DateTime(ends));
            account.attributes.push(Attribute::new(format!("{GUEST}:expiration"), vec![ends]));
        }
        account
    }
}

/// A full member, or a kind of guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    Full,
    Multi,
    Single,
}

impl Membership {
    /// What Slack's two marks mean; a guest of one channel has both.
    pub(crate) fn of(restricted: Option<bool>, ultra_restricted: Option<bool>) -> Option<Self> {
        match (restricted, ultra_restricted) {
            (_, Some(true)) => Some(Self::Single),
            (Some(true), _) => Some(Self::Multi),
            (Some(false), _) => Some(Self::Full),
            (None, _) => None,
        }
    }

    /// The kind of guest, as the extension has it.
    pub(crate) fn guest(self) -> Option<&'static str> {
        match self {
            Self::Full => None,
            Self::Multi => Some(MULTI),
            Self::Single => Some(SINGLE),
        }
    }

    /// The marks with which somebody is let in.
    pub(crate) fn mark(self, call: Call) -> Call {
        match self {
            Self::Full => call,
            Self::Multi => call.with("is_restricted", true),
            Self::Single => call.with("is_ultra_restricted", true),
        }
    }
}

/// The attributes of an account in the profile `web`.
pub(crate) fn schema() -> Vec<AttributeSchema> {
    let described = |mut schema: AttributeSchema, text: &str| {
        schema.description = Some(text.to_owned());
        schema
    };
    let mut all = vec![
        described(
            AttributeSchema::text("emails").required().unique(),
            "The address that the person signs in with; Slack has one a person",
        ),
        described(AttributeSchema::text("userName").read_only().unique(), "The old user name, which Slack makes itself"),
    ];
    all.extend(PROFILE[1..].iter().map(|(name, _)| AttributeSchema::text(*name)));
    all.push(AttributeSchema::text("timezone").read_only());
    let guest = AttributeSchema {
        mutability: Mutability::Immutable,
        canonical_values: vec![MULTI.to_owned(), SINGLE.to_owned()],
        ..AttributeSchema::text(format!("{GUEST}:type"))
    };
    all.push(described(guest, "Whether the person is a guest in several channels or in one; empty for a member"));
    let mut expiration = AttributeSchema::new(format!("{GUEST}:expiration"), AttributeType::DateTime);
    expiration.mutability = Mutability::Immutable;
    all.push(described(expiration, "When a guest's account ends; said with the invitation"));
    all
}
