//! Limits, privileged entitlements and approvals as they are written.

use super::fixture::{load, problems, render};
use crate::ApprovalDemand;
use innkeeper_domain::{AppName, Guard, GuardClass, GuardLimits};
use jiff::SignedDuration;

const KEY: &str = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn guard(text: &str) -> Guard {
    let configuration = load(text);
    configuration.app(&AppName::from("x")).expect("it is configured").guard.clone()
}

fn app(lines: &str) -> String {
    format!("[app.x]\nconnector = \"scim\"\n{lines}\n")
}

#[test]
fn a_guard_of_which_nothing_is_said_has_the_defaults_of_each_class() {
    let guard = guard(&app(""));
    assert_eq!(guard, Guard::default());
    assert!(guard.limits(GuardClass::Delete).max_count < guard.limits(GuardClass::Suspend).max_count);
}

#[test]
fn whoever_names_a_class_is_heard_before_who_names_an_app_and_both_before_the_general_word() {
    let guard = guard(&format!(
        "[guard]\nmax-count = 7\nwindow = \"2d\"\n[guard.delete]\nmax-count = 2\n[guard.create]\nmax-count = 30\n{}[app.x.guard]\n\
         max-percent = 3\nmax-count = 9\n[app.x.guard.revoke]\nmax-count = 20\n",
        app("")
    ));
    let count = |class| guard.limits(class).max_count;
    assert_eq!([GuardClass::Suspend, GuardClass::Delete, GuardClass::Revoke].map(count), [9, 2, 20]);
    assert_eq!(guard.limits(GuardClass::Delete).max_percent, 3);
    assert_eq!(guard.limits(GuardClass::Create), GuardLimits { max_count: 30, ..GuardLimits::of(GuardClass::Create) });
    assert_eq!(guard.limits(GuardClass::PrivilegedGrant), GuardLimits::of(GuardClass::PrivilegedGrant));
    assert_eq!(guard.window, SignedDuration::from_hours(48));
}

#[test]
fn an_approval_is_the_apps_own_or_that_of_all_apps() {
    let configuration = load(&format!(
        "approval = {{ by = [\"ada\", \"grace\"], count = 2 }}\n[approver.ada]\nkey = \"{KEY}\"\n{}\
         [app.y]\nconnector = \"scim\"\napproval = {{ by = [\"ada\"], own = true }}\nprivileged = [\"role/admin\", \"group/*-admins\"]\n",
        app("")
    ));
    let demand = |name: &str| configuration.app(&AppName::from(name)).and_then(|app| app.approval.clone());
    let (ada, grace) = ("ada".to_owned(), "grace".to_owned());
    assert_eq!(demand("x"), Some(ApprovalDemand { by: vec![ada.clone(), grace], count: 2, own: false }));
    assert_eq!(demand("y"), Some(ApprovalDemand { by: vec![ada], count: 1, own: true }));
    assert_eq!(configuration.approver("ada").map(|ada| ada.key.as_str()), Some(KEY));
    let app = configuration.app(&AppName::from("y")).expect("it is configured");
    assert!(app.privileged.iter().any(|pattern| pattern.matches("group/db-admins")));
}

#[test]
fn what_is_wrong_with_an_approval_or_a_guard_is_told_with_its_place() {
    let text = format!(
        "approval = {{ by = [], own = 1 }}\n[approver.ada]\nkey = \"ed25519:short\"\n{}[app.x.guard]\nwindow = \"90d\"\n[app.x.guard.delet]\n\
         max-count = 1\n",
        app("approval = { by = [\"ada\"], count = 2 }\nprivileged = [\"admin\"]")
    );
    insta::assert_snapshot!(render(&problems(&text)));
}
