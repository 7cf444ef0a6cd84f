//! Members and invitations as accounts.

use innkeeper_sdk::Error;
use innkeeper_sdk::types::*;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

/// The attribute that says who owns the organisation.
pub(crate) const ROLE: &str = "role";
pub(crate) const USER_NAME: &str = "userName";
pub(crate) const EMAILS: &str = "emails";
pub(crate) const DISPLAY_NAME: &str = "displayName";

/// What stands before the number of an invitation in its id, for people and invitations are numbered apart.
const INVITATION: &str = "invitation/";
/// GitHub's rule since 2020 (changelog, "Self-expiring repository and organization invitations").
const VALID_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Member,
    /// An owner of the organisation.
    Admin,
}

impl Role {
    pub(crate) const ALL: [Self; 2] = [Self::Member, Self::Admin];

    /// As memberships and the attribute have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// As invitations have it.
    pub(crate) fn of_invitation(self) -> &'static str {
        match self {
            Self::Member => "direct_member",
            Self::Admin => "admin",
        }
    }

    /// From any of GitHub's words for it, REST's or GraphQL's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "member" | "direct_member" => Some(Self::Member),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// Somebody with a GitHub account: `simple-user` and `public-user` of the description.
#[derive(Debug, Deserialize)]
pub(crate) struct User {
    /// Never changes, which the login does.
    pub(crate) id: u64,
    pub(crate) login: String,
    /// Listings leave it out; that it is null says that there is none.
    #[serde(default, deserialize_with = "told")]
    pub(crate) name: Option<Option<String>>,
    /// `User`, `Organization`, `Bot`.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
}

/// A field that is there, though it may be null.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl User {
    /// A member as an account. What is none is not known.
    pub(crate) fn into_account(self, role: Option<Role>, emails: Option<Vec<String>>) -> Account {
        let mut account = Account::new(self.id.to_string(), &self.login, AccountStatus::Active).with(USER_NAME, &self.login);
        if let Some(role) = role {
            account = account.with(ROLE, role.as_str());
        }
        if let Some(name) = self.name {
            let values = name.filter(|name| !name.is_empty()).map(Value::text);
            account.attributes.push(Attribute::new(DISPLAY_NAME, values.into_iter().collect()));
        }
        if let Some(emails) = emails {
            account.attributes.push(Attribute::new(EMAILS, emails.into_iter().map(Value::text).collect()));
        }
        account
    }
}

/// Somebody who was asked to join: `organization-invitation` of the description.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Invited {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) login: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) created_at: String,
    #[serde(default)]
    pub(crate) failed_at: Option<String>,
    #[serde(default)]
    pub(crate) failed_reason: Option<String>,
}

impl Invited {
    /// Whether who accepts becomes a member. Billing and hiring managers are asked in the same way and are none.
    pub(crate) fn is_for_membership(&self) -> bool {
        !matches!(self.role.as_str(), "billing_manager" | "hiring_manager")
    }

    /// The person: the login where there is one, and otherwise the address that was written to.
    pub(crate) fn name(&self) -> &str {
        let known = [&self.login, &self.email].into_iter().flatten().map(String::as_str);
        known.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// Whether it is of the person with this attribute.
    pub(crate) fn is_of(&self, attribute: &str, value: &str) -> bool {
        let is = |text: &Option<String>| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(value));
        match attribute {
            EMAILS => is(&self.email),
            _ => self.name().eq_ignore_ascii_case(value),
        }
    }

    /// The id of the account that stands for it.
    pub(crate) fn key(&self) -> String {
        format!("{INVITATION}{}", self.id)
    }

    pub(crate) fn into_account(self) -> Account {
        let failed_at = self.failed_at.as_deref().filter(|text| !text.is_empty());
        let reason = self.failed_reason.clone().filter(|text| !text.is_empty());
        let failed = reason.or_else(|| failed_at.map(|at| format!("failed at {at}")));
        let status = if failed.is_some() { AccountStatus::Gone } else { AccountStatus::Invited };
        let mut account = Account::new(self.key(), self.name(), status);
        if let Some(login) = self.login.filter(|text| !text.is_empty()) {
            account = account.with(USER_NAME, login);
        }
        if let Some(email) = self.email.filter(|text| !text.is_empty()) {
            account = account.with(EMAILS, email);
        }
        // `reinstate` brings back the role that the person had, and does not say which.
        if let Some(role) = Role::parse(&self.role) {
            account = account.with(ROLE, role.as_str());
        }
        account.invitation = Some(Invitation { expires: expiry(&self.created_at), failed });
        account
    }
}

fn expiry(created: &str) -> Option<String> {
    let created: Timestamp = created.parse().ok()?;
    Some(created.checked_add(VALID_FOR).ok()?.to_string())
}

/// What an account's id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id<'a> {
    /// A person, by number.
    User(&'a str),
    /// An invitation, by number.
    Invitation(&'a str),
    /// Nothing that was made here.
    Foreign,
}

impl<'a> Id<'a> {
    pub(crate) fn parse(id: &'a str) -> Self {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match id.strip_prefix(INVITATION) {
            Some(rest) if number(rest) => Self::Invitation(rest),
            None if number(id) => Self::User(id),
            _ => Self::Foreign,
        }
    }
}

/// The text that a value is.
pub(crate) fn text(value: &Value) -> Option<&str> {
    match &value.scalar {
        Scalar::Text(text) | Scalar::Reference(text) => Some(text),
        _ => None,
    }
}

/// The role that values say.
///
/// # Errors
/// `invalid` for anything that is not exactly one of the roles.
pub(crate) fn role_of(values: &[Value]) -> Result<Role, Error> {
    let [value] = values else { return Err(no_role("needs exactly one value")) };
    text(value).and_then(Role::parse).ok_or_else(|| no_role("is member or admin"))
}

fn no_role(message: &str) -> Error {
    Error::invalid(format!("`{ROLE}` {message}")).with_field(ROLE, message)
}
