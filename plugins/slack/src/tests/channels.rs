use super::*;

fn key() -> EntitlementKey {
    EntitlementKey::new("channel", "C1")
}

fn channel(id: &str, name: &str) -> Json {
    json!({ "id": id, "name": name, "is_channel": true, "is_archived": false, "is_member": true, "purpose": { "value": "" } })
}

fn listing(types: &str, limit: u32) -> Exchange {
    reads("conversations.list").query("types", types).query("exclude_archived", "true").query("limit", limit)
}

fn members(id: &str) -> Exchange {
    reads("conversations.members").query("channel", id).query("limit", 999)
}

fn invite() -> Exchange {
    writes("conversations.invite", "channel=C1&users=U1")
}

fn kick() -> Exchange {
    writes("conversations.kick", "channel=C1&user=U1")
}

fn join() -> Exchange {
    writes("conversations.join", "channel=C1")
}

/// To join where one is already: an answer with a warning.
fn joined() -> Exchange {
    join().answers(
        200,
        json!({ "ok": true, "warning": "already_in_channel", "response_metadata": { "warnings": ["already_in_channel"] } }),
    )
}

fn grant(slack: &Slack) -> Result<Effect> {
    slack.grant(holder("U1"), key(), intent())
}

fn revoke(slack: &Slack) -> Result<Effect> {
    slack.revoke(holder("U1"), key(), intent())
}

/// The cursor with which channels start, after the user groups.
fn after_usergroups(config: Json) -> Option<String> {
    let listing = reads("usergroups.list").query("include_disabled", "true").query("include_users", "false");
    let script = Script::new().then(listing.answers(200, json!({ "ok": true, "usergroups": [] })));
    call(config, script, |slack| Entitlements::list(slack, None)).unwrap().next
}

#[test]
fn channels_follow_the_user_groups_page_by_page() {
    let answer = json!({
        "ok": true, "channels": [channel("C1", "design")], "response_metadata": { "next_cursor": "bmV4dA==" },
    });
    let script = Script::new().then(listing("public_channel", 999).answers(200, answer));
    let start = after_usergroups(web());
    let page = call(web(), script, |slack| Entitlements::list(slack, start)).unwrap();
    assert_eq!((&page.items[0].key, page.items[0].name.as_str()), (&key(), "design"));
    let answer = json!({ "ok": true, "channels": [channel("C2", "ops")], "response_metadata": { "next_cursor": "" } });
    let script = Script::new().then(listing("public_channel", 999).query("cursor", "bmV4dA==").answers(200, answer));
    let page = call(web(), script, |slack| Entitlements::list(slack, page.next)).unwrap();
    assert_eq!((page.items[0].key.id.as_str(), page.next), ("C2", None));
}

#[test]
fn general_shared_and_archived_channels_are_not_assignable_or_not_there() {
    let mut channels = vec![channel("C1", "design")];
    for mark in ["is_general", "is_org_mandatory", "is_ext_shared", "is_pending_ext_shared", "is_archived"] {
        let mut channel = channel(mark, mark);
        channel[mark] = json!(true);
        channels.push(channel);
    }
    let config = || json!({ "channels": "all" });
    let script = Script::new()
        .then(listing("public_channel,private_channel", 999).answers(200, json!({ "ok": true, "channels": channels })));
    let start = after_usergroups(config());
    let page = call(config(), script, |slack| Entitlements::list(slack, start)).unwrap();
    let seen: Vec<_> = page.items.iter().map(|item| (item.key.id.as_str(), item.assignable)).collect();
    assert_eq!(
        seen,
        [
            ("C1", true),
            ("is_general", false),
            ("is_org_mandatory", false),
            ("is_ext_shared", false),
            ("is_pending_ext_shared", false)
        ]
    );
}

#[test]
fn who_is_in_all_channels_is_read_few_channels_at_a_time() {
    let channels = json!({ "ok": true, "channels": [channel("C1", "design"), channel("C2", "ops")] });
    let more = json!({ "ok": true, "members": ["U1"], "response_metadata": { "next_cursor": "m" } });
    let script = Script::new()
        .then(listing("public_channel", 20).answers(200, channels))
        .then(members("C1").answers(200, more))
        .then(members("C1").query("cursor", "m").answers(200, json!({ "ok": true, "members": ["U2"] })))
        .then(members("C2").answers(200, json!({ "ok": true, "members": ["U1"] })));
    let start = after_usergroups(web());
    let page = call(web(), script, |slack| slack.list_grants(Scope::All, start)).unwrap();
    assert_eq!((pairs(&page.items), page.next), (vec![("C1", "U1"), ("C1", "U2"), ("C2", "U1")], None));
}

#[test]
fn what_one_person_is_in_is_one_request() {
    let listing = reads("users.conversations")
        .query("user", "U1")
        .query("types", "public_channel")
        .query("exclude_archived", "true")
        .query("limit", 999);
    let script = Script::new().then(listing.answers(200, json!({ "ok": true, "channels": [channel("C1", "design")] })));
    let start = after_usergroups(web());
    let page = call(web(), script, |slack| slack.list_grants(Scope::Account("U1".to_owned()), start)).unwrap();
    assert_eq!(pairs(&page.items), [("C1", "U1")]);
}

#[test]
fn a_member_listing_that_never_ends_is_malformed() {
    let page = || json!({ "ok": true, "members": ["U1"], "response_metadata": { "next_cursor": "m" } });
    let script = Script::new()
        .then(listing("public_channel", 20).answers(200, json!({ "ok": true, "channels": [channel("C1", "design")] })))
        .then(members("C1").answers(200, page()))
        .then(members("C1").query("cursor", "m").answers(200, page()));
    let start = after_usergroups(web());
    let error = call(web(), script, |slack| slack.list_grants(Scope::All, start)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
}

#[test]
fn somebody_is_invited_into_a_channel() {
    assert_eq!(call(web(), Script::new().then(invite()), grant).unwrap(), Effect::Done);
    let script = Script::new().then(invite().answers(200, refusal("already_in_channel")));
    assert_eq!(call(web(), script, grant).unwrap(), Effect::Already);
}

#[test]
fn the_token_s_user_joins_a_public_channel_first() {
    let refused = invite().answers(200, refusal("not_in_channel"));
    let script = Script::new().then(refused).then(join()).then(invite());
    assert_eq!(call(web(), script, grant).unwrap(), Effect::Done);
}

#[test]
fn into_a_private_channel_somebody_has_to_invite_the_token_s_user() {
    let script = Script::new()
        .then(invite().answers(200, refusal("not_in_channel")))
        .then(join().answers(200, refusal("method_not_supported_for_channel_type")));
    let error = call(web(), script, grant).unwrap_err();
    assert_eq!(error.code, ErrorCode::PermissionDenied);
    assert!(error.message.contains("private channel C1"));
}

#[test]
fn the_token_s_user_goes_in_by_itself_and_out_by_hand() {
    let script = Script::new().then(invite().answers(200, refusal("cant_invite_self"))).then(join());
    assert_eq!(call(web(), script, grant).unwrap(), Effect::Done);
    let script = Script::new().then(invite().answers(200, refusal("cant_invite_self"))).then(joined());
    assert_eq!(call(web(), script, grant).unwrap(), Effect::Already);
    let script = Script::new().then(kick().answers(200, refusal("cant_kick_self")));
    assert!(matches!(call(web(), script, revoke), Ok(Effect::ActionRequired(_))));
}

#[test]
fn somebody_is_taken_out_of_a_channel() {
    assert_eq!(call(web(), Script::new().then(kick()), revoke).unwrap(), Effect::Done);
}

#[test]
fn not_in_channel_can_mean_the_person_or_the_token_s_user() {
    let outside = || kick().answers(200, refusal("not_in_channel"));
    let script = Script::new().then(outside()).then(joined()).then(outside());
    assert_eq!(call(web(), script, revoke).unwrap(), Effect::Already);
    let script = Script::new().then(outside()).then(join()).then(kick());
    assert_eq!(call(web(), script, revoke).unwrap(), Effect::Done);
    // A private channel cannot be joined, and is not found by who is outside: it is the person who is not in it.
    let private = join().answers(200, refusal("method_not_supported_for_channel_type"));
    assert_eq!(call(web(), Script::new().then(outside()).then(private), revoke).unwrap(), Effect::Already);
}

#[test]
fn a_person_who_is_not_found_is_already_out_only_where_the_channel_says_so() {
    let lost = || kick().answers(200, refusal("user_not_found"));
    let script = Script::new().then(lost()).then(members("C1").answers(200, json!({ "ok": true, "members": ["U2"] })));
    assert_eq!(call(web(), script, revoke).unwrap(), Effect::Already);
    let script = Script::new().then(lost()).then(members("C1").answers(200, json!({ "ok": true, "members": ["U1"] })));
    assert_eq!(call(web(), script, revoke).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_channel_that_is_gone_is_held_by_nobody() {
    let script = Script::new().then(kick().answers(200, refusal("channel_not_found")));
    assert_eq!(call(web(), script, revoke).unwrap(), Effect::Already);
    let script = Script::new().then(invite().answers(200, refusal("channel_not_found")));
    assert_eq!(call(web(), script, grant).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn nobody_is_taken_out_of_general() {
    let script = Script::new().then(kick().answers(200, refusal("cant_kick_from_general")));
    assert_eq!(call(web(), script, revoke).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn several_people_go_in_and_out_one_after_the_other() {
    let second = writes("conversations.invite", "channel=C1&users=U2").answers(200, refusal("already_in_channel"));
    let script = Script::new().then(invite()).then(second).then(writes("conversations.kick", "channel=C1&user=U3"));
    let (add, remove) = (vec![holder("U1"), holder("U2")], vec![holder("U3")]);
    assert_eq!(call(web(), script, |slack| slack.amend(key(), add, remove, intent())).unwrap(), Effect::Done);
}
