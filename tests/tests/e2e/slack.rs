//! Slack: accounts by SCIM or by hand, user groups that are replaced as a whole, channels, and errors inside of 200.

use innkeeper_fakes::slack::{Quirks, Slack, TEAM};
use innkeeper_fakes::web::{Answer, Failure, Fault, Server};
use innkeeper_tests::judged::as_described;
use innkeeper_tests::specs::Vendor;
use serde_json::json;

use crate::saas::{House, LOCAL, PEOPLE};
use crate::scenario::{how_many, operations};

/// Ada to Jürgen: eight engineers, then people who sell.
const ENGINEERS: usize = 8;

const GROUPS: &str = r#"
[role.engineer]
when = "person.department == 'Engineering'"
grants = ["slack:usergroup/engineering", "slack:channel/builds"]

[role.seller]
when = "person.department == 'Sales'"
grants = ["slack:usergroup/sales"]
"#;

fn start(quirks: Quirks) -> Server<Slack> {
    let slack = Slack::start(quirks);
    slack.with(|slack| {
        slack.add_user_group("engineering", &[]);
        slack.add_user_group("sales", &[]);
        slack.add_channel("builds", false, &[]);
    });
    slack
}

/// A company with this app on a workspace.
fn house(slack: &Server<Slack>, people: usize, app: &str, account: &str, roles: &str) -> House {
    let mut house = House::new("slack", people);
    house.keep("SLACK_TOKEN", slack.with(|slack| slack.token().to_owned()).as_str());
    let url = slack.base_url();
    let text = format!(
        r#"{PEOPLE}
[app.slack]
connector = "slack@0.1"
config = {{ base-url = "{url}/api", scim-url = "{url}/scim/v2", {app} }}
credential.default = {{ env = "SLACK_TOKEN" }}
{LOCAL}
mode = "enforce"
match = ["emails"]

[app.slack.account]
{account}
{roles}"#
    );
    house.workspace.write("innkeeper.toml", text);
    house
}

const BY_SCIM: &str = r#"userName = { value = "replace(person.userName, '@acme.example', '')", strength = "initial" }
emails = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
displayName = "person.displayName"
title = "person.title""#;

fn by_scim(slack: &Server<Slack>, people: usize) -> House {
    house(slack, people, &format!("enterprise = true, team = \"{TEAM}\""), BY_SCIM, GROUPS)
}

/// The addresses of those in a user group, sorted; nobody is in a disabled one.
fn members(slack: &Server<Slack>, handle: &str) -> Vec<String> {
    slack.with(|slack| {
        let group = slack.usergroup(handle).expect("the group is there");
        let ids = group.users.iter().filter(|_| group.disabled.is_none());
        let mut members: Vec<_> = ids.filter_map(|id| slack.user(id).and_then(|user| user.email.clone())).collect();
        members.sort();
        members
    })
}

fn id(slack: &Server<Slack>, email: &str) -> String {
    slack.with(|slack| slack.user_with_email(email).unwrap_or_else(|| panic!("{email} has no account")).id.clone())
}

#[track_caller]
fn ends(house: &House, slack: &Server<Slack>) {
    house.is_sound();
    as_described(Vendor::Slack, &slack.seen());
}

#[test]
fn a_user_group_is_replaced_without_losing_what_somebody_else_did_meanwhile() {
    let slack = start(Quirks::default());
    let mut house = by_scim(&slack, 10);
    let stranger = slack.with(|slack| slack.add_user("visitor", "visitor@acme.example"));
    slack.with(|slack| slack.edit_after_read("engineering", &[&stranger]));
    let _ = house.plan(3);
    let _ = house.apply();
    let engineers = members(&slack, "engineering");
    assert!(engineers.contains(&"visitor@acme.example".to_owned()), "{engineers:?}");
    assert_eq!((engineers.len(), members(&slack, "sales").len()), (ENGINEERS + 1, 2));
    house.is_settled();

    // The last two who sell move: nobody is left, and Slack takes no empty group.
    let sellers = [house.address(8), house.address(9)];
    for seller in &sellers {
        house.company.employee_mut(seller).department = "Engineering".to_owned();
    }
    house.write_people();
    house.settle();
    assert!(slack.with(|slack| slack.usergroup("sales").is_some_and(|group| group.disabled.is_some())));
    assert_eq!(house.holders("slack:usergroup/sales"), Vec::<String>::new());

    // And one comes back: the group is enabled with exactly that one.
    house.company.employee_mut(&sellers[0]).department = "Sales".to_owned();
    house.write_people();
    house.settle();
    assert_eq!(members(&slack, "sales"), [sellers[0].clone()]);
    ends(&house, &slack);
}

#[test]
fn a_leaver_is_deactivated_signed_out_and_in_no_group_and_channel() {
    let slack = start(Quirks::default());
    let mut house = by_scim(&slack, 10);
    house.settle();
    let leaver = house.address(3);
    let user = id(&slack, &leaver);
    slack.with(|slack| slack.sign_in(&user));
    assert!(slack.with(|slack| slack.channel("builds").is_some_and(|channel| channel.members.contains(&user))));
    house.leaves(3);
    house.settle();
    slack.with(|slack| {
        let left = slack.user(&user).expect("Slack keeps every account");
        assert!(!left.active && left.sessions.is_empty(), "{left:?}");
        assert!(slack.channel("builds").is_some_and(|channel| !channel.members.contains(&user)));
    });
    assert!(!members(&slack, "engineering").contains(&leaver));
    assert_eq!(house.usable(&leaver), Vec::<String>::new());
    let number = &house.company.employees[3].employee_number;
    assert!(!house.holders("slack:usergroup/engineering").contains(number));
    assert!(!house.holders("slack:channel/builds").contains(number));

    // Whoever comes back is the same account.
    house.company.employees[3].end_date = None;
    house.write_people();
    house.settle();
    assert!(slack.with(|slack| slack.user(&user).is_some_and(|user| user.active)));
    assert!(members(&slack, "engineering").contains(&leaver));
    ends(&house, &slack);
}

#[test]
fn too_many_requests_inside_of_200_are_waited_out() {
    let slack = start(Quirks::default());
    let house = by_scim(&slack, 3);
    let refused = Answer::json(200, &json!({ "ok": false, "error": "ratelimited" })).header("retry-after", "1");
    let scim = Answer::json(429, &json!({ "Errors": { "description": "ratelimited", "code": 429 } })).header("retry-after", "0");
    slack.fail(vec![
        Failure::nth("GET", "/api/usergroups.list", 1, Fault::Answer(refused.clone())),
        Failure::nth("POST", "/api/usergroups.users.update", 1, Fault::Answer(refused)),
        Failure::nth("POST", "/scim/v2/Users", 2, Fault::Answer(scim)),
    ]);
    house.settle();
    assert_eq!(members(&slack, "engineering").len(), 3);
    assert_eq!(slack.count("POST", "/scim/v2/Users"), 4, "only the one that was refused was sent again");
    ends(&house, &slack);
}

const BY_WEB: &str = r#"emails = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName""#;

#[test]
fn what_slack_has_no_api_for_is_said_to_a_human_and_checked_afterwards() {
    let slack = start(Quirks { enterprise: false, scim: false, ..Quirks::default() });
    let mut house = house(&slack, 3, "profile = \"web\"", BY_WEB, GROUPS);
    let plan = house.plan(3);
    assert_eq!(how_many(&plan, "create-account"), 3);
    // What has to come after it is not done either: no failure, for it is a human's turn.
    let run = house.run(&["apply", "plan.json", "--yes"]).exits(0);
    let said = format!("invite Ada Adeyemi, {} to Slack by hand", house.address(0));
    assert!(run.stdout.contains("3 manual") && run.stdout.contains(&said), "{}", run.stdout);
    assert_eq!(slack.count("POST", "/api/admin"), 0);
    assert_eq!(how_many(&house.plan(0), "create-account"), 0, "it is not asked for a second time");
    assert_eq!(house.run(&["tasks", "--output", "json"]).exits(0).json()["tasks"].as_array().map(Vec::len), Some(3));

    // An admin does it; the rest follows.
    slack.with(|slack| {
        for employee in &house.company.employees {
            let name = employee.user_name.split('@').next().unwrap_or_default();
            let user = slack.add_user(name, &employee.user_name);
            slack.change_user(&user, |user| {
                (user.given_name, user.family_name) = (employee.given_name.clone(), employee.family_name.clone());
            });
        }
    });
    let plan = house.plan(3);
    assert_eq!((how_many(&plan, "adopt"), how_many(&plan, "grant")), (3, 6), "{:?}", operations(&plan));
    let _ = house.apply();
    house.is_settled();
    assert_eq!(members(&slack, "engineering").len(), 3);

    let leaver = house.address(1);
    house.leaves(1);
    let _ = house.plan(3);
    let run = house.run(&["apply", "plan.json", "--yes"]);
    assert!(run.stdout.contains("1 manual") && run.stdout.contains("deactivate"), "{}", run.stdout);
    assert!(!members(&slack, "engineering").contains(&leaver), "what can be taken away does not wait for a human");
    let open = house.plan(0);
    assert_eq!(operations(&open), Vec::<String>::new(), "and the human is not asked twice");
    let user = id(&slack, &leaver);
    slack.with(|slack| slack.set_active(&user, false));
    house.settle_rest();
    assert_eq!(house.usable(&leaver), Vec::<String>::new());
    assert!(!members(&slack, "engineering").contains(&leaver));
    ends(&house, &slack);
}

fn invited(slack: &Server<Slack>) -> usize {
    slack.with(|slack| slack.users().filter(|user| user.invited).count())
}

/// The names of the channels in which somebody is.
fn channels_of(slack: &Server<Slack>, user: &str) -> Vec<String> {
    slack.with(|slack| {
        let all = ["general", "builds", "design"].into_iter().filter_map(|name| slack.channel(name));
        all.filter(|channel| channel.members.contains(user)).map(|channel| channel.name.clone()).collect()
    })
}

const EVERYTHING: &str = r#"
[role.everybody]
when = "true"
grants = ["slack:usergroup/everybody", "slack:channel/design"]

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["slack:usergroup/engineering", "slack:channel/builds"]
"#;

#[test]
fn whoever_is_offboarded_has_nothing_at_once() {
    let slack = start(Quirks::default());
    slack.with(|slack| {
        slack.add_user_group("everybody", &[]);
        slack.add_channel("design", false, &[]);
        let partners = slack.add_channel("partners", false, &[]);
        slack.change_channel(&partners, |channel| channel.shared_with.push("T0OTHER001".to_owned()));
    });
    let house = house(&slack, 4, &format!("enterprise = true, team = \"{TEAM}\""), BY_SCIM, EVERYTHING);
    house.settle();
    let leaver = house.address(2);
    let user = id(&slack, &leaver);
    slack.with(|slack| {
        slack.sign_in(&user);
        // Somebody took her into this one by hand, and nobody can be taken out of one of two companies by a rule.
        let partners = slack.channel("partners").expect("it is there").id.clone();
        slack.change_channel(&partners, |channel| channel.members.extend([user.clone()]));
    });
    assert_eq!(channels_of(&slack, &user), ["general", "builds", "design"]);
    let held = ["account", "channel general", "channel builds", "channel design", "usergroup engineering", "usergroup everybody"];
    assert_eq!(house.usable(&leaver), held.map(|held| format!("slack {held}")));

    let before = slack.seen().len();
    let _ = house.run(&["offboard", &leaver, "--yes"]).exits(0);
    // Only what concerns one person is read before it is closed: nobody waits for all the channels of a company.
    let after = slack.seen().split_off(before).into_iter();
    let asked: Vec<_> = after.take_while(|seen| seen.request.method == "GET").map(|seen| seen.request.path).collect();
    assert!(asked.iter().any(|path| path == "/api/users.conversations"), "{asked:?}");
    let everybody = ["/api/conversations.list", "/api/conversations.members", "/scim/v2/Users"];
    assert!(!asked.iter().any(|path| everybody.contains(&path.as_str())), "{asked:?}");
    slack.with(|slack| {
        let left = slack.user(&user).expect("Slack keeps every account");
        assert!(!left.active && left.sessions.is_empty(), "{left:?}");
        assert!(slack.channel("partners").is_some_and(|channel| !channel.members.contains(&user)));
    });
    for group in ["everybody", "engineering"] {
        let left = members(&slack, group);
        assert!(left.len() == 3 && !left.contains(&leaver), "{group}: {left:?}");
    }
    assert_eq!(channels_of(&slack, &user), Vec::<String>::new());
    assert_eq!(house.usable(&leaver), Vec::<String>::new());
    // The file still has them, and they stay out.
    house.is_settled();
    ends(&house, &slack);
}

/// People are invited into one workspace of an organisation, where everybody is in `general`. Nobody has a title yet, for an invitation
/// cannot say one.
fn by_invitation(slack: &Server<Slack>, people: usize) -> House {
    let general = slack.with(|slack| slack.channel("general").expect("everybody is in it").id.clone());
    let app = format!("profile = \"web\", enterprise = true, team = \"{TEAM}\", default-channels = [\"{general}\"]");
    let mut house = house(slack, people, &app, &format!("{BY_WEB}\ntitle = \"person.title\""), GROUPS);
    house.company.employees.iter_mut().for_each(|employee| employee.title.clear());
    house.write_people();
    house
}

#[test]
fn people_of_an_organisation_are_invited_edited_taken_out_and_brought_back() {
    let slack = start(Quirks { scim: false, ..Quirks::default() });
    let mut house = by_invitation(&slack, 10);
    assert_eq!(how_many(&house.plan(3), "create-account"), 10);
    let _ = house.apply();
    assert_eq!((invited(&slack), slack.count("POST", "/api/admin.users.invite")), (10, 10));
    // Invited members can be in everything before they come.
    assert_eq!((members(&slack, "engineering").len(), members(&slack, "sales").len()), (ENGINEERS, 2));
    house.is_settled();
    for employee in &house.company.employees {
        slack.with(|slack| slack.accept_invitation(&employee.user_name));
    }
    house.is_settled();
    assert_eq!((invited(&slack), slack.count("POST", "/api/admin.users.invite")), (0, 10), "nobody was invited twice");

    let edited = house.address(4);
    let written = slack.count("POST", "/api/users.profile.set");
    house.company.employee_mut(&edited).title = "Principal Engineer".to_owned();
    house.write_people();
    assert_eq!(operations(&house.plan(3)), ["update-account title"]);
    let _ = house.apply();
    house.is_settled();
    let title = slack.with(|slack| slack.user_with_email(&edited).expect("it is there").title.clone());
    assert_eq!((title.as_str(), slack.count("POST", "/api/users.profile.set")), ("Principal Engineer", written + 1));

    let leaver = house.address(3);
    let user = id(&slack, &leaver);
    assert!(slack.with(|slack| slack.user(&user).is_some_and(|user| !user.sessions.is_empty())), "accepting signs in");
    house.leaves(3);
    house.settle();
    slack.with(|slack| {
        let left = slack.user(&user).expect("Slack keeps every account");
        assert!(left.active && !left.in_workspace && left.sessions.is_empty(), "still of the organisation: {left:?}");
    });
    assert_eq!(slack.count("POST", "/api/admin.users.session.reset"), 1);
    assert!(!members(&slack, "engineering").contains(&leaver));
    assert_eq!((channels_of(&slack, &user), house.usable(&leaver)), (Vec::new(), Vec::new()));

    house.company.employees[3].end_date = None;
    house.write_people();
    house.settle();
    assert!(slack.with(|slack| slack.user(&user).is_some_and(|user| user.in_workspace)));
    assert_eq!(slack.count("POST", "/api/admin.users.assign"), 1);
    assert_eq!(channels_of(&slack, &user), ["general", "builds"]);
    assert!(members(&slack, "engineering").contains(&leaver));
    ends(&house, &slack);
}

#[test]
fn an_invitation_of_somebody_who_does_not_come_is_taken_back() {
    let slack = start(Quirks { scim: false, ..Quirks::default() });
    let mut house = by_invitation(&slack, 3);
    house.company.employees[0].title = "Founder".to_owned();
    house.write_people();
    let _ = house.plan(3);
    let _ = house.apply();
    // What an invitation cannot say is said by the next run.
    assert_eq!(operations(&house.plan(3)), ["update-account title"]);
    let _ = house.apply();
    house.is_settled();

    let gone = house.address(1);
    let user = id(&slack, &gone);
    house.leaves(1);
    assert_eq!(how_many(&house.plan(3), "suspend"), 1);
    let _ = house.apply();
    house.is_settled();
    assert!(slack.with(|slack| slack.user(&user).is_some_and(|user| !user.invited && !user.in_workspace)));
    assert!(!members(&slack, "engineering").contains(&gone));
    assert_eq!((channels_of(&slack, &user), house.usable(&gone)), (Vec::new(), Vec::new()));
    ends(&house, &slack);
}

#[test]
fn somebody_who_shows_only_on_coming_gets_the_rest_then() {
    let slack = start(Quirks { scim: false, hides_invited: true, ..Quirks::default() });
    let house = by_invitation(&slack, 3);
    let _ = house.plan(3);
    let _ = house.apply();
    assert_eq!(invited(&slack), 3);
    // Nobody is to be seen, and nobody is asked twice.
    house.is_settled();
    let said = house.run(&["plan", "--output", "json"]).exits(0).json();
    assert_eq!(said["notes"].to_string().matches("has not finished; it is not asked again").count(), 3, "{said:#}");

    let late = house.address(2);
    for employee in house.company.employees.iter().filter(|employee| employee.user_name != late) {
        slack.with(|slack| slack.accept_invitation(&employee.user_name));
    }
    let plan = house.plan(3);
    let counted = ["adopt", "grant engineering", "create-account"].map(|change| how_many(&plan, change));
    assert_eq!(counted, [2, 2, 0], "{:?}", operations(&plan));
    let _ = house.apply();
    assert_eq!((members(&slack, "engineering").len(), invited(&slack)), (2, 1));
    slack.with(|slack| slack.accept_invitation(&late));
    house.settle();
    assert!(members(&slack, "engineering").contains(&late));
    assert_eq!(slack.with(|slack| slack.users().count()), 4, "three people and the owner: nobody came twice");
    ends(&house, &slack);
}
