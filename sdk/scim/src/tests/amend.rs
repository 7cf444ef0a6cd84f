//! Several members at once.

use super::*;

fn key() -> EntitlementKey {
    EntitlementKey::new("group", "g1")
}

fn accounts(ids: &[&str]) -> Vec<Holder> {
    ids.iter().map(|id| Holder::Account((*id).to_owned())).collect()
}

fn entries(ids: &[&str]) -> Json {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

fn with(groups: Groups) -> Dialect {
    Dialect { discovery: false, patch: Choice::Yes, groups: Some(groups), ..Dialect::default() }
}

fn amend(dialect: Dialect, script: Script, add: &[&str], remove: &[&str]) -> Result<Effect> {
    call(dialect, script, |scim| scim.amend(&key(), &accounts(add), &accounts(remove)))
}

/// The group as it reads now.
fn reads(members: &[&str]) -> Exchange {
    let group = json!({ "id": "g1", "displayName": "G", "members": entries(members), "meta": { "version": "W/\"4\"" } });
    Exchange::get("/Groups/g1").answers(200, group)
}

/// What a filter that asks for some of them, or for each of them, finds of the group.
fn looks(filter: &str, found: bool) -> Exchange {
    let groups: &[Json] = if found { &[json!({ "id": "g1", "displayName": "G" })] } else { &[] };
    Exchange::get("/Groups")
        .query("filter", format!("id eq \"g1\" and {filter}"))
        .query("excludedAttributes", "members")
        .query("count", 2)
        .answers(200, list(groups.len(), groups))
}

fn patches(operations: Json) -> Exchange {
    Exchange::patch("/Groups/g1", patch(operations))
}

#[test]
fn several_members_come_and_go_in_one_patch() {
    let operations = json!([
        { "op": "add", "path": "members", "value": entries(&["u1", "u2"]) },
        { "op": "remove", "path": "members[value eq \"u3\"]" },
        { "op": "remove", "path": "members[value eq \"u4\"]" },
    ]);
    // Two filters say that there is all of it to do, and nobody reads the other members.
    let script = Script::new()
        .then(looks("(members.value eq \"u1\" or members.value eq \"u2\")", false))
        .then(looks("(members.value eq \"u3\" and members.value eq \"u4\")", true))
        .then(patches(operations).answers(204, Json::Null));
    assert_eq!(amend(with(Groups::default()), script, &["u1", "u2", "u1"], &["u3", "u4"]).unwrap(), Effect::Done);
}

#[test]
fn more_members_than_a_url_can_name_are_looked_up_in_the_group() {
    let many: Vec<String> = (0..65).map(|number| format!("u{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let operations = json!([{ "op": "add", "path": "members", "value": entries(&many[1..]) }]);
    let script = Script::new().then(reads(&["u0"])).then(patches(operations).answers(204, Json::Null));
    assert_eq!(amend(with(Groups::default()), script, &many, &[]).unwrap(), Effect::Done);
}

#[test]
fn only_what_is_not_so_already_is_written() {
    let operations = json!([{ "op": "add", "path": "members", "value": entries(&["u2"]) }]);
    let found = || Script::new().then(looks("(members.value eq \"u1\" or members.value eq \"u2\")", true));
    let script = found().then(reads(&["u1"])).then(patches(operations).answers(204, Json::Null));
    assert_eq!(amend(with(Groups::default()), script, &["u1", "u2"], &["u9"]).unwrap(), Effect::Done);
    let script = found().then(reads(&["u1", "u2"]));
    assert_eq!(amend(with(Groups::default()), script, &["u1", "u2"], &["u9"]).unwrap(), Effect::Already);
    assert_eq!(amend(with(Groups::default()), Script::new(), &[], &[]).unwrap(), Effect::Already);
}

#[test]
fn without_a_look_a_refused_patch_is_sent_again_with_what_is_left() {
    let groups = || Groups { check_membership: false, ..Groups::default() };
    let all = || patches(json!([{ "op": "add", "path": "members", "value": entries(&["u1", "u2"]) }]));
    let rest = json!([{ "op": "add", "path": "members", "value": entries(&["u2"]) }]);
    let script = Script::new()
        .then(all().answers(409, failure(409, None, "u1 is in already")))
        .then(reads(&["u1"]))
        .then(patches(rest).answers(204, Json::Null));
    assert_eq!(amend(with(groups()), script, &["u1", "u2"], &[]).unwrap(), Effect::Done);
    // Refused for another reason: nobody is in.
    let script = Script::new().then(all().answers(400, failure(400, None, "no such user"))).then(reads(&[]));
    assert_eq!(amend(with(groups()), script, &["u1", "u2"], &[]).unwrap_err().code, ErrorCode::Invalid);
    // And where the look fails, the refusal is what counts.
    let script = Script::new()
        .then(all().answers(400, failure(400, None, "no such user")))
        .then(Exchange::get("/Groups/g1").answers(503, Json::Null));
    assert_eq!(amend(with(groups()), script, &["u1", "u2"], &[]).unwrap_err().message, "no such user");
}

#[test]
fn without_patch_one_put_has_all_members() {
    let dialect = || Dialect { patch: Choice::No, ..with(Groups::default()) };
    let after = json!({ "id": "g1", "displayName": "G", "members": entries(&["u5", "u1"]) });
    let put = Exchange::put("/Groups/g1", after).header("if-match", "W/\"4\"").answers(200, Json::Null);
    let script = Script::new().then(reads(&["u3", "u5"])).then(put);
    assert_eq!(amend(dialect(), script, &["u1"], &["u3"]).unwrap(), Effect::Done);
    assert_eq!(amend(dialect(), Script::new().then(reads(&["u1"])), &["u1"], &["u3"]).unwrap(), Effect::Already);
}

#[test]
fn a_server_that_takes_nobody_out_by_filter_gets_the_list_of_those_who_stay() {
    let whole = || with(Groups { remove_members: RemoveMembers::Whole, ..Groups::default() });
    let list = json!([{ "op": "replace", "path": "members", "value": entries(&["u5", "u1"]) }]);
    let replaced = patches(list).header("if-match", "W/\"4\"").answers(204, Json::Null);
    let script = Script::new().then(reads(&["u3", "u5"])).then(replaced);
    assert_eq!(amend(whole(), script, &["u1"], &["u3"]).unwrap(), Effect::Done);
    assert_eq!(amend(whole(), Script::new().then(reads(&["u5"])), &[], &["u3"]).unwrap(), Effect::Already);
    // Without PATCH after all, what was read is enough.
    let nobody = json!({ "id": "g1", "displayName": "G", "members": [] });
    let script = Script::new()
        .then(reads(&["u3"]))
        .then(patches(json!([{ "op": "replace", "path": "members", "value": [] }])).answers(501, Json::Null))
        .then(Exchange::put("/Groups/g1", nobody).answers(200, Json::Null));
    assert_eq!(amend(whole(), script, &[], &["u3"]).unwrap(), Effect::Done);
    let description = call(whole(), Script::new(), |scim| scim.description()).unwrap();
    assert_eq!(description.entitlement_kinds[0].holder_writes, HolderWrites::All, "so that the host writes one at a time");
}

#[test]
fn members_are_removed_by_value_in_one_operation() {
    let groups = Groups { check_membership: false, remove_members: RemoveMembers::Value, ..Groups::default() };
    let operations = json!([{ "op": "remove", "path": "members", "value": entries(&["u1", "u2"]) }]);
    let script = Script::new().then(patches(operations).answers(204, Json::Null));
    assert_eq!(amend(with(groups), script, &[], &["u1", "u2"]).unwrap(), Effect::Done);
}

#[test]
fn ids_that_look_like_words_can_go_without_quotes() {
    let groups = Groups { check_membership: false, remove_members: RemoveMembers::Unquoted, ..Groups::default() };
    let operations = json!([
        { "op": "remove", "path": "members[value eq U-1]" },
        { "op": "remove", "path": "members[value eq \"u or 1\"]" },
    ]);
    let script = Script::new().then(patches(operations).answers(204, Json::Null));
    assert_eq!(amend(with(groups), script, &[], &["U-1", "u or 1"]).unwrap(), Effect::Done);
}

#[test]
fn a_group_that_is_gone_can_only_be_left() {
    let gone =
        |look: Exchange| Script::new().then(look).then(Exchange::get("/Groups/g1").answers(404, failure(404, None, "not found")));
    let both = looks("(members.value eq \"u1\" and members.value eq \"u2\")", false);
    assert_eq!(amend(with(Groups::default()), gone(both), &[], &["u1", "u2"]).unwrap(), Effect::Already);
    let script = Script::new()
        .then(looks("members.value eq \"u1\"", false))
        .then(looks("members.value eq \"u2\"", false))
        .then(Exchange::get("/Groups/g1").answers(404, failure(404, None, "not found")));
    assert_eq!(amend(with(Groups::default()), script, &["u1"], &["u2"]).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    assert_eq!(amend(with(Groups::default()), Script::new(), &["u1"], &["u1"]).unwrap_err().code, ErrorCode::Invalid);
    let flat = || with(Groups { nests: false, ..Groups::default() });
    let nested = Holder::Entitlement(EntitlementKey::new("group", "g2"));
    assert_eq!(call(flat(), Script::new(), |scim| scim.grant(&nested, &key())).unwrap_err().code, ErrorCode::Invalid);
    let team = Holder::Entitlement(EntitlementKey::new("team", "t1"));
    let error = call(with(Groups::default()), Script::new(), |scim| scim.grant(&team, &key())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}
