//! Apps against their descriptions.

use super::fixture::{description, lines, load, with_mappings};
use innkeeper_domain::AppName;

fn found(mappings: &str) -> Vec<String> {
    lines(&load(&with_mappings(mappings)).check_app(&AppName::from("it"), &description()))
}

fn only(mapping: &str) -> String {
    let found = found(&format!("userName = \"person.userName\"\n{mapping}"));
    assert_eq!(found.len(), 1, "{mapping}: {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn what_fits_has_no_problems() {
    let mappings = "username = \"person.userName\"\nemails = \"person.emails\"\nadmin = \"person.department == 'IT'\"\n\
                    floor = \"size(person.emails)\"\nhired = \"person.startDate\"\nuserType = \"'employee'\"\ntitle = \"null\"";
    assert_eq!(found(mappings), Vec::<String>::new());
}

#[test]
fn a_required_attribute_needs_a_mapping() {
    let found = found("title = \"person.title\"");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("an account of it must have `userName`"), "{found:#?}");
}

#[test]
fn every_misfit_is_told() {
    assert!(only("titel = \"person.title\"").ends_with("did you mean `title`?"));
    assert!(only("\"meta.location\" = \"person.title\"").contains("read-only"));
    assert!(only("title = \"person.active\"").contains("`title` is text, and this gives true or false"));
    assert!(only("admin = \"person.title\"").contains("`admin` is true or false, and this gives text"));
    assert!(only("hired = \"size(person.title)\"").contains("`hired` is a date, and this gives a number"));
    assert!(only("title = \"person.emails\"").ends_with("take the first: `first(person.emails)`"));
    assert!(only("userType = \"'Contracter'\"").ends_with("did you mean `Contractor`?"));
}

#[test]
fn a_single_value_fits_where_several_are_possible() {
    assert_eq!(found("userName = \"person.userName\"\nemails = \"first(person.emails)\""), Vec::<String>::new());
}
