use super::*;

fn key() -> EntitlementKey {
    EntitlementKey::new("usergroup", "S1")
}

fn group(users: &[&str]) -> Json {
    json!({ "id": "S1", "name": "Designers", "handle": "designers", "date_delete": 0, "auto_type": null, "users": users, "user_count": "1" })
}

fn disabled(users: &[&str]) -> Json {
    let mut group = group(users);
    group["date_delete"] = json!(1_447_096_577);
    group
}

/// What is there, read with its members and with the disabled ones, as it is before a write.
fn read(groups: &[Json]) -> Exchange {
    let call = reads("usergroups.list").query("include_disabled", "true").query("include_users", "true");
    call.answers(200, json!({ "ok": true, "usergroups": groups }))
}

/// Who is in it, asked once more before a write.
fn again(users: &[&str]) -> Exchange {
    reads("usergroups.users.list").query("usergroup", "S1").answers(200, json!({ "ok": true, "users": users }))
}

fn update(users: &str) -> Exchange {
    let form = format!("usergroup=S1&users={}", users.replace(',', "%2C"));
    writes("usergroups.users.update", &form)
}

fn disable(last: &[&str]) -> Exchange {
    writes("usergroups.disable", "usergroup=S1").answers(200, json!({ "ok": true, "usergroup": disabled(last) }))
}

fn enable() -> Exchange {
    writes("usergroups.enable", "usergroup=S1")
}

fn grant(id: &'static str) -> impl FnOnce(&Slack) -> Result<Effect> {
    move |slack| slack.grant(holder(id), key(), intent())
}

fn revoke(id: &'static str) -> impl FnOnce(&Slack) -> Result<Effect> {
    move |slack| slack.revoke(holder(id), key(), intent())
}

#[test]
fn groups_are_listed_with_the_disabled_ones_and_those_that_slack_fills_cannot_be_assigned() {
    let others = [
        ("is_idp_group", json!(true)),
        ("auto_type", json!("admins")),
        ("is_external", json!(true)),
        ("is_membership_locked", json!(true)),
    ];
    let mut groups = vec![group(&[]), disabled(&[])];
    for (mark, value) in others {
        let mut locked = group(&[]);
        locked[mark] = value;
        groups.push(locked);
    }
    let listing = reads("usergroups.list").query("include_disabled", "true").query("include_users", "false");
    let script = Script::new().then(listing.answers(200, json!({ "ok": true, "usergroups": groups })));
    let page = call(json!({ "channels": "none" }), script, |slack| Entitlements::list(slack, None)).unwrap();
    assert_eq!((&page.items[0].key, page.items[0].name.as_str(), page.next), (&key(), "Designers", None));
    assert_eq!(page.items.iter().map(|item| item.assignable).collect::<Vec<_>>(), [true, true, false, false, false, false]);
    assert!(page.items[1].extra.iter().any(|extra| extra.name == "disabled"));
}

#[test]
fn a_plan_without_user_groups_has_none() {
    let listing = reads("usergroups.list").query("include_disabled", "true").query("include_users", "false");
    let script = Script::new().then(listing.answers(200, refusal("plan_upgrade_required")));
    let page = call(json!({ "channels": "none" }), script, |slack| Entitlements::list(slack, None)).unwrap();
    assert_eq!(page.items, []);
}

#[test]
fn a_disabled_group_has_no_holders() {
    let script = Script::new().then(read(&[disabled(&["U1", "U2"])]));
    let page = call(web(), script, |slack| slack.list_grants(Scope::Entitlement(key()), None)).unwrap();
    assert_eq!(page.items, []);
}

#[test]
fn members_are_grants() {
    let all = || {
        let call = reads("usergroups.list").query("include_disabled", "false").query("include_users", "true");
        call.answers(200, json!({ "ok": true, "usergroups": [group(&["U1", "U2"])] }))
    };
    let script = Script::new().then(all());
    let page = call(json!({ "channels": "none" }), script, |slack| slack.list_grants(Scope::All, None)).unwrap();
    assert_eq!(pairs(&page.items), [("S1", "U1"), ("S1", "U2")]);
    let script = Script::new().then(all());
    let of = Scope::Account("U2".to_owned());
    let page = call(json!({ "channels": "none" }), script, |slack| slack.list_grants(of, None)).unwrap();
    assert_eq!(pairs(&page.items), [("S1", "U2")]);
}

#[test]
fn members_that_a_listing_leaves_out_are_asked_for() {
    let mut silent = group(&[]);
    silent.as_object_mut().unwrap().remove("users");
    let users = reads("usergroups.users.list").query("usergroup", "S1").answers(200, json!({ "ok": true, "users": ["U1"] }));
    let script = Script::new().then(read(&[silent])).then(users);
    let page = call(web(), script, |slack| slack.list_grants(Scope::Entitlement(key()), None)).unwrap();
    assert_eq!(pairs(&page.items), [("S1", "U1")]);
}

#[test]
fn a_grant_keeps_everybody_else_and_is_verified() {
    let script = Script::new()
        .then(read(&[group(&["U1", "U2"])]))
        .then(again(&["U2", "U1"]))
        .then(update("U1,U2,U3"))
        .then(read(&[group(&["U3", "U2", "U1"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Done);
    let script = Script::new().then(read(&[group(&["U1", "U3"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Already);
}

#[test]
fn a_token_of_an_organisation_says_the_workspace() {
    let listing =
        || reads("usergroups.list").query("team_id", "T1").query("include_disabled", "true").query("include_users", "true");
    let script = Script::new()
        .then(listing().answers(200, json!({ "ok": true, "usergroups": [group(&["U1"])] })))
        .then(
            reads("usergroups.users.list")
                .query("team_id", "T1")
                .query("usergroup", "S1")
                .answers(200, json!({ "ok": true, "users": ["U1"] })),
        )
        .then(writes("usergroups.users.update", "team_id=T1&usergroup=S1&users=U1%2CU3"))
        .then(listing().answers(200, json!({ "ok": true, "usergroups": [group(&["U1", "U3"])] })));
    assert_eq!(call(json!({ "team": "T1" }), script, grant("U3")).unwrap(), Effect::Done);
}

#[test]
fn a_revoke_takes_one_out() {
    let script = Script::new()
        .then(read(&[group(&["U1", "U2"])]))
        .then(again(&["U1", "U2"]))
        .then(update("U2"))
        .then(read(&[group(&["U2"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Done);
    let script = Script::new().then(read(&[group(&["U2"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Already);
    // A group that is no more is held by nobody.
    assert_eq!(call(web(), Script::new().then(read(&[])), revoke("U1")).unwrap(), Effect::Already);
    assert_eq!(call(web(), Script::new().then(read(&[])), grant("U1")).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn several_changes_are_one_write() {
    let script = Script::new()
        .then(read(&[group(&["U1", "U2"])]))
        .then(again(&["U1", "U2"]))
        .then(update("U2,U3,U4"))
        .then(read(&[group(&["U2", "U3", "U4"])]));
    let (add, remove) = (vec![holder("U3"), holder("U4"), holder("U2")], vec![holder("U1"), holder("U9")]);
    assert_eq!(call(web(), script, |slack| slack.amend(key(), add, remove, intent())).unwrap(), Effect::Done);
}

#[test]
fn the_last_member_leaves_and_the_group_is_disabled() {
    let script =
        Script::new().then(read(&[group(&["U1"])])).then(again(&["U1"])).then(disable(&["U1"])).then(read(&[disabled(&["U1"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Done);
    // Nobody is in a disabled group.
    let script = Script::new().then(read(&[disabled(&["U1"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Already);
}

#[test]
fn a_grant_enables_a_disabled_group_for_the_new_members_alone() {
    let script =
        Script::new().then(read(&[disabled(&["U1", "U2"])])).then(enable()).then(update("U3")).then(read(&[group(&["U3"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Done);
    // Also for somebody whom Slack remembers.
    let script =
        Script::new().then(read(&[disabled(&["U1", "U2"])])).then(enable()).then(update("U1")).then(read(&[group(&["U1"])]));
    assert_eq!(call(web(), script, grant("U1")).unwrap(), Effect::Done);
}

#[test]
fn a_group_that_could_not_be_filled_is_disabled_again() {
    let script = Script::new()
        .then(read(&[disabled(&["U1"])]))
        .then(enable())
        .then(update("U3").answers(200, refusal("invalid_users")))
        .then(disable(&["U1"]));
    assert_eq!(call(web(), script, grant("U3")).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn a_change_by_somebody_else_is_seen_and_merged_again() {
    // Their write was made from an older list and undid ours; what they added stays.
    let script = Script::new()
        .then(read(&[group(&["U1"])]))
        .then(again(&["U1"]))
        .then(update("U1,U3"))
        .then(read(&[group(&["U1", "U8"])]))
        .then(again(&["U1", "U8"]))
        .then(update("U1,U8,U3"))
        .then(read(&[group(&["U1", "U8", "U3"])]));
    let (effect, log) = testing::run_with_log(web(), script, || grant("U3")(&Slack::open()?));
    assert_eq!(effect.unwrap(), Effect::Done);
    assert!(log[0].1.contains("somebody else changes the user group"), "{log:?}");
}

#[test]
fn a_group_that_somebody_else_keeps_changing_is_a_conflict() {
    let mut script = Script::new();
    for _ in 0..3 {
        script = script.then(read(&[group(&["U1"])])).then(again(&["U1"])).then(update("U1,U3"));
    }
    let error = call(web(), script.then(read(&[group(&["U1"])])), grant("U3")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
}

#[test]
fn a_group_into_which_somebody_comes_while_it_is_disabled_is_enabled_for_them() {
    let script = Script::new()
        .then(read(&[group(&["U1"])]))
        .then(again(&["U1"]))
        .then(disable(&["U1", "U8"]))
        .then(enable())
        .then(read(&[group(&["U1", "U8"])]))
        .then(again(&["U8", "U1"]))
        .then(update("U8"))
        .then(read(&[group(&["U8"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Done);
}

#[test]
fn a_group_that_slack_fills_is_not_changed() {
    let mut idp = group(&["U1"]);
    idp["is_idp_group"] = json!(true);
    let error = call(web(), Script::new().then(read(&[idp.clone()])), grant("U3")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(error.message.contains("identity provider"));
    // What is so already needs no change.
    assert_eq!(call(web(), Script::new().then(read(&[idp])), grant("U1")).unwrap(), Effect::Already);
}

#[test]
fn nothing_but_accounts_is_in_a_group() {
    let nested = Holder::Entitlement(EntitlementKey::new("usergroup", "S2"));
    let error = call(web(), Script::new(), |slack| slack.grant(nested, key(), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let error =
        call(web(), Script::new(), |slack| slack.grant(holder("U1"), EntitlementKey::new("team", "x"), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

#[test]
fn a_change_that_comes_while_the_group_is_read_is_merged_before_anything_is_written() {
    let script = Script::new()
        .then(read(&[group(&["U1"])]))
        .then(again(&["U1", "U8"]))
        .then(read(&[group(&["U1", "U8"])]))
        .then(again(&["U1", "U8"]))
        .then(update("U1,U8,U3"))
        .then(read(&[group(&["U1", "U8", "U3"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Done);
    // Somebody disables it meanwhile.
    let gone = reads("usergroups.users.list").query("usergroup", "S1").answers(200, refusal("no_such_subteam"));
    let script = Script::new()
        .then(read(&[group(&["U1"])]))
        .then(gone)
        .then(read(&[disabled(&["U1"])]))
        .then(enable())
        .then(update("U3"))
        .then(read(&[group(&["U3"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Done);
}

#[test]
fn a_group_that_never_stays_the_same_is_a_conflict_and_is_not_written() {
    let mut script = Script::new();
    for _ in 0..6 {
        script = script.then(read(&[group(&["U1"])])).then(again(&["U2"]));
    }
    assert_eq!(call(web(), script, grant("U3")).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn what_somebody_else_has_enabled_or_disabled_first_is_no_error() {
    let script = Script::new()
        .then(read(&[disabled(&[])]))
        .then(enable().answers(200, refusal("already_enabled")))
        .then(update("U3"))
        .then(read(&[group(&["U3"])]));
    assert_eq!(call(web(), script, grant("U3")).unwrap(), Effect::Done);
    let script = Script::new()
        .then(read(&[group(&["U1"])]))
        .then(again(&["U1"]))
        .then(disable(&[]).answers(200, refusal("already_disabled")))
        .then(read(&[disabled(&["U1"])]));
    assert_eq!(call(web(), script, revoke("U1")).unwrap(), Effect::Done);
}
