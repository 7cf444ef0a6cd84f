use super::*;
use innkeeper_domain::{
    AccountStatus, AccountTarget, AppMode, AppPlan, Attributes, Change, EntitlementKey, Inputs, Operation, Plan, Precondition,
    Reason, ReasonKind,
};
use innkeeper_engine::{Planned, Undo};
use jiff::Timestamp;
use jiff::civil::date;

fn revoke() -> Operation {
    Operation::Revoke { entitlement: EntitlementKey { kind: "team".into(), id: "7".into() }, name: "backend".into() }
}

/// The reverse of a run, with these changes.
fn undo(changes: Vec<Change>) -> Undo {
    let app = AppPlan::of("github".into(), AppMode::Enforce, changes);
    let plan = Plan::seal(Timestamp::UNIX_EPOCH, date(2026, 11, 22), "ada", Inputs::default(), vec![app]).unwrap();
    let left = |change: &str, operation, obstacle, text: &str| LeftOut {
        app: "github".into(),
        change: change.into(),
        label: "grace".into(),
        operation,
        obstacle,
        text: text.into(),
    };
    Undo {
        run: "r1".into(),
        again: plan.apps().iter().flat_map(|app| &app.changes).map(|change| change.id.clone()).collect(),
        planned: Planned {
            plan,
            failures: Vec::new(),
            spoiled: Default::default(),
            notes: Vec::new(),
            breaches: Vec::new(),
            approvals: Vec::new(),
            pilots: Vec::new(),
            would: Vec::new(),
        },
        left: vec![
            left("c3", Operation::RevokeSessions, Obstacle::Irreversible, "sessions that ended do not come back"),
            left("c4", revoke(), Obstacle::NotDone, "the run did not carry it out: it is skipped"),
        ],
    }
}

/// The text without its colours.
fn read(undo: &Undo, file: Option<&Path>, detail: Detail) -> String {
    anstream::adapter::strip_str(&text(undo, file, detail)).to_string()
}

#[test]
fn the_reverse_of_a_run_reads_like_a_plan_and_says_what_stays() {
    let change = Change {
        id: "c1".into(),
        person: "ada".into(),
        label: "ada".into(),
        account: AccountTarget::Existing { id: "1".into(), unique_name: "ada".into() },
        operation: revoke(),
        reasons: vec![Reason::new(ReasonKind::Undo, "undo of run r1, change c2")],
        precondition: Precondition::AccountIs { status: AccountStatus::Active, attributes: Attributes::new() },
        after: Vec::new(),
    };
    insta::assert_snapshot!(read(&undo(vec![change]), Some(Path::new("undo.json")), Detail::default()));
}

#[test]
fn a_run_of_which_nothing_can_be_taken_back_says_why() {
    insta::assert_snapshot!(read(&undo(Vec::new()), None, Detail::default()));
}
