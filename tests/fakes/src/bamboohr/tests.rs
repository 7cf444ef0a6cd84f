use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::*;
use crate::web::{Answer, Request, Service as _};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn account() -> BambooHr {
    BambooHr::new("https://acme.bamboohr.example", "KEY", at("2026-10-01T08:00:00Z"))
}

fn person(first: &str, hired: Date, department: &str) -> Hire {
    Hire {
        first_name: first.to_owned(),
        last_name: "Tester".to_owned(),
        work_email: Some(format!("{}@acme.example", first.to_lowercase())),
        hire_date: Some(hired),
        job: Job { title: Some("Engineer".to_owned()), department: Some(department.to_owned()), ..Job::default() },
        employment: Some("Full-Time".to_owned()),
        ..Hire::default()
    }
}

fn request(target: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let basic = format!("Basic {}", BASE64_STANDARD.encode("KEY:x"));
    let headers = vec![("authorization".to_owned(), basic), ("accept".to_owned(), "application/json".to_owned())];
    Request { method: "GET".to_owned(), path: format!("/api/v1{path}"), query: query.to_owned(), headers, body: Vec::new() }
}

fn ask(account: &mut BambooHr, target: &str) -> Answer {
    account.answer(&request(target))
}

fn read(account: &mut BambooHr, target: &str) -> Value {
    let answer = ask(account, target);
    assert_eq!(answer.status, 200, "{target}: {answer:?}");
    serde_json::from_slice(&answer.body).expect("JSON")
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("rows").iter().filter_map(|row| row["employeeId"].as_str()).collect()
}

#[test]
fn without_the_key_nobody_is_seen() {
    let mut account = account();
    let mut asked = request("/employees");
    asked.headers.remove(0);
    assert_eq!(account.answer(&asked).status, 401);
    asked.headers.push(("authorization".to_owned(), "Bearer T".to_owned()));
    assert_eq!(account.answer(&asked).status, 401);
    account.allow_token("T");
    assert_eq!(account.answer(&asked).status, 200);
    account.revoke_key("KEY");
    assert_eq!(ask(&mut account, "/employees").status, 401);
}

#[test]
fn a_listing_may_refuse_api_keys() {
    let mut account = account();
    account.quirks.listing_refuses_api_keys = true;
    assert_eq!(ask(&mut account, "/employees").status, 401);
    assert_eq!(ask(&mut account, "/meta/fields").status, 200);
}

#[test]
fn an_answer_is_xml_unless_json_is_asked_for() {
    let mut account = account();
    let id = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    let mut asked = request(&format!("/employees/{id}?fields=firstName,department"));
    asked.headers.pop();
    let answer = account.answer(&asked);
    let text = String::from_utf8(answer.body).expect("text");
    assert!(answer.headers[0].1.starts_with("application/xml"));
    let fields = r#"<field id="firstName">Ada</field><field id="department">R&amp;D</field>"#;
    assert_eq!(text, format!("<?xml version=\"1.0\"?>\n<employee id=\"{id}\">{fields}</employee>\n"));
}

#[test]
fn pages_follow_each_other_by_cursor() {
    let mut account = account();
    let hired: Vec<String> =
        ["Ada", "Bob", "Cid"].map(|name| account.hire(person(name, date(2020, 1, 1), "R&D")).to_string()).into();
    let first = read(&mut account, "/employees?page[limit]=2");
    assert_eq!(ids(&first), hired[..2]);
    assert_eq!((&first["meta"]["total"], &first["meta"]["page"]["prevCursor"]), (&json!(3), &Value::Null));
    let cursor = first["meta"]["page"]["nextCursor"].as_str().expect("a cursor").replace('=', "%3D");
    let second = read(&mut account, &format!("/employees?page[limit]=2&page[after]={cursor}"));
    assert_eq!(ids(&second), hired[2..]);
    assert_eq!(second["meta"]["page"]["nextCursor"], Value::Null);
    let next = first["_links"]["next"]["href"].as_str().expect("a link");
    assert_eq!(ids(&read(&mut account, next.split_once("/api/v1").expect("a path").1)), hired[2..]);
    let back = second["meta"]["page"]["prevCursor"].as_str().expect("a cursor").replace('=', "%3D");
    assert_eq!(ids(&read(&mut account, &format!("/employees?page[limit]=2&page[before]={back}"))), hired[..2]);
}

#[test]
fn a_cursor_dies_with_its_employee() {
    let mut account = account();
    let first = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    account.hire(person("Bob", date(2020, 1, 1), "R&D"));
    let page = read(&mut account, "/employees?page[limit]=1");
    let cursor = page["meta"]["page"]["nextCursor"].as_str().expect("a cursor").replace('=', "%3D");
    account.delete(first);
    for target in [format!("/employees?page[after]={cursor}"), "/employees?page[after]=nonsense".to_owned()] {
        let answer = ask(&mut account, &target);
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!((answer.status, &body["error"]["code"]), (400, &json!("BadPage")));
    }
}

#[test]
fn a_restricted_field_is_null_and_named() {
    let mut account = account();
    let (ada, bob) = (account.hire(person("Ada", date(2020, 1, 1), "R&D")), account.hire(person("Bob", date(2020, 1, 1), "R&D")));
    account.restrict(Some(ada), "workEmail");
    let page = read(&mut account, "/employees?fields=workEmail,hireDate,nonsense");
    assert_eq!(page["data"][0]["workEmail"], Value::Null);
    assert_eq!(page["data"][0]["_restrictedFields"], json!(["workEmail"]));
    assert_eq!(page["data"][1]["workEmail"], "bob@acme.example");
    assert_eq!(page["data"][1].get("nonsense"), None);
    let single = read(&mut account, &format!("/employees/{ada}?fields=workEmail,hireDate"));
    assert_eq!(single, json!({"id": ada.to_string(), "hireDate": "2020-01-01"}));
    account.permit(Some(ada), "workEmail");
    assert_eq!(read(&mut account, &format!("/employees/{bob}?fields=20"))["20"], "bob@acme.example");
}

#[test]
fn nobody_is_found_by_a_field_that_is_restricted() {
    let mut account = account();
    let ada = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    let bob = account.hire(person("Bob", date(2020, 1, 1), "R&D"));
    account.restrict(Some(ada), "lastName");
    assert_eq!(ids(&read(&mut account, "/employees?filter[lastName]=test")), [bob.to_string()]);
    assert_eq!(ids(&read(&mut account, "/employees?sort=-lastName")), [bob.to_string()]);
    assert_eq!(ids(&read(&mut account, &format!("/employees?filter[ids]={ada},{bob}"))).len(), 2);
    assert_eq!(ask(&mut account, "/employees?filter[status]=Active").status, 400);
}

#[test]
fn a_future_hire_has_no_department_yet() {
    let mut account = account();
    account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    let bob = account.hire(person("Bob", date(2026, 11, 1), "R&D"));
    let asked = format!("/employees/{bob}?fields=department,hireDate,status");
    let today = read(&mut account, &asked);
    assert_eq!(
        (&today["department"], &today["hireDate"], &today["status"]),
        (&Value::Null, &json!("2026-11-01"), &json!("Inactive"))
    );
    assert_eq!(read(&mut account, &format!("{asked}&onlyCurrent=false"))["department"], "R&D");
    assert_eq!(read(&mut account, "/employees/directory")["employees"].as_array().map(Vec::len), Some(1));
    assert_eq!(read(&mut account, "/employees/directory?onlyCurrent=false")["employees"].as_array().map(Vec::len), Some(2));
    account.set_now(at("2026-11-02T00:00:00Z"));
    assert_eq!(read(&mut account, &asked)["department"], "R&D");
    let changed = read(&mut account, "/employees/changed?since=2026-10-15T00:00:00Z");
    assert_eq!(
        changed["employees"],
        json!({bob.to_string(): {
            "id": bob.to_string(), "action": "Updated", "lastChanged": "2026-11-01T00:00:00+00:00"
        }})
    );
}

#[test]
fn a_termination_counts_on_its_day() {
    let mut account = account();
    let id = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    account.terminate(id, date(2026, 10, 2));
    let asked = format!("/employees/{id}?fields=status,terminationDate,employmentStatus");
    let before = read(&mut account, &asked);
    assert_eq!((&before["status"], &before["terminationDate"]), (&json!("Active"), &json!("0000-00-00")));
    account.set_now(at("2026-10-02T00:00:00Z"));
    let after = read(&mut account, &asked);
    assert_eq!((&after["status"], &after["terminationDate"]), (&json!("Inactive"), &json!("2026-10-02")));
    assert_eq!(ids(&read(&mut account, "/employees?filter[status]=inactive")), [id.to_string()]);
    assert_eq!(ask(&mut account, "/employees/directory").status, 404);
    let rows = read(&mut account, "/employees/all/tables/employmentStatus");
    assert_eq!((&rows[1]["date"], &rows[1]["employmentStatus"]), (&json!("2026-10-02"), &json!("Terminated")));
}

#[test]
fn dates_may_arrive_without_a_change() {
    let mut account = account();
    account.quirks.silent_dates = true;
    account.hire(person("Ada", date(2026, 10, 20), "R&D"));
    account.set_now(at("2026-11-01T00:00:00Z"));
    assert_eq!(read(&mut account, "/employees/changed?since=2026-10-02T00:00:00Z")["employees"], json!({}));
}

#[test]
fn changes_are_told_by_kind_and_the_deleted_are_nowhere_else() {
    let mut account = account();
    let [ada, bob, cid] = ["Ada", "Bob", "Cid"].map(|name| account.hire(person(name, date(2020, 1, 1), "R&D")));
    account.set_now(at("2026-10-01T09:00:00Z"));
    account.set(ada, "mobilePhone", Some("+1 555"));
    account.delete(bob);
    let all = read(&mut account, "/employees/changed?since=2026-10-01T08:30:00Z");
    assert_eq!(all["employees"][ada.to_string()]["action"], "Updated");
    assert_eq!(all["employees"][bob.to_string()]["action"], "Deleted");
    assert_eq!((all["employees"].get(cid.to_string()), &all["latest"]), (None, &json!("2026-10-01T09:00:00+00:00")));
    let inserted = read(&mut account, "/employees/changed?since=2026-10-01T08:00:00%2B00:00&type=inserted");
    assert_eq!(inserted["employees"].as_object().map(|map| map.keys().cloned().collect()), Some(vec![cid.to_string()]));
    assert_eq!(ask(&mut account, &format!("/employees/{bob}")).status, 404);
    for wrong in
        ["/employees/changed", "/employees/changed?since=yesterday", "/employees/changed?since=2026-10-01T00:00:00Z&type=Deleted"]
    {
        assert_eq!(ask(&mut account, wrong).status, 400, "{wrong}");
    }
}

#[test]
fn too_many_requests_say_when_to_come_back() {
    let mut account = account();
    account.throttle(2, 30);
    let answer = ask(&mut account, "/employees");
    assert_eq!((answer.status, &answer.headers[1]), (429, &("retry-after".to_owned(), "30".to_owned())));
    account.quirks.throttles_with_503 = true;
    assert_eq!(ask(&mut account, "/employees").status, 503);
    assert_eq!(ask(&mut account, "/employees").status, 200);
}

#[test]
fn users_are_not_employees() {
    let mut account = account();
    let user = User {
        employee_id: None,
        first_name: "Grace".to_owned(),
        last_name: "Root".to_owned(),
        email: "grace@acme.example".to_owned(),
        enabled: false,
        last_login: None,
    };
    let id = account.add_user(user);
    assert_eq!(read(&mut account, "/meta/users")[id.to_string()]["employeeId"], 0);
    assert_eq!(read(&mut account, "/meta/users?status=enabled"), json!({}));
}

#[test]
fn the_lists_have_the_departments() {
    let mut account = account();
    let id = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    let lists = read(&mut account, "/meta/lists");
    let department = read(&mut account, &format!("/employees/{id}?fields=departmentId"))["departmentId"].clone();
    assert_eq!(lists[0]["options"][0]["name"], "R&D");
    assert_eq!(lists[0]["options"][0]["id"].to_string(), department.as_str().expect("an id"));
}

#[test]
fn an_employee_may_be_out_of_reach() {
    let mut account = account();
    let id = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    account.forbid(id);
    assert_eq!(ask(&mut account, &format!("/employees/{id}")).status, 403);
    assert_eq!(ids(&read(&mut account, "/employees")), Vec::<&str>::new());
}

#[test]
fn a_move_counts_from_its_day_and_is_in_the_table_before() {
    let mut account = account();
    let boss = account.hire(person("Grace", date(2015, 1, 1), "Board"));
    let id = account.hire(person("Ada", date(2020, 1, 1), "R&D"));
    let job = Job { department: Some("Sales".to_owned()), reports_to: Some(boss), ..Job::default() };
    account.move_to(id, date(2026, 10, 5), job);
    let asked = format!("/employees?filter[ids]={id}&fields=departmentName,reportsToId,reportsToName");
    assert_eq!(read(&mut account, &asked)["data"][0]["departmentName"], "R&D");
    let table = read(&mut account, "/employees/changed/tables/jobInfo?since=2026-10-01T00:00:00Z");
    let rows = &table["employees"][id.to_string()]["rows"];
    assert_eq!((&rows[1]["department"], &rows[1]["reportsTo"]), (&json!("Sales"), &json!("Grace Tester")));
    account.set_now(at("2026-10-05T00:00:00Z"));
    let row = read(&mut account, &asked)["data"][0].clone();
    let manager = (row["departmentName"].clone(), row["reportsToId"].clone(), row["reportsToName"].clone());
    assert_eq!(manager, (json!("Sales"), json!(boss.to_string()), json!("Grace Tester")));
    account.quirks.hides_managers = true;
    assert_eq!(read(&mut account, &asked)["data"][0]["_restrictedFields"], json!(["reportsToId", "reportsToName"]));
    assert_eq!(ask(&mut account, "/employees/changed/tables/shoes?since=2026-10-01T00:00:00Z").status, 404);
}

#[test]
fn a_date_that_is_not_set_is_written_as_the_account_does() {
    let mut account = account();
    let id = account.hire(Hire { first_name: "Ada".to_owned(), last_name: "Tester".to_owned(), ..Hire::default() });
    let asked = format!("/employees/{id}?fields=hireDate,workEmail");
    assert_eq!(read(&mut account, &asked), json!({"id": id.to_string(), "hireDate": "0000-00-00", "workEmail": null}));
    account.quirks.zero_dates = false;
    assert_eq!(read(&mut account, &asked)["hireDate"], Value::Null);
    assert_eq!(read(&mut account, "/employees?fields=hireDate")["data"][0]["hireDate"], Value::Null);
}

#[test]
fn pages_may_be_smaller_than_asked_for_and_the_directory_closed() {
    let mut account = account();
    account.quirks.page_cap = 1;
    account.quirks.directory_not_shared = true;
    for name in ["Ada", "Bob"] {
        account.hire(person(name, date(2020, 1, 1), "R&D"));
    }
    assert_eq!(ids(&read(&mut account, "/employees?page[limit]=100")).len(), 1);
    assert_eq!(ask(&mut account, "/employees/directory").status, 403);
    assert_eq!(ask(&mut account, "/employees?page[limit]=2501").status, 400);
}
