use super::*;

#[test]
fn a_future_hire_starts_later_and_has_the_department_of_the_first_day() {
    let company = Company::new();
    let boss = company.hire(hire("Grace", date(2019, 1, 1)));
    let job = Job {
        title: Some("Analyst".to_owned()),
        department: Some("Engines".to_owned()),
        reports_to: Some(number(&boss)),
        ..Job::default()
    };
    let ada = company.hire(Hire { job, ..hire("Ada", date(2027, 1, 4)) });
    let person = company.person(&ada);
    // A start in the future is what makes somebody who is not active a joiner.
    assert_eq!((person.active, one(&person, "startDate").as_str()), (Some(false), "2027-01-04"));
    assert!(is_empty(&person, "endDate"));
    assert_eq!(
        (one(&person, "department"), one(&person, "title"), one(&person, "manager")),
        ("Engines".into(), "Analyst".into(), boss)
    );
    assert_eq!(one(&person, "userType"), "Full-Time");
}

#[test]
fn what_may_not_be_seen_of_a_future_hire_stays_unknown() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2027, 1, 4)));
    company.with(|account| account.restrict(None, "department"));
    let person = company.person(&ada);
    assert!(is_restricted(&person, "department"));
    assert_eq!(one(&person, "title"), "Engineer");
}

#[test]
fn a_termination_in_the_future_is_a_known_last_day() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| account.terminate(number(&ada), date(2026, 12, 31)));
    let person = company.person(&ada);
    assert_eq!((person.active, one(&person, "endDate").as_str()), (Some(true), "2026-12-31"));
}

#[test]
fn somebody_terminated_has_left() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| account.terminate(number(&ada), date(2026, 3, 31)));
    let person = company.person(&ada);
    assert_eq!((person.active, one(&person, "endDate").as_str()), (Some(false), "2026-03-31"));
}

#[test]
fn somebody_hired_again_is_employed() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| {
        account.terminate(number(&ada), date(2024, 6, 30));
        account.employ(number(&ada), date(2025, 1, 1), Employment { status: "Part-Time".to_owned(), comment: None });
        account.set_hire_date(number(&ada), Some(date(2025, 1, 1)));
    });
    let person = company.person(&ada);
    assert_eq!((person.active, one(&person, "startDate").as_str()), (Some(true), "2025-01-01"));
    assert!(is_empty(&person, "endDate"));
}

#[test]
fn a_company_has_its_own_words_for_the_end() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    let retired = Employment { status: "Retired".to_owned(), comment: None };
    company.with(|account| account.employ(number(&ada), date(2027, 3, 31), retired));
    assert!(is_empty(&company.person(&ada), "endDate"));
    let person = company.people(json!({ "terminated-statuses": ["Terminated", "retired"] })).remove(0);
    assert_eq!(one(&person, "endDate"), "2027-03-31");
}

#[test]
fn last_days_that_may_not_be_seen_are_unknown() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    let grace = company.hire(Hire { employment: None, ..hire("Grace", date(2020, 1, 1)) });
    assert!(is_restricted(&company.person(&grace), "endDate"));
    company.with(|account| account.restrict(None, "employmentStatus"));
    let person = company.person(&ada);
    assert!(is_restricted(&person, "endDate") && is_restricted(&person, "userType"));
    assert_eq!(person.active, Some(true));
}

#[test]
fn without_permission_for_the_table_everything_else_is_read() {
    for status in [403, 404] {
        let row =
            json!({ "employeeId": 1, "firstName": "Ada", "lastName": "King", "status": "Inactive", "_restrictedFields": [] });
        let script = Script::new().then(super::listing::page("2500", None).answers(200, super::listing::answer(&[row], 1, None)));
        let script = script.then(Exchange::get(TABLE).answers(status, Json::Null));
        let (people, log) = testing::run_with_log(json!({}), script, || BambooHr::open().unwrap().list(None));
        let people = people.unwrap().items;
        assert_eq!((people[0].active, is_restricted(&people[0], "endDate")), (Some(false), true));
        assert!(log[0].1.starts_with("last days cannot be read"), "{log:?}");
    }
}

#[test]
fn last_days_are_not_read_where_nobody_wants_them() {
    let company = Company::new();
    company.hire(hire("Ada", date(2020, 1, 1)));
    let person = company.people(json!({ "end-dates": false })).remove(0);
    assert_eq!((values(&person, "endDate"), is_restricted(&person, "endDate")), (None, false));
    assert_eq!(*company.sent.borrow(), ["/employees"]);
}

#[test]
fn a_status_that_may_not_be_seen_says_nothing() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| account.restrict(None, "status"));
    assert_eq!(company.person(&ada).active, None);
}
