use super::*;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, AppMode, AppName, Attempt, Change, ChangeId, ChangeRecord, ChangeState,
    DesiredAttribute, DesiredGrant, EntitlementKey, Exchange, IntentId, Lifecycle, Operation, Origin, PersonId, PlanId,
    Precondition, ReasonKind, RunId, Value,
};
use innkeeper_engine::{ExplainedAttribute, ExplainedGrant, Hindrance, HindranceKind};
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

fn explanation() -> Explanation {
    let title = DesiredAttribute { name: "title".into(), values: Value::plain("Engineer").into(), strength: Strength::Initial };
    let backend = DesiredGrant {
        entitlement: "directory:group/Backend".parse().unwrap(),
        reason: reason(ReasonKind::Role, "role engineer: title is Engineer", "person.title == 'Engineer'", "innkeeper.toml:20:8")
            .into(),
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
    let app = AppExplanation {
        app: AppName::new("directory"),
        mode: AppMode::Enforce,
        presence: Presence::Active,
        reason: reason(ReasonKind::Role, "role employee: works here", "person.active", "innkeeper.toml:16:8"),
        swaps: Vec::new(),
        roles: standing(),
        attributes: vec![ExplainedAttribute {
            desired: title,
            observed: None,
            reason: reason(ReasonKind::Mapping, "initial", "person.title", "innkeeper.toml:12:9"),
        }],
        grants: vec![ExplainedGrant { desired: backend, held: false }],
        others: vec![HeldGrant { entitlement: group, name: Some("Friends".into()), owned: None }],
        account: Some(held),
        seen: Some(Timestamp::UNIX_EPOCH),
        pending: vec![grant()],
        hindrances: vec![Hindrance {
            kind: HindranceKind::Pause,
            text: "paused by grace since 2026-11-22 09:00 UTC: the vendor moves; go on with `innkeeper resume directory`".into(),
            judgement: None,
        }],
        history: vec![ExplainedChange { record: record(), plan: Some(PlanId::new("7f3a91c0")), by: Some("grace".into()) }],
    };
    Explanation {
        person: PersonId::new("1001"),
        label: "Ada".into(),
        lifecycle: Lifecycle::Employed,
        records: vec![origin()],
        at: None,
        unknown: Vec::new(),
        apps: vec![app],
    }
}

/// What a policy of three roles says of Ada: one that she has, one that she has not, and one that only looks.
fn standing() -> Vec<RoleStanding> {
    let text = r#"
[source.hr]
connector = "csv"
path = "people.csv"
[app.directory]
connector = "scim"
[role.employee]
when = "person.active"
grants = ["directory"]
[role.seller]
when = "person.department == 'Sales' && person.active"
grants = ["directory:group/Sales"]
[role.lead]
mode = "observe"
when = "person.title == 'Engineer'"
grants = ["directory:group/Leads"]
"#;
    let file = innkeeper_policy::SourceFile { name: "innkeeper.toml".into(), text: text.into() };
    let configuration = innkeeper_policy::Configuration::load(vec![file]).expect("the test's configuration is sound");
    let named = [("title", "Engineer"), ("department", "Research")];
    let ada = innkeeper_domain::Person {
        id: PersonId::new("1001"),
        attributes: named.into_iter().map(|(name, value)| (name.into(), vec![Value::plain(value)])).collect(),
        active: None,
        restricted: Default::default(),
        origins: vec![origin()],
        closed_since: None,
    };
    configuration.standing_of(&AppName::new("directory"), &ada, &jiff::civil::date(2026, 11, 22).into(), &[])
}

fn grant() -> Change {
    Change {
        operation: Operation::Grant {
            entitlement: EntitlementKey { kind: "group".into(), id: "7".into() },
            name: "Backend".into(),
        },
        reasons: vec![Reason::new(ReasonKind::Role, "role engineer: title is Engineer")],
        ..record().change
    }
}

#[test]
fn an_explanation_walks_from_the_record_and_the_rule_to_the_request_and_says_why_not() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&render(&explanation(), Detail::Whole)));
}

#[test]
fn of_all_apps_each_is_told_in_a_few_lines() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&render(&explanation(), Detail::Short)));
}

#[test]
fn of_a_moment_in_the_past_it_is_said_what_nobody_knows_any_more() {
    let mut then = explanation();
    then.at = Some(Timestamp::UNIX_EPOCH);
    then.unknown = vec!["Only the newest reading of people and apps is kept.".into()];
    then.apps[0].pending.clear();
    insta::assert_snapshot!(anstream::adapter::strip_str(&render(&then, Detail::Short)));
}
