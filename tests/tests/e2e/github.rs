//! GitHub: invitations by address, teams, Copilot seats, limits, and an enterprise by SCIM.

use innkeeper_fakes::github::{GitHub, Quirks};
use innkeeper_fakes::web::{Answer, Failure, Fault, Request, Server, Service as _};
use innkeeper_tests::judged::as_described;
use innkeeper_tests::specs::Vendor;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::saas::{House, LOCAL, PEOPLE};
use crate::scenario::{how_many, operations};

const ROLES: &str = r#"
[role.everybody]
when = "true"
grants = ["github:team/everybody"]

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["github:team/backend"]

[role.seller]
when = "person.department == 'Sales'"
grants = ["github:team/sales"]
"#;

/// An organisation with a verified domain and three teams.
fn organisation(people: usize, roles: &str) -> (House, Server<GitHub>) {
    let github = GitHub::start("acme", Quirks { verified_domains: vec!["acme.example".to_owned()], ..Quirks::default() });
    github.with(|github| {
        for team in ["Everybody", "Backend", "Sales"] {
            github.add_team(team, None);
        }
    });
    let mut house = House::new("github", people);
    house.keep("GITHUB_TOKEN", github.with(|github| github.token().to_owned()).as_str());
    let url = github.base_url();
    let app = format!(
        r#"{PEOPLE}
[app.github]
connector = "github@0.1"
config = {{ organization = "acme", base-url = "{url}", graphql-url = "{url}/graphql", identity = "verified-domain-email" }}
credential.default = {{ env = "GITHUB_TOKEN" }}
{LOCAL}
mode = "enforce"
match = ["emails"]

[app.github.account]
userName = {{ value = "person.userName", strength = "initial" }}
emails = {{ value = "person.userName", strength = "initial" }}
role = {{ value = "'member'", strength = "initial" }}
{roles}"#
    );
    house.workspace.write("innkeeper.toml", app);
    (house, github)
}

fn accept_all(github: &Server<GitHub>) {
    github.with(|github| {
        for address in github.invited() {
            github.accept_invitation(&address);
        }
    });
}

/// The teams' members, sorted.
fn members(github: &Server<GitHub>, team: &str) -> Vec<String> {
    let mut members = github.with(|github| github.team_members(team));
    members.sort();
    members
}

#[track_caller]
fn ends(house: &House, github: &Server<GitHub>) {
    house.is_sound();
    as_described(Vendor::GitHub, &github.seen());
}

#[test]
fn people_are_invited_by_address_and_known_again_when_they_have_accepted() {
    let (mut house, github) = organisation(10, ROLES);
    let text = house.plan_text(3);
    assert!(text.contains("create account, invited to team"), "{text}");
    let _ = house.apply();
    assert_eq!(github.with(|github| github.invited()).len(), 10);
    house.is_settled();

    // Somebody moves while the invitation is open: what it says cannot be changed, so it waits.
    let mover = house.address(2);
    house.company.employee_mut(&mover).department = "Sales".to_owned();
    house.write_people();
    house.is_settled();

    accept_all(&github);
    let plan = house.plan(3);
    assert_eq!(how_many(&plan, "adopt"), 10, "{:?}", operations(&plan));
    assert_eq!(how_many(&plan, "grant"), 1, "{:?}", operations(&plan));
    let _ = house.apply();
    house.is_settled();
    let login = mover.split('@').next().expect("an address").replace('.', "-");
    assert!(members(&github, "sales").contains(&login) && members(&github, "everybody").contains(&login));
    assert_eq!(members(&github, "everybody").len(), 10);

    // The number is the identity.
    github.with(|github| github.rename(&login, "barbara-the-second"));
    house.is_settled();
    assert_eq!(house.holders("github:team/sales").len(), 3);
    ends(&house, &github);
}

#[test]
fn an_invitation_that_expired_is_sent_again_and_one_that_was_refused_is_for_a_human() {
    let (house, github) = organisation(3, ROLES);
    let now = github.with(|github| github.clock());
    // Innkeeper's clock is the real one: what expires was sent long ago.
    github.with(|github| github.set_clock(now - SignedDuration::from_hours(8 * 24)));
    let _ = house.plan(3);
    let _ = house.apply();
    github.with(|github| github.set_clock(now));
    let (late, refused) = (house.address(1), house.address(2));
    assert_eq!(github.with(|github| github.failed()).len(), 3);
    let again = house.plan(3);
    assert_eq!(how_many(&again, "create-account"), 3, "{again:#}");
    let text = house.plan_text(3);
    assert!(text.contains("the last invitation came to nothing: Invitation expired"), "{text}");
    let _ = house.apply();
    assert_eq!(github.with(|github| github.invited()).len(), 3);
    house.is_settled();

    github.with(|github| {
        github.accept_invitation(&late);
        github.fail_invitation(&refused, "Invitee declined");
    });
    let plan = house.plan(3);
    assert_eq!(operations(&plan), ["adopt", "assume-grant everybody", "assume-grant backend"]);
    assert_eq!(plan["cases"][0]["kind"], "invitation-failed", "{plan:#}");
    let said = plan["cases"][0]["text"].as_str().unwrap_or_default();
    assert!(said.contains(&refused) && said.contains("Invitee declined"), "{said}");
    let _ = house.apply();
    let invited = github.count("POST", "/orgs/acme/invitations");
    assert_eq!(operations(&house.plan(0)), Vec::<String>::new());
    assert_eq!(github.count("POST", "/orgs/acme/invitations"), invited);
    ends(&house, &github);
}

const WITH_SEATS: &str = r#"
[role.everybody]
when = "true"
grants = ["github:team/everybody"]

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["github:team/backend", "github:copilot/seat"]
"#;

#[test]
fn a_leaver_is_out_of_the_organisation_and_what_was_pending_is_cancelled() {
    let (mut house, github) = organisation(10, WITH_SEATS);
    let _ = house.plan(3);
    let _ = house.apply();
    let pending = house.address(1);
    github.with(|github| {
        for address in github.invited().into_iter().filter(|address| *address != pending) {
            github.accept_invitation(&address);
        }
    });
    // Seats can be bought for members alone: they come when the invitation is accepted.
    let text = house.plan_text(3);
    assert!(text.contains("(costs money)") && text.contains("7 given, each costs money"), "{text}");
    let _ = house.apply();
    house.is_settled();
    assert_eq!(github.with(|github| github.seats()).len(), 7);

    let leaver = house.address(3);
    let login = leaver.split('@').next().expect("an address").replace('.', "-");
    house.leaves(1);
    house.leaves(3);
    assert_eq!(operations(&house.plan(3)), ["delete-account", "delete-account"]);
    let _ = house.apply();
    github.with(|github| {
        assert_eq!(github.invited(), Vec::<String>::new());
        assert!(github.members().iter().all(|(member, _)| *member != login), "{:?}", github.members());
        let seat = github.seats().into_iter().find(|(holder, _)| *holder == login);
        assert!(seat.is_none_or(|(_, cancelled)| cancelled), "a seat goes on costing");
    });
    house.is_settled();
    for person in [&leaver, &pending] {
        assert_eq!(house.usable(person), Vec::<String>::new());
    }
    assert_eq!(house.holders("github:team/backend").len(), 6);
    assert_eq!(house.holders("github:copilot/seat").len(), 6);
    ends(&house, &github);
}

/// GitHub's three ways to say "too many", each over within a second.
fn limits() -> Vec<Failure> {
    let body = |message: &str, status: &str| json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status });
    let reset = (Timestamp::now().as_second() + 1).to_string();
    let primary = Answer::json(403, &body("API rate limit exceeded for user ID 1.", "403"))
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", reset);
    let too_many = Answer::json(429, &body("API rate limit exceeded for user ID 1.", "429")).header("retry-after", "0");
    let secondary = Answer::json(403, &body("You have exceeded a secondary rate limit.", "403")).header("retry-after", "1");
    vec![
        Failure::nth("GET", "/orgs/acme/invitations", 1, Fault::Answer(primary)),
        Failure::nth("GET", "/orgs/acme/teams", 1, Fault::Answer(too_many)),
        Failure::nth("POST", "/orgs/acme/invitations", 2, Fault::Answer(secondary)),
    ]
}

#[test]
fn a_run_goes_through_whichever_way_github_says_that_it_was_too_much() {
    let (house, github) = organisation(3, ROLES);
    github.fail(limits());
    house.settle();
    let refused = github.seen().iter().filter(|seen| seen.answer.as_ref().is_some_and(|answer| answer.status >= 400)).count();
    assert_eq!(refused, 3, "each limit was met once, and nothing else was refused");
    assert_eq!(github.with(|github| github.invited()).len(), 3);
    assert_eq!(github.count("POST", "/orgs/acme/invitations"), 4, "only the one that was refused was sent again");
    ends(&house, &github);
}

/// Makes a group as the enterprise's identity provider does.
fn add_group(github: &mut GitHub, name: &str) {
    let token = github.token().to_owned();
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": name, "displayName": name });
    let answer = github.answer(&Request {
        method: "POST".to_owned(),
        path: "/scim/v2/enterprises/acme/Groups".to_owned(),
        headers: vec![("authorization".to_owned(), format!("Bearer {token}")), ("user-agent".to_owned(), "idp".to_owned())],
        body: body.to_string().into_bytes(),
        ..Request::default()
    });
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
}

#[test]
fn an_enterprise_has_its_users_and_groups_by_scim() {
    let github = GitHub::start("acme", Quirks { managed_users: true, ..Quirks::default() });
    github.with(|github| {
        for name in ["Engineering", "Sales"] {
            add_group(github, name);
        }
    });
    let mut house = House::new("github", 10);
    house.keep("GITHUB_TOKEN", github.with(|github| github.token().to_owned()).as_str());
    let url = github.base_url();
    let app = format!(
        r#"{PEOPLE}
[app.github]
connector = "github@0.1"
config = {{ profile = "enterprise-scim", enterprise = "acme", base-url = "{url}" }}
credential.default = {{ env = "GITHUB_TOKEN" }}
{LOCAL}
mode = "enforce"
match = ["externalId"]

[app.github.account]
userName = "person.userName"
externalId = "person.employeeNumber"
emails = "person.userName"
displayName = "person.displayName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["github:group/Engineering"]

[role.seller]
when = "person.department == 'Sales'"
grants = ["github:group/Sales"]
"#
    );
    house.workspace.write("innkeeper.toml", app);
    house.settle();
    let users = github.with(GitHub::scim_users);
    assert_eq!(users.len(), 10);
    assert!(users.iter().all(|user| user["active"] == true), "{users:?}");
    let group = |name: &str| {
        let groups = github.with(GitHub::scim_groups);
        let members = groups.iter().find(|group| group["displayName"] == name).map(|group| group["members"].clone());
        members.as_ref().and_then(Value::as_array).map_or(0, Vec::len)
    };
    assert_eq!((group("Engineering"), group("Sales")), (8, 2));

    let (mover, leaver) = (house.address(2), house.address(4));
    house.company.employee_mut(&mover).department = "Sales".to_owned();
    house.leaves(4);
    house.settle();
    assert_eq!((group("Engineering"), group("Sales")), (6, 3));
    let closed = github.with(GitHub::scim_users).into_iter().find(|user| user["userName"] == leaver.as_str());
    assert_eq!(closed.map(|user| user["active"].clone()), Some(json!(false)));
    assert_eq!(house.usable(&leaver), Vec::<String>::new());
    assert!(!house.holders("github:group/Engineering").contains(&house.company.employees[4].employee_number));
    ends(&house, &github);
}
