//! Google Workspace: a service account, users that are not known everywhere at once, licences, and what a leaver leaves.

use innkeeper_fakes::google::{Grant, Quirks, ServiceAccount, Workspace, scope, service_account_key};
use innkeeper_fakes::web::{Answer, Failure, Fault, Server};
use innkeeper_tests::judged::as_described;
use innkeeper_tests::specs::Vendor;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::saas::{House, LOCAL, PEOPLE};
use crate::scenario::{how_many, operations};

const DOMAIN: &str = "acme.example";
const PRODUCT: &str = "Google-Apps";
const SKU: &str = "1010020028";

const ROLES: &str = r#"
[role.everybody]
when = "true"
grants = ["google:group/all@acme.example"]

[role.seller]
when = "person.department == 'Sales'"
grants = ["google:group/sales@acme.example", "google:licence/Google-Apps/1010020028"]
"#;

fn start() -> Server<Workspace> {
    let google = Workspace::start(DOMAIN, Timestamp::now());
    google.with(|google| {
        // The fake's clock is moved, and the program's is the real one.
        google.quirks = Quirks { ignores_assertion_times: true, ..Quirks::default() };
        google.delegate(ServiceAccount::for_tests(&scope::ALL));
        google.add_sku(PRODUCT, SKU, "Business Standard", 20);
        google.add_group("all@acme.example", "Everybody");
        google.add_group("sales@acme.example", "Sales");
    });
    google
}

/// A company with this app, whose credential is the key file of a service account.
fn house(google: &Server<Workspace>, people: usize, app: &str, account: &str, roles: &str) -> House {
    let mut house = House::new("google-workspace", people);
    let url = google.base_url();
    let key = service_account_key(url);
    house.workspace.write("google-key.json", key.to_string());
    let private = key["private_key"].as_str().and_then(|text| text.lines().nth(3)).expect("a line of the key");
    house.never_written(private);
    let text = format!(
        r#"{PEOPLE}
[app.google]
connector = "google-workspace@0.1"
config = {{ base-url = "{url}", licensing-url = "{url}", products = ["{PRODUCT}/{SKU}"], seats = {{ "{PRODUCT}/{SKU}" = 20 }} }}
credential.default = {{ file = "google-key.json", scheme = "service-account", subject = "admin@{DOMAIN}" }}
{LOCAL}
mode = "enforce"
match = ["userName"]
{app}

[app.google.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
title = "person.title"
department = "person.department"
{account}
{roles}"#
    );
    house.workspace.write("innkeeper.toml", text);
    house
}

/// Everything is as Google describes it, and neither the key nor any token was written down.
#[track_caller]
fn ends(house: &mut House, google: &Server<Workspace>) {
    let seen = google.seen();
    let tokens = seen.iter().filter(|seen| seen.request.path == "/token").filter_map(|seen| seen.answer.as_ref());
    let tokens: Vec<Value> = tokens.filter_map(|answer| serde_json::from_slice(&answer.body).ok()).collect();
    assert!(!tokens.is_empty(), "a token was given for the key");
    for token in tokens.iter().filter_map(|token| token["access_token"].as_str()) {
        house.never_written(token);
    }
    house.is_sound();
    as_described(Vendor::Google, &seen);
}

#[test]
fn a_user_that_is_not_known_everywhere_yet_gets_its_alias_all_the_same() {
    let google = start();
    // A user is not known everywhere at once: what comes next is refused for a while.
    google.with(|google| google.quirks.unready_requests = 2);
    let alias = "aliases = \"replace(person.userName, '@', '.alias@')\"";
    let mut house = house(&google, 1, "", alias, "\n[role.everybody]\nwhen = \"true\"\ngrants = [\"google\"]\n");
    house.settle();
    let answers = google.seen().into_iter().filter_map(|seen| seen.answer);
    assert!(answers.filter(|answer| answer.status == 412).count() >= 1, "the alias was taken at once");
    let ada = house.address(0);
    google.with(|google| {
        let user = google.find_user(&ada).expect("the user is there");
        assert_eq!(user.aliases, [ada.replace('@', ".alias@")]);
        assert!(user.password.as_ref().is_some_and(|password| password.text.len() >= 40), "a password that nobody knows");
    });
    let password =
        google.with(|google| google.find_user(&ada).and_then(|user| user.password.clone()).map(|password| password.text));
    house.never_written(&password.expect("a password"));
    ends(&mut house, &google);
}

#[test]
fn a_mover_changes_groups_and_licences_and_the_plan_says_what_it_costs() {
    let google = start();
    let mut house = house(&google, 11, "", "", ROLES);
    let text = house.plan_text(3);
    assert!(text.contains("(costs money)") && text.contains("3 given, each costs money; 0 of 20 seats used"), "{text}");
    let _ = house.apply();
    house.is_settled();
    assert_eq!(google.with(|google| google.free_seats(PRODUCT, SKU)), 17);
    let mover = house.address(9);
    house.company.employee_mut(&mover).department = "Engineering".to_owned();
    house.write_people();
    let mut planned = operations(&house.plan(3));
    planned.sort();
    assert_eq!(planned.len(), 3, "{planned:?}");
    let _ = house.apply();
    house.is_settled();
    google.with(|google| {
        assert_eq!(google.free_seats(PRODUCT, SKU), 18);
        assert!(!google.members_of("sales@acme.example").contains(&mover));
        assert_eq!(google.members_of("all@acme.example").len(), 11);
    });
    assert_eq!(house.holders("google:licence/Google-Apps/1010020028").len(), 2);
    ends(&mut house, &google);
}

/// Runs `apply`; when the transfer was asked about, what Google takes a day for is done.
#[track_caller]
fn apply_while_a_day_goes_by(house: &House, google: &Server<Workspace>, leaver: &str) {
    use std::process::Stdio;
    let asked = || google.count("GET", "/admin/datatransfer/v1/transfers/");
    let before = asked();
    let arguments = ["apply", "plan.json", "--yes"];
    let mut command = house.workspace.command(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    while asked() == before {
        if child.try_wait().expect("the program can be watched").is_some() {
            break;
        }
        std::thread::yield_now();
    }
    google.with(|google| {
        assert!(google.find_user(leaver).is_some_and(|user| user.suspended), "deleted before the data was handed over");
        google.advance(24 * 60 * 60);
    });
    let output = child.wait_with_output().expect("the program ends");
    let _ = house.workspace.ended(&arguments, &output).exits(0);
}

#[test]
fn a_leaver_is_signed_out_hands_over_is_deleted_and_can_come_back() {
    let google = start();
    let app = "leaver = { delete-after = \"0d\", transfer-to = \"person.manager\" }";
    let mut house = house(&google, 11, app, "", ROLES);
    house.settle();
    let (leaver, manager) = (house.address(10), house.address(1));
    let (id, heir) = google.with(|google| {
        google.add_token(&leaver, "client-1", Grant { display_text: "Chess".to_owned(), scopes: vec!["email".to_owned()] });
        google.edit_user(&leaver, |user| {
            user.application_passwords.insert(1, "Phone".to_owned());
        });
        let id = |address: &str| google.find_user(address).expect("the user is there").id.clone();
        (id(&leaver), id(&manager))
    });
    house.leaves(10);
    let _ = house.plan(3);
    apply_while_a_day_goes_by(&house, &google, &leaver);
    google.with(|google| {
        assert_eq!(google.transfers(), [(id.clone(), heir.clone(), "completed".to_owned())]);
        let left = google.user_or_deleted(&id).expect("Google keeps it for 20 days");
        assert!(left.deleted.is_some() && left.sign_outs >= 1, "{left:?}");
        assert!(left.tokens.is_empty() && left.application_passwords.is_empty(), "{left:?}");
        assert_eq!(google.free_seats(PRODUCT, SKU), 18);
    });
    house.is_settled();
    assert_eq!(house.usable(&leaver), Vec::<String>::new());
    assert!(!house.holders("google:group/all@acme.example").contains(&house.company.employees[10].employee_number));

    house.company.employees[10].end_date = None;
    house.write_people();
    let plan = house.plan(3);
    assert_eq!(how_many(&plan, "create-account"), 0, "{:?}", operations(&plan));
    let _ = house.apply();
    house.settle_rest();
    google.with(|google| {
        let back = google.find_user(&leaver).expect("the user is back");
        assert!(back.id == id && !back.suspended, "{back:?}");
        assert!(google.members_of("sales@acme.example").contains(&leaver));
    });
    ends(&mut house, &google);
}

/// As Google refuses: a reason, and no word about how long.
fn refusal(code: u16, domain: &str, reason: &str, message: &str) -> Answer {
    let error = json!({ "message": message, "domain": domain, "reason": reason });
    Answer::json(code, &json!({ "error": { "code": code, "message": message, "errors": [error] } }))
}

#[test]
fn a_page_token_that_has_died_takes_nothing_away_and_a_spent_quota_is_waited_out() {
    let google = start();
    let mut house = house(&google, 3, "", "", ROLES);
    let quota = refusal(403, "usageLimits", "quotaExceeded", "Quota exceeded").header("retry-after", "0");
    let rate = refusal(403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded").header("retry-after", "1");
    google.fail(vec![
        Failure::nth("GET", "/admin/directory/v1/users", 1, Fault::Answer(rate)),
        Failure::nth("POST", "/admin/directory/v1/users", 2, Fault::Answer(quota)),
    ]);
    house.settle();
    assert_eq!(google.count("POST", "/admin/directory/v1/users"), 4, "only the one that was refused was sent again");

    // More users than fit on a page, and the way to the second is lost: once, then every time.
    google.with(|google| {
        for number in 0..520 {
            google.add_user(&format!("guest{number:03}@{DOMAIN}"), "Guest", "User");
        }
    });
    let dead = refusal(400, "global", "invalid", "Invalid Input: pageToken");
    let second_page = |nth| Failure::nth("GET", "/admin/directory/v1/users", nth, Fault::Answer(dead.clone()));
    google.fail(vec![second_page(2)]);
    house.is_settled();
    google.fail(vec![second_page(2), second_page(4)]);
    google.forget();
    let planned = house.run(&["plan", "--out", "plan.json", "--output", "json"]).json();
    let plan = &planned["plan"]["content"]["apps"][0];
    assert_eq!(operations(plan), Vec::<String>::new());
    assert!(planned.to_string().contains("pageToken"), "{planned:#}");
    assert!(google.seen().iter().all(|seen| seen.request.method == "GET" || seen.request.path == "/token"));
    google.fail(Vec::new());
    house.is_settled();
    ends(&mut house, &google);
}

// Another tool said how many people it had synced, and had synced nobody: there were not seats for all. It remembered them as done, so that
// buying more changed nothing.
#[test]
fn directory_connector_28_too_few_seats_are_said_and_whoever_waited_gets_one_when_there_are_more() {
    let google = start();
    google.with(|google| google.set_seats(PRODUCT, SKU, 2));
    let mut house = house(&google, 11, "", "", ROLES);
    // The configuration believes in twenty.
    let _ = house.plan(3);
    let applied = house.run(&["apply", "plan.json", "--yes"]).exits(1);
    assert!(applied.stdout.contains("seats exhausted"), "{}", applied.stdout);
    let licence = format!("google:licence/{PRODUCT}/{SKU}");
    assert_eq!(house.holders(&licence).len(), 2, "and everything else was done");
    let left = operations(&house.plan(3));
    assert_eq!(left.len(), 1, "who got none is not taken for done: {left:?}");
    // Now it knows better.
    let configure = |seats: &str| {
        let text = house.workspace.read("innkeeper.toml");
        let (before, rest) = text.split_once("seats = {").expect("seats");
        let (_, after) = rest.split_once('}').expect("an end");
        house.workspace.write("innkeeper.toml", format!("{before}seats = {{ \"{PRODUCT}/{SKU}\" = {seats} }}{after}"));
    };
    configure("2");
    let _ = house.run(&["plan"]);
    let told = house.run(&["cases"]);
    assert!(told.stdout.contains("1 person who should hold it gets none"), "{}", told.stdout);
    google.with(|google| google.set_seats(PRODUCT, SKU, 3));
    configure("3");
    house.settle();
    assert_eq!(house.holders(&licence).len(), 3);
    ends(&mut house, &google);
}
