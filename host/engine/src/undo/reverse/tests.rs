use super::*;
use innkeeper_domain::{
    Completeness, Description, Edit, Entitlement, Glob, GrantScopes, LifecycleEffect, PersonId, Quirks, Snapshot, Value,
};
use innkeeper_domain::{IntentId, Operation as Op};
use innkeeper_planner::Shield;
use jiff::Timestamp;

fn effect(reversible: bool) -> LifecycleEffect {
    LifecycleEffect { reversible, keeps_data: true, frees_seat: true, keeps_grants: true, note: None }
}

/// An app with one account, `ada`, that is active and a `Boss`.
fn app() -> AppSnapshot {
    let description = Description {
        accounts: Vec::new(),
        unique_name: "userName".into(),
        searchable: Vec::new(),
        entitlement_kinds: Vec::new(),
        grant_scopes: GrantScopes::default(),
        suspend: Some(effect(true)),
        delete: Some(effect(false)),
        quirks: Quirks::default(),
    };
    let account = Account {
        id: AccountId::new("1"),
        unique_name: "ada".into(),
        status: AccountStatus::Active,
        attributes: Attributes::from([("title".into(), vec![Value::plain("Boss")])]),
        version: None,
        invitation: None,
    };
    AppSnapshot { description, accounts: all(vec![account]), entitlements: all(Vec::new()), grants: all(Vec::new()) }
}

fn all<T>(content: Vec<T>) -> Snapshot<Vec<T>> {
    Snapshot { taken: Timestamp::UNIX_EPOCH, completeness: Completeness::Complete, content }
}

fn team() -> EntitlementKey {
    EntitlementKey { kind: "team".into(), id: "7".into() }
}

fn held() -> Grant {
    Grant { entitlement: team(), holder: Holder::Account(AccountId::new("1")) }
}

fn grant() -> Op {
    Op::Grant { entitlement: team(), name: "backend".into() }
}

fn revoke() -> Op {
    Op::Revoke { entitlement: team(), name: "backend".into() }
}

fn create() -> Op {
    Op::CreateAccount { unique_name: "ada".into(), attributes: Attributes::new(), grants: Vec::new() }
}

fn retitle(before: &str, after: &str) -> Op {
    let edit = Edit::Replace(vec![Value::plain(after)]);
    Op::UpdateAccount { deltas: vec![Delta { name: "title".into(), edit, before: vec![Value::plain(before)] }] }
}

/// What a run did to Ada's account, in its order, when it was in this status.
fn did(operations: Vec<Op>) -> Vec<ChangeRecord> {
    let id = AccountId::new("1");
    let record = |(at, operation): (usize, Op)| ChangeRecord {
        run: RunId::new("r1"),
        app: AppName::new("github"),
        id: ChangeId::new(format!("c{}", at + 1)),
        change: Change {
            id: ChangeId::new(format!("c{}", at + 1)),
            person: PersonId::new("ada"),
            label: "ada".into(),
            account: AccountTarget::Existing { id: id.clone(), unique_name: "ada".into() },
            operation,
            reasons: Vec::new(),
            precondition: is(AccountStatus::Active),
            after: Vec::new(),
        },
        intent: IntentId::new("i"),
        state: ChangeState::Done { already: false, account: Some(id.clone()) },
        at: Timestamp::UNIX_EPOCH,
        attempts: Vec::new(),
    };
    operations.into_iter().enumerate().map(record).collect()
}

fn undone(records: &[ChangeRecord], snapshot: &AppSnapshot, delete: bool) -> Reversal {
    let created = created(records);
    let records: Vec<&ChangeRecord> = records.iter().collect();
    reverse(&RunId::new("r1"), &records, &created, snapshot, Wards::default(), delete, &mut 0)
}

fn operations(reversal: &Reversal) -> Vec<Op> {
    reversal.changes.iter().map(|change| change.operation.clone()).collect()
}

fn obstacles(reversal: &Reversal) -> Vec<Obstacle> {
    reversal.left.iter().map(|left| left.obstacle).collect()
}

#[test]
fn the_last_change_is_taken_back_first_and_says_what_it_takes_back() {
    let mut snapshot = app();
    snapshot.grants.content.push(held());
    let reversal = undone(&did(vec![create(), grant()]), &snapshot, false);
    assert_eq!(operations(&reversal), [revoke(), Op::Suspend]);
    let texts: Vec<&str> = reversal.changes.iter().map(|change| change.reasons[0].text.as_str()).collect();
    assert_eq!(texts, ["undo of run r1, change c2", "undo of run r1, change c1"]);
    assert!(reversal.changes.iter().all(|change| change.reasons[0].kind == ReasonKind::Undo));
    assert_eq!(obstacles(&reversal), []);
}

#[test]
fn a_created_account_is_deleted_only_when_that_was_said_and_never_before_it_is_suspended() {
    let records = did(vec![create()]);
    assert_eq!(operations(&undone(&records, &app(), false)), [Op::Suspend]);
    let reversal = undone(&records, &app(), true);
    assert_eq!(operations(&reversal), [Op::Suspend, Op::DeleteAccount]);
    assert_eq!(reversal.changes[1].after, [reversal.changes[0].id.clone()]);
    assert_eq!(reversal.changes[1].precondition, is(AccountStatus::Suspended));

    let mut invited = app();
    invited.accounts.content[0].status = AccountStatus::Invited;
    let kept = undone(&records, &invited, false);
    assert_eq!((operations(&kept), obstacles(&kept)), (Vec::new(), vec![Obstacle::NeedsDelete]));
    assert_eq!(operations(&undone(&records, &invited, true)), [Op::DeleteAccount]);
}

#[test]
fn an_attribute_gets_back_what_it_had_unless_somebody_has_written_to_it_since() {
    let reversal = undone(&did(vec![retitle("Clerk", "Boss")]), &app(), false);
    assert_eq!(operations(&reversal), [retitle("Boss", "Clerk")]);
    let attributes = Attributes::from([("title".into(), vec![Value::plain("Boss")])]);
    let precondition = Precondition::AccountIs { status: AccountStatus::Active, attributes };
    assert_eq!(reversal.changes[0].precondition, precondition);

    let reversal = undone(&did(vec![retitle("Clerk", "Chief")]), &app(), false);
    assert_eq!((operations(&reversal), obstacles(&reversal)), (Vec::new(), vec![Obstacle::Changed]));
    assert!(reversal.left[0].text.contains("\"Boss\""), "{:?}", reversal.left);
}

#[test]
fn a_suspended_account_comes_back_and_what_cannot_be_undone_is_said() {
    let mut snapshot = app();
    snapshot.accounts.content[0].status = AccountStatus::Suspended;
    let heir = AccountId::new("2");
    let records = did(vec![Op::Suspend, Op::RevokeSessions, revoke(), Op::TransferOwnership { to: heir }]);
    let reversal = undone(&records, &snapshot, false);
    assert_eq!(operations(&reversal), [grant(), Op::Reactivate]);
    assert_eq!(obstacles(&reversal), [Obstacle::Irreversible, Obstacle::Irreversible]);
    // What is still suspended when it gets its grant is said to be so.
    assert_eq!(reversal.changes[0].precondition, is(AccountStatus::Suspended));

    snapshot.description.suspend = Some(effect(false));
    assert_eq!(operations(&undone(&records, &snapshot, false)), [grant()]);
}

#[test]
fn a_deleted_account_comes_back_where_the_app_can_and_only_as_usable_as_it_was() {
    let mut records = did(vec![Op::DeleteAccount]);
    records[0].change.precondition = is(AccountStatus::Suspended);
    let mut snapshot = app();
    snapshot.accounts.content.clear();
    assert_eq!(obstacles(&undone(&records, &snapshot, false)), [Obstacle::Irreversible]);
    snapshot.description.delete = Some(effect(true));
    let reversal = undone(&records, &snapshot, false);
    assert_eq!(operations(&reversal), [Op::Reactivate, Op::Suspend]);
    assert_eq!(reversal.changes[0].precondition, is(AccountStatus::Gone));

    let mut both = did(vec![Op::Suspend, Op::DeleteAccount]);
    both[1].change.precondition = is(AccountStatus::Suspended);
    assert_eq!(operations(&undone(&both, &snapshot, false)), [Op::Reactivate]);
}

#[test]
fn what_the_run_did_not_do_or_what_is_otherwise_by_now_is_left_alone() {
    let mut records = did(vec![grant()]);
    records[0].state = ChangeState::Done { already: true, account: None };
    let mut with = app();
    with.grants.content.push(held());
    assert_eq!(obstacles(&undone(&records, &with, false)), [Obstacle::Nothing]);
    records[0].state = ChangeState::Skipped { text: "stopped".into() };
    assert_eq!(obstacles(&undone(&records, &with, false)), [Obstacle::NotDone]);

    assert_eq!(obstacles(&undone(&did(vec![grant()]), &app(), false)), [Obstacle::Changed]);
    assert_eq!(obstacles(&undone(&did(vec![revoke()]), &with, false)), [Obstacle::Changed]);
    assert_eq!(obstacles(&undone(&did(vec![Op::Suspend]), &app(), false)), [Obstacle::Changed]);

    // A listing that is not complete does not prove that somebody does not hold something.
    let mut partial = app();
    partial.grants.completeness = Completeness::Incomplete { why: "a page is missing".into() };
    assert_eq!(obstacles(&undone(&did(vec![revoke()]), &partial, false)), [Obstacle::Unseen]);
}

/// Undoes a run on an app whose configuration has these patterns.
fn shielded(records: &[ChangeRecord], snapshot: &AppSnapshot, protect: &str, privileged: &str) -> Reversal {
    let glob = |text: &str| (!text.is_empty()).then(|| Glob::new(text)).into_iter().collect::<Vec<_>>();
    let (protect, privileged) = (glob(protect), glob(privileged));
    let shield = Shield { protect: &protect, privileged: &privileged, ..Shield::default() };
    let created = created(records);
    let records: Vec<&ChangeRecord> = records.iter().collect();
    let wards = Wards::of(&shield, &[], snapshot);
    reverse(&RunId::new("r1"), &records, &created, snapshot, wards, true, &mut 0)
}

#[test]
fn an_account_that_was_protected_since_is_left_alone() {
    let reversal = shielded(&did(vec![create()]), &app(), "ada", "");
    assert_eq!((operations(&reversal), obstacles(&reversal)), (Vec::new(), vec![Obstacle::Protected]));
    assert_eq!(operations(&shielded(&did(vec![create()]), &app(), "eve", "")), [Op::Suspend, Op::DeleteAccount]);
}

#[test]
fn the_last_administrator_keeps_what_the_run_gave_and_an_account_that_can_be_used() {
    let mut snapshot = app();
    let entitlement = Entitlement {
        key: held().entitlement,
        name: "backend".into(),
        description: None,
        assignable: true,
        parent: None,
        seats: None,
    };
    snapshot.entitlements.content.push(entitlement);
    snapshot.grants.content.push(held());
    let records = did(vec![create(), grant()]);
    let alone = shielded(&records, &snapshot, "", "team/backend");
    assert_eq!((operations(&alone), obstacles(&alone)), (Vec::new(), vec![Obstacle::Protected, Obstacle::Protected]));

    let other = Account { id: "2".into(), unique_name: "eve".into(), ..snapshot.accounts.content[0].clone() };
    snapshot.grants.content.push(Grant { holder: Holder::Account("2".into()), ..held() });
    snapshot.accounts.content.push(other);
    let helped = shielded(&records, &snapshot, "", "team/backend");
    assert_eq!((operations(&helped), obstacles(&helped)), (vec![revoke(), Op::Suspend, Op::DeleteAccount], Vec::new()));
}
