use serde_json::json;

use super::*;

fn emails(body: &Value, list: &str) -> Vec<String> {
    let rows = body[list].as_array().cloned().unwrap_or_default();
    let mut emails: Vec<String> = rows.iter().filter_map(|row| row["email"].as_str().map(str::to_owned)).collect();
    emails.sort();
    emails
}

fn team() -> Workspace {
    let mut workspace = workspace();
    workspace.add_user("ada@acme.example", "Ada", "A");
    for group in ["inner@acme.example", "outer@acme.example"] {
        workspace.add_group(group, group);
    }
    workspace.add_member("outer@acme.example", "inner@acme.example", "MEMBER");
    workspace.add_member("inner@acme.example", "ada@acme.example", "OWNER");
    workspace
}

#[test]
fn members_of_inner_groups_are_found_when_asked_for() {
    let mut workspace = team();
    let direct = good(&mut workspace, "GET", "/groups/outer@acme.example/members", None);
    assert_eq!(
        (emails(&direct, "members"), &direct["members"][0]["type"]),
        (vec!["inner@acme.example".to_owned()], &json!("GROUP"))
    );
    let all = good(&mut workspace, "GET", "/groups/outer@acme.example/members?includeDerivedMembership=true", None);
    assert_eq!(emails(&all, "members"), ["ada@acme.example", "inner@acme.example"]);
    assert_eq!(good(&mut workspace, "GET", "/groups/outer@acme.example/hasMember/ada@acme.example", None)["isMember"], true);
    let owners = good(&mut workspace, "GET", "/groups/inner@acme.example/members?roles=MANAGER,OWNER", None);
    assert_eq!(emails(&owners, "members"), ["ada@acme.example"]);
}

#[test]
fn membership_has_its_rules() {
    let mut workspace = team();
    let insert = |workspace: &mut Workspace, group: &str, member: Value| {
        ask(workspace, "POST", &format!("/groups/{group}/members"), Some(member))
    };
    let cycle = insert(&mut workspace, "inner@acme.example", json!({"email": "outer@acme.example"}));
    assert_eq!(outcome(&cycle), (412, "conditionNotMet".to_owned()));
    let twice = insert(&mut workspace, "inner@acme.example", json!({"email": "Ada@acme.example"}));
    assert_eq!(outcome(&twice), (409, "duplicate".to_owned()));
    let nobody = insert(&mut workspace, "inner@acme.example", json!({"email": "nobody@acme.example"}));
    assert_eq!(outcome(&nobody), (404, "notFound".to_owned()));
    let nothing = insert(&mut workspace, "inner@acme.example", json!({}));
    assert_eq!(outcome(&nothing), (400, "required".to_owned()));
    assert_eq!(insert(&mut workspace, "inner@acme.example", json!({"email": "guest@elsewhere.example"})).status, 200);
    assert_eq!(ask(&mut workspace, "DELETE", "/groups/inner@acme.example/members/ada@acme.example", None).status, 204);
    refused(&mut workspace, "DELETE", "/groups/inner@acme.example/members/ada@acme.example", None, 404, "notFound");
    assert_eq!(workspace.members_of("inner@acme.example"), ["guest@elsewhere.example"]);
    refused(&mut workspace, "GET", "/groups/none@acme.example/members", None, 404, "notFound");
}

#[test]
fn members_may_be_seen_as_they_were() {
    let mut workspace = team();
    workspace.quirks.stale_member_reads = 1;
    assert_eq!(ask(&mut workspace, "DELETE", "/groups/inner@acme.example/members/ada@acme.example", None).status, 204);
    let stale = good(&mut workspace, "GET", "/groups/inner@acme.example/members", None);
    let fresh = good(&mut workspace, "GET", "/groups/inner@acme.example/members", None);
    assert_eq!((emails(&stale, "members").len(), emails(&fresh, "members").len()), (1, 0));
}

#[test]
fn groups_are_listed_by_member_and_counted() {
    let mut workspace = team();
    let of_ada = good(&mut workspace, "GET", "/groups?userKey=ada@acme.example", None);
    assert_eq!(
        (emails(&of_ada, "groups"), &of_ada["groups"][0]["directMembersCount"]),
        (vec!["inner@acme.example".to_owned()], &json!("1"))
    );
    assert_eq!(emails(&good(&mut workspace, "GET", "/groups?customer=my_customer", None), "groups").len(), 2);
    refused(&mut workspace, "GET", "/groups", None, 400, "badRequest");
    workspace.delete_user("ada@acme.example");
    assert!(workspace.members_of("inner@acme.example").is_empty());
}

#[test]
fn a_role_in_a_group_is_changed_in_place() {
    let mut workspace = team();
    let patched =
        good(&mut workspace, "PATCH", "/groups/inner@acme.example/members/ada@acme.example", Some(json!({"role": "MANAGER"})));
    assert_eq!(patched["role"], "MANAGER");
    assert_eq!(good(&mut workspace, "GET", "/groups/inner@acme.example/members/ada@acme.example", None)["role"], "MANAGER");
}

#[test]
fn units_form_a_tree() {
    let mut workspace = workspace();
    workspace.add_unit("/Sales/North");
    let paths = |body: &Value| -> Vec<String> {
        let units = body["organizationUnits"].as_array().cloned().unwrap_or_default();
        units.iter().filter_map(|unit| unit["orgUnitPath"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(paths(&good(&mut workspace, "GET", "/customer/my_customer/orgunits", None)), ["/Sales"]);
    assert_eq!(paths(&good(&mut workspace, "GET", "/customer/my_customer/orgunits?type=all", None)), ["/Sales", "/Sales/North"]);
    let below = good(&mut workspace, "GET", "/customer/my_customer/orgunits?type=allIncludingParent&orgUnitPath=/Sales", None);
    assert_eq!(paths(&below), ["/Sales", "/Sales/North"]);
    let unit = good(&mut workspace, "GET", "/customer/my_customer/orgunits/Sales/North", None);
    assert_eq!((&unit["name"], &unit["parentOrgUnitPath"]), (&json!("North"), &json!("/Sales")));
    let made = json!({"name": "South", "parentOrgUnitPath": "/Sales"});
    assert_eq!(good(&mut workspace, "POST", "/customer/my_customer/orgunits", Some(made.clone()))["orgUnitPath"], "/Sales/South");
    refused(&mut workspace, "POST", "/customer/my_customer/orgunits", Some(made), 409, "duplicate");
    refused(&mut workspace, "DELETE", "/customer/my_customer/orgunits/Sales", None, 412, "conditionNotMet");
    refused(&mut workspace, "GET", "/customer/C0other/orgunits", None, 403, "forbidden");
}

#[test]
fn roles_are_assigned_to_ids_and_make_administrators() {
    let mut workspace = team();
    let ada = workspace.find_user("ada@acme.example").map(|user| user.id.clone()).expect("a user");
    let body = json!({"roleId": HELP_DESK_ROLE.to_string(), "assignedTo": ada, "scopeType": "CUSTOMER"});
    let made = good(&mut workspace, "POST", "/customer/my_customer/roleassignments", Some(body.clone()));
    assert_eq!(made["assigneeType"], "user");
    refused(&mut workspace, "POST", "/customer/my_customer/roleassignments", Some(body.clone()), 409, "duplicate");
    let mut by_address = body;
    by_address["assignedTo"] = json!("ada@acme.example");
    refused(&mut workspace, "POST", "/customer/my_customer/roleassignments", Some(by_address), 404, "notFound");
    let user = good(&mut workspace, "GET", "/users/ada@acme.example", None);
    assert_eq!((&user["isAdmin"], &user["isDelegatedAdmin"]), (&json!(false), &json!(true)));
    let held = good(&mut workspace, "GET", "/customer/my_customer/roleassignments?userKey=ada@acme.example", None);
    let path = format!("/customer/my_customer/roleassignments/{}", held["items"][0]["roleAssignmentId"].as_str().expect("an id"));
    assert_eq!(ask(&mut workspace, "DELETE", &path, None).status, 204);
    assert_eq!(workspace.roles_of(&ada), Vec::<u64>::new());
    assert_eq!(good(&mut workspace, "GET", "/customer/my_customer/roles", None)["items"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_role_of_a_group_is_found_at_its_members_when_asked_for() {
    let mut workspace = team();
    let group = good(&mut workspace, "GET", "/groups/inner@acme.example", None)["id"].clone();
    workspace.assign_role(HELP_DESK_ROLE, group.as_str().expect("an id"));
    let path = "/customer/my_customer/roleassignments?userKey=ada@acme.example";
    assert_eq!(good(&mut workspace, "GET", path, None).get("items"), None);
    let indirect = good(&mut workspace, "GET", &format!("{path}&includeIndirectRoleAssignments=true"), None);
    assert_eq!(indirect["items"][0]["assigneeType"], "group");
}
