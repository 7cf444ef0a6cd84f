//! What is done about drift, as it is written.

use super::fixture::{load, problems, render};
use innkeeper_domain::{AppName, AttributeDrift, DriftPolicy, GrantDrift, OrphanDrift};

fn policy(text: &str) -> DriftPolicy {
    load(text).app(&AppName::from("x")).expect("it is configured").drift
}

const APP: &str = "[app.x]\nconnector = \"scim\"\n";

#[test]
fn an_app_says_it_or_the_general_table_does_or_all_is_as_ever() {
    assert_eq!(policy(APP), DriftPolicy::default());
    let both = format!(
        "[drift]\ngrants = \"revert\"\norphans = \"suspend\"\n{APP}[app.x.drift]\ngrants = \"adopt\"\nattributes = \"report\"\n"
    );
    let expected = DriftPolicy { grants: GrantDrift::Adopt, attributes: AttributeDrift::Report, orphans: OrphanDrift::Suspend };
    assert_eq!(policy(&both), expected);
}

#[test]
fn a_word_that_means_nothing_here_is_shown_with_those_that_do() {
    let text = render(&problems(&format!("{APP}[app.x.drift]\ngrants = \"revrt\"\norphans = \"adopt\"\nroles = \"report\"\n")));
    for said in ["did you mean `revert`?", "expected one of `report`, `suspend`", "no `roles`"] {
        assert!(text.contains(said), "`{said}` is not in:\n{text}");
    }
}
