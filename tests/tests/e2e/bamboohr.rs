//! BambooHR as a source: what may not be seen, who has no address, who comes later, who leaves later, and bad answers.

use innkeeper_fakes::bamboohr::{BambooHr, Hire, Job};
use innkeeper_fakes::web::{Answer, Failure, Fault, Server};
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::judged::as_described;
use innkeeper_tests::specs::Vendor;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, Zoned};
use serde_json::{Value, json};

use crate::saas::{House, LOCAL};
use crate::scenario::{how_many, install, operations};

const KEY: &str = "c0ffee00c0ffee00innkeepercanary00c0ffee0";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A company in BambooHR, and a directory that its people get accounts on.
struct Place {
    house: House,
    hr: Server<BambooHr>,
    directory: ScimServer,
    /// The numbers of the people in BambooHR, in the order of the company.
    ids: Vec<u32>,
}

impl Place {
    fn new(people: usize) -> Self {
        let hr = BambooHr::start(KEY, Timestamp::now());
        let directory = ScimServer::start();
        let mut house = House::new("bamboohr", people);
        install(&house.workspace, "scim");
        // Any password will do: the key is the user name.
        house.keep("BAMBOOHR_KEY", &format!("{KEY}:x"));
        house.never_written(KEY);
        house.keep("SCIM_TOKEN", directory.token());
        let text = format!(
            r#"[source.hr]
connector = "bamboohr@0.1"
config = {{ base-url = "{}" }}
credential.default = {{ env = "BAMBOOHR_KEY", scheme = "basic" }}
{LOCAL}

[app.directory]
connector = "scim@0.1"
config = {{ base-url = "{}" }}
credential.default = {{ env = "SCIM_TOKEN" }}
{LOCAL}
mode = "enforce"
match = ["userName"]

[app.directory.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
emails = "person.emails"
title = "person.title"
"{ENTERPRISE}:department" = "person.department"

[role.everybody]
when = "true"
grants = ["directory"]
"#,
            hr.base_url(),
            directory.base_url()
        );
        house.workspace.write("innkeeper.toml", text);
        let mut place = Self { house, hr, directory, ids: Vec::new() };
        for index in 0..people {
            let since = place.house.company.employees[index].start_date;
            let email = Some(place.house.address(index));
            let id = place.hire(index, since, email);
            place.ids.push(id);
        }
        place
    }

    /// Puts a person of the company into BambooHR.
    fn hire(&self, index: usize, since: Date, work_email: Option<String>) -> u32 {
        let person = &self.house.company.employees[index];
        let manager = index.checked_sub(1).and_then(|before| self.ids.get(before / 8)).copied();
        let job = Job {
            title: Some(person.title.clone()),
            department: Some(person.department.clone()),
            division: None,
            location: Some("Lisbon".to_owned()),
            reports_to: manager,
        };
        let hire = Hire {
            first_name: person.given_name.clone(),
            last_name: person.family_name.clone(),
            work_email,
            hire_date: Some(since),
            job,
            employment: Some("Full-Time".to_owned()),
            ..Hire::default()
        };
        self.hr.with(|hr| hr.hire(hire))
    }

    /// How many people the source had, and what the app's plan says.
    #[track_caller]
    fn counted(&self, code: i32, arguments: &[&str]) -> (u64, Value) {
        let arguments = [&["plan", "--out", "plan.json", "--output", "json"], arguments].concat();
        let planned = self.house.run(&arguments).exits(code).json();
        let content = &planned["plan"]["content"];
        (content["inputs"]["sources"]["hr"]["people"].as_u64().unwrap_or_default(), content["apps"][0].clone())
    }

    fn user(&self, index: usize) -> Value {
        self.directory.user(&self.house.address(index)).unwrap_or_default()
    }

    #[track_caller]
    fn ends(&self) {
        self.house.is_sound();
        let seen = self.hr.seen();
        for seen in &seen {
            assert!(seen.request.header("accept").is_some_and(|accept| accept.contains("json")), "{:?}", seen.request);
        }
        as_described(Vendor::BambooHr, &seen);
    }
}

fn today() -> Date {
    Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date()
}

#[test]
fn what_may_no_longer_be_seen_is_not_cleared() {
    let place = Place::new(12);
    let (people, plan) = place.counted(3, &[]);
    assert_eq!((people, how_many(&plan, "create-account")), (12, 12));
    let _ = place.house.apply();
    place.house.is_settled();
    assert_eq!(place.user(9)[ENTERPRISE]["department"], "Sales");

    // Of everybody, and of one.
    place.hr.with(|hr| {
        hr.restrict(None, "department");
        hr.restrict(Some(place.ids[2]), "jobTitle");
    });
    place.house.is_settled();
    assert_eq!(place.user(9)[ENTERPRISE]["department"], "Sales");

    // What is really empty is cleared, and what can be seen again counts again.
    place.hr.with(|hr| {
        hr.permit(None, "department");
        hr.permit(Some(place.ids[2]), "jobTitle");
        hr.move_to(place.ids[9], today(), Job { department: Some("Finance".to_owned()), ..Job::default() });
    });
    assert_eq!(operations(&place.house.plan(3)), ["update-account title department"]);
    let _ = place.house.apply();
    place.house.is_settled();
    let moved = place.user(9);
    assert_eq!((moved.get("title"), &moved[ENTERPRISE]["department"]), (None, &json!("Finance")));
    place.ends();
}

#[test]
fn who_has_no_address_who_comes_later_and_who_leaves_later() {
    let mut place = Place::new(10);
    // Three more, whom the company's file does not have: without an address, and in a month.
    place.house.company = innkeeper_tests::company::Company::of(12);
    let month = today() + 30.days();
    let nameless = place.hire(10, today() - 10.days(), None);
    place.hire(11, month, Some(place.house.address(11)));
    place.hr.with(|hr| hr.terminate(place.ids[4], month));

    let (people, plan) = place.counted(3, &[]);
    assert_eq!((people, how_many(&plan, "create-account")), (12, 10), "{:?}", operations(&plan));
    let cases = plan["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!((&cases[0]["kind"], &cases[0]["person"]), (&json!("missing-value"), &json!(nameless.to_string())));
    let _ = place.house.apply();
    let (_, plan) = place.counted(0, &[]);
    assert_eq!(operations(&plan), Vec::<String>::new());
    assert_eq!(place.directory.users().len(), 10);

    // The day before, the account is made; the day after the last day, it is closed.
    let before = (month - 1.days()).to_string();
    let (_, ahead) = place.counted(3, &["--today", &before]);
    assert_eq!(operations(&ahead), ["create-account"]);
    let after = (month + 1.days()).to_string();
    let (_, ahead) = place.counted(3, &["--today", &after]);
    assert!(operations(&ahead).contains(&"suspend".to_owned()), "{:?}", operations(&ahead));

    // The last day of somebody else was yesterday, and the address comes.
    place.hr.with(|hr| {
        hr.terminate(place.ids[5], today() - 1.days());
        hr.set(nameless, "workEmail", Some(&place.house.address(10)));
    });
    place.house.settle();
    let leaver = place.house.address(5);
    assert_eq!(place.user(5)["active"], false);
    assert_eq!(place.user(10)["name"]["givenName"], place.house.company.employees[10].given_name.as_str());
    assert_eq!(place.house.usable(&leaver), Vec::<String>::new());
    place.ends();
}

#[test]
fn too_much_is_waited_out_whether_it_is_said_with_429_or_503() {
    let place = Place::new(12);
    place.hr.with(|hr| hr.throttle(1, 0));
    place.house.settle();
    place.hr.with(|hr| {
        hr.quirks.throttles_with_503 = true;
        hr.throttle(1, 1);
    });
    place.house.is_settled();
    let statuses: Vec<u16> = place.hr.seen().iter().filter_map(|seen| Some(seen.answer.as_ref()?.status)).collect();
    assert!(statuses.contains(&429) && statuses.contains(&503), "{statuses:?}");
    assert_eq!(place.directory.users().len(), 12);
    place.ends();
}

#[test]
fn an_answer_that_cannot_be_read_makes_nobody_a_leaver() {
    let place = Place::new(12);
    place.house.settle();
    place.hr.forget();
    let xml = Answer::of(200, "application/xml; charset=utf-8", "<?xml version=\"1.0\"?>\n<employees/>\n");
    let nobody = json!({ "data": [], "meta": { "total": 0, "page": { "limit": 2500, "nextCursor": null, "prevCursor": null } },
        "_links": { "self": format!("{}/api/v1/employees", place.hr.base_url()) } });
    for (answer, said) in [(xml, "JSON"), (Answer::json(200, &nobody), "hr"), (Answer::empty(500), "500")] {
        place.hr.fail(vec![Failure::always("GET", "/api/v1/employees", Fault::Answer(answer))]);
        let run = place.house.run(&["plan", "--out", "plan.json"]).exits(1);
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(text.contains(said), "`{said}` is not in:\n{text}");
        assert!(!text.contains("suspend"), "{text}");
    }
    place.hr.fail(Vec::new());
    place.house.is_settled();
    assert!(place.directory.users().iter().all(|user| user["active"] != false));
    place.house.is_sound();
}
