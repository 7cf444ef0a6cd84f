//! One bad input after the other, a line each.

use super::fixture::{COMPANY, file, lines, load, problems, with_mappings};
use crate::{Configuration, CredentialReference, CredentialScheme, Rate, SourceKind};
use innkeeper_domain::{AppMode, AppName, Guard, GuardClass, GuardLimits, SourceName, Strength};

/// The only problem of the configuration.
fn only(text: &str) -> String {
    let found = lines(&problems(text));
    assert_eq!(found.len(), 1, "one problem in:\n{text}\nand not {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

fn rule(when: &str) -> String {
    format!("[role.x]\ngrants = []\nwhen = \"{when}\"\n")
}

fn app(lines: &str) -> String {
    format!("[app.x]\nconnector = \"scim\"\n{lines}\n")
}

#[test]
fn a_sound_configuration_is_read_as_written() {
    let configuration = load(COMPANY);
    let github = configuration.app(&AppName::from("github")).expect("it is configured");
    assert_eq!(github.connection().expect("it has a connector").connector.to_string(), "github@1");
    assert_eq!((github.mode, github.delete_after, github.create_before), (AppMode::Observe, Some(30), 1));
    assert_eq!(github.guard, Guard::default());
    let mappings: Vec<_> = github.mappings.iter().map(|mapping| (mapping.attribute.as_str(), mapping.strength)).collect();
    let expected = [("userName", Strength::Enforced), ("displayName", Strength::Initial), ("title", Strength::Enforced)];
    assert_eq!(mappings, expected);
    assert_eq!(github.mappings[0].expression().place().to_string(), "innkeeper.toml:17:13");
    let source = configuration.source(&SourceName::from("hr")).expect("it is configured");
    let SourceKind::Csv(csv) = &source.kind else { panic!("it is a CSV source") };
    assert_eq!((csv.key.as_str(), csv.delimiter), ("employeeNumber", b','));
}

#[test]
fn every_setting_of_an_app_is_read() {
    let configuration = load(
        r#"
[innkeeper]
time-zone = "Europe/Berlin"
state = "state"
[guard]
max-count = 7
[app.x]
connector = "scim@0.1"
config = { base-url = "https://idp.acme.example/scim/v2", page = { size = 100 }, tags = ["a", 1.5, true, 2026-11-22] }
credential.default = { secret = "idp-token" }
credential.admin = { env = "ADMIN_PASSWORD", scheme = "basic", username = "root" }
credential.key = { file = "key.txt", scheme = "header", header = "X-Api-Key" }
networks = ["127.0.0.0/8", "::1"]
ca = "ca.pem"
mode = "enforce"
match = ["emails"]
concurrency = 3
joiner = { create-before = "2w" }
leaver = { transfer-to = "person.manager" }
[app.x.account]
emails = "[{'value': person.emails[0], 'type': 'work', 'primary': true}]"
name.givenName = { value = "person.name.givenName", strength = "initial" }
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "person.department"
[app.x.guard]
max-percent = 3
"#,
    );
    let app = configuration.app(&AppName::from("x")).expect("it is configured");
    let config = serde_json::json!({
        "base-url": "https://idp.acme.example/scim/v2", "page": { "size": 100 }, "tags": ["a", 1.5, true, "2026-11-22"]
    });
    assert_eq!(app.connection().expect("it has a connector").config, config);
    let credential = |slot: &str| &app.connection().expect("it has a connector").credentials[slot];
    assert_eq!(credential("default").reference, CredentialReference::Secret("idp-token".to_owned()));
    assert_eq!(credential("default").scheme, CredentialScheme::Bearer);
    assert_eq!(credential("admin").scheme, CredentialScheme::Basic { username: Some("root".to_owned()) });
    assert_eq!(credential("key").scheme, CredentialScheme::Header { header: "X-Api-Key".to_owned() });
    assert_eq!(
        app.connection().expect("it has a connector").networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["127.0.0.0/8", "::1/128"]
    );
    assert_eq!(app.connection().expect("it has a connector").ca.as_deref(), Some("ca.pem"));
    assert_eq!((app.mode, app.concurrency.get(), app.create_before, app.delete_after), (AppMode::Enforce, 3, 14, None));
    let limits = app.guard.limits(GuardClass::Suspend);
    assert_eq!(limits, GuardLimits { max_percent: 3, max_count: 7, min_count: 5 });
    let names: Vec<_> = app.mappings.iter().map(|mapping| mapping.attribute.as_str()).collect();
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    assert_eq!(names, ["emails", "name.givenName", department]);
    assert_eq!(app.mappings[1].strength, Strength::Initial);
    assert_eq!(configuration.state(), "state");
    assert_eq!(configuration.time_zone().iana_name(), Some("Europe/Berlin"));
}

#[test]
fn the_place_inside_an_expression_is_exact() {
    let place = |text: &str| only(text).split(": ").next().unwrap_or_default().to_owned();
    assert_eq!(place(&rule("person.titel == 'x'")), "innkeeper.toml:3:16");
    assert_eq!(place(&rule("person.name.givenNam == 'é' || true")), "innkeeper.toml:3:21");
    assert_eq!(place(&rule("'ÉÉ' == person.titel")), "innkeeper.toml:3:24");
    assert_eq!(place(&rule("has(person.titel)")), "innkeeper.toml:3:20");
    assert_eq!(place(&rule("person.emails.exists(e, person.titel == e)")), "innkeeper.toml:3:40");
    assert_eq!(
        place("[role.x]\ngrants = []\nwhen = '''\n  person.active\n  && person.titel == 'x' '''\n"),
        "innkeeper.toml:5:13"
    );
    assert_eq!(place("[role.x]\ngrants = []\nwhen = \"\\u0074rue && person.titel == 'x'\"\n"), "innkeeper.toml:3:8");
}

#[test]
fn expressions_are_checked_by_name_and_kind() {
    let cases = [
        ("", "the expression is empty"),
        ("person", "`person` is not a value"),
        ("person.name == 'x'", "`person.name` has parts and no value of its own"),
        ("person.department.x == 'a'", "`person.department` has no part `x`"),
        ("person['titel'] == 'a'", "a person has no attribute `titel`"),
        ("department == 'x'", "there is no variable `department`"),
        ("person.department == Engineering", "there is no variable `Engineering`"),
        ("person.department", "a rule says who has the role, so it must be true or false, and this is text"),
        ("person.department && true", "`&&` wants true or false, and this is text"),
        ("person.emails == 'x'", "a list never equals text"),
        ("person.userName == 3", "text never equals a number"),
        ("person.startDate < 3", "text and a number cannot be compared"),
        ("'x' in person.department", "`in` looks into a list, and this is text"),
        ("lower(person.emails) == 'x'", "`lower` works on text, and this is a list"),
        ("replace(person.title, 'a') == 'x'", "`replace` takes 3 values and gets 2"),
        ("unique(['a']) == 'a'", "`unique` chooses an attribute's value, so it stands in a mapping"),
        ("matches(person.title, 'x')", "there is no function `matches`"),
        ("person.emails.exists(e)", "`exists` is not used like this"),
        ("person.title.filter(t, true) == []", "this goes through a list, and here is text"),
        ("has(person)", "has(...) asks whether an attribute is known, and this is not an attribute"),
        ("true && (false", "`)` is missing at the end of the expression"),
        ("if", "`if` is a reserved word"),
        ("Foo{a: 1} == 1", "there is no message type `Foo`"),
    ];
    for (expression, message) in cases {
        let found = only(&rule(expression));
        assert!(found.contains(message), "`{expression}` gives {found}");
    }
}

#[test]
fn sound_expressions_pass() {
    let cases = [
        "person.emails.exists(email, email.lower().endsWith('@acme.example'))",
        "person.emails.map(e, lower(e)).filter(e, e != '').size() > 0",
        "has(person.name.givenName) && person.name.givenName != null",
        "daysBetween(person.startDate, today) > 90 && addDays(today, -7) < today",
        "person.badge == 'x' && person.remote",
        "type(person.badge) == string",
        "person.manager in ['1', '2'] ? person.active : !person.active",
        "person.emails.all(e, e in ['a']) || person.emails.exists_one(e, e == 'b')",
        "{'Engineering': true}[person.department]",
        "first(person.emails) == null",
    ];
    for expression in cases {
        let text = format!("[source.hr]\nconnector='csv'\npath='p.csv'\ncolumns={{B='badge', R='remote'}}\n{}", rule(expression));
        assert_eq!(lines(&problems(&text)), Vec::<String>::new(), "{expression}");
    }
}

#[test]
fn a_unique_name_is_the_value_itself() {
    let composed = with_mappings("userName = \"unique(['a', 'b']) + '@acme.example'\"");
    assert!(only(&composed).contains("nothing can be done to its result"));
    let whole = with_mappings("userName = \"has(person.badge) ? unique(['a', 'b']) : person.userName\"");
    assert_eq!(lines(&problems(&whole)), Vec::<String>::new());
}

#[test]
fn names_that_lead_nowhere_are_reported_with_the_nearest() {
    assert!(
        only(&format!("{COMPANY}\n{}", "[role.y]\nwhen = \"true\"\ngrants = [\"gihub\"]\n")).ends_with("did you mean `github`?")
    );
    assert!(only(&app("needs = [\"y\"]")).contains("there is no app `y`"));
    assert!(only(&format!("{COMPANY}[app.z]\nconnector='scim'\nneeds=['mial']\n")).ends_with("did you mean `mail`?"));
    assert!(only(&app("match = [\"email\"]\naccount.emails = \"person.emails\"")).ends_with("did you mean `emails`?"));
    assert!(only(&app("mode = \"enforced\"")).ends_with("did you mean `enforce`?"));
    assert!(only(&app("account.userName = { value = \"'x'\", strength = \"inital\" }")).ends_with("did you mean `initial`?"));
    assert!(only("[role.y]\nwhen = \"true\"\ngrants = [\"a:b\"]\n").contains("`a:b` is not an entitlement"));
    assert!(only("[innkeeper]\ntime-zone = \"Europe/Berlim\"\n").contains("there is no time zone"));
}

#[test]
fn durations_are_days_or_weeks() {
    for wrong in ["12h", "30", "d", "-1d", "99999999999d", "1 month", "7000w"] {
        let found = only(&app(&format!("leaver = {{ delete-after = \"{wrong}\" }}")));
        assert!(found.starts_with("innkeeper.toml:3:27: ") && found.ends_with("`30d`, `2w`"), "{found}");
    }
}

#[test]
fn a_credential_says_once_where_it_is_and_how_it_goes() {
    let credential = |text: &str| only(&app(&format!("credential.default = {{ {text} }}")));
    assert!(credential("secret = \"a\", env = \"B\"").contains("says twice where it is"));
    assert!(credential("scheme = \"bearer\"").contains("does not say where it is"));
    assert!(credential("secret = \"a\", scheme = \"header\"").contains("needs `header`"));
    assert!(credential("secret = \"a\", username = \"x\"").contains("belongs to the scheme `basic`"));
    assert!(credential("secret = \"a\", scheme = \"bearr\"").contains("did you mean `bearer`?"));
    assert!(only(&app("credential = { secret = \"a\" }")).contains("stands in a slot"));
}

#[test]
fn what_a_connection_needs_is_checked() {
    assert!(only("[app.x]\n").contains("an app needs `connector`"));
    assert!(only("[app.x]\nconnector = \"scim@one\"\n").starts_with("innkeeper.toml:2:19: `one` is not a version"));
    assert!(only("[app.x]\nconnector = \"a b\"\n").contains("is not a connector's name"));
    assert!(only(&app("networks = [\"10.0.0.0/33\"]")).contains("is not a network"));
    assert!(only(&app("config = 3")).contains("`config` must be a table"));
    assert!(only(&app("concurrency = 0")).contains("from 1 to 1000"));
    assert!(only("[app.\"a b\"]\nconnector = \"scim\"\n").contains("`a b` cannot be a name here"));
}

#[test]
fn a_rate_is_read_for_an_app_and_for_a_source() {
    let text = "[app.mail]\nconnector = \"scim\"\nrate = { requests-per-second = 5, burst = 10 }\n\
                [app.chat]\nconnector = \"scim\"\n[source.hr]\nconnector = \"bamboohr\"\n[source.hr.rate]\nrequests-per-second = 0.2\n";
    let configuration = load(text);
    let of =
        |name| configuration.app(&AppName::from(name)).expect("it is configured").connection().expect("it has a connector").rate;
    assert_eq!(of("mail"), Some(Rate { requests_per_second: 5.0, burst: 10 }));
    assert_eq!(of("chat"), None);
    let source = configuration.source(&SourceName::from("hr")).expect("it is configured");
    let SourceKind::Connector(source) = &source.kind else { panic!("it is a connector's source") };
    assert_eq!(source.connection.rate, Some(Rate { requests_per_second: 0.2, burst: 1 }));
}

#[test]
fn what_a_rate_needs_is_checked() {
    for (lines, wanted) in [
        ("rate = 5", "`rate` must be a table, and this is a whole number"),
        ("rate = { burst = 10 }", "a rate needs `requests-per-second`"),
        ("rate = { requests-per-second = \"5\" }", "must be a number from 0.00001 to 10000, and this is text"),
        ("rate = { requests-per-second = 0 }", "must be a number from 0.00001 to 10000, and this is 0"),
        ("rate = { requests-per-second = -0.5 }", "and this is -0.5"),
        ("rate = { requests-per-second = nan }", "and this is nan"),
        ("rate = { requests-per-second = 5, burst = 0 }", "`burst` must be a whole number from 1 to 100000"),
        ("rate = { requests-per-second = 5, brust = 10 }", "a rate has no `brust` | did you mean `burst`?"),
    ] {
        let problem = only(&app(lines));
        assert!(problem.contains(wanted), "{problem}");
    }
}

#[test]
fn what_a_file_of_people_needs_is_checked() {
    let csv = |lines: &str| only(&format!("[source.hr]\nconnector = \"csv\"\npath = \"p.csv\"\n{lines}\n"));
    assert!(only("[source.hr]\nconnector = \"csv\"\n").contains("a source needs `path`"));
    assert!(csv("encoding = \"utf-9\"").contains("did you mean `utf-8`?"));
    assert!(csv("delimiter = \";;\"").contains("cannot separate fields"));
    assert!(csv("date-format = \"%d.%m\"").contains("does not tell a date"));
    assert!(csv("columns = { A = \"title\", B = \"title\" }").contains("two columns become `title`"));
    assert!(csv("columns = { A = \"first name\" }").contains("cannot be an attribute's name"));
    assert!(csv("config = {}").contains("a source has no `config`"));
}

#[test]
fn a_column_may_be_ignored_and_a_date_format_may_be_national() {
    let text = "[source.hr]\nconnector='csv'\npath='p'\ndelimiter='\t'\nencoding='windows-1252'\ndate-format='%d.%m.%Y'\n\
                columns = { \"Personal-Nr\" = \"employeeNumber\", \"Notiz\" = \"-\", \"Leer\" = \"\" }\n";
    let configuration = load(text);
    let Some(SourceKind::Csv(csv)) = configuration.sources().next().map(|source| &source.kind) else { panic!("a CSV source") };
    let columns: Vec<_> = csv.columns.iter().map(|(header, to)| (header.as_str(), to.as_ref().map(|to| to.as_str()))).collect();
    assert_eq!(columns, [("Personal-Nr", Some("employeeNumber")), ("Notiz", None), ("Leer", None)]);
    assert_eq!(csv.delimiter, b'\t');
}

#[test]
fn apps_come_after_what_they_need_and_otherwise_as_written() {
    let text = "[app.chat]\nconnector='a'\nneeds=['mail']\n[app.wiki]\nconnector='a'\n[app.mail]\nconnector='a'\nneeds=['idp']\n\
                [app.idp]\nconnector='a'\n";
    let configuration = load(text);
    assert_eq!(configuration.apps_by_need().map(|app| app.name.as_str()).collect::<Vec<_>>(), ["idp", "mail", "chat", "wiki"]);
    assert_eq!(configuration.apps().map(|app| app.name.as_str()).collect::<Vec<_>>(), ["chat", "wiki", "mail", "idp"]);
}

#[test]
fn an_app_that_needs_itself_is_a_cycle() {
    assert!(only(&app("needs = [\"x\"]")).contains("x -> x"));
}

#[test]
fn the_order_of_files_matters_neither_for_the_digest_nor_for_the_rest() {
    let (main, more) = (file("innkeeper.toml", COMPANY), file("more.toml", "[role.y]\nwhen = \"true\"\ngrants = [\"mail\"]\n"));
    let digest = |files| Configuration::load(files).map(|configuration| configuration.digest()).unwrap_or_default();
    let one = digest(vec![main.clone(), more.clone()]);
    assert_eq!(one, digest(vec![more.clone(), main.clone()]));
    assert_eq!(one.len(), 64);
    assert_ne!(one, digest(vec![main]));
}

#[test]
fn a_configuration_is_read_from_its_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let error = Configuration::read(directory.path()).expect_err("it is empty");
    assert!(error.to_string().contains("there is no innkeeper.toml"), "{error}");
    std::fs::write(directory.path().join("innkeeper.toml"), COMPANY).expect("a file");
    std::fs::write(directory.path().join("more.toml"), "[role.y]\nwhen = \"true\"\ngrants = [\"mail\"]\n").expect("a file");
    std::fs::write(directory.path().join("innkeeper.lock"), "not for us").expect("a file");
    let configuration = Configuration::read(directory.path()).expect("it is sound");
    assert_eq!(configuration.roles().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["everybody", "engineer", "y"]);
    std::fs::write(directory.path().join("latin.toml"), b"# caf\xe9").expect("a file");
    let error = Configuration::read(directory.path()).expect_err("it is not UTF-8");
    assert!(error.to_string().ends_with("the first byte that is not is byte 5"), "{error}");
}

#[test]
fn an_app_that_people_look_after_is_like_what_is_mapped_and_holds_what_roles_give() {
    let configuration = load(
        r#"
[source.hr]
connector = "csv"
path = "people.csv"
[app.badge]
manual = { owner = "facilities", instructions = "{{{operation}}} for {person.displayName}", entitlements = ["zone/Roof"] }
match = ["userName"]
account = { title = "person.title", userName = "person.userName", emails = "person.emails", active = "person.active" }
[role.everybody]
when = "true"
grants = ["badge:zone/Lobby", "badge"]
"#,
    );
    let name = AppName::from("badge");
    let description = configuration.manual_description(&name).expect("it has no connector");
    assert_eq!(description.unique_name.as_str(), "userName");
    assert!(configuration.check_app(&name, &description).is_empty());
    let known = configuration.manual_entitlements(&name);
    assert_eq!(known.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["Lobby", "Roof"]);
    let manual = configuration.app(&name).and_then(crate::App::manual).expect("it has no connector");
    assert_eq!(manual.due_days, 2);
    let text = manual.instructions.as_ref().expect("they are given").fill(|blank| match blank {
        crate::Blank::Person(path) => format!("<{path}>"),
        other => format!("{other:?}"),
    });
    assert_eq!(text, "{Operation} for <displayName>");
}
