//! A user, and how it is shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::refusal::tagged;
use super::security::Grant;
use super::workspace::{Workspace, written};

/// A password as it was sent. It is never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// The text, or its hash.
    pub text: String,
    /// `MD5`, `SHA-1` or `crypt`, where it is a hash.
    pub hash_function: Option<String>,
}

/// A user, as a test looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Immutable.
    pub id: String,
    /// The address that they sign in with.
    pub primary_email: String,
    /// Further addresses, the oldest first.
    pub aliases: Vec<String>,
    /// `name.givenName`.
    pub given_name: String,
    /// `name.familyName`.
    pub family_name: String,
    /// Cannot sign in. Keeps licences.
    pub suspended: bool,
    /// Cannot sign in; holds an Archived User licence instead of the ordinary one.
    pub archived: bool,
    /// Such as `/Engineering`.
    pub org_unit_path: String,
    /// What was last set.
    pub password: Option<Password>,
    /// Whether the password has to be changed at the next sign-in.
    pub change_password: bool,
    /// Everything else that can be written, by API name: `organizations`, `relations`, `externalIds` and so on.
    pub profile: Map<String, Value>,
    /// When they were made.
    pub created: Timestamp,
    /// When they were deleted. Twenty days later there is nothing left.
    pub deleted: Option<Timestamp>,
    /// How often they were signed out everywhere.
    pub sign_outs: usize,
    /// Applications that they let in, by client id.
    pub tokens: BTreeMap<String, Grant>,
    /// Passwords of applications: the number, and the name.
    pub application_passwords: BTreeMap<u32, String>,
    /// The product and SKU that archiving took away.
    pub(super) archived_from: Option<(String, String)>,
    /// Requests that do not see this user yet.
    pub(super) unready: usize,
    pub(super) ready_at: Timestamp,
    /// Changes that are refused because of a new address.
    pub(super) conflicts: usize,
}

/// What can be written as it is, besides what has a field of its own.
pub(super) const PROFILE: [&str; 21] = [
    "addresses",
    "customSchemas",
    "emails",
    "externalIds",
    "gender",
    "ims",
    "includeInGlobalAddressList",
    "ipWhitelisted",
    "keywords",
    "languages",
    "locations",
    "notes",
    "organizations",
    "phones",
    "posixAccounts",
    "recoveryEmail",
    "recoveryPhone",
    "relations",
    "sshPublicKeys",
    "thumbnailPhotoUrl",
    "websites",
];

impl User {
    pub(super) fn new(id: String, primary_email: &str, now: Timestamp) -> Self {
        Self {
            id,
            primary_email: primary_email.to_lowercase(),
            aliases: Vec::new(),
            given_name: String::new(),
            family_name: String::new(),
            suspended: false,
            archived: false,
            org_unit_path: "/".to_owned(),
            password: None,
            change_password: false,
            profile: Map::new(),
            created: now,
            deleted: None,
            sign_outs: 0,
            tokens: BTreeMap::new(),
            application_passwords: BTreeMap::new(),
            archived_from: None,
            unready: 0,
            ready_at: now,
            conflicts: 0,
        }
    }

    /// Whether this is an address of theirs, in any case.
    #[must_use]
    pub fn has_address(&self, address: &str) -> bool {
        self.primary_email.eq_ignore_ascii_case(address) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(address))
    }

    /// `name.fullName`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name).trim().to_owned()
    }

    /// All addresses: the primary one, those written in `emails`, the aliases.
    fn emails(&self) -> Vec<Value> {
        let mut emails = vec![json!({"address": self.primary_email, "primary": true})];
        if let Some(Value::Array(written)) = self.profile.get("emails") {
            let own = |email: &&Value| email["address"].as_str().is_some_and(|address| !self.has_address(address));
            emails.extend(written.iter().filter(own).cloned());
        }
        emails.extend(self.aliases.iter().map(|alias| json!({"address": alias})));
        emails
    }
}

impl Workspace {
    /// A user as it is answered; `full` with custom fields.
    pub(super) fn shown(&self, user: &User, full: bool) -> Value {
        let mut body = json!({
            "kind": "admin#directory#user", "id": user.id, "primaryEmail": user.primary_email,
            "name": {"givenName": user.given_name, "familyName": user.family_name, "fullName": user.full_name()},
            "isAdmin": self.is_super_admin(&user.id), "isDelegatedAdmin": self.is_delegated_admin(&user.id),
            "lastLoginTime": "1970-01-01T00:00:00.000Z", "creationTime": written(user.created), "agreedToTerms": true,
            "suspended": user.suspended, "archived": user.archived, "changePasswordAtNextLogin": user.change_password,
            "ipWhitelisted": false, "customerId": self.customer_id, "orgUnitPath": user.org_unit_path,
            "isMailboxSetup": true, "isEnrolledIn2Sv": false, "isEnforcedIn2Sv": false, "includeInGlobalAddressList": true,
        });
        for (name, value) in &user.profile {
            if full || name != "customSchemas" {
                body[name] = value.clone();
            }
        }
        body["emails"] = json!(user.emails());
        if !user.aliases.is_empty() {
            body["aliases"] = json!(user.aliases);
        }
        if user.suspended {
            body["suspensionReason"] = json!("ADMIN");
        }
        if let Some(deleted) = user.deleted {
            body["deletionTime"] = json!(written(deleted));
        }
        tagged(body, "etag")
    }

    /// What everybody in the domain may see.
    pub(super) fn shown_publicly(&self, user: &User) -> Value {
        let mut body = json!({
            "kind": "admin#directory#user", "id": user.id, "primaryEmail": user.primary_email,
            "name": {"givenName": user.given_name, "familyName": user.family_name, "fullName": user.full_name()},
        });
        for name in ["organizations", "phones", "addresses", "relations"] {
            if let Some(value) = user.profile.get(name) {
                body[name] = value.clone();
            }
        }
        tagged(body, "etag")
    }
}
