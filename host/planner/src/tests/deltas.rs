use crate::fixture::*;
use innkeeper_domain::*;

fn titled(title: &[&str]) -> World {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Active);
    world.account_mut("a1").attributes.insert("title".into(), title.iter().map(|text| Value::plain(*text)).collect());
    world
}

#[test]
fn an_enforced_attribute_that_differs_is_put_right_with_its_value_before() {
    let mut world = titled(&["Clerk"]);
    world.desired[0] = world.desired[0].clone().having("title", &["Boss"]);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: title = Boss"]);
    let before = vec![Value::plain("Clerk")];
    let Operation::UpdateAccount { deltas } = &plan.changes[0].operation else { panic!("{plan:#?}") };
    assert_eq!(deltas[0].before, before);
    let attributes = [("title".into(), before)].into();
    assert_eq!(plan.changes[0].precondition, Precondition::AccountIs { status: AccountStatus::Active, attributes });
    assert_eq!(plan.changes[0].reasons[0].text, "mapping of title");
}

#[test]
fn an_attribute_without_a_mapping_is_not_ours() {
    assert_eq!(titled(&["Clerk"]).plan().changes, []);
}

#[test]
fn an_enforced_attribute_without_a_value_is_cleared() {
    let mut world = titled(&["Clerk"]);
    world.desired[0] = world.desired[0].clone().having("title", &[]);
    assert_eq!(lines(&world.plan()), ["c1 ada: title cleared"]);
}

#[test]
fn an_attribute_that_was_not_read_is_unknown_and_left_alone() {
    let mut world = titled(&[]);
    world.desired[0] = world.desired[0].clone().having("title", &["Boss"]);
    world.account_mut("a1").attributes.clear();
    assert_eq!(world.plan().changes, []);
}

#[test]
fn initial_immutable_read_only_and_write_only_attributes_are_not_touched_after_the_create() {
    let mut world = titled(&[]);
    let mut ada = world.desired[0].clone().having_values("nickName", vec![Value::plain("Al")], Strength::Initial);
    for name in ["password", "meta.created", "employeeNumber"] {
        ada = ada.having(name, &["new"]);
        world.account_mut("a1").attributes.insert(name.into(), vec![Value::plain("old")]);
    }
    world.account_mut("a1").attributes.insert("nickName".into(), vec![Value::plain("Bo")]);
    world.desired[0] = ada;
    assert_eq!(world.plan().changes, []);
}

#[test]
fn a_rename_is_an_edit_of_the_unique_name() {
    let mut world = titled(&[]);
    world.desired[0] = world.desired[0].clone().having("userName", &["lovelace"]);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: userName = lovelace"]);
    let attributes = [("userName".into(), vec![Value::plain("ada")])].into();
    assert_eq!(plan.changes[0].precondition, Precondition::AccountIs { status: AccountStatus::Active, attributes });
}

#[test]
fn a_unique_name_that_is_a_number_is_compared_as_text() {
    let mut world = titled(&[]);
    let number = vec![Value::plain(Scalar::Integer(7))];
    world.desired[0] = world.desired[0].clone().having_values("userName", number, Strength::Enforced);
    world.account_mut("a1").unique_name = "7".into();
    assert_eq!(world.plan().changes, []);
}

#[test]
fn a_required_attribute_is_never_cleared() {
    let mut world = titled(&["Clerk"]);
    world.snapshot.description.accounts[3].required = true;
    world.desired[0] = world.desired[0].clone().having("title", &[]).having("userName", &[]);
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    let missing: Vec<_> = plan.cases.iter().map(|case| case.kind.clone()).collect();
    let case = |attribute: &str| CaseKind::MissingValue { attribute: attribute.into() };
    assert_eq!(missing, [case("title"), case("userName")]);
}

#[test]
fn names_of_attributes_are_compared_without_case() {
    let mut world = titled(&[]);
    let mut ada = person("p1", "ada");
    ada.attributes[0].name = "USERNAME".into();
    world.desired[0] = ada;
    assert_eq!(world.plan().changes, []);
}
