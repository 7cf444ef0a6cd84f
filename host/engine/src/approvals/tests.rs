use super::*;
use innkeeper_domain::{
    AccountId, AccountStatus, AccountTarget, AppPlan, Attributes, Change, ChangeId, Inputs, Operation, PersonId, Precondition,
    Reason, ReasonKind,
};
use innkeeper_policy::SourceFile;

fn configuration(approval: &str, key: Option<&SigningKey>) -> Configuration {
    let key = key.map(|key| format!("[approver.ada]\nkey = \"{}\"\n", key.public())).unwrap_or_default();
    let text = format!("[app.crm]\nconnector = \"scim\"\napproval = {approval}\n{key}");
    Configuration::load(vec![SourceFile { name: "innkeeper.toml".into(), text }]).expect("a configuration")
}

fn plan(by: &str) -> Plan {
    let change = Change {
        id: ChangeId::new("c1"),
        person: PersonId::new("p1"),
        label: "bob".into(),
        account: AccountTarget::Existing { id: AccountId::new("1"), unique_name: "bob".into() },
        operation: Operation::Suspend,
        reasons: vec![Reason::new(ReasonKind::Leaver, "left")],
        precondition: Precondition::AccountIs { status: AccountStatus::Active, attributes: Attributes::new() },
        after: Vec::new(),
    };
    let app = AppPlan::of(AppName::new("crm"), AppMode::Enforce, vec![change]);
    Plan::seal(Timestamp::UNIX_EPOCH, jiff::civil::date(2026, 11, 22), by, Inputs::default(), vec![app]).unwrap()
}

fn give(
    configuration: &Configuration,
    plan: &Plan,
    who: &str,
    key: Option<&SigningKey>,
) -> Result<GivenApproval, ApprovalRefused> {
    GivenApproval::give(configuration, plan, who, key, None, Timestamp::UNIX_EPOCH)
}

fn met(configuration: &Configuration, plan: &Plan, given: &[GivenApproval]) -> bool {
    standing(configuration, plan, given).iter().all(Standing::is_met)
}

#[test]
fn as_many_as_are_demanded_have_to_approve_and_each_counts_once() {
    let configuration = configuration(r#"{ by = ["ada", "grace"], count = 2 }"#, None);
    let plan = plan("joe");
    let ada = give(&configuration, &plan, "ada", None).unwrap();
    let grace = give(&configuration, &plan, "grace", None).unwrap();
    assert!(!met(&configuration, &plan, &[]));
    let twice = standing(&configuration, &plan, &[ada.clone(), ada.clone()]);
    assert_eq!(twice[0].to_string(), "crm: 1 of 2 approvals (ada); who may approve: grace");
    assert!(!twice[0].is_met());
    assert!(met(&configuration, &plan, &[ada, grace]));
}

#[test]
fn nobody_approves_what_is_not_theirs_or_their_own() {
    let strict = configuration(r#"{ by = ["ada", "grace"] }"#, None);
    assert!(matches!(give(&strict, &plan("joe"), "joe", None), Err(ApprovalRefused::NotAsked { .. })));
    assert!(matches!(give(&strict, &plan("ada"), "ada", None), Err(ApprovalRefused::Own { .. })));
    // Somebody who writes into the store by hand gets no further.
    let forged = GivenApproval { plan: plan("ada").id().clone(), ..give(&strict, &plan("joe"), "ada", None).unwrap() };
    assert!(!met(&strict, &plan("ada"), &[forged]));
    let lenient = configuration(r#"{ by = ["ada"], own = true }"#, None);
    let own = give(&lenient, &plan("ada"), "ada", None).unwrap();
    assert!(met(&lenient, &plan("ada"), &[own]));
}

#[test]
fn an_approval_is_for_one_plan_alone() {
    let configuration = configuration(r#"{ by = ["ada"] }"#, None);
    let given = give(&configuration, &plan("joe"), "ada", None).unwrap();
    assert!(met(&configuration, &plan("joe"), std::slice::from_ref(&given)));
    assert!(!met(&configuration, &plan("jim"), &[given]));
}

#[test]
fn whoever_has_a_key_approves_with_it_and_no_other_key_will_do() {
    let (ada, eve) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let configuration = configuration(r#"{ by = ["ada", "grace"] }"#, Some(&ada));
    let plan = plan("joe");
    assert!(matches!(give(&configuration, &plan, "ada", None), Err(ApprovalRefused::Unsigned { .. })));
    assert!(matches!(give(&configuration, &plan, "ada", Some(&eve)), Err(ApprovalRefused::UnknownKey { .. })));
    let signed = give(&configuration, &plan, "whoever sits there", Some(&ada)).unwrap();
    assert_eq!(signed.by, "ada");
    assert!(met(&configuration, &plan, std::slice::from_ref(&signed)));
    let unsigned = GivenApproval { signature: None, ..signed.clone() };
    let of_another = GivenApproval { signature: Some(eve.sign_statement(&statement(plan.id(), "ada"))), ..signed.clone() };
    let of_another_plan = GivenApproval { signature: Some(ada.sign_statement(&statement(&"other".into(), "ada"))), ..signed };
    for forged in [unsigned, of_another, of_another_plan] {
        assert!(!met(&configuration, &plan, &[forged]));
    }
}
