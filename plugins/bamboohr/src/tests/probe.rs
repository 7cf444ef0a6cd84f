use super::*;

fn probe(company: &Company, config: Json) -> Result<Status> {
    company.call(config, |bamboo| bamboo.probe())
}

#[test]
fn the_way_that_works_is_the_profile() {
    let company = Company::new();
    company.hire(hire("Ada", date(2020, 1, 1)));
    let status = probe(&company, json!({})).unwrap();
    assert_eq!(status.profile.as_deref(), Some("listing"));
    assert_eq!(status.abilities, [Ability::available("people.list"), Ability::available("people.changes")]);
    assert_eq!(probe(&company, json!({ "read-from": "single" })).unwrap().profile.as_deref(), Some("single"));
    company.with(|account| account.quirks.listing_refuses_api_keys = true);
    let status = probe(&company, json!({})).unwrap();
    assert_eq!(status.profile.as_deref(), Some("single"));
    assert!(status.abilities.iter().all(|ability| ability.available));
}

#[test]
fn what_may_not_be_seen_is_told() {
    let company = Company::new();
    company.hire(hire("Ada", date(2020, 1, 1)));
    company.with(|account| ["workEmail", "division"].into_iter().for_each(|field| account.restrict(None, field)));
    let (status, log) = testing::run_with_log(json!({}), company, || BambooHr::open().unwrap().probe());
    status.unwrap();
    assert_eq!(log[0].1, "these credentials may not see: division, userName, emails");
}

#[test]
fn a_wrong_key_is_an_error() {
    let company = Company::new();
    company.with(|account| account.revoke_key("KEY"));
    assert_eq!(probe(&company, json!({})).unwrap_err().code, ErrorCode::Unauthenticated);
}

#[test]
fn a_listing_that_is_forbidden_is_a_missing_ability_where_it_is_chosen() {
    let moment = "2026-11-23T00:00:00Z";
    let nobody = json!({ "latest": moment, "employees": {} });
    let script = Script::new()
        .then(super::listing::page("1", None).answers(403, Json::Null).answer_header("X-BambooHR-Error-Message", "no scope"))
        .then(Exchange::get("/employees/changed").query("since", moment).answers(200, nobody.clone()))
        .then(Exchange::get("/employees/changed/tables/employmentStatus").query("since", moment).answers(200, nobody));
    let status = call(json!({ "read-from": "listing" }), script, |bamboo| bamboo.probe()).unwrap();
    let list = &status.abilities[0];
    assert!(!list.available && list.reason.as_deref().unwrap().contains("no scope"), "{list:?}");
    assert!(status.abilities[1].available);
}

#[test]
fn a_setting_that_there_is_not_is_named() {
    let error = call(json!({ "read-from": "elsewhere" }), Script::new(), |_| Ok(())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.message.contains("elsewhere"), "{}", error.message);
}
