use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tests::{CHANNEL, call, error, names, slack};
use super::{Quirks, Slack, TEAM};

/// The names of the channels that a listing gives.
fn listed(slack: &mut Slack, method: &str, arguments: &[(&str, &str)]) -> Vec<String> {
    let body = call(slack, method, arguments);
    let channels = body["channels"].as_array().unwrap_or_else(|| panic!("{body}"));
    channels.iter().filter_map(|channel| channel["name"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_channels_of_one_user_are_those_in_which_the_user_is() {
    let mut slack = slack(Quirks::default());
    let caller = slack.caller.clone();
    let ada = slack.add_user("ada", "ada@acme.example");
    slack.add_channel("design", false, &[&ada]);
    slack.add_channel("builds", false, &[&caller]);
    slack.add_channel("secret", true, &[&ada]);
    slack.add_channel("both", true, &[&ada, &caller]);
    let old = slack.add_channel("old", false, &[&ada]);
    slack.change_channel(&old, |channel| channel.archived = true);

    assert_eq!(listed(&mut slack, "users.conversations", &[("user", &ada)]), ["general", "design", "old"]);
    let all = [("user", ada.as_str()), ("types", "public_channel,private_channel"), ("exclude_archived", "true")];
    // Of the private ones those that the caller shares.
    assert_eq!(listed(&mut slack, "users.conversations", &all), ["general", "design", "both"]);
    assert_eq!(listed(&mut slack, "users.conversations", &[]), ["general", "builds"], "the caller's own");
    assert_eq!(error(&mut slack, "users.conversations", &[("user", "U404")]), "user_not_found");
    assert_eq!(error(&mut slack, "users.conversations", &[("types", "x")]), "invalid_types");

    slack.set_active(&ada, false);
    assert_eq!(listed(&mut slack, "users.conversations", &[("user", &ada)]), Vec::<String>::new());
}

#[test]
fn the_channels_of_one_user_come_page_by_page_and_say_less() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    for name in ["a", "b", "c"] {
        slack.add_channel(name, false, &[&ada]);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = call(&mut slack, "users.conversations", &[("user", &ada), ("limit", "3"), ("cursor", &cursor)]);
        let channels = page["channels"].as_array().expect("channels");
        assert!(channels.len() <= 3);
        seen.extend(channels.iter().cloned());
        cursor = page["response_metadata"]["next_cursor"].as_str().expect("a cursor").to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(seen.iter().map(|channel| channel["name"].clone()).collect::<Vec<_>>(), ["general", "a", "b", "c"]);
    let known: BTreeSet<_> = CHANNEL.split_whitespace().filter(|name| !["num_members", "is_member"].contains(name)).collect();
    for channel in &seen {
        assert_eq!(names(channel), known, "{channel}");
    }
}

#[test]
fn one_channel_is_shown_with_what_is_asked_for() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let open = slack.add_channel("open", false, &[&ada]);
    let hidden = slack.add_channel("hidden", true, &[&ada]);
    let plain = call(&mut slack, "conversations.info", &[("channel", &open)])["channel"].clone();
    assert_eq!((&plain["id"], &plain["is_member"], &plain["is_private"]), (&json!(open), &json!(false), &json!(false)));
    assert_eq!((plain.get("num_members"), plain.get("locale")), (None, None));
    let arguments = [("channel", open.as_str()), ("include_num_members", "true"), ("include_locale", "true")];
    let more = call(&mut slack, "conversations.info", &arguments)["channel"].clone();
    assert_eq!((&more["num_members"], &more["locale"]), (&json!(1), &json!("en-GB")));
    for unseen in [hidden.as_str(), "C404", ""] {
        assert_eq!(error(&mut slack, "conversations.info", &[("channel", unseen)]), "channel_not_found");
    }
}

#[test]
fn a_channel_of_two_companies_says_with_whom_it_is_shared() {
    let mut slack = slack(Quirks::default());
    let id = slack.add_channel("partners", false, &[]);
    let shown = |slack: &mut Slack| {
        let all = call(slack, "conversations.list", &[])["channels"].clone();
        let one = call(slack, "conversations.info", &[("channel", &id)])["channel"].clone();
        for name in ["is_shared", "is_ext_shared", "is_pending_ext_shared", "shared_team_ids", "pending_connected_team_ids"] {
            assert_eq!(all[1][name], one[name], "{name}");
        }
        one
    };
    let flags = |channel: &Value| ["is_shared", "is_ext_shared", "is_pending_ext_shared"].map(|name| channel[name] == true);
    assert_eq!(flags(&shown(&mut slack)), [false, false, false]);

    slack.change_channel(&id, |channel| channel.pending_with = vec!["T0OTHER001".to_owned()]);
    let asked = shown(&mut slack);
    assert_eq!(flags(&asked), [false, false, true]);
    assert_eq!((&asked["pending_connected_team_ids"], &asked["shared_team_ids"]), (&json!(["T0OTHER001"]), &json!([TEAM])));

    slack.change_channel(&id, |channel| channel.shared_with.append(&mut channel.pending_with));
    let shared = shown(&mut slack);
    assert_eq!(flags(&shared), [true, true, false]);
    assert_eq!(shared["shared_team_ids"], json!([TEAM, "T0OTHER001"]));
    assert_eq!((&shared["conversation_host_id"], &shared["is_org_shared"]), (&json!(TEAM), &json!(false)));
}

#[test]
fn somebody_who_is_invited_shows_at_once_or_on_coming() {
    for hides_invited in [false, true] {
        let mut slack = slack(Quirks { hides_invited, ..Quirks::default() });
        let channel = slack.add_channel("welcome", false, &[]);
        let invite = [("team_id", TEAM), ("email", "ada@acme.example"), ("channel_ids", channel.as_str())];
        assert_eq!(call(&mut slack, "admin.users.invite", &invite)["ok"], true);
        let ada = slack.user_with_email("ada@acme.example").expect("she is invited").id.clone();
        let found = |slack: &mut Slack| {
            let looked_up = call(slack, "users.lookupByEmail", &[("email", "ada@acme.example")])["ok"] == true;
            let told = call(slack, "users.info", &[("user", &ada)])["ok"] == true;
            let all = call(slack, "users.list", &[])["members"].as_array().map_or(0, Vec::len);
            let inside = call(slack, "conversations.members", &[("channel", &channel)])["members"].as_array().map_or(0, Vec::len);
            (looked_up, told, all, inside)
        };
        let seen = (true, true, 3, 1);
        assert_eq!(found(&mut slack), if hides_invited { (false, false, 2, 0) } else { seen });
        slack.accept_invitation("ada@acme.example");
        assert_eq!(found(&mut slack), seen);
    }
}

#[test]
fn an_invitation_is_taken_back_by_taking_the_person_out() {
    let mut slack = slack(Quirks::default());
    let channel = slack.add_channel("welcome", false, &[]);
    let invite = [("team_id", TEAM), ("email", "ada@acme.example"), ("channel_ids", channel.as_str())];
    call(&mut slack, "admin.users.invite", &invite);
    let ada = slack.user_with_email("ada@acme.example").expect("she is invited").id.clone();
    assert_eq!(call(&mut slack, "admin.users.remove", &[("team_id", TEAM), ("user_id", &ada)])["ok"], true);
    assert!(slack.user(&ada).is_some_and(|user| !user.invited && !user.in_workspace));
    assert_eq!(call(&mut slack, "users.info", &[("user", &ada)])["user"]["deleted"], true);
}
