use super::*;
use innkeeper_domain::{
    AccountStatus, AccountTarget, Attributes, GrantScopes, IntentId, Precondition, Quirks, Reason, ReasonKind, RunId, Value,
};
use jiff::Timestamp;

fn description() -> Description {
    Description {
        accounts: Vec::new(),
        unique_name: "userName".into(),
        searchable: Vec::new(),
        entitlement_kinds: Vec::new(),
        grant_scopes: GrantScopes::default(),
        suspend: None,
        delete: None,
        quirks: Quirks::default(),
    }
}

fn edit(attribute: &str, before: &str, value: &str) -> Delta {
    let edit = Edit::Replace(vec![Value::plain(value)]);
    Delta { name: attribute.into(), edit, before: vec![Value::plain(before)] }
}

fn update(deltas: Vec<Delta>) -> Change {
    Change {
        id: "c1".into(),
        person: "ada".into(),
        label: "ada".into(),
        account: AccountTarget::Existing { id: "1".into(), unique_name: "ada".into() },
        reasons: deltas.iter().map(|delta| Reason::new(ReasonKind::Mapping, delta.name.as_str())).collect(),
        operation: Operation::UpdateAccount { deltas },
        precondition: Precondition::AccountIs { status: AccountStatus::Active, attributes: Attributes::new() },
        after: Vec::new(),
    }
}

/// That we wrote so once.
fn wrote(delta: Delta) -> ChangeRecord {
    ChangeRecord {
        run: RunId::new("r"),
        app: "chat".into(),
        id: "c1".into(),
        change: update(vec![delta]),
        intent: IntentId::new("i"),
        state: ChangeState::Done { already: false, account: None },
        at: Timestamp::UNIX_EPOCH,
        attempts: Vec::new(),
    }
}

#[test]
fn what_would_only_be_written_again_is_left_and_said() {
    let mut change = update(vec![edit("title", "Emperor", "Clerk"), edit("nickName", "x", "y")]);
    let cases = without_rewrites(&mut change, &[wrote(edit("title", "", "Clerk"))], &description());
    assert_eq!(change.operation, Operation::UpdateAccount { deltas: vec![edit("nickName", "x", "y")] });
    assert_eq!(change.reasons.len(), 1);
    assert_eq!(change.reasons[0].text, "nickName");
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].kind, CaseKind::AttributeDrift { attribute: "title".into() });
}

#[test]
fn what_the_rules_want_otherwise_than_before_or_was_never_written_is_no_drift() {
    let wanted = vec![edit("title", "Clerk", "Boss")];
    for history in [vec![], vec![wrote(edit("title", "", "Clerk"))], vec![wrote(edit("nickName", "", "Boss"))]] {
        let mut change = update(wanted.clone());
        assert_eq!(without_rewrites(&mut change, &history, &description()), []);
        assert_eq!(change, update(wanted.clone()));
    }
    // Only the last word counts.
    let mut change = update(wanted.clone());
    let history = [wrote(edit("title", "Boss", "Clerk")), wrote(edit("title", "", "Boss"))];
    assert_eq!(without_rewrites(&mut change, &history, &description()), []);
}

#[test]
fn a_name_is_always_put_right_for_others_may_wait_for_it() {
    let mut change = update(vec![edit("userName", "eve", "ada")]);
    assert_eq!(without_rewrites(&mut change, &[wrote(edit("userName", "", "ada"))], &description()), []);
}
