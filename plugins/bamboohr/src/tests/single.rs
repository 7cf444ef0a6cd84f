use super::*;

fn people_of(company: &Company, config: Json) -> Vec<Person> {
    let mut people = company.people(config);
    people.iter_mut().for_each(|person| person.attributes.sort_by(|left, right| left.name.cmp(&right.name)));
    people
}

#[test]
fn where_the_listing_refuses_api_keys_people_are_read_one_by_one() {
    let company = Company::new();
    let boss = company.hire(hire("Grace", date(2019, 1, 1)));
    let job = Job { department: Some("Engines".to_owned()), reports_to: Some(number(&boss)), ..Job::default() };
    company.hire(Hire { job: job.clone(), work_email: None, ..hire("Ada", date(2020, 1, 1)) });
    let left = company.hire(hire("Alan", date(2020, 1, 1)));
    company.with(|account| account.terminate(number(&left), date(2026, 3, 31)));
    company.hire(Hire { job, ..hire("Edith", date(2027, 1, 4)) });
    let gone = company.hire(hire("Bob", date(2020, 1, 1)));
    company.with(|account| account.delete(number(&gone)));
    let listed = people_of(&company, json!({}));
    company.with(|account| account.quirks.listing_refuses_api_keys = true);
    let single = people_of(&company, json!({}));
    assert_eq!(single.len(), 4);
    assert_eq!(single, listed);
    assert_eq!(people_of(&company, json!({ "read-from": "single" })), listed);
}

#[test]
fn what_is_restricted_is_missing_from_a_single_employee_and_stays_unknown() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| account.restrict(Some(number(&ada)), "department"));
    let person = company.people(json!({ "read-from": "single" })).remove(0);
    assert!(is_restricted(&person, "department"));
    assert!(is_empty(&person, "division"));
}

#[test]
fn one_by_one_there_are_pages_too() {
    let company = Company::new();
    let hired: Vec<String> = (0..101).map(|_| company.hire(hire("Ada", date(2020, 1, 1)))).collect();
    let config = json!({ "read-from": "single" });
    let first = company.call(config.clone(), |bamboo| bamboo.list(None)).unwrap();
    assert_eq!((first.items.len(), first.total), (100, None));
    let second = company.call(config, |bamboo| bamboo.list(first.next)).unwrap();
    assert_eq!((ids(&second.items), second.next), (vec![hired[100].as_str()], None));
}

#[test]
fn the_listing_alone_is_refused_where_it_is_chosen() {
    let company = Company::new();
    company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| account.quirks.listing_refuses_api_keys = true);
    let error = company.call(json!({ "read-from": "listing" }), |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unauthenticated);
}

#[test]
fn a_key_that_is_wrong_everywhere_is_refused() {
    let company = Company::new();
    company.with(|account| account.revoke_key("KEY"));
    let error = company.call(json!({}), |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unauthenticated);
    assert!(error.message.contains("Invalid API key"), "{}", error.message);
}

#[test]
fn nobody_readable_is_a_refusal_and_not_an_empty_company() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    let changed = json!({ "latest": "2026-11-20T00:00:00+00:00", "employees": { &ada: { "id": ada, "action": "Updated" } } });
    let script = || {
        let script = Script::new()
            .then(Exchange::get("/employees/changed").query("since", crate::changed::EVER).answers(200, changed.clone()));
        script.then(Exchange::get(TABLE).answers(200, json!([])))
    };
    let single = |status| Exchange::get(&format!("/employees/{ada}")).query("fields", fields()).answers(status, Json::Null);
    let config = json!({ "read-from": "single" });
    let error = call(config.clone(), script().then(single(403)), |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::PermissionDenied);
    let page = call(config, script().then(single(404)), |bamboo| bamboo.list(None)).unwrap();
    assert!(page.items.is_empty());
}

#[test]
fn another_employee_than_the_one_asked_for_is_no_answer() {
    let changed = json!({ "latest": "2026-11-20T00:00:00+00:00", "employees": { "7": { "id": "7", "action": "Updated" } } });
    let script = Script::new()
        .then(Exchange::get("/employees/changed").query("since", crate::changed::EVER).answers(200, changed))
        .then(Exchange::get(TABLE).answers(200, json!([])))
        .then(Exchange::get("/employees/7").query("fields", fields()).answers(200, json!({ "id": "8" })));
    let error = call(json!({ "read-from": "single" }), script, |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
}

/// What a single employee is asked for, by the names that there are there.
fn fields() -> &'static str {
    "department,division,employmentStatus,firstName,hireDate,jobTitleName,lastName,location,middleName,mobilePhone,preferredName,reportsToId,status,workEmail,workPhone"
}
