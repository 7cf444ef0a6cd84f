//! What people see when a configuration is wrong, whole.

use super::fixture::{COMPANY, description, file, load, problems, render, with_mappings};
use crate::Configuration;
use innkeeper_domain::AppName;
use insta::assert_snapshot;

#[test]
fn broken_toml() {
    assert_snapshot!(render(&problems("[app.github\nconnector = \"github\n\n[role.x]\nwhen = \n")));
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(render(&problems("[app.mail]\nconnector = \"scim\"\nmod = \"enforce\"\n\n[rolle.x]\nwhen = \"true\"\n")));
}

#[test]
fn a_wrong_type() {
    assert_snapshot!(render(&problems("[app.mail]\nconnector = \"scim\"\nmode = true\nconcurrency = \"8\"\nneeds = \"chat\"\n")));
}

#[test]
fn a_cel_error_in_a_basic_string() {
    assert_snapshot!(render(&problems("[role.x]\ngrants = []\nwhen = \"person.department = 'Engineering'\"\n")));
}

#[test]
fn a_cel_error_in_a_multi_line_string() {
    let text = "[role.x]\ngrants = []\nwhen = '''\nperson.active &&\n  person.department == 'Engineering' &&\n'''\n";
    assert_snapshot!(render(&problems(text)));
}

#[test]
fn a_cel_error_in_a_string_with_escapes_points_at_the_string() {
    assert_snapshot!(render(&problems("[role.x]\ngrants = []\nwhen = \"person.department == \\\"Engineering\\\" &\"\n")));
}

#[test]
fn an_unknown_attribute_of_a_person() {
    assert_snapshot!(render(&problems(
        "[role.x]\ngrants = []\nwhen = \"person.active && person.departmnet == 'Engineering'\"\n"
    )));
}

#[test]
fn an_unknown_variable_function_and_macro() {
    let text = with_mappings(
        "userName = \"persn.userName\"\ntitle = \"lowercase(person.title)\"\nemails = \"person.emails.exist(e, e != '')\"\n\
         userType = \"Employee\"",
    );
    assert_snapshot!(render(&problems(&text)));
}

#[test]
fn several_problems_in_two_files() {
    let other = "[app.mail]\nconnector = \"other\"\n\n[role.y]\nwhen = \"true\"\ngrants = [\"githb:team/x\"]\n";
    let files = vec![file("roles.toml", other), file("innkeeper.toml", COMPANY)];
    let problems = Configuration::load(files).expect_err("the table is there twice and the app is unknown");
    assert_snapshot!(render(&problems));
}

#[test]
fn a_cycle_in_dependencies() {
    let app = |name: &str, needs: &str| format!("[app.{name}]\nconnector = \"scim\"\nneeds = [\"{needs}\"]\n");
    assert_snapshot!(render(&problems(&[app("mail", "chat"), app("chat", "wiki"), app("wiki", "mail")].concat())));
}

#[test]
fn a_secret_in_the_file() {
    assert_snapshot!(render(&problems("[app.mail]\nconnector = \"scim\"\ncredential.default = { token = \"s3cr3t\" }\n")));
}

#[test]
fn a_rate_that_is_none() {
    assert_snapshot!(render(&problems(
        "[app.mail]\nconnector = \"scim\"\nrate = { requests-per-second = 0, burst = 2.5, per-minute = 60 }\n"
    )));
}

#[test]
fn limits_that_are_none() {
    assert_snapshot!(render(&problems(
        "[limits]\nmemory-mb = 0\ncall-second = 60\n\n\
         [app.mail]\nconnector = \"scim\"\nlimits = { requests = \"many\", response-mb = 4294967296 }\n"
    )));
}

#[test]
fn what_the_app_s_description_tells() {
    let text = with_mappings(
        "userNam = \"person.userName\"\ntitle = \"person.active\"\ndisplayName = \"person.emails\"\n\
         \"meta.location\" = \"person.userName\"\nuserType = \"person.active ? 'Employe' : 'Contractor'\"",
    ) + "[role.dev]\nwhen = \"true\"\ngrants = [\"it:tem/backend\", \"it:plan/gold\"]\n";
    assert_snapshot!(render(&load(&text).check_app(&AppName::from("it"), &description())));
}

#[test]
fn mistakes_in_an_app_that_people_look_after() {
    let app =
        |name: &str, manual: &str| format!("[app.{name}]\nmanual = {{ {manual} }}\naccount.userName = \"person.userName\"\n\n");
    let text = [
        app("nobody", "due = \"2d\""),
        app("late", "owner = \"a\", due = \"soon\", instructions = \"{person.displayNam} gets {acount}, {operation\""),
        app("odd", "owner = \"a\", entitlements = [\"Laboratory\"]"),
        "[app.both]\nconnector = \"scim\"\nmanual = { owner = \"a\" }\naccount.userName = \"person.userName\"\n\n".to_owned(),
        "[app.bare]\nmanual = { owner = \"a\" }\n".to_owned(),
    ];
    assert_snapshot!(render(&problems(&text.concat())));
}

#[test]
fn mistakes_in_what_licences_cost() {
    let text = "[app.mail]\nconnector = \"scim\"\nreclaim-after = \"long\"\n\
                [app.mail.price]\n\"licence/Pro\" = { amount = \"12,50\", currency = \"EUR\", per = \"month\" }\n\
                account = { amount = \"2\", currency = \"euro\", per = \"yer\" }\nPro = { amount = \"2\", currency = \"EUR\", per = \"year\" }\n\
                \"licence/Plus\" = { amount = 3, currency = \"EUR\" }\n";
    assert_snapshot!(render(&problems(text)));
}
