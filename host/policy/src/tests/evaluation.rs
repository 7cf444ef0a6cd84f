//! What people should have.

use super::fixture::{COMPANY, TODAY, account, description, load, person, schema, values, with_mappings};
use crate::{Evaluation, Names, NoNames};
use innkeeper_domain::{
    AppName, AttributeName, AttributeSchema, AttributeType, Decimal, Description, Person, PersonId, Presence, ReasonKind, Scalar,
    Value,
};
use jiff::civil::date;
use std::collections::BTreeMap;

fn evaluate(text: &str, people: &[Person]) -> Evaluation {
    load(text).evaluate(people, TODAY, &NoNames, &BTreeMap::new())
}

/// The values that a mapping gives a person, none where it is unknown; or what went wrong.
fn mapped(expression: &str, attributes: &[(&str, &[&str])]) -> Result<Option<Vec<Value>>, String> {
    mapped_to(expression, attributes, None)
}

fn mapped_to(
    expression: &str,
    attributes: &[(&str, &[&str])],
    schema: Option<AttributeSchema>,
) -> Result<Option<Vec<Value>>, String> {
    let configuration = load(&with_mappings(&format!("x = '''{expression}'''")));
    let description = schema.map(|schema| Description { accounts: vec![schema], ..description() });
    let found =
        configuration.evaluate_app(&AppName::from("it"), &[person("1", attributes)], TODAY, &NoNames, description.as_ref());
    match found.problems.first() {
        Some(problem) => Err(problem.text.clone()),
        None => Ok(found.accounts[0].values("x").map(<[_]>::to_vec)),
    }
}

fn text(expression: &str, attributes: &[(&str, &[&str])]) -> String {
    match mapped(expression, attributes) {
        Ok(Some(values)) => values.iter().map(|value| value.scalar.to_string()).collect::<Vec<_>>().join("|"),
        Ok(None) => "unknown".to_owned(),
        Err(why) => format!("error: {why}"),
    }
}

#[test]
fn functions_do_what_they_say() {
    let ada: &[(&str, &[&str])] = &[
        ("userName", &["Ada.Lovelace"]),
        ("name.givenName", &["Jürgen "]),
        ("name.familyName", &["Weiß"]),
        ("name.middleName", &[]),
        ("emails", &["A@x", "b@x"]),
        ("startDate", &["2026-11-23"]),
    ];
    let cases = [
        ("lower(person.userName)", "ada.lovelace"),
        ("person.userName.upper()", "ADA.LOVELACE"),
        ("person.name.givenName.trim()", "Jürgen"),
        ("transliterate(person.name.givenName + person.name.familyName)", "Jurgen Weiss"),
        ("replace(person.userName, '.', '-').lower()", "ada-lovelace"),
        ("[person.name.givenName.trim(), person.name.middleName, person.name.familyName].join(' ')", "Jürgen Weiß"),
        ("first(person.emails)", "A@x"),
        ("first([])", ""),
        ("person.emails.map(e, lower(e))", "a@x|b@x"),
        ("addDays(person.startDate, -1)", "2026-11-22"),
        ("addDays(person.startDate, 10)", "2026-12-03"),
        ("string(daysBetween(today, person.startDate))", "1"),
        ("daysBetween(person.startDate, today)", "-1"),
        ("today", "2026-11-22"),
        ("person.id", "1"),
        ("person.active", "true"),
        ("lower(person.name.middleName)", ""),
        ("'a' + 'b'", "ab"),
        ("{'Weiß': 'x'}[person.name.familyName]", "x"),
    ];
    for (expression, expected) in cases {
        assert_eq!(text(expression, ada), expected, "{expression}");
    }
}

#[test]
fn unknown_is_not_empty() {
    assert_eq!(mapped("person.title", &[]), Ok(None));
    assert_eq!(mapped("lower(person.title)", &[]), Ok(None));
    assert_eq!(mapped("person.name.givenName", &[]), Ok(None));
    assert_eq!(mapped("person.title", &[("title", &[])]), Ok(Some(vec![])));
    assert_eq!(mapped("lower(person.title)", &[("title", &[])]), Ok(Some(vec![])));
    assert_eq!(mapped("person.title", &[("title", &[""])]), Ok(Some(vec![])), "empty text is no value");
    assert_eq!(text("has(person.title) ? person.title : 'none'", &[]), "none");
    assert_eq!(text("has(person.name.givenName) ? 'yes' : 'no'", &[]), "no");
}

#[test]
fn an_extension_attribute_goes_by_its_short_name() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:";
    let department = format!("{urn}department");
    let manager = format!("{urn}manager.value");
    let attributes: &[(&str, &[&str])] = &[(&department, &["IT"]), (&manager, &["7"])];
    assert_eq!(text("person.department + person.manager", attributes), "IT7");
}

#[test]
fn a_mapping_that_cannot_be_computed_says_why() {
    let attributes: &[(&str, &[&str])] = &[("title", &[]), ("department", &["Sales"]), ("startDate", &["soon"])];
    let cases = [
        ("person.title + 'x'", "`x` of 1 has no value: `+` cannot be applied to nothing and text"),
        ("{'IT': 'x'}[person.department]", "the map has no entry `Sales`"),
        ("addDays(person.startDate, 1)", "`soon` is not a date"),
        ("person.emails[0]", "unknown"),
        ("[[person.department]]", "a list within a list is not a value"),
        ("{'value': person.department, 'typ': 'work'}['typ'] == 'work' ? [1/0] : [2]", "Division by zero"),
    ];
    for (expression, expected) in cases {
        let found = text(expression, attributes);
        assert!(found.contains(expected), "`{expression}` gives {found}");
    }
}

#[test]
fn a_map_gives_a_labelled_value() {
    let expression = "[{'value': person.emails[0], 'type': 'work', 'primary': true}, {'value': person.emails[1]}]";
    let work = Value { scalar: "a@x".into(), label: Some("work".into()), primary: true };
    assert_eq!(mapped(expression, &[("emails", &["a@x", "b@x"])]), Ok(Some(vec![work, Value::plain("b@x")])));
    let twice = "[{'value': 'a', 'primary': true}, {'value': 'b', 'primary': true}]";
    assert!(mapped(twice, &[]).is_err_and(|why| why.ends_with("several values are primary, and one can be")));
}

#[test]
fn values_are_made_to_fit_the_schema() {
    let fitted =
        |expression: &str, kind| mapped_to(expression, &[("badge", &["42"]), ("remote", &["True"])], Some(schema("x", kind)));
    let one = |scalar: Scalar| Ok(Some(vec![Value::plain(scalar)]));
    assert_eq!(fitted("person.badge", AttributeType::Integer), one(Scalar::Integer(42)));
    assert_eq!(fitted("person.badge", AttributeType::Decimal), one(Scalar::Decimal(Decimal(42.0))));
    assert_eq!(fitted("person.remote", AttributeType::Boolean), one(Scalar::Boolean(true)));
    assert_eq!(fitted("42", AttributeType::Text), one("42".into()));
    assert_eq!(fitted("today", AttributeType::DateTime), one("2026-11-22".into()));
    let wrong = |expression: &str, kind| fitted(expression, kind).expect_err("it does not fit");
    assert!(wrong("person.remote", AttributeType::Integer).ends_with("`x` is a whole number, and this is the text `True`"));
    assert!(wrong("true", AttributeType::Text).ends_with("`x` is text, and this is true or false"));
    assert!(wrong("'soon'", AttributeType::DateTime).ends_with("`x` is a date, and this is the text `soon`"));
    assert!(wrong("['a', 'b']", AttributeType::Text).ends_with("2 values for `x`, which has one; `first(...)` takes the first"));
    let size = AttributeSchema { canonical_values: vec!["S".to_owned(), "M".to_owned()], ..schema("x", AttributeType::Text) };
    assert!(mapped_to("'L'", &[], Some(size)).is_err_and(|why| why.ends_with("`x` is one of S, M, and this is `L`")));
}

#[test]
fn an_attribute_is_named_as_the_description_spells_it() {
    let configuration = load(&with_mappings("username = \"'a'\""));
    let found = configuration.evaluate_app(&AppName::from("it"), &[person("1", &[])], TODAY, &NoNames, Some(&description()));
    assert_eq!(found.accounts[0].attributes[0].name, AttributeName::from("userName"));
}

#[test]
fn presence_follows_the_lifecycle() {
    let engineer: (&str, &[&str]) = ("department", &["Engineering"]);
    let people = [
        person("1", &[engineer]),
        person("2", &[engineer, ("endDate", &["2026-11-20"])]),
        person("3", &[engineer, ("startDate", &["2026-11-23"])]),
        person("4", &[engineer, ("startDate", &["2026-12-01"])]),
        person("5", &[("department", &["Sales"])]),
        person("6", &[("department", &["Sales"]), ("startDate", &["2026-12-01"])]),
    ];
    let evaluation = evaluate(COMPANY, &people);
    assert_eq!(evaluation.problems, []);
    let on = |id: &str| {
        let account = account(&evaluation.desired.accounts, "github", id);
        (account.presence, account.reason.kind, account.reason.text.as_str(), account.grants.len())
    };
    let soon = Presence::Awaited { starts: date(2026, 12, 1) };
    assert_eq!(on("1"), (Presence::Active, ReasonKind::Role, "role engineer: department is Engineering", 1));
    let left = Presence::Closed { since: Some(date(2026, 11, 21)) };
    assert_eq!(on("2"), (left, ReasonKind::Leaver, "leaver since 2026-11-21", 0));
    assert_eq!(on("3"), (Presence::Active, ReasonKind::Joiner, "joiner, starts 2026-11-23", 1));
    assert_eq!(on("4"), (soon, ReasonKind::Joiner, "joiner, starts 2026-12-01", 0));
    assert_eq!(on("5"), (Presence::NotEntitled, ReasonKind::NoRole, "no role gives it", 0));
    assert_eq!(on("6").0, Presence::NotEntitled, "who will not be entitled is not awaited");
}

#[test]
fn a_reason_leads_back_to_rule_and_record() {
    let evaluation = evaluate(COMPANY, &[person("1", &[("department", &["Engineering"]), ("userName", &["ada"])])]);
    let github = account(&evaluation.desired.accounts, "github", "1");
    let reason = github.reason_of(&github.grants[0].reason);
    assert_eq!(github.grants[0].entitlement.to_string(), "github:team/backend");
    assert_eq!(reason.role.as_ref().map(|role| role.as_str()), Some("engineer"));
    assert_eq!(reason.expression.as_deref(), Some("person.department == 'Engineering' && person.active"));
    assert_eq!(reason.place.as_deref(), Some("innkeeper.toml:26:9"));
    assert_eq!(reason.origin.as_ref().map(ToString::to_string).as_deref(), Some("people.csv:1"));
    assert_eq!(github.attribute_reasons.len(), github.attributes.len());
    assert_eq!(github.attribute_reasons[0].text, "enforced");
    assert_eq!(github.attribute_reasons[0].place.as_deref(), Some("innkeeper.toml:17:13"));
}

#[test]
fn there_is_one_account_for_each_person_and_app_sorted() {
    let evaluation = evaluate(COMPANY, &[person("2", &[]), person("1", &[])]);
    let keys: Vec<_> = evaluation.desired.accounts.iter().map(|one| (one.app.as_str(), one.person.as_str())).collect();
    assert_eq!(keys, [("github", "1"), ("github", "2"), ("mail", "1"), ("mail", "2")]);
}

#[test]
fn a_leaver_keeps_the_attributes_by_which_the_account_is_found() {
    let evaluation = evaluate(COMPANY, &[person("1", &[("userName", &["ada"]), ("endDate", &["2026-01-01"])])]);
    let github = account(&evaluation.desired.accounts, "github", "1");
    assert_eq!(github.values("userName"), Some(values(&["ada"]).as_slice()));
}

#[test]
fn a_rule_that_reads_something_unknown_holds_the_person_on_that_app_alone() {
    let evaluation = evaluate(COMPANY, &[person("1", &[("userName", &["ada"])])]);
    let held: Vec<_> = evaluation.held.iter().map(|(app, person)| (app.as_str(), person.as_str())).collect();
    assert_eq!(held, [("github", "1"), ("mail", "1")], "the role gives both");
    assert_eq!(account(&evaluation.desired.accounts, "mail", "1").presence, Presence::Active);
    let problem = &evaluation.problems[0];
    assert!(problem.holds);
    assert_eq!(problem.place.to_string(), "innkeeper.toml:26:9");
    assert_eq!(problem.text, "whether ada has the role engineer cannot be told: `department` is not known of them");
}

#[test]
fn a_leaver_is_never_held() {
    let evaluation = evaluate(COMPANY, &[person("1", &[("endDate", &["2026-01-01"])])]);
    assert!(evaluation.held.is_empty());
    assert!(matches!(account(&evaluation.desired.accounts, "github", "1").presence, Presence::Closed { .. }));
}

#[test]
fn a_decided_alternative_makes_an_unknown_attribute_irrelevant() {
    let text = "[app.mail]\nconnector='scim'\n[role.x]\nwhen = \"person.title == 'x' || person.active\"\ngrants = [\"mail\"]\n";
    let evaluation = evaluate(text, &[person("1", &[])]);
    assert_eq!((evaluation.desired.accounts[0].presence, evaluation.held.len()), (Presence::Active, 0));
}

#[test]
fn what_a_leaver_owned_goes_to_somebody_who_works_here() {
    let gone: (&str, &[&str]) = ("endDate", &["2026-01-01"]);
    let people = [
        person("1", &[gone, ("manager", &["4"])]),
        person("2", &[gone, ("manager", &["1"])]),
        person("3", &[gone, ("manager", &["9"])]),
        person("4", &[("department", &["Engineering"])]),
        person("5", &[gone, ("manager", &[])]),
    ];
    let evaluation = evaluate(COMPANY, &people);
    let heir = |id: &str| account(&evaluation.desired.accounts, "github", id).transfer_to.clone();
    assert_eq!(heir("1"), Some(PersonId::from("4")));
    assert_eq!((heir("2"), heir("3"), heir("5")), (None, None, None));
    let texts: Vec<_> = evaluation.problems.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(texts, ["nobody inherits from 2: 1 has left too", "nobody inherits from 3: there is no person `9`"]);
}

/// Accounts by name: whose each is.
struct Taken(BTreeMap<&'static str, &'static str>);

impl Names for Taken {
    fn is_taken(&self, _: &AppName, _: &AttributeName, value: &str, by_other_than: &PersonId) -> bool {
        self.0.get(value).is_some_and(|holder| *holder != by_other_than.as_str())
    }

    fn current(&self, _: &AppName, _: &AttributeName, person: &PersonId) -> Option<String> {
        self.0.iter().find(|(_, holder)| **holder == person.as_str()).map(|(name, _)| (*name).to_owned())
    }
}

#[test]
fn a_unique_name_is_stable_and_nobody_s_twice() {
    let text =
        with_mappings("userName = \"unique(['js', 'js2', 'js3'])\"").replace("when = \"true\"", "when = \"person.active\"");
    let configuration = load(&text);
    let gone: (&str, &[&str]) = ("endDate", &["2026-01-01"]);
    let people = [person("1", &[gone]), person("2", &[]), person("3", &[]), person("4", &[]), person("5", &[])];
    let names = Taken(BTreeMap::from([("js2", "4")]));
    let found = configuration.evaluate_app(&AppName::from("it"), &people, TODAY, &names, None);
    let name = |index: usize| found.accounts[index].values("userName").map(|values| values[0].scalar.to_string());
    assert_eq!(name(1).as_deref(), Some("js"), "the first who works here gets the first");
    assert_eq!(name(2).as_deref(), Some("js3"), "the second is 4's");
    assert_eq!(name(3).as_deref(), Some("js2"), "4 keeps the present name");
    assert_eq!(name(4), None, "nothing is left for 5");
    assert_eq!(name(0), None, "nor for 1, who has left");
    let texts: Vec<_> = found.problems.iter().map(|problem| problem.text.as_str()).collect();
    let expected = |id| format!("`userName` of {id} has no value: all 3 candidates are taken by others: js, js2, js3");
    assert_eq!(texts, [expected("1"), expected("5")]);
}

#[test]
fn a_role_of_one_app_gives_nothing_on_another() {
    let text = "[app.a]\nconnector='s'\n[app.b]\nconnector='s'\n[role.x]\nwhen='true'\ngrants=['a:team/t', 'a:team/u']\n\
                [role.y]\nwhen='true'\ngrants=['a:team/t']\n";
    let evaluation = evaluate(text, &[person("1", &[])]);
    let grants: Vec<_> = evaluation.desired.accounts[0].grants.iter().map(|grant| grant.entitlement.to_string()).collect();
    assert_eq!(grants, ["a:team/t", "a:team/u"], "each once, in the order of the configuration");
    assert_eq!(evaluation.desired.accounts[1].presence, Presence::NotEntitled);
}
