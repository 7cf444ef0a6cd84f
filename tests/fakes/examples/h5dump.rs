#![allow(clippy::print_stdout, missing_docs)]
use innkeeper_fakes::github::{self, GitHub, Role};
use innkeeper_fakes::slack::{self, Kind, Slack, TEAM};
use innkeeper_fakes::web::{Request, Service};
use serde_json::{Value, json};

fn go(service: &mut impl Service, which: &str, method: &str, target: &str, body: Value) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let bytes = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let answer = service.answer(&Request { method: method.into(), path: path.into(), query: query.into(), headers, body: bytes });
    let out: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let kind = answer.headers.iter().find(|(n, _)| n == "content-type").map(|(_, v)| v.clone());
    println!("{}", json!({"which": which, "method": method, "path": path, "status": answer.status, "type": kind, "body": out, "empty": answer.body.is_empty()}));
    out
}

fn main() {
    let mut g = GitHub::new("https://api.github.com", "acme", github::Quirks::default());
    g.add_user_with_email("ada", "ada@acme.example");
    g.change_account("ada", |a| a.public_email = Some("ada@acme.example".into()));
    let grace = g.add_member("grace", Role::Member);
    g.add_team("Eng", None);
    g.add_team("Platform", Some("eng"));
    g.add_to_team("platform", "grace");
    let role = g.add_organization_role("Auditor", &["read_audit_logs"]);
    let n = || Value::Null;
    let mut c = |m: &str, t: &str, b: Value| go(&mut g, "github", m, t, b);
    c("GET", "/orgs/acme", n()); c("GET", "/orgs/acme/members", n()); c("GET", "/orgs/acme/members?role=x", n());
    c("GET", "/orgs/acme/members/grace", n()); c("GET", "/orgs/acme/members/ada", n());
    c("PUT", "/orgs/acme/memberships/ada", json!({"role":"admin"})); c("GET", "/orgs/acme/memberships/ada", n()); c("GET", "/orgs/acme/memberships/nobody", n());
    c("PUT", "/orgs/acme/memberships/acme-owner", json!({"role":"member"})); c("PUT", "/orgs/acme/memberships/ada", json!({"role":"x"}));
    let team = c("GET", "/orgs/acme/teams/eng", n())["id"].clone();
    let inv = c("POST", "/orgs/acme/invitations", json!({"email":"x@acme.example","team_ids":[team]}));
    c("POST", "/orgs/acme/invitations", json!({"email":"x@acme.example"})); c("POST", "/orgs/acme/invitations", json!({})); c("POST", "/orgs/acme/invitations", json!({"invitee_id":grace}));
    c("GET", "/orgs/acme/invitations", n()); c("GET", &format!("/orgs/acme/invitations/{}/teams", inv["id"]), n());
    c("GET", "/orgs/acme/teams/eng/invitations", n());
    c("DELETE", "/orgs/acme/invitations/1", n());
    c("GET", "/orgs/acme/teams", n()); c("GET", "/orgs/acme/teams/eng/teams", n()); c("GET", "/orgs/acme/teams/eng/members", n());
    c("GET", "/orgs/acme/teams/platform/memberships/grace", n()); c("PUT", "/orgs/acme/teams/eng/memberships/grace", json!({"role":"maintainer"})); c("PUT", "/orgs/acme/teams/eng/memberships/ada", json!({}));
    c("DELETE", "/orgs/acme/teams/eng/memberships/grace", n());
    c("POST", "/orgs/acme/teams", json!({"name":"New"})); c("POST", "/orgs/acme/teams", json!({"name":"New"})); c("PATCH", "/orgs/acme/teams/new", json!({"name":"Newer"})); c("DELETE", "/orgs/acme/teams/newer", n());
    c("GET", "/orgs/acme/organization-roles", n()); c("GET", &format!("/orgs/acme/organization-roles/{role}"), n());
    c("PUT", &format!("/orgs/acme/organization-roles/users/grace/{role}"), n()); c("PUT", &format!("/orgs/acme/organization-roles/teams/eng/{role}"), n());
    c("GET", &format!("/orgs/acme/organization-roles/{role}/users"), n()); c("GET", &format!("/orgs/acme/organization-roles/{role}/teams"), n());
    c("POST", "/orgs/acme/organization-roles", json!({"name":"X","permissions":["a"]})); c("POST", "/orgs/acme/organization-roles", json!({}));
    c("GET", "/orgs/acme/organization-roles/5", n());
    c("DELETE", &format!("/orgs/acme/organization-roles/users/grace/{role}"), n());
    c("POST", "/orgs/acme/copilot/billing/selected_users", json!({"selected_usernames":["grace"]})); c("GET", "/orgs/acme/copilot/billing", n()); c("GET", "/orgs/acme/copilot/billing/seats", n());
    c("DELETE", "/orgs/acme/copilot/billing/selected_users", json!({"selected_usernames":["grace"]})); c("GET", "/orgs/acme/copilot/billing/seats", n()); c("GET", "/orgs/acme/members/grace/copilot", n()); c("GET", "/orgs/acme/members/acme-owner/copilot", n());
    c("GET", "/user", n()); c("GET", "/users/ada", n()); c("GET", &format!("/user/{grace}"), n()); c("GET", "/user/1", n()); c("GET", "/rate_limit", n());
    let u = json!({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"e","active":true,"userName":"ada","name":{"givenName":"A","familyName":"L"},"displayName":"Ada","emails":[{"value":"a@b.example","type":"work","primary":true}],"roles":[{"value":"user"}]});
    let s = "/scim/v2/enterprises/acme";
    let id = c("POST", &format!("{s}/Users"), u.clone())["id"].as_str().unwrap().to_owned();
    c("POST", &format!("{s}/Users"), u.clone()); c("POST", &format!("{s}/Users"), json!({"schemas":[]}));
    c("GET", &format!("{s}/Users"), n()); c("GET", &format!("{s}/Users/{id}"), n()); c("GET", &format!("{s}/Users/x"), n()); c("GET", &format!("{s}/Users?filter=x"), n()); c("PUT", &format!("{s}/Users/{id}"), u);
    c("PATCH", &format!("{s}/Users/{id}"), json!({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}));
    let gid = c("POST", &format!("{s}/Groups"), json!({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"g","displayName":"G","members":[{"value":id,"displayName":"Ada"}]}))["id"].as_str().unwrap().to_owned();
    c("GET", &format!("{s}/Groups"), n()); c("GET", &format!("{s}/Groups/{gid}"), n());
    c("PATCH", &format!("{s}/Groups/{gid}"), json!({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members","value":[{"value":id}]}]}));
    c("GET", &format!("{s}/Groups/{gid}"), n());
    c("DELETE", &format!("{s}/Groups/{gid}"), n()); c("DELETE", &format!("{s}/Users/{id}"), n());
    c("DELETE", "/orgs/acme/members/acme-owner", n()); c("DELETE", "/orgs/acme/members/grace", n());
    g.advance(jiff::SignedDuration::from_hours(200));
    let mut c = |m: &str, t: &str, b: Value| go(&mut g, "github", m, t, b);
    c("GET", "/orgs/acme/failed_invitations", n());
    g.quirks.requests_per_hour = 0;
    go(&mut g, "github", "GET", "/orgs/acme/members", n());

    let mut k = Slack::new("https://slack.com", slack::Quirks::default());
    let ada = k.add_user("ada", "ada@acme.example");
    let guest = k.add_user_of_kind("guest", Some("g@x.example"), Kind::SingleChannelGuest);
    k.add_user_of_kind("robot", None, Kind::Bot);
    let gone = k.add_user("gone", "gone@acme.example");
    k.set_active(&gone, false);
    let group = k.add_user_group("core", &[&ada]);
    let chan = k.add_channel("open", false, &[]);
    k.sign_in(&ada);
    let mut c = |m: &str, b: Value| { go(&mut k, "slack", "POST", &format!("/api/{m}"), b) };
    c("auth.test", json!({})); c("usergroups.create", json!({"name":"New"})); c("usergroups.create", json!({}));
    c("usergroups.update", json!({"usergroup":group,"name":"Core"})); c("usergroups.users.update", json!({"usergroup":group,"users":ada,"include_count":true})); c("usergroups.users.update", json!({"usergroup":group,"users":""}));
    c("usergroups.disable", json!({"usergroup":group})); c("usergroups.enable", json!({"usergroup":group}));
    c("conversations.join", json!({"channel":chan})); c("conversations.invite", json!({"channel":chan,"users":ada})); c("conversations.invite", json!({"channel":chan,"users":ada})); c("conversations.kick", json!({"channel":chan,"user":ada}));
    c("admin.users.list", json!({"team_id":TEAM})); c("admin.users.session.list", json!({})); c("admin.users.invite", json!({"team_id":TEAM}));
    c("admin.users.invite", json!({"team_id":TEAM,"email":"n@acme.example","channel_ids":chan}));
    let mut r = |t: &str| go(&mut k, "slack", "GET", t, n());
    r("/api/users.list"); r("/api/users.list?limit=1"); r(&format!("/api/users.info?user={ada}")); r("/api/users.info?user=U9"); r("/api/users.lookupByEmail?email=ada@acme.example"); r("/api/team.info"); r("/api/team.billableInfo");
    r("/api/usergroups.list?include_users=true&include_count=true&include_disabled=true"); r(&format!("/api/usergroups.users.list?usergroup={group}")); r("/api/conversations.list"); r(&format!("/api/conversations.members?channel={chan}"));
    r("/scim/v2/Users"); r(&format!("/scim/v2/Users/{guest}")); r("/scim/v2/Users/x"); r("/scim/v2/Groups"); r("/scim/v2/ResourceTypes"); r("/scim/v2/ServiceProviderConfig");
}
