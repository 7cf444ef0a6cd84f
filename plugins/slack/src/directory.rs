//! Accounts by the SCIM API (<https://docs.slack.dev/reference/scim-api>): what Slack does differently from a standard server.
//!
//! Its groups are not offered. They are the same user groups that the Web API has, or, in an Enterprise organisation, groups that
//! the identity provider fills.

use crate::Slack;
use crate::user::{GUEST, MULTI};
use innkeeper_scim::{Choice, Definition, Dialect, ENTERPRISE, Filter, Kind, Paging, PatchPath, Scim};
use innkeeper_sdk::prelude::*;

/// Slack's profile extension.
const PROFILE: &str = "urn:ietf:params:scim:schemas:extension:slack:profile:2.0:User";
/// The longest user name.
const LONGEST_NAME: usize = 21;
/// How many users to ask for in one page.
const PAGE: u32 = 500;
/// The most that Slack gives in one page, whatever is asked for.
const LARGEST_PAGE: u32 = 1_000;

impl Slack {
    /// Runs something on the SCIM API. Its errors mean what Slack says that they mean.
    pub(crate) fn directory<T>(&self, work: impl FnOnce(&Scim) -> Result<T>) -> Result<T> {
        work(&Scim::new(self.dialect())).map_err(told)
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            base: self.settings.scim_url.trim_end_matches('/').to_owned(),
            content_type: "application/json".to_owned(),
            discovery: false,
            attributes: Some(attributes()),
            page_size: PAGE,
            page_cap: Some(LARGEST_PAGE),
            paging: Paging::Index,
            // Documented for version 1 and known to work in 2; where it does not, everything is read.
            filter: Choice::Auto,
            filters: Some(vec![Filter::on("userName"), Filter::written("emails", "email")]),
            etag: false,
            patch: Choice::Yes,
            // Labels are not kept, so that no path can select by them.
            patch_path: PatchPath::Plain,
            suspend: Some(suspension()),
            // DELETE deactivates, and so does `active`: nothing is ever deleted.
            delete: None,
            groups: None,
            ..Dialect::default()
        }
    }

    pub(crate) fn provision(&self, draft: &Draft) -> Result<Outcome> {
        check_name(&draft.unique_name)?;
        self.directory(|scim| scim.create_user(draft))
    }

    pub(crate) fn edit_user(&self, id: &str, deltas: &[Delta], intent: &Intent) -> Result<Outcome> {
        for delta in deltas.iter().filter(|delta| delta.name.eq_ignore_ascii_case("userName")) {
            if let Edit::Replace(values) = &delta.edit {
                values.iter().try_for_each(|value| check_name(&crate::members::text(value)))?;
            }
        }
        self.directory(|scim| scim.update_user(id, deltas, intent))
    }
}

/// What deactivating means in Slack.
pub(crate) fn suspension() -> LifecycleEffect {
    LifecycleEffect {
        reversible: true,
        keeps_data: true,
        frees_seat: true,
        keeps_grants: true,
        note: Some(
            "Deactivates the account and ends its sessions. What the person wrote stays, and Slack never deletes the account."
                .to_owned(),
        ),
    }
}

/// What a user has in Slack. Named as in its answers: `manager.managerId` is Slack's own.
fn attributes() -> Vec<Definition> {
    let mut all = vec![
        Definition::text("userName")
            .required()
            .unique()
            .described("At most 21 of a-z, 0-9, `.`, `_` and `-`; unique among user names and channel names"),
        Definition::text("externalId").case_exact().immutable(),
        Definition::complex("name", &["givenName", "familyName", "honorificPrefix"]),
    ];
    all.extend(["displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"].map(Definition::text));
    all.push(Definition::of("profileUrl", Kind::Reference).immutable());
    all.push(
        Definition::complex("emails", &["value"]).multi_valued().required().described(
            "The address to sign in with and a second one; Slack keeps no labels, and the first one cannot be cleared",
        ),
    );
    all.push(
        Definition::complex("phoneNumbers", &["value"])
            .multi_valued()
            .described("The phone and, without `primary`, the mobile phone; Slack's labels come back as others than were sent"),
    );
    let address = ["streetAddress", "locality", "region", "postalCode", "country"];
    all.push(Definition::complex("addresses", &address).multi_valued().described("Slack keeps one"));
    all.push(Definition::complex("roles", &["value"]).multi_valued().described("Slack keeps one"));
    let enterprise = ["employeeNumber", "costCenter", "organization", "division", "department"].map(Definition::text);
    let manager = Definition::complex("manager", &["managerId"]).described("The manager's id in Slack");
    all.extend(enterprise.into_iter().chain([manager]).map(|attribute| attribute.in_extension(ENTERPRISE)));
    all.push(Definition::text("startDate").read_only().in_extension(PROFILE));
    // To make a member a guest, or a guest a member, reactivates who is deactivated: nothing that should happen on the side.
    all.push(Definition::text("type").one_of(&[MULTI]).immutable().in_extension(GUEST).described(
        "A guest in several channels; empty for a member. Enterprise only. A guest of one channel has to be made by hand",
    ));
    all.push(Definition::of("expiration", Kind::DateTime).in_extension(GUEST).described("When a guest's account ends"));
    all
}

/// Refuses a name that Slack would turn into another: what is written must be what is read back.
fn check_name(name: &str) -> Result<()> {
    let fits = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || "._-".contains(character);
    let why = if name.chars().count() > LONGEST_NAME {
        format!("has more than {LONGEST_NAME} characters")
    } else if !name.chars().all(fits) {
        "has something else than a-z, 0-9, `.`, `_` and `-`".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("Slack does not take {name} as a user name: it {why}")).with_field("userName", why))
}

/// Slack's own error words, which stand in `detail` and say more than the status
/// (<https://docs.slack.dev/reference/scim-api#errors>).
fn told(mut error: Error) -> Error {
    let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
    let message = error.message.clone();
    let word = message.split(|character| !is_part(character)).find_map(meaning);
    // Where nobody knows what happened, or it is too much at once, the status says all that counts.
    let Some((code, hint)) = word.filter(|_| !matches!(error.code, ErrorCode::OutcomeUnknown | ErrorCode::RateLimited)) else {
        return error;
    };
    error.code = code;
    error.message += hint;
    error
}

fn meaning(word: &str) -> Option<(ErrorCode, &'static str)> {
    Some(match word {
        "username_taken" => (ErrorCode::Conflict, ": a user or a channel has this name"),
        "email_taken" => (ErrorCode::Conflict, ": another account has this address, perhaps a deactivated one"),
        "user_creation_failed" => (ErrorCode::Conflict, ": the user may exist already"),
        "invalid_authentication" | "missing_authentication" => {
            (ErrorCode::Unauthenticated, ": the token has to have the scope admin and to come from an admin or an owner")
        }
        "permission_denied" => (ErrorCode::PermissionDenied, ""),
        "non_org_teams_only" => {
            (ErrorCode::PermissionDenied, ": the app has to be installed on the organisation, not on a workspace")
        }
        "cannot_modify_owner" | "cannot_disable_primary_owner" | "primary_owner_check_failure" => {
            (ErrorCode::PermissionDenied, ": owners are changed in Slack itself, by owners")
        }
        "cannot_modify_gdpr" => (ErrorCode::Unsupported, ": this person's data was erased"),
        "plus_teams_only" => (ErrorCode::Unsupported, ": SCIM is for Business+ and Enterprise; set `profile = \"web\"`"),
        "no_such_user" | "unknown_user" | "cannot_decode_user_id" | "missing_user_id" => (ErrorCode::NotFound, ""),
        "too_many_requests" | "resource_locked" => (ErrorCode::RateLimited, ""),
        _ => return None,
    })
}
