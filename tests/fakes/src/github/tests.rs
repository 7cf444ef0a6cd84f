use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Copilot, GitHub, LimitStatus, OWNER, Quirks, Role, SeatManagement};
use crate::web::{Answer, Request, Service};

pub(super) fn github(quirks: Quirks) -> GitHub {
    let mut github = GitHub::new("https://api.github.test", "acme", quirks);
    github.add_user_with_email("ada", "ada@acme.example");
    github.add_member("grace", Role::Member);
    github
}

fn send(github: &mut GitHub, method: &str, target: &str, body: &Value) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    github.answer(&Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        body,
        ..Request::default()
    })
}

pub(super) fn call(github: &mut GitHub, method: &str, target: &str, body: Value) -> (u16, Value) {
    let answer = send(github, method, target, &body);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

pub(super) fn get(github: &mut GitHub, target: &str) -> (u16, Value) {
    call(github, "GET", target, Value::Null)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn logins(listed: &Value) -> Vec<&str> {
    listed.as_array().into_iter().flatten().filter_map(|user| user["login"].as_str()).collect()
}

#[test]
fn a_membership_is_pending_until_the_invitation_is_accepted() {
    let mut github = github(Quirks::default());
    let (status, membership) = call(&mut github, "PUT", "/orgs/acme/memberships/ada", json!({ "role": "admin" }));
    assert_eq!((status, &membership["state"], &membership["role"]), (200, &json!("pending"), &json!("admin")));
    assert_eq!(get(&mut github, "/orgs/acme/members/ada").0, 404);
    let (_, invitations) = get(&mut github, "/orgs/acme/invitations");
    assert_eq!((&invitations[0]["login"], &invitations[0]["email"]), (&json!("ada"), &Value::Null));
    github.accept_invitation("ada");
    assert_eq!(get(&mut github, "/orgs/acme/memberships/ADA").1["state"], "active");
    assert_eq!(get(&mut github, "/orgs/acme/members/ada").0, 204);
    assert_eq!(logins(&get(&mut github, "/orgs/acme/members?role=admin").1), [OWNER, "ada"]);
    assert_eq!(get(&mut github, "/orgs/acme/invitations").1, json!([]));
}

#[test]
fn an_invitation_by_address_becomes_an_account_whose_id_outlives_its_login() {
    let mut github = github(Quirks::default());
    let team = github.add_team("Core Team", None);
    let (status, invitation) =
        call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": "new.one@acme.example", "team_ids": [team] }));
    assert_eq!((status, &invitation["login"], &invitation["team_count"]), (201, &Value::Null, &json!(1)));
    assert_eq!(get(&mut github, &format!("/orgs/acme/invitations/{}/teams", invitation["id"])).1[0]["slug"], "core-team");
    let id = github.accept_invitation("new.one@acme.example");
    assert_eq!(github.team_members("core-team"), ["new-one"]);
    github.rename("new-one", "newer");
    assert_eq!(get(&mut github, &format!("/user/{id}")).1["login"], "newer");
    assert_eq!(get(&mut github, "/users/new-one").0, 404);
    let (_, profile) = get(&mut github, "/users/newer");
    assert_eq!((&profile["id"], &profile["email"]), (&json!(id), &Value::Null));
}

#[test]
fn an_invitation_that_nobody_accepts_fails_after_seven_days() {
    let mut github = github(Quirks::default());
    let (_, invitation) = call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": "x@acme.example" }));
    github.advance(SignedDuration::from_hours(7 * 24 - 1));
    assert_eq!(github.invited(), ["x@acme.example"]);
    github.advance(SignedDuration::from_hours(1));
    assert_eq!((github.invited(), github.failed()), (vec![], vec!["x@acme.example".to_owned()]));
    let (_, failed) = get(&mut github, "/orgs/acme/failed_invitations");
    assert_eq!(failed[0]["id"], invitation["id"]);
    assert_eq!(failed[0]["failed_at"], json!(github.clock().to_string()));
    assert!(failed[0]["failed_reason"].as_str().is_some_and(|reason| reason.contains("7 days")));
    assert_eq!(call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": "x@acme.example" })).0, 201);
}

#[test]
fn whoever_is_there_or_invited_already_cannot_be_invited() {
    let mut github = github(Quirks::default());
    let ada = github.user("ada").expect("she is there").id;
    github.add_member("ada", Role::Member);
    let mut refused = |body: Value| {
        let (status, body) = call(&mut github, "POST", "/orgs/acme/invitations", body);
        (status, body["errors"][0]["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(refused(json!({ "invitee_id": ada })), (422, "Invitee is already a part of this org".to_owned()));
    assert_eq!(refused(json!({ "email": "ADA@acme.example" })).0, 422);
    assert_eq!(refused(json!({ "email": "x@acme.example" })).0, 201);
    assert_eq!(refused(json!({ "email": "x@acme.example" })).0, 422);
    assert_eq!(refused(json!({})).0, 422);
    assert_eq!(refused(json!({ "invitee_id": 5 })).0, 404);
    assert_eq!(refused(json!({ "email": "y@acme.example", "role": "reinstate" })).0, 422);
}

#[test]
fn no_more_invitations_go_out_than_a_day_allows() {
    let mut github = github(Quirks { invitations_per_day: 1, ..Quirks::default() });
    let mut invite = |email: &str| call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": email }));
    assert_eq!(invite("a@acme.example").0, 201);
    let (status, body) = invite("b@acme.example");
    assert_eq!((status, &body["errors"][0]["message"]), (422, &json!("Over invitation rate limit")));
    assert_eq!(call(&mut github, "PUT", "/orgs/acme/memberships/ada", json!({})).0, 422);
    github.advance(SignedDuration::from_hours(24));
    assert_eq!(call(&mut github, "PUT", "/orgs/acme/memberships/ada", json!({})).0, 200);
}

#[test]
fn a_pending_invitation_is_cancelled_by_its_id_or_by_the_membership() {
    let mut github = github(Quirks::default());
    let (_, invitation) = call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": "x@acme.example" }));
    let url = format!("/orgs/acme/invitations/{}", invitation["id"]);
    assert_eq!(call(&mut github, "DELETE", &url, Value::Null).0, 204);
    assert_eq!(call(&mut github, "DELETE", &url, Value::Null).0, 404);
    call(&mut github, "PUT", "/orgs/acme/memberships/ada", json!({}));
    assert_eq!(call(&mut github, "DELETE", "/orgs/acme/members/ada", Value::Null).0, 404);
    assert_eq!(call(&mut github, "DELETE", "/orgs/acme/memberships/ada", Value::Null).0, 204);
    assert!(github.invited().is_empty());
    assert_eq!(call(&mut github, "DELETE", "/orgs/acme/memberships/ada", Value::Null).0, 404);
}

#[test]
fn a_member_who_leaves_leaves_all_teams_and_can_be_reinstated() {
    let mut github = github(Quirks::default());
    github.add_team("Core", None);
    github.add_to_team("core", "grace");
    github.add_seat("grace");
    let id = github.user("grace").expect("she is there").id;
    assert_eq!(call(&mut github, "DELETE", "/orgs/acme/members/grace", Value::Null).0, 204);
    assert!(github.team_members("core").is_empty());
    assert_eq!(github.seats(), [("grace".to_owned(), true)]);
    assert_eq!(get(&mut github, "/users/grace").0, 200);
    assert_eq!(call(&mut github, "POST", "/orgs/acme/invitations", json!({ "invitee_id": id, "role": "reinstate" })).0, 201);
    github.accept_invitation("grace");
    assert_eq!(github.team_members("core"), ["grace"]);
}

#[test]
fn the_last_owner_can_neither_go_nor_stop_being_one() {
    let mut github = github(Quirks::default());
    let url = format!("/orgs/acme/memberships/{OWNER}");
    assert_eq!(call(&mut github, "DELETE", &url, Value::Null).0, 403);
    assert_eq!(call(&mut github, "PUT", &url, json!({ "role": "member" })).0, 403);
    call(&mut github, "PUT", "/orgs/acme/memberships/grace", json!({ "role": "admin" }));
    assert_eq!(call(&mut github, "PUT", &url, json!({ "role": "member" })).1["role"], "member");
}

#[test]
fn a_team_has_the_members_of_the_teams_in_it() {
    let mut github = github(Quirks::default());
    github.add_team("Engineering", None);
    github.add_team("Platform", Some("engineering"));
    let url = "/orgs/acme/teams/platform/memberships/grace";
    assert_eq!(call(&mut github, "PUT", url, json!({ "role": "maintainer" })).1["state"], "active");
    let (_, members) = get(&mut github, "/orgs/acme/teams/engineering/members");
    assert_eq!(
        (&members[0]["login"], &members[0]["inherited"], &members[0]["role"]),
        (&json!("grace"), &json!(true), &json!("member"))
    );
    assert_eq!(get(&mut github, "/orgs/acme/teams/engineering/memberships/grace").0, 200);
    assert_eq!(call(&mut github, "DELETE", "/orgs/acme/teams/engineering/memberships/grace", Value::Null).0, 204);
    assert_eq!(github.team_members("platform"), ["grace"]);
    assert_eq!(get(&mut github, "/orgs/acme/teams/platform").1["parent"]["slug"], "engineering");
    assert_eq!(get(&mut github, "/orgs/acme/teams/engineering/teams").1[0]["slug"], "platform");
    assert_eq!(call(&mut github, "PATCH", "/orgs/acme/teams/engineering", json!({ "parent_team_slug": "platform" })).0, 422);
    assert_eq!(call(&mut github, "DELETE", url, Value::Null).0, 204);
    assert_eq!(call(&mut github, "DELETE", url, Value::Null).0, 404);
    call(&mut github, "DELETE", "/orgs/acme/teams/engineering", Value::Null);
    assert_eq!(get(&mut github, "/orgs/acme/teams/platform").0, 404);
}

#[test]
fn somebody_outside_who_is_put_into_a_team_is_invited_to_the_organisation() {
    let mut github = github(Quirks::default());
    let (status, team) = call(&mut github, "POST", "/orgs/acme/teams", json!({ "name": "Core", "privacy": "closed" }));
    assert_eq!((status, &team["slug"], &team["members_count"]), (201, &json!("core"), &json!(1)));
    let url = "/orgs/acme/teams/core/memberships/ada";
    assert_eq!(call(&mut github, "PUT", url, json!({})).1["state"], "pending");
    assert_eq!(get(&mut github, "/orgs/acme/teams/core/invitations").1[0]["login"], "ada");
    assert_eq!(get(&mut github, &format!("/organizations/42/team/{}/memberships/ada", team["id"])).1["state"], "pending");
    github.accept_invitation("ada");
    assert_eq!(get(&mut github, url).1["state"], "active");
}

#[test]
fn a_team_of_the_identity_provider_cannot_be_changed_here() {
    let mut github = github(Quirks::default());
    github.add_team("Core", None);
    github.sync_team("core");
    for method in ["PUT", "DELETE"] {
        assert_eq!(call(&mut github, method, "/orgs/acme/teams/core/memberships/grace", Value::Null).0, 403);
    }
}

#[test]
fn roles_are_held_directly_by_teams_or_both() {
    let mut github = github(Quirks::default());
    github.add_team("Core", None);
    github.add_to_team("core", "grace");
    let role = github.add_organization_role("Auditor", &["read_audit_logs"]);
    let (_, roles) = get(&mut github, "/orgs/acme/organization-roles");
    assert_eq!(roles["total_count"], 7);
    assert_eq!(call(&mut github, "PUT", &format!("/orgs/acme/organization-roles/teams/core/{role}"), Value::Null).0, 204);
    let users = format!("/orgs/acme/organization-roles/{role}/users");
    assert_eq!(get(&mut github, &users).1[0]["assignment"], "indirect");
    let grace = format!("/orgs/acme/organization-roles/users/grace/{role}");
    assert_eq!(call(&mut github, "PUT", &grace, Value::Null).0, 204);
    assert_eq!(get(&mut github, &users).1[0]["assignment"], "mixed");
    assert_eq!(github.role_users("Auditor"), ["grace"]);
    assert_eq!(call(&mut github, "DELETE", &grace, Value::Null).0, 204);
    assert!(github.role_users("Auditor").is_empty());
    assert_eq!(call(&mut github, "PUT", &format!("/orgs/acme/organization-roles/users/ada/{role}"), Value::Null).0, 422);
    github.quirks.organization_roles = false;
    assert_eq!(get(&mut github, "/orgs/acme/organization-roles").0, 422);
}

#[test]
fn a_seat_is_bought_once_and_ends_with_the_month() {
    let mut github = github(Quirks::default());
    github.set_clock("2026-03-10T12:00:00Z".parse().expect("a time"));
    let users = "/orgs/acme/copilot/billing/selected_users";
    let body = json!({ "selected_usernames": ["grace"] });
    assert_eq!(call(&mut github, "POST", users, body.clone()), (201, json!({ "seats_created": 1 })));
    assert_eq!(call(&mut github, "POST", users, body.clone()), (201, json!({ "seats_created": 0 })));
    assert_eq!(call(&mut github, "DELETE", users, body.clone()), (200, json!({ "seats_cancelled": 1 })));
    let (_, seats) = get(&mut github, "/orgs/acme/copilot/billing/seats");
    assert_eq!((&seats["total_seats"], &seats["seats"][0]["pending_cancellation_date"]), (&json!(1), &json!("2026-04-01")));
    assert_eq!(call(&mut github, "POST", users, body.clone()).1["seats_created"], 1);
    call(&mut github, "DELETE", users, body.clone());
    github.advance(SignedDuration::from_hours(24 * 22));
    assert_eq!(get(&mut github, "/orgs/acme/copilot/billing").1["seat_breakdown"]["total"], 0);
    assert_eq!(call(&mut github, "POST", users, json!({ "selected_usernames": ["ada"] })).0, 422);
    github.quirks.copilot = Some(Copilot { seat_management: SeatManagement::AssignAll, ..Copilot::default() });
    assert_eq!(call(&mut github, "POST", users, body).0, 422);
    github.quirks.copilot = None;
    assert_eq!(get(&mut github, "/orgs/acme/copilot/billing").0, 404);
}

#[test]
fn the_hourly_limit_is_counted_down_and_lifted_by_time() {
    let mut github = github(Quirks { requests_per_hour: 1, limit_status: LimitStatus::TooManyRequests, ..Quirks::default() });
    let answer = send(&mut github, "GET", "/orgs/acme/members", &Value::Null);
    assert_eq!((answer.status, header(&answer, "x-ratelimit-remaining"), header(&answer, "x-ratelimit-used")), (200, "0", "1"));
    let answer = send(&mut github, "GET", "/orgs/acme/members", &Value::Null);
    assert_eq!((answer.status, header(&answer, "x-ratelimit-remaining"), header(&answer, "retry-after")), (429, "0", ""));
    let reset = (github.clock() + SignedDuration::from_hours(1)).as_second();
    assert_eq!(header(&answer, "x-ratelimit-reset"), reset.to_string());
    assert_eq!(get(&mut github, "/rate_limit").1["rate"]["remaining"], 0);
    github.advance(SignedDuration::from_hours(1));
    assert_eq!(get(&mut github, "/orgs/acme/members").0, 200);
}

#[test]
fn writing_too_fast_meets_the_secondary_limit_while_reading_goes_on() {
    let mut github = github(Quirks { secondary_after: Some(1), ..Quirks::default() });
    let put = |github: &mut GitHub| send(github, "PUT", "/orgs/acme/memberships/grace", &json!({}));
    assert_eq!(put(&mut github).status, 200);
    let answer = put(&mut github);
    assert_eq!((answer.status, header(&answer, "retry-after")), (403, "60"));
    assert_ne!(header(&answer, "x-ratelimit-remaining"), "0");
    assert_eq!(get(&mut github, "/orgs/acme/members").0, 200);
    github.advance(SignedDuration::from_secs(60));
    assert_eq!(put(&mut github).status, 200);
}

#[test]
fn a_running_server_asks_for_its_token_and_a_known_version() {
    let mut github = github(Quirks::default());
    github.token = Some("secret".to_owned());
    let mut with = |headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { method: "GET".to_owned(), path: "/user".to_owned(), headers, ..Request::default() };
        github.answer(&request).status
    };
    let (token, agent) = (("authorization", "Bearer secret"), ("user-agent", "test"));
    assert_eq!(with(&[agent]), 401);
    assert_eq!(with(&[("authorization", "Bearer wrong"), agent]), 401);
    assert_eq!(with(&[token]), 403);
    assert_eq!(with(&[token, agent, ("x-github-api-version", "2022-11-28")]), 200);
    assert_eq!(with(&[token, agent, ("x-github-api-version", "2020-01-01")]), 400);
}

#[test]
fn a_token_without_the_scope_is_told_which_would_do() {
    let mut github = github(Quirks { scopes: vec!["read:org".to_owned()], ..Quirks::default() });
    assert_eq!(get(&mut github, "/orgs/acme/members").0, 200);
    let answer = send(&mut github, "DELETE", "/orgs/acme/members/grace", &Value::Null);
    assert_eq!(answer.status, 403);
    assert_eq!((header(&answer, "x-oauth-scopes"), header(&answer, "x-accepted-oauth-scopes")), ("read:org", "admin:org"));
}

#[test]
fn accounts_of_an_identity_provider_cannot_be_invited() {
    let mut github = github(Quirks { managed_users: true, ..Quirks::default() });
    assert_eq!(call(&mut github, "POST", "/orgs/acme/invitations", json!({ "email": "a@acme.example" })).0, 404);
    assert_eq!(get(&mut github, "/orgs/acme/invitations").0, 404);
}
