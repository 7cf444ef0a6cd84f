//! Servers as customers have them: whatever they answer, nothing is taken away by mistake, and the message says what was wrong.

use innkeeper_tests::fake::{Answers, Failure, Fault, FilterSupport, Paging, PatchSupport, Quirks, ScimServer, TotalResults};

use crate::bad_input::failed;
use crate::scenario::{Scenario, how_many, operations};

#[test]
fn an_answer_that_is_not_scim_is_named() {
    for (answers, said) in [(Answers::Html, "HTML"), (Answers::TruncatedJson, "JSON"), (Answers::Status(500), "500")] {
        let text = failed(|_, server| server.set_quirks(Quirks { answers: answers.clone(), ..Quirks::default() }));
        assert!(text.contains("directory") && text.contains(said), "{answers:?}, `{said}`:\n{text}");
    }
}

#[test]
fn a_list_that_is_suddenly_empty_takes_nothing_away() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 40);
    scenario.settle();
    for quirks in [
        Quirks { empty_list: true, ..Quirks::default() },
        Quirks { total: TotalResults::Off(100), ..Quirks::default() },
        Quirks { repeats_page: true, page_cap: 15, ..Quirks::default() },
    ] {
        server.set_quirks(quirks.clone());
        server.forget_requests();
        let planned = scenario.run(&["plan", "--out", "plan.json", "--output", "json"]).json();
        let plan = &planned["plan"]["content"]["apps"][0];
        for taken in ["suspend", "delete", "revoke", "create"] {
            assert_eq!(how_many(plan, taken), 0, "{quirks:?}: {:?}", operations(plan));
        }
        let cases = plan["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
        let noticed = cases.iter().any(|case| case["kind"] == "incomplete") || planned["failures"] != serde_json::json!([]);
        assert!(noticed, "{quirks:?}: {planned:#}");
        assert!(server.requests().iter().all(|seen| seen.method == "GET"));
    }
    server.set_quirks(Quirks::default());
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn the_same_job_is_done_on_servers_that_can_less() {
    for quirks in [
        Quirks { filter: FilterSupport::Ignored, ..Quirks::default() },
        Quirks { filter: FilterSupport::Refused, ..Quirks::default() },
        Quirks { patch: PatchSupport::Body, etags: false, ..Quirks::default() },
        Quirks { paging: Paging::Cursor, page_cap: 7, ..Quirks::default() },
        Quirks { paging: Paging::None, total: TotalResults::Missing, ..Quirks::default() },
        Quirks { page_cap: 7, ..Quirks::default() },
        Quirks { no_discovery: true, ..Quirks::default() },
    ] {
        does_the_job(&quirks);
    }
}

#[test]
fn the_same_job_is_done_by_whole_objects_where_there_is_no_patch() {
    does_the_job(&Quirks { patch: PatchSupport::None, ..Quirks::default() });
}

/// Twenty people, then one who gets another title.
fn does_the_job(quirks: &Quirks) {
    let server = ScimServer::with(quirks.clone());
    let mut scenario = Scenario::on(&server, 20);
    scenario.settle();
    assert_eq!(server.users().len(), 20, "{quirks:?}");
    scenario.company.employees[9].title = "Principal".to_owned();
    scenario.write_people();
    assert_eq!(operations(&scenario.plan(3)), ["update-account title"], "{quirks:?}");
    let _ = scenario.apply();
    let employee = &scenario.company.employees[9];
    let user = server.user(&employee.user_name).expect("the account is there");
    assert_eq!((&user["title"], &user["name"]["givenName"]), (&"Principal".into(), &employee.given_name.as_str().into()));
}

#[test]
fn a_lost_answer_is_looked_up_and_never_sent_again() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    let failures = vec![
        Failure::nth("POST", "/Users", 3, Fault::LoseAnswer),
        Failure::nth("POST", "/Users", 7, Fault::RateLimited { retry_after: Some(1) }),
        Failure::nth("PATCH", "/Groups", 2, Fault::LoseAnswer),
    ];
    let _ = scenario.plan(3);
    server.set_quirks(Quirks { failures, ..Quirks::default() });
    let _ = scenario.apply();
    assert_eq!(server.users().len(), 12);
    // Twelve, and the one that was refused for its rate; the lost one was found, not made again.
    assert_eq!(server.count("POST", "/Users"), 13);
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}
