use super::*;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, AppName, Attempt, Change, ChangeId, ChangeState, DesiredAttribute,
    DesiredGrant, EntitlementKey, Exchange, IntentId, Lifecycle, Operation, Origin, PersonId, Precondition, ReasonKind, RunId,
    Value,
};
use innkeeper_engine::{ExplainedAttribute, ExplainedGrant};
use innkeeper_store::{HeldAccount, HeldGrant, Link};
use jiff::Timestamp;

fn origin() -> Origin {
    Origin { source: "hr".into(), record: "1001".into(), place: Some("people.csv:2".into()) }
}

fn reason(kind: ReasonKind, text: &str, expression: &str, place: &str) -> Reason {
    Reason {
        kind,
        text: text.into(),
        role: None,
        expression: Some(expression.into()),
        place: Some(place.into()),
        origin: Some(origin()),
    }
}

fn record() -> ChangeRecord {
    let change = Change {
        id: ChangeId::new("c1"),
        person: PersonId::new("1001"),
        label: "ada@acme.example".into(),
        account: AccountTarget::New,
        operation: Operation::CreateAccount {
            unique_name: "ada@acme.example".into(),
            attributes: Default::default(),
            grants: Vec::new(),
        },
        reasons: vec![Reason::new(ReasonKind::Joiner, "joiner, starts 2026-11-23")],
        precondition: Precondition::NoAccount { values: Vec::new() },
        after: Vec::new(),
    };
    let exchange =
        Exchange { method: "POST".into(), url: "https://idp.acme.example/Users".into(), status: Some(201), millis: 21 };
    ChangeRecord {
        run: RunId::new("r1"),
        app: AppName::new("directory"),
        id: change.id.clone(),
        change,
        intent: IntentId::new("i1"),
        state: ChangeState::Done { already: false, account: Some(AccountId::new("42")) },
        at: Timestamp::UNIX_EPOCH,
        attempts: vec![Attempt { at: Timestamp::UNIX_EPOCH, exchanges: vec![exchange], failure: None }],
    }
}

#[test]
fn an_explanation_walks_from_the_record_and_the_rule_to_the_request() {
    let title = DesiredAttribute { name: "title".into(), values: vec![Value::plain("Engineer")], strength: Strength::Initial };
    let backend = DesiredGrant {
        entitlement: "directory:group/Backend".parse().unwrap(),
        reason: reason(ReasonKind::Role, "role engineer: title is Engineer", "person.title == 'Engineer'", "innkeeper.toml:20:8"),
    };
    let group = EntitlementKey { kind: "group".into(), id: "9".into() };
    let account = Account {
        id: AccountId::new("42"),
        unique_name: "ada@acme.example".into(),
        status: AccountStatus::Active,
        attributes: Default::default(),
        version: None,
        invitation: None,
    };
    let held = HeldAccount {
        app: AppName::new("directory"),
        id: account.id.clone(),
        link: Link {
            person: PersonId::new("1001"),
            unique_name: "ada@acme.example".into(),
            since: Timestamp::UNIX_EPOCH,
            suspended_on: None,
            deleted_on: None,
        },
        seen: Some(Timestamp::UNIX_EPOCH),
        account: Some(account),
        grants: Vec::new(),
    };
    let explanation = Explanation {
        person: PersonId::new("1001"),
        label: "Ada".into(),
        app: AppName::new("directory"),
        lifecycle: Lifecycle::Employed,
        records: vec![origin()],
        presence: Presence::Active,
        reason: reason(ReasonKind::Role, "role employee: works here", "person.active", "innkeeper.toml:16:8"),
        attributes: vec![ExplainedAttribute {
            desired: title,
            observed: None,
            reason: reason(ReasonKind::Mapping, "initial", "person.title", "innkeeper.toml:12:9"),
        }],
        grants: vec![ExplainedGrant { desired: backend, held: false }],
        others: vec![HeldGrant { entitlement: group, name: Some("Friends".into()), owned: None }],
        account: Some(held),
        seen: Some(Timestamp::UNIX_EPOCH),
        history: vec![record()],
    };
    insta::assert_snapshot!(anstream::adapter::strip_str(&render(&explanation)));
}
