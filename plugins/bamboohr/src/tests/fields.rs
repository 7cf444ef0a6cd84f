use super::*;

fn staff(company: &Company) -> String {
    let other = [("employeeNumber", "E-7"), ("country", "UK")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    company.hire(Hire { other, ..hire("Ada", date(2020, 1, 1)) })
}

#[test]
fn fields_beyond_the_listing_are_read_one_by_one() {
    let company = Company::new();
    let ada = staff(&company);
    let grace = company.hire(hire("Grace", date(2020, 1, 1)));
    let config = json!({ "fields": { "employeeNumber": "employeeNumber", "country": "country" } });
    let people = company.people(config.clone());
    assert_eq!((one(&people[0], "employeeNumber"), one(&people[0], "country")), ("E-7".into(), "UK".into()));
    assert!(is_empty(&people[1], "employeeNumber"));
    let paths = [format!("/employees/{ada}"), format!("/employees/{grace}")];
    assert_eq!(*company.sent.borrow(), ["/employees", TABLE, &paths[0], &paths[1]]);
    company.with(|account| account.restrict(None, "employeeNumber"));
    assert!(is_restricted(&company.people(config)[0], "employeeNumber"));
}

#[test]
fn a_field_of_the_listing_costs_nothing_more() {
    let company = Company::new();
    company.hire(hire("Ada", date(2020, 1, 1)));
    let person = company.people(json!({ "fields": { "costCenter": "department", "title": "departmentName" } })).remove(0);
    assert_eq!((one(&person, "costCenter"), one(&person, "title")), ("R&D".into(), "R&D".into()));
    assert_eq!(*company.sent.borrow(), ["/employees", TABLE]);
}

#[test]
fn the_user_name_is_the_field_that_is_named() {
    let company = Company::new();
    staff(&company);
    assert_eq!(one(&company.people(json!({ "user-name": "employeeNumber" }))[0], "userName"), "E-7");
    assert_eq!(values(&company.people(json!({ "user-name": "none" }))[0], "userName"), None);
}

#[test]
fn a_field_of_the_customer_for_the_last_day_replaces_the_table() {
    let company = Company::new();
    let ada = staff(&company);
    company.with(|account| account.set(number(&ada), "originalHireDate", Some("2026-12-01")));
    let config = json!({ "fields": { "endDate": "originalHireDate" } });
    assert_eq!(one(&company.people(config.clone())[0], "endDate"), "2026-12-01");
    assert!(!company.sent.borrow().iter().any(|path| path == TABLE));
    company.with(|account| account.set(number(&ada), "originalHireDate", Some("1 December")));
    let error = company.call(config, |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
    assert!(error.message.contains("originalHireDate"), "{}", error.message);
}

#[test]
fn somebody_who_vanishes_meanwhile_keeps_what_the_listing_said() {
    let row = json!({ "employeeId": "1", "firstName": "Ada", "lastName": "King", "status": "Active", "_restrictedFields": [] });
    let script = Script::new().then(super::listing::page("100", None).answers(200, super::listing::answer(&[row], 1, None)));
    let script = script.then(Exchange::get("/employees/1").query("fields", "employeeNumber").answers(404, Json::Null));
    let config = json!({ "end-dates": false, "fields": { "employeeNumber": "employeeNumber" } });
    let people = call(config, script, |bamboo| bamboo.list(None)).unwrap().items;
    assert_eq!(one(&people[0], "name.givenName"), "Ada");
    assert!(is_restricted(&people[0], "employeeNumber"));
}
