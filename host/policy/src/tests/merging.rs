//! From records to people.

use super::fixture::{record, values};
use crate::merge;

#[test]
fn the_first_source_that_knows_an_attribute_wins() {
    let hr = vec![record("hr", "7", &[("title", &["Engineer"]), ("department", &[])])];
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let directory = vec![record("directory", "7", &[("title", &["Boss"]), (urn, &["IT"]), ("userName", &["ada"])])];
    let merged = merge([hr, directory]);
    assert_eq!(merged.problems, []);
    let [ada] = merged.people.as_slice() else { panic!("one person, not {:?}", merged.people) };
    assert_eq!(ada.attributes["title"], values(&["Engineer"]));
    assert_eq!(ada.attributes["department"], values(&[]), "known to be empty is knowledge too");
    assert_eq!(ada.attributes["userName"], values(&["ada"]));
    assert_eq!(ada.origins.iter().map(|origin| origin.source.as_str()).collect::<Vec<_>>(), ["hr", "directory"]);
}

#[test]
fn an_attribute_that_one_source_could_not_read_is_known_if_another_could() {
    let mut hr = record("hr", "7", &[]);
    hr.restricted.extend(["title".into(), "department".into()]);
    hr.active = Some(true);
    let mut directory = record("directory", "7", &[("title", &["Boss"])]);
    directory.active = Some(false);
    let merged = merge([vec![hr], vec![directory]]);
    let restricted: Vec<_> = merged.people[0].restricted.iter().map(|name| name.as_str()).collect();
    assert_eq!(restricted, ["department"]);
    assert_eq!(merged.people[0].active, Some(true));
}

#[test]
fn a_manager_whom_nobody_knows_is_reported_with_the_record() {
    let merged = merge([vec![record("hr", "7", &[("manager", &["8"])]), record("hr", "9", &[("manager", &["7"])])]]);
    assert_eq!(merged.people.len(), 2);
    let texts: Vec<_> = merged.problems.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(texts, ["people.csv:7: the manager of 7 is `8`, and no source knows such a person"]);
}

#[test]
fn a_key_that_comes_twice_in_a_source_is_reported() {
    let merged = merge([vec![record("hr", "7", &[("title", &["A"])]), record("hr", "7", &[("title", &["B"])])]]);
    assert_eq!(merged.people[0].attributes["title"], values(&["A"]));
    assert!(merged.problems[0].text.contains("a second time"), "{:?}", merged.problems);
}
