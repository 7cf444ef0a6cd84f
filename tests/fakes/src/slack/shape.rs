//! Things as the Web API shows them.

use serde_json::{Value, json};

use super::state::{Channel, Kind, User, UserGroup};

/// The workspace.
pub const TEAM: &str = "T0ACME0001";
/// The Enterprise organisation around it.
pub const ENTERPRISE: &str = "E0ACME0001";

/// `user`.
pub(super) fn user(user: &User, enterprise: bool) -> Value {
    let real_name = user.real_name();
    let image = |size: u32| format!("https://secure.gravatar.com/avatar/{}.jpg?s={size}", user.id.to_lowercase());
    let mut profile = json!({
        "title": user.title,
        "phone": user.phone(),
        "skype": "",
        "real_name": real_name,
        "real_name_normalized": real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "fields": {},
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "g0123456789a",
        "image_24": image(24),
        "image_32": image(32),
        "image_48": image(48),
        "image_72": image(72),
        "image_192": image(192),
        "image_512": image(512),
        "first_name": user.given_name,
        "last_name": user.family_name,
        "team": TEAM,
    });
    if let Some(email) = &user.email {
        profile["email"] = email.as_str().into();
    }
    if user.kind == Kind::Bot {
        profile["bot_id"] = format!("B{}", &user.id[1..]).into();
        profile["api_app_id"] = "A0ACME0001".into();
        profile["always_active"] = false.into();
    }
    if let Some(expires) = user.guest_expires.filter(|_| user.is_guest()) {
        profile["guest_expiration_ts"] = expires.into();
    }
    let mut shown = json!({
        "id": user.id,
        "team_id": TEAM,
        "name": user.name,
        "deleted": user.is_deleted(),
        "profile": profile,
        "is_bot": user.kind == Kind::Bot,
        "is_app_user": false,
        "updated": user.updated.as_second(),
    });
    // Of a user who is gone much is left out.
    if !user.is_deleted() {
        let more = json!({
            "color": "9f69e7",
            "real_name": real_name,
            "tz": "Europe/Amsterdam",
            "tz_label": "Central European Time",
            "tz_offset": 3600,
            "is_admin": user.admin,
            "is_owner": user.owner,
            "is_primary_owner": false,
            "is_restricted": user.is_guest(),
            "is_ultra_restricted": user.kind == Kind::SingleChannelGuest,
            "is_email_confirmed": !user.invited,
            "has_2fa": false,
            "who_can_share_contact_card": "EVERYONE",
        });
        if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
            shown.extend(more);
        }
        if user.invited {
            shown["is_invited_user"] = true.into();
        }
        if enterprise {
            shown["enterprise_user"] = json!({
                "id": user.id,
                "enterprise_id": ENTERPRISE,
                "enterprise_name": "Acme",
                "is_admin": user.admin,
                "is_owner": user.owner,
                "is_primary_owner": false,
                "teams": [TEAM],
            });
        }
    }
    shown
}

/// Slack's own bot, which is not marked as one.
pub(super) fn slackbot() -> Value {
    json!({
        "id": "USLACKBOT",
        "team_id": TEAM,
        "name": "slackbot",
        "deleted": false,
        "color": "757575",
        "real_name": "Slackbot",
        "tz": "America/Los_Angeles",
        "tz_label": "Pacific Standard Time",
        "tz_offset": -28800,
        "profile": {
            "title": "",
            "phone": "",
            "skype": "",
            "real_name": "Slackbot",
            "real_name_normalized": "Slackbot",
            "display_name": "Slackbot",
            "display_name_normalized": "Slackbot",
            "fields": {},
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": "sv41d8cd98f0",
            "always_active": true,
            "first_name": "slackbot",
            "last_name": "",
            "team": TEAM,
        },
        "is_admin": false,
        "is_owner": false,
        "is_primary_owner": false,
        "is_restricted": false,
        "is_ultra_restricted": false,
        "is_bot": false,
        "is_app_user": false,
        "updated": 0,
    })
}

/// `usergroup`.
pub(super) fn user_group(group: &UserGroup, users: bool, count: bool, caller: &str) -> Value {
    let mut shown = json!({
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": true,
        "is_subteam": true,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": false,
        "date_create": group.created.as_second(),
        "date_update": group.updated.as_second(),
        "date_delete": group.disabled.map_or(0, |at| at.as_second()),
        "auto_type": null,
        "auto_provision": false,
        "enterprise_subteam_id": "",
        "created_by": caller,
        "updated_by": caller,
        "deleted_by": group.disabled.map(|_| caller),
        "prefs": { "channels": group.channels, "groups": [] },
        "channel_count": group.channels.len(),
    });
    if users {
        shown["users"] = group.users.iter().cloned().collect();
    }
    if count {
        shown["user_count"] = group.users.len().into();
    }
    shown
}

/// `channel`.
pub(super) fn channel(channel: &Channel, caller: &str, count: bool) -> Value {
    let creator = channel.members.first().map_or(caller, String::as_str);
    let teams: Vec<_> = std::iter::once(TEAM).chain(channel.shared_with.iter().map(String::as_str)).collect();
    let mut shown = json!({
        "id": channel.id,
        "name": channel.name,
        "is_channel": !channel.private,
        "is_group": channel.private,
        "is_im": false,
        "is_mpim": false,
        "is_private": channel.private,
        "created": channel.created.as_second(),
        "is_archived": channel.archived,
        "is_general": channel.general,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": channel.is_external(),
        "is_org_shared": false,
        "is_pending_ext_shared": !channel.pending_with.is_empty(),
        "pending_shared": channel.pending_with,
        "creator": creator,
        "is_ext_shared": channel.is_external(),
        "shared_team_ids": teams,
        "pending_connected_team_ids": channel.pending_with,
        "is_member": channel.members.contains(caller),
        "topic": { "value": "", "creator": "", "last_set": 0 },
        "purpose": { "value": "", "creator": "", "last_set": 0 },
        "previous_names": [],
    });
    if channel.is_external() {
        shown["conversation_host_id"] = TEAM.into();
        shown["internal_team_ids"] = json!([TEAM]);
    }
    if count {
        shown["num_members"] = channel.members.len().into();
    }
    shown
}

/// `channel`, as `users.conversations` shows it: without how many are in it, and whether the caller is.
pub(super) fn channel_of_user(channel: &Channel, caller: &str) -> Value {
    let mut shown = self::channel(channel, caller, false);
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("is_member");
    }
    shown
}
