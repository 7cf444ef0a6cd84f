use super::*;

#[test]
fn a_person_has_the_names_of_scim() {
    let company = Company::new();
    let boss = company.hire(hire("Grace", date(2019, 1, 1)));
    let job = Job {
        title: Some("Analyst".to_owned()),
        department: Some("Engines".to_owned()),
        division: Some("Research".to_owned()),
        location: Some("London".to_owned()),
        reports_to: Some(number(&boss)),
    };
    let other = [("preferredName", "Addie"), ("middleName", "Byron"), ("workPhone", "+44 1"), ("mobilePhone", "+44 2")];
    let other = other.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let ada = company.hire(Hire { job, other, ..hire("Ada", date(2020, 1, 1)) });
    let person = company.person(&ada);
    for (name, value) in [
        ("userName", "ada@acme.example"),
        ("name.givenName", "Ada"),
        ("name.middleName", "Byron"),
        ("name.familyName", "King"),
        ("nickName", "Addie"),
        ("displayName", "Addie King"),
        ("title", "Analyst"),
        ("department", "Engines"),
        ("division", "Research"),
        ("location", "London"),
        ("userType", "Full-Time"),
        ("startDate", "2020-01-01"),
    ] {
        assert_eq!(one(&person, name), value, "{name}");
    }
    assert_eq!(person.active, Some(true));
    assert!(person.restricted.is_empty(), "{:?}", person.restricted);
    let numbers = person.attributes.iter().find(|attribute| attribute.name == "phoneNumbers").unwrap();
    assert_eq!(numbers.values, [Value::text("+44 1").labelled("work"), Value::text("+44 2").labelled("mobile")]);
    let emails = person.attributes.iter().find(|attribute| attribute.name == "emails").unwrap();
    assert_eq!(emails.values, [Value::text("ada@acme.example").labelled("work").primary()]);
}

#[test]
fn the_manager_is_named_by_id() {
    let company = Company::new();
    let boss = company.hire(hire("Grace", date(2019, 1, 1)));
    let job = Job { reports_to: Some(number(&boss)), ..Job::default() };
    let ada = company.hire(Hire { job, ..hire("Ada", date(2020, 1, 1)) });
    assert_eq!(one(&company.person(&ada), "manager"), boss);
    assert!(is_empty(&company.person(&boss), "manager"));
    company.with(|account| account.quirks.hides_managers = true);
    assert!(is_restricted(&company.person(&ada), "manager"));
}

#[test]
fn a_restricted_field_is_unknown_and_not_cleared() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    let grace = company.hire(hire("Grace", date(2020, 1, 1)));
    company.with(|account| {
        for field in ["workEmail", "department", "hireDate"] {
            account.restrict(Some(number(&ada)), field);
        }
    });
    let person = company.person(&ada);
    for name in ["userName", "emails", "department", "startDate"] {
        assert!(is_restricted(&person, name), "{name}");
        assert_eq!(values(&person, name), None, "{name}");
    }
    assert_eq!(one(&person, "title"), "Engineer");
    assert_eq!(one(&company.person(&grace), "department"), "R&D");
}

#[test]
fn an_empty_field_that_may_be_seen_is_known_to_be_empty() {
    let company = Company::new();
    let ada = company.hire(Hire { job: Job::default(), ..hire("Ada", date(2020, 1, 1)) });
    let person = company.person(&ada);
    for name in ["department", "title", "manager", "name.middleName", "phoneNumbers", "endDate"] {
        assert!(is_empty(&person, name), "{name}: {:?}", values(&person, name));
    }
}

#[test]
fn a_field_that_was_asked_for_and_is_not_in_the_row_is_unknown() {
    let row = json!({
        "employeeId": "1", "firstName": "Ada", "lastName": "King", "preferredName": null, "photoUrl": null, "jobTitleName": null,
        "status": "Active", "_restrictedFields": [],
    });
    let script = Script::new().then(page("2500", None).answers(200, answer(&[row], 1, None)));
    let script = script.then(Exchange::get(TABLE).answers(200, json!([])));
    let people = call(json!({}), script, |bamboo| bamboo.list(None)).unwrap().items;
    assert!(is_restricted(&people[0], "department"));
    assert!(is_empty(&people[0], "title"));
}

#[test]
fn somebody_without_an_address_is_a_person_without_a_user_name() {
    let company = Company::new();
    let ada = company.hire(Hire { work_email: None, ..hire("Ada", date(2020, 1, 1)) });
    let person = company.person(&ada);
    assert!(is_empty(&person, "userName") && is_empty(&person, "emails"));
    assert_eq!(one(&person, "displayName"), "Ada King");
}

#[test]
fn contacts_are_read_as_far_as_they_are_wanted() {
    let company = Company::new();
    let other = [("homeEmail", "ada@home.example"), ("homePhone", "+44 3"), ("workPhone", "+44 1")];
    let other = other.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let ada = company.hire(Hire { other, ..hire("Ada", date(2020, 1, 1)) });
    assert_eq!(one(&company.person(&ada), "emails"), "ada@acme.example");
    assert_eq!(one(&company.person(&ada), "phoneNumbers"), "+44 1");
    let config = json!({ "contacts": ["workEmail", "homeEmail"] });
    let person = company.people(config.clone()).remove(0);
    assert_eq!(values(&person, "emails").unwrap(), ["ada@acme.example", "ada@home.example"]);
    assert_eq!(values(&person, "phoneNumbers"), None);
    company.with(|account| account.restrict(None, "homeEmail"));
    assert_eq!(values(&company.people(config.clone())[0], "emails").unwrap(), ["ada@acme.example"]);
    company.with(|account| account.set(number(&ada), "workEmail", None));
    assert!(is_restricted(&company.people(config)[0], "emails"));
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let company = Company::new();
    let hired: Vec<String> = (0..5).map(|_| company.hire(hire("Ada", date(2020, 1, 1)))).collect();
    let config = json!({ "page-size": 2 });
    let first = company.call(config.clone(), |bamboo| bamboo.list(None)).unwrap();
    assert_eq!((first.items.len(), first.total), (2, Some(5)));
    assert_eq!(ids(&company.people(config)), hired);
    assert_eq!(company.call(json!({}), |bamboo| bamboo.list(None)).unwrap().next, None);
}

#[test]
fn a_cursor_that_died_says_to_list_again() {
    let company = Company::new();
    let ada = company.hire(hire("Ada", date(2020, 1, 1)));
    company.hire(hire("Grace", date(2020, 1, 1)));
    let config = json!({ "page-size": 1 });
    let first = company.call(config.clone(), |bamboo| bamboo.list(None)).unwrap();
    company.with(|account| account.delete(number(&ada)));
    let error = company.call(config, |bamboo| bamboo.list(first.next)).unwrap_err();
    assert_eq!((error.code, error.remote_status), (ErrorCode::Invalid, Some(400)));
    assert!(error.message.ends_with("list again"), "{}", error.message);
}

#[test]
fn a_cursor_from_elsewhere_is_refused() {
    let error = call(json!({}), Script::new(), |bamboo| bamboo.list(Some("eyJ".to_owned()))).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

/// The request for one page of the listing.
pub(super) fn page(size: &str, after: Option<&str>) -> Exchange {
    let page =
        Exchange::get("/employees").header("accept", "application/json").query("page[limit]", size).query("fields", FIELDS);
    match after {
        Some(after) => page.query("page[after]", after),
        None => page,
    }
}

/// The answer to it.
pub(super) fn answer(rows: &[Json], total: u32, next: Option<&str>) -> Json {
    json!({ "data": rows, "meta": { "total": total, "page": { "limit": 2500, "nextCursor": next, "prevCursor": null } }, "_links": {} })
}
