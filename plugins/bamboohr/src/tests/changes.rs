use super::*;

/// All changes since a mark, and the next mark.
fn since(company: &Company, config: &Json, mark: Option<&str>) -> (Vec<Change>, String) {
    let (mut changes, mut cursor) = (Vec::new(), None);
    loop {
        let page = company.call(config.clone(), |bamboo| bamboo.changes(mark.map(str::to_owned), cursor.clone())).unwrap();
        changes.extend(page.items);
        assert_eq!(page.next.is_none(), page.mark.is_some());
        match page.mark {
            Some(mark) => return (changes, mark),
            None => cursor = page.next,
        }
    }
}

fn told(changes: &[Change]) -> Vec<String> {
    let tell = |change: &Change| match change {
        Change::Upserted(person) => format!("+{}", person.id),
        Change::Removed(id) => format!("-{id}"),
    };
    changes.iter().map(tell).collect()
}

const MARK: Option<&str> = Some("2026-11-23T08:00:00Z");

#[test]
fn what_changed_is_told_with_the_people_as_they_are_now() {
    for read_from in ["auto", "listing", "single"] {
        let config = json!({ "read-from": read_from });
        let company = Company::new();
        let [ada, bob, alan] = ["Ada", "Bob", "Alan"].map(|name| company.hire(hire(name, date(2020, 1, 1))));
        company.at("2026-11-23T09:00:00Z");
        company.with(|account| {
            account.set(number(&ada), "mobilePhone", Some("+44 2"));
            account.terminate(number(&ada), date(2026, 12, 31));
            account.delete(number(&bob));
        });
        let grace = company.hire(hire("Grace", date(2027, 1, 4)));
        let (changes, mark) = since(&company, &config, MARK);
        assert_eq!(told(&changes), [format!("+{ada}"), format!("-{bob}"), format!("+{grace}")], "{alan} has not changed");
        // A quarter of an hour before the latest change.
        assert_eq!(mark, "2026-11-23T08:45:00Z");
        let Change::Upserted(person) = &changes[0] else { panic!("{changes:?}") };
        assert_eq!((one(person, "phoneNumbers"), one(person, "endDate")), ("+44 2".into(), "2026-12-31".into()));
        let Change::Upserted(person) = &changes[2] else { panic!("{changes:?}") };
        assert_eq!((one(person, "department"), one(person, "startDate")), ("R&D".into(), "2027-01-04".into()));
    }
}

#[test]
fn an_employee_who_changed_and_is_not_in_the_listing_is_gone() {
    let changed = json!({ "latest": "2026-11-23T09:00:00+00:00", "employees": { "7": { "id": "7", "action": "Updated", "lastChanged": "2026-11-23T09:00:00+00:00" } } });
    let script = Script::new()
        .then(
            Exchange::get("/employees/changed")
                .header("accept", "application/json")
                .query("since", MARK.unwrap())
                .answers(200, changed),
        )
        .then(table_since().answers(200, json!({ "table": "employmentStatus", "employees": {} })))
        .then(by_id("7").answers(200, super::listing::answer(&[], 0, None)));
    let page = call(json!({}), script, |bamboo| bamboo.changes(MARK.map(str::to_owned), None)).unwrap();
    assert_eq!(told(&page.items), ["-7"]);
}

#[test]
fn without_changes_the_mark_stays() {
    // Nobody may be an empty list as well as an empty map.
    for nobody in [json!({}), json!([])] {
        let changed = json!({ "latest": MARK.unwrap(), "employees": nobody });
        let script = Script::new().then(Exchange::get("/employees/changed").query("since", MARK.unwrap()).answers(200, changed));
        let page = call(json!({}), script, |bamboo| bamboo.changes(MARK.map(str::to_owned), None)).unwrap();
        assert_eq!((page.items.len(), page.mark.as_deref()), (0, MARK));
    }
}

#[test]
fn the_mark_never_goes_back() {
    let company = Company::new();
    company.at("2026-11-23T08:05:00Z");
    company.hire(hire("Ada", date(2020, 1, 1)));
    assert_eq!(since(&company, &json!({}), MARK).1, MARK.unwrap());
}

#[test]
fn without_a_mark_everybody_is_new() {
    let company = Company::new();
    let hired: Vec<String> = (0..5).map(|_| format!("+{}", company.hire(hire("Ada", date(2020, 1, 1))))).collect();
    let (changes, mark) = since(&company, &json!({ "page-size": 2 }), None);
    assert_eq!(told(&changes), hired);
    // A quarter of an hour before the first page was read.
    assert_eq!(mark, "2026-11-22T23:45:00Z");
}

#[test]
fn many_changes_come_in_pages_and_what_changes_meanwhile_comes_next_time() {
    let company = Company::new();
    company.at("2026-11-23T09:00:00Z");
    let hired: Vec<String> = (0..150).map(|_| company.hire(hire("Ada", date(2020, 1, 1)))).collect();
    // A page of the listing may be smaller than what was asked for.
    company.with(|account| account.quirks.page_cap = 40);
    let first = company.call(json!({}), |bamboo| bamboo.changes(MARK.map(str::to_owned), None)).unwrap();
    assert_eq!((first.items.len(), first.mark), (100, None));
    company.at("2026-11-23T12:00:00Z");
    company.with(|account| account.set(number(&hired[0]), "mobilePhone", Some("+44 2")));
    let second = company.call(json!({}), |bamboo| bamboo.changes(MARK.map(str::to_owned), first.next)).unwrap();
    assert_eq!(second.items.len(), 50);
    assert_eq!(second.mark.as_deref(), Some("2026-11-23T08:45:00Z"));
    let (changes, _) = since(&company, &json!({}), second.mark.as_deref());
    assert!(told(&changes).contains(&format!("+{}", hired[0])));
}

#[test]
fn a_mark_from_elsewhere_is_refused() {
    let error = call(json!({}), Script::new(), |bamboo| bamboo.changes(Some("yesterday".to_owned()), None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let cursor = Some(json!({ "since": { "after": "1", "mark": MARK.unwrap() } }).to_string());
    let error = call(json!({}), Script::new(), |bamboo| bamboo.changes(None, cursor)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

fn table_since() -> Exchange {
    Exchange::get("/employees/changed/tables/employmentStatus").query("since", MARK.unwrap())
}

fn by_id(id: &str) -> Exchange {
    Exchange::get("/employees").query("page[limit]", 1).query("filter[ids][]", id).query("fields", FIELDS)
}
