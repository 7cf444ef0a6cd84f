//! Slack's error words as errors of the contract. The words come with status 200 and are documented with each method
//! (<https://docs.slack.dev/reference/methods>).

use crate::web::Envelope;
use innkeeper_sdk::http::Response;
use innkeeper_sdk::types::{ErrorCode, Extra};
use innkeeper_sdk::{Error, log};

/// Under which name Slack's word stands in an error.
const WORD: &str = "slack-error";

/// The error that `{"ok": false}` means.
pub(crate) fn of_answer(method: &str, envelope: &Envelope, writes: bool, response: &Response) -> Error {
    let word = envelope.error.as_deref().filter(|word| !word.is_empty()).unwrap_or("unknown_error");
    let mut message = format!("{method} was answered with `{word}`");
    if let Some(needed) = envelope.needed.as_deref().filter(|needed| !needed.is_empty()) {
        message += &format!(": the token lacks the scope {needed}");
        if let Some(provided) = envelope.provided.as_deref().filter(|provided| !provided.is_empty()) {
            message += &format!(", it has {provided}");
        }
    }
    for more in envelope.response_metadata.messages.iter().flatten() {
        message += &format!("; {more}");
    }
    if let Some(hint) = hint(word) {
        message += &format!(" ({hint})");
    }
    let code = code(word, writes);
    let mut error = Error::new(code, message).with_status(response.status());
    if code == ErrorCode::RateLimited {
        error.retry_after = response.retry_after();
    }
    error.extra.push(Extra { name: WORD.to_owned(), value: word.to_owned() });
    error
}

/// Whether the error is one of these words.
pub(crate) fn is(error: &Error, words: &[&str]) -> bool {
    error.extra.iter().any(|extra| extra.name == WORD && words.contains(&extra.value.as_str()))
}

/// What an error means that came while looking at what a write did.
pub(crate) fn after_write(mut error: Error) -> Error {
    error.code = ErrorCode::OutcomeUnknown;
    error.message = format!("Slack took the change, and reading it back failed: {}", error.message);
    error
}

fn code(word: &str, writes: bool) -> ErrorCode {
    match word {
        "not_authed" | "invalid_auth" | "account_inactive" | "token_revoked" | "token_expired" => ErrorCode::Unauthenticated,

        "missing_scope"
        | "not_allowed_token_type"
        | "no_permission"
        | "permission_denied"
        | "access_denied"
        | "accesslimited"
        | "ekm_access_denied"
        | "not_an_admin"
        | "not_admin"
        | "not_app_admin"
        | "user_must_be_admin"
        | "invalid_permissions"
        | "restricted_action"
        | "team_access_not_granted"
        | "two_factor_setup_required"
        | "is_bot"
        | "user_is_bot"
        | "user_is_restricted"
        | "user_is_ultra_restricted"
        | "failed_to_validate_caller"
        | "invitor_cannot_see_channel"
        | "no_external_invite_permission"
        | "cannot_modify_primary_owner"
        | "cannot_update_admin_user"
        | "cannot_reset_primary_owner" => ErrorCode::PermissionDenied,

        "plan_upgrade_required"
        | "paid_teams_only"
        | "paid_only"
        | "feature_not_enabled"
        | "unknown_method"
        | "method_deprecated"
        | "deprecated_endpoint"
        | "enterprise_is_restricted"
        | "method_not_supported_for_channel_type"
        | "cant_kick_from_general"
        | "not_supported" => ErrorCode::Unsupported,

        "user_not_found" | "users_not_found" | "user_not_visible" | "no_such_subteam" | "subteam_not_found"
        | "channel_not_found" | "team_not_found" => ErrorCode::NotFound,

        "user_disabled" | "email_taken" | "username_taken" => ErrorCode::Conflict,
        // Who asks for such a thing says what it means to be so already; for anybody else something is in the way.
        word if word.starts_with("already_") || word.starts_with("user_already_") => ErrorCode::Conflict,

        "ratelimited" | "rate_limited" => ErrorCode::RateLimited,

        "service_unavailable"
        | "request_timeout"
        | "team_added_to_org"
        | "org_login_required"
        | "external_channel_migrating"
        | "fetch_members_failed"
        | "user_session_reset_failed" => ErrorCode::Unavailable,

        // Slack says of these that some aspect of the operation may have succeeded.
        "fatal_error"
        | "internal_error"
        | "failed_to_send_invite"
        | "profile_set_failed"
        | "failed_to_remove_user_from_workspace"
            if writes =>
        {
            ErrorCode::OutcomeUnknown
        }
        "fatal_error" | "internal_error" => ErrorCode::Unavailable,

        word => {
            log::debug!("no meaning is known of Slack's word `{}`", word);
            ErrorCode::Invalid
        }
    }
}

/// What an operator can do about a word that does not say it.
fn hint(word: &str) -> Option<&'static str> {
    Some(match word {
        "invalid_auth" => "the token is wrong, or this address is not among those from which the app may be used",
        "not_allowed_token_type" => "this needs a user token of an admin, not a bot token",
        "not_an_admin" | "not_admin" | "invalid_permissions" => "the token's user has to be an admin or an owner",
        "cannot_update_admin_user" | "cannot_modify_primary_owner" | "cannot_reset_primary_owner" => {
            "a token acts on people with the same rights as its user or fewer"
        }
        "feature_not_enabled" => "this method is for Enterprise organisations",
        "plan_upgrade_required" | "paid_teams_only" | "paid_only" => "the workspace's plan does not have this",
        "team_not_found" => "is `team` the id of the workspace, T...?",
        "team_access_not_granted" => "the organisation's app has to be given access to this workspace",
        "missing_argument" | "target_team_must_be_specified_in_org_context" => {
            "a token of an organisation needs the setting `team`"
        }
        _ => return None,
    })
}
