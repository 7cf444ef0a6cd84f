use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Kind, LimitAnswer, Quirks, Slack, TEAM};
use crate::web::{Answer, Request, Service};

pub(super) fn slack(quirks: Quirks) -> Slack {
    Slack::new("https://slack.test", quirks)
}

pub(super) fn send(slack: &mut Slack, method: &str, arguments: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish().into_bytes();
    slack.answer(&Request { method: "POST".to_owned(), path: format!("/api/{method}"), body, ..Request::default() })
}

pub(super) fn call(slack: &mut Slack, method: &str, arguments: &[(&str, &str)]) -> Value {
    let answer = send(slack, method, arguments);
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).expect("it is JSON")
}

pub(super) fn error(slack: &mut Slack, method: &str, arguments: &[(&str, &str)]) -> String {
    let body = call(slack, method, arguments);
    assert_eq!(body["ok"], false, "{body}");
    body["error"].as_str().expect("an error has a word").to_owned()
}

pub(super) fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn users_are_listed_page_by_page_with_slackbot_and_whoever_is_gone() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    slack.add_user_of_kind("guest", Some("guest@other.example"), Kind::SingleChannelGuest);
    slack.add_user_of_kind("robot", None, Kind::Bot);
    slack.set_active(&ada, false);
    let (mut members, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = call(&mut slack, "users.list", &[("limit", "2"), ("cursor", &cursor)]);
        members.extend(page["members"].as_array().expect("members").clone());
        cursor = page["response_metadata"]["next_cursor"].as_str().expect("a cursor").to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    let listed: Vec<_> = members.iter().map(|user| user["name"].as_str().unwrap_or_default()).collect();
    assert_eq!(listed, ["slackbot", "owner", "ada", "guest", "robot"]);
    assert_eq!((&members[2]["deleted"], &members[2]["is_restricted"]), (&json!(true), &Value::Null));
    assert_eq!((&members[3]["is_restricted"], &members[3]["is_ultra_restricted"]), (&json!(true), &json!(true)));
    assert_eq!((&members[4]["is_bot"], &members[4]["profile"]["email"]), (&json!(true), &Value::Null));
    assert_eq!(error(&mut slack, "users.list", &[("cursor", "x")]), "invalid_cursor");
}

#[test]
fn a_user_who_is_gone_is_not_found_by_address() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let found = call(&mut slack, "users.lookupByEmail", &[("email", "ADA@acme.example")]);
    assert_eq!(found["user"]["id"], json!(ada));
    slack.set_active(&ada, false);
    assert_eq!(error(&mut slack, "users.lookupByEmail", &[("email", "ada@acme.example")]), "users_not_found");
    assert_eq!(call(&mut slack, "users.info", &[("user", &ada)])["user"]["deleted"], true);
    assert_eq!(error(&mut slack, "users.info", &[("user", "U1")]), "user_not_found");
    assert_eq!(call(&mut slack, "team.billableInfo", &[("user", &ada)])["billable_info"][&ada]["billing_active"], false);
}

#[test]
fn the_users_of_a_group_are_replaced_as_a_whole_and_never_by_nobody() {
    let mut slack = slack(Quirks::default());
    let (ada, grace) = (slack.add_user("ada", "ada@acme.example"), slack.add_user("grace", "grace@acme.example"));
    let group =
        call(&mut slack, "usergroups.create", &[("name", "Core Team")])["usergroup"]["id"].as_str().expect("an id").to_owned();
    call(&mut slack, "usergroups.users.update", &[("usergroup", &group), ("users", &ada)]);
    let updated = call(&mut slack, "usergroups.users.update", &[("usergroup", &group), ("users", &grace)]);
    assert_eq!(updated["usergroup"]["users"], json!([grace]));
    assert_eq!(error(&mut slack, "usergroups.users.update", &[("usergroup", &group), ("users", "")]), "no_users_provided");
    let with_unknown = format!("{ada},U404");
    assert_eq!(error(&mut slack, "usergroups.users.update", &[("usergroup", &group), ("users", &with_unknown)]), "invalid_users");
    assert_eq!(error(&mut slack, "usergroups.users.update", &[("usergroup", "S1"), ("users", &ada)]), "no_such_subteam");
    assert_eq!(call(&mut slack, "usergroups.users.list", &[("usergroup", &group)])["users"], json!([grace]));
}

#[test]
fn a_disabled_group_is_listed_on_request_alone() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let group = slack.add_user_group("core", &[&ada]);
    let disabled = call(&mut slack, "usergroups.disable", &[("usergroup", &group)]);
    assert_ne!(disabled["usergroup"]["date_delete"], 0);
    assert_eq!(call(&mut slack, "usergroups.list", &[])["usergroups"], json!([]));
    let listed =
        call(&mut slack, "usergroups.list", &[("include_disabled", "true"), ("include_users", "1"), ("include_count", "true")]);
    assert_eq!((&listed["usergroups"][0]["users"], &listed["usergroups"][0]["user_count"]), (&json!([ada]), &json!(1)));
    assert_eq!(call(&mut slack, "usergroups.enable", &[("usergroup", &group)])["usergroup"]["date_delete"], 0);
    assert_eq!(error(&mut slack, "usergroups.create", &[("name", "Other"), ("handle", "core")]), "handle_already_exists");
}

#[test]
fn somebody_else_edits_a_group_between_read_and_write() {
    let mut slack = slack(Quirks::default());
    let (ada, grace) = (slack.add_user("ada", "ada@acme.example"), slack.add_user("grace", "grace@acme.example"));
    let group = slack.add_user_group("core", &[&ada]);
    slack.edit_after_read("core", &[&grace]);
    let mut users = || call(&mut slack, "usergroups.users.list", &[("usergroup", &group)])["users"].clone();
    assert_eq!((users(), users()), (json!([ada]), json!([grace])));
    slack.edit_after_write("core", &[&grace]);
    call(&mut slack, "usergroups.users.update", &[("usergroup", &group), ("users", &ada)]);
    assert_eq!(call(&mut slack, "usergroups.users.list", &[("usergroup", &group)])["users"], json!([grace]));
}

#[test]
fn the_caller_has_to_be_in_a_channel_to_invite_and_kick() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let open = slack.add_channel("open", false, &[]);
    let hidden = slack.add_channel("hidden", true, &[&ada]);
    let to = |user: &str| {
        [("channel".to_owned(), open.clone()), ("users".to_owned(), user.to_owned()), ("user".to_owned(), user.to_owned())]
    };
    let with = |user: &str| to(user).map(|(name, value)| (name, value));
    let mut run = |method: &str, user: &str| {
        let arguments = with(user);
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = call(&mut slack, method, &arguments);
        body["error"].as_str().unwrap_or("ok").to_owned()
    };
    assert_eq!(run("conversations.invite", &ada), "not_in_channel");
    assert_eq!(run("conversations.join", ""), "ok");
    assert_eq!(run("conversations.invite", &ada), "ok");
    assert_eq!(run("conversations.invite", &ada), "already_in_channel");
    assert_eq!(run("conversations.invite", "U404"), "user_not_found");
    assert_eq!(run("conversations.kick", &ada), "ok");
    assert_eq!(run("conversations.kick", &ada), "not_in_channel");
    assert_eq!(error(&mut slack, "conversations.members", &[("channel", &hidden)]), "channel_not_found");
    let general = slack.channel("general").expect("it is there").id.clone();
    assert_eq!(error(&mut slack, "conversations.kick", &[("channel", &general), ("user", &ada)]), "cant_kick_from_general");
    assert_eq!(call(&mut slack, "conversations.members", &[("channel", &general)])["members"].as_array().map(Vec::len), Some(2));
}

#[test]
fn channels_are_listed_by_type_and_without_archived_ones() {
    let mut slack = slack(Quirks::default());
    let caller = slack.caller.clone();
    slack.add_channel("hidden", true, &[&caller]);
    let old = slack.add_channel("old", false, &[]);
    slack.change_channel(&old, |channel| channel.archived = true);
    let mut listed = |arguments: &[(&str, &str)]| {
        let channels = call(&mut slack, "conversations.list", arguments)["channels"].clone();
        channels
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|channel| channel["name"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["general", "old"]);
    assert_eq!(listed(&[("types", "public_channel,private_channel"), ("exclude_archived", "true")]), ["general", "hidden"]);
    assert_eq!(error(&mut slack, "conversations.list", &[("types", "x")]), "invalid_types");
}

#[test]
fn an_invitation_needs_a_channel_and_an_enterprise() {
    let mut slack = slack(Quirks::default());
    let channel = slack.add_channel("welcome", false, &[]);
    let invite = [("team_id", TEAM), ("email", "ada@acme.example"), ("channel_ids", channel.as_str()), ("is_restricted", "true")];
    let refused = call(&mut slack, "admin.users.invite", &invite[..2]);
    assert_eq!(refused["error"], "invalid_arguments");
    assert_eq!(refused["response_metadata"]["messages"][0], "[ERROR] missing required field: channel_ids");
    assert_eq!(call(&mut slack, "admin.users.invite", &invite)["ok"], true);
    assert_eq!(error(&mut slack, "admin.users.invite", &invite), "already_in_team_invited_user");
    let ada = slack.user_with_email("ada@acme.example").expect("she is invited").clone();
    assert_eq!((ada.invited, ada.kind), (true, Kind::MultiChannelGuest));
    slack.accept_invitation("ada@acme.example");
    assert_eq!(error(&mut slack, "admin.users.invite", &invite), "already_in_team");
    slack.quirks.enterprise = false;
    assert_eq!(error(&mut slack, "admin.users.invite", &invite), "feature_not_enabled");
}

#[test]
fn somebody_who_is_taken_out_can_be_put_back() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let group = slack.add_user_group("core", &[&ada]);
    slack.sign_in(&ada);
    let arguments = [("team_id", TEAM), ("user_id", ada.as_str())];
    assert_eq!(call(&mut slack, "admin.users.remove", &arguments)["ok"], true);
    assert_eq!(call(&mut slack, "users.info", &[("user", &ada)])["user"]["deleted"], true);
    assert!(slack.user(&ada).is_some_and(|user| user.sessions.is_empty()));
    assert_eq!(call(&mut slack, "usergroups.users.list", &[("usergroup", &group)])["users"], json!([]));
    assert_eq!(call(&mut slack, "admin.users.assign", &arguments)["ok"], true);
    assert_eq!(error(&mut slack, "admin.users.assign", &arguments), "user_already_team_member");
    assert_eq!(error(&mut slack, "admin.users.remove", &[("team_id", "T2"), ("user_id", &ada)]), "team_not_found");
    let listed = call(&mut slack, "admin.users.list", &[("team_id", TEAM), ("is_active", "true")]);
    assert_eq!(listed["users"][1]["workspaces"], json!([TEAM]));
}

#[test]
fn sessions_end_one_by_one_or_all() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    for _ in 0..3 {
        slack.sign_in(&ada);
    }
    let sessions = call(&mut slack, "admin.users.session.list", &[("user_id", &ada)])["active_sessions"].clone();
    let session = sessions[0]["session_id"].to_string();
    call(&mut slack, "admin.users.session.invalidate", &[("team_id", TEAM), ("session_id", &session)]);
    assert_eq!(slack.user(&ada).map(|user| user.sessions.len()), Some(2));
    call(&mut slack, "admin.users.session.reset", &[("user_id", &ada)]);
    assert_eq!(slack.user(&ada).map(|user| user.sessions.len()), Some(0));
}

#[test]
fn a_guest_becomes_a_member_or_is_over_in_time() {
    let mut slack = slack(Quirks::default());
    let guest = slack.add_user_of_kind("guest", Some("g@other.example"), Kind::MultiChannelGuest);
    let at = (slack.clock() + SignedDuration::from_hours(1)).as_second().to_string();
    let arguments = [("team_id", TEAM), ("user_id", guest.as_str()), ("expiration_ts", at.as_str())];
    assert_eq!(call(&mut slack, "admin.users.setExpiration", &arguments)["ok"], true);
    slack.advance(SignedDuration::from_hours(1));
    assert!(slack.user(&guest).is_some_and(|user| !user.active));
    call(&mut slack, "admin.users.setRegular", &arguments[..2]);
    assert_eq!(slack.user(&guest).map(|user| user.kind), Some(Kind::Member));
}

#[test]
fn a_missing_scope_says_what_is_needed() {
    let mut slack = slack(Quirks { scopes: ["users:read".to_owned()].into(), ..Quirks::default() });
    let refused = call(&mut slack, "usergroups.list", &[]);
    assert_eq!(refused, json!({ "ok": false, "error": "missing_scope", "needed": "usergroups:read", "provided": "users:read" }));
    assert_eq!(call(&mut slack, "users.list", &[])["members"][1]["profile"].get("email"), None);
}

#[test]
fn too_many_calls_are_refused_by_status_or_inside_200() {
    let mut slack = slack(Quirks { tier_limits: true, ..Quirks::default() });
    for _ in 0..20 {
        assert_eq!(send(&mut slack, "users.list", &[]).status, 200);
    }
    let answer = send(&mut slack, "users.list", &[]);
    assert_eq!(answer.status, 429);
    assert!(answer.headers.contains(&("retry-after".to_owned(), "30".to_owned())));
    assert_eq!(call(&mut slack, "usergroups.list", &[])["ok"], true);
    slack.quirks.limit_answer = LimitAnswer::Ok;
    assert_eq!(error(&mut slack, "users.list", &[]), "ratelimited");
    slack.advance(SignedDuration::from_secs(60));
    assert_eq!(call(&mut slack, "users.list", &[])["ok"], true);
}

#[test]
fn a_token_is_asked_for_and_writing_methods_take_json() {
    let mut slack = slack(Quirks::default());
    slack.token = Some("xoxp-1".to_owned());
    assert_eq!(error(&mut slack, "auth.test", &[]), "not_authed");
    assert_eq!(error(&mut slack, "auth.test", &[("token", "x")]), "invalid_auth");
    assert_eq!(error(&mut slack, "no.such", &[]), "unknown_method");
    let mut json = |method: &str, body: &str| {
        let headers = [("authorization", "Bearer xoxp-1"), ("content-type", "application/json; charset=utf-8")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let (method, path) = ("POST".to_owned(), format!("/api/{method}"));
        let answer = slack.answer(&Request { method, path, headers, body: body.as_bytes().to_vec(), ..Request::default() });
        serde_json::from_slice::<Value>(&answer.body).expect("it is JSON")
    };
    assert_eq!(json("usergroups.create", r#"{"name":"Core"}"#)["usergroup"]["handle"], "core");
    assert_eq!(json("usergroups.create", "{")["error"], "invalid_json");
    assert_eq!(json("usergroups.create", "[]")["error"], "json_not_object");
    assert_eq!(json("users.info", r#"{"user":"USLACKBOT"}"#)["error"], "user_not_found");
}

/// The names in recorded answers, for a user and its profile, a user group and a channel.
const USER: &str = "id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner is_primary_owner \
    is_restricted is_ultra_restricted is_bot is_app_user updated locale has_2fa is_email_confirmed enterprise_user is_stranger \
    who_can_share_contact_card is_workflow_bot is_invited_user is_connector_bot teams enterprise_id enterprise_name two_factor_type";
const PROFILE: &str = "title phone skype real_name real_name_normalized display_name display_name_normalized fields status_text \
    status_emoji status_expiration avatar_hash api_app_id always_active bot_id image_24 image_32 image_48 image_72 image_192 image_512 \
    status_text_canonical team image_original is_custom_image email first_name last_name image_1024 guest_invited_by \
    guest_expiration_ts start_date";
const GROUP: &str = "id team_id is_usergroup is_subteam name description handle is_external date_create date_update date_delete \
    auto_type auto_provision enterprise_subteam_id created_by updated_by deleted_by prefs channel_count users user_count";
pub(super) const CHANNEL: &str = "id name is_channel is_group is_im created is_archived is_general unlinked name_normalized is_shared creator \
    is_ext_shared is_org_shared shared_team_ids pending_shared pending_connected_team_ids is_pending_ext_shared is_member is_private \
    is_mpim topic purpose previous_names num_members";

#[test]
fn nothing_is_shown_that_recorded_answers_do_not_have() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let guest = slack.add_user_of_kind("guest", Some("g@other.example"), Kind::MultiChannelGuest);
    slack.change_user(&guest, |user| user.guest_expires = Some(1_900_000_000));
    slack.add_user_of_kind("robot", None, Kind::Bot);
    slack.add_user_group("core", &[&ada]);
    let known = |names: &'static str| names.split_whitespace().collect::<BTreeSet<_>>();
    for user in call(&mut slack, "users.list", &[])["members"].as_array().expect("members") {
        assert!(names(user).is_subset(&known(USER)), "{user}");
        assert!(names(&user["profile"]).is_subset(&known(PROFILE)), "{user}");
    }
    let groups = call(&mut slack, "usergroups.list", &[("include_users", "1"), ("include_count", "1")]);
    assert_eq!(names(&groups["usergroups"][0]), known(GROUP));
    let channels = call(&mut slack, "conversations.list", &[]);
    assert_eq!(names(&channels["channels"][0]), known(CHANNEL));
}
