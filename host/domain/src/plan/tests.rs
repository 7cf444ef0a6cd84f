use super::*;
use crate::{
    AccountTarget, Attributes, ChangeId, Completeness, ConnectorPin, Delta, Edit, Operation, Precondition, Reason, ReasonKind,
    SnapshotId, SourceSeen, Text, Value,
};
use crate::{AppSeen, Decimal, Scalar};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn plan() -> Plan {
    let inputs = Inputs { configuration: "ab".into(), ..Inputs::default() };
    Plan::seal(Timestamp::UNIX_EPOCH, jiff::civil::date(2026, 11, 22), "ada", inputs, Vec::new()).unwrap()
}

fn bytes(plan: &Plan) -> Vec<u8> {
    let mut bytes = Vec::new();
    plan.write(&mut bytes).unwrap();
    bytes
}

fn text() -> impl Strategy<Value = String> {
    "[a-z\"\\\\ é/*]{0,6}"
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<bool>().prop_map(Scalar::Boolean),
        any::<i32>().prop_map(Scalar::Integer),
        (-1000i32..1000).prop_map(|number| Scalar::Decimal(Decimal(f64::from(number) + 0.5))),
        text().prop_map(Scalar::from),
    ]
}

fn values() -> impl Strategy<Value = Vec<Value>> {
    let value = (scalar(), proptest::option::of(text()), any::<bool>());
    proptest::collection::vec(
        value.prop_map(|(scalar, label, primary)| Value { scalar, label: label.map(Text::from), primary }),
        0..3,
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = |id: String| EntitlementKey { kind: "group".into(), id: id.into() };
    prop_oneof![
        (text(), values()).prop_map(|(unique_name, values)| Operation::CreateAccount {
            unique_name,
            attributes: Attributes::from([("emails".into(), values)]),
            grants: Vec::new(),
        }),
        (values(), values()).prop_map(|(before, after)| Operation::UpdateAccount {
            deltas: vec![Delta { name: "title".into(), edit: Edit::Replace(after), before }],
        }),
        (values(), values()).prop_map(|(add, remove)| Operation::UpdateAccount {
            deltas: vec![Delta { name: "emails".into(), edit: Edit::Amend { add, remove }, before: Vec::new() }],
        }),
        Just(Operation::Suspend),
        Just(Operation::DeleteAccount),
        text().prop_map(|to| Operation::TransferOwnership { to: AccountId::new(to) }),
        (text(), text()).prop_map(move |(id, name)| Operation::Grant { entitlement: key(id), name }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    (text(), text(), operation(), proptest::collection::vec(text(), 0..2), values()).prop_map(
        |(id, person, operation, after, values)| Change {
            id: ChangeId::new(id),
            person: PersonId::new(person.clone()),
            label: person.clone(),
            account: AccountTarget::Existing { id: AccountId::new(person.clone()), unique_name: person },
            operation,
            reasons: vec![Reason::new(ReasonKind::Role, "role engineer")],
            precondition: Precondition::AccountIs {
                status: AccountStatus::Active,
                attributes: Attributes::from([("title".into(), values)]),
            },
            after: after.into_iter().map(ChangeId::new).collect(),
        },
    )
}

fn any_plan() -> impl Strategy<Value = Plan> {
    (proptest::collection::vec(change(), 0..4), text(), text(), 0i64..2_000_000_000).prop_map(|(changes, by, case, second)| {
        let taken = Timestamp::from_second(second).unwrap();
        let snapshot = SnapshotId::of("crm", taken, [(2, &Completeness::Complete)]);
        let connector = ConnectorPin { name: "scim".into(), version: "0.1.0".into(), sha256: "ab".into() };
        let inputs = Inputs {
            configuration: "ab".into(),
            sources: BTreeMap::from([("hr".into(), SourceSeen { snapshot: snapshot.clone(), people: 2 })]),
            apps: BTreeMap::from([(
                "crm".into(),
                AppSeen { snapshot, taken, unique_name: "userName".into(), connector: Some(connector) },
            )]),
        };
        let app = AppPlan {
            cases: vec![Case {
                person: None,
                label: None,
                kind: CaseKind::Incomplete { listing: case },
                text: "read it again".into(),
            }],
            ..AppPlan::of("crm".into(), AppMode::Enforce, changes)
        };
        Plan::seal(taken, jiff::civil::date(2026, 11, 22), &by, inputs, vec![app]).unwrap()
    })
}

proptest! {
    #[test]
    fn a_plan_is_read_back_as_it_was_written(plan in any_plan()) {
        prop_assert_eq!(Plan::read(&bytes(&plan)).unwrap(), plan);
    }

    #[test]
    fn a_byte_that_was_altered_is_refused_or_means_nothing(plan in any_plan(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = bytes(&plan);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Plan::read(&bytes) {
            prop_assert_eq!(read, plan);
        }
    }

    #[test]
    fn a_field_that_nobody_knows_is_refused_wherever_it_stands(plan in any_plan(), at in any::<prop::sample::Index>()) {
        let text = String::from_utf8(bytes(&plan)).unwrap();
        // The start of any object but those whose names are free: what is seen, by source, app or attribute.
        let free = ["\"sources\": {", "\"apps\": {", "\"attributes\": {"];
        let starts: Vec<usize> = (text.match_indices("{\n"))
            .filter(|(at, _)| !free.iter().any(|name| text[..at + 1].ends_with(name)))
            .map(|(at, _)| at + 2)
            .collect();
        let at = starts[at.index(starts.len())];
        let altered = format!("{}\"force\": true,\n{}", &text[..at], &text[at..]);
        let error = Plan::read(altered.as_bytes()).unwrap_err();
        prop_assert!(matches!(&error, PlanError::UnknownField { field } if field.ends_with("force"))
            || matches!(&error, PlanError::Unreadable(_)), "{}", error);
    }
}

#[test]
fn an_altered_plan_is_refused() {
    for (from, to) in [("2026-11-22", "2026-11-23"), ("\"by\": \"ada\"", "\"by\": \"bob\"")] {
        let text = String::from_utf8(bytes(&plan())).unwrap();
        let altered = text.replace(from, to);
        assert_ne!(text, altered);
        assert!(matches!(Plan::read(altered.as_bytes()), Err(PlanError::Altered { .. })), "{to}");
    }
}

#[test]
fn a_plan_that_was_only_laid_out_anew_is_the_same_plan() {
    let value: serde_json::Value = serde_json::from_slice(&bytes(&plan())).unwrap();
    assert_eq!(Plan::read(value.to_string().as_bytes()).unwrap(), plan());
}

#[test]
fn a_plan_of_another_format_is_refused_by_its_name() {
    for format in ["innkeeper-plan/1", "innkeeper-plan/9"] {
        let error = Plan::read(format!(r#"{{"format": "{format}"}}"#).as_bytes()).unwrap_err();
        assert!(error.to_string().contains(format), "{error}");
    }
}
