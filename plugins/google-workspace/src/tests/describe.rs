use super::*;

fn describe(config: Json) -> Description {
    call(config, Script::new(), |google| google.describe()).unwrap()
}

#[test]
fn suspending_keeps_the_licence_and_archiving_swaps_it() {
    let suspend = describe(json!({})).suspend.unwrap();
    assert!(suspend.reversible && suspend.keeps_data && suspend.keeps_grants && !suspend.frees_seat);
    assert!(suspend.note.unwrap().contains("keeps its licence"));
    let archive = describe(json!({ "suspend-as": "archive" })).suspend.unwrap();
    assert!(archive.frees_seat && archive.note.unwrap().contains("archived user"));
    let delete = describe(json!({})).delete.unwrap();
    assert!(delete.reversible && !delete.keeps_data && delete.frees_seat && delete.note.unwrap().contains("20 days"));
}

#[test]
fn licences_are_a_kind_that_costs_money_where_there_are_any() {
    let kinds =
        |config| describe(config).entitlement_kinds.into_iter().map(|kind| (kind.name, kind.costs_money)).collect::<Vec<_>>();
    assert_eq!(kinds(json!({})), [("group".to_owned(), false), ("role".to_owned(), false)]);
    let config = json!({ "entitlements": ["group"], "products": ["Google-Apps/1010020020"] });
    assert_eq!(kinds(config), [("group".to_owned(), false), ("licence".to_owned(), true)]);
}

#[test]
fn what_was_written_cannot_be_read_at_once() {
    assert_eq!(describe(json!({})).quirks, Quirks::EVENTUALLY_CONSISTENT | Quirks::NO_TOTAL);
}

#[test]
fn every_attribute_is_declared_once_and_what_is_searchable_is_one_of_them() {
    let description = describe(json!({}));
    let names: std::collections::HashSet<_> = description.accounts.iter().map(|schema| schema.name.to_lowercase()).collect();
    assert_eq!(names.len(), description.accounts.len());
    assert!(description.searchable.iter().all(|name| names.contains(&name.to_lowercase())));
    let required: Vec<_> =
        description.accounts.iter().filter(|schema| schema.required).map(|schema| schema.name.as_str()).collect();
    assert_eq!(required, ["userName", "name.givenName", "name.familyName"]);
}
