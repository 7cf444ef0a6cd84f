//! What holds for every input.

use super::fixture::{COMPANY, TODAY, file, person, with_mappings};
use crate::{Configuration, Evaluation, NoNames};
use innkeeper_domain::Person;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeMap;

fn people() -> impl Strategy<Value = Vec<Person>> {
    let department = select(vec![None, Some(""), Some("Engineering"), Some("Sales")]);
    let title = select(vec![None, Some("a"), Some("b")]);
    let start = select(vec![None, Some("2026-01-01"), Some("2026-11-23"), Some("2027-01-01")]);
    let end = select(vec![None, None, Some("2026-11-01"), Some("2027-01-01")]);
    vec((department, title, start, end), 0..12).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        rows.map(|(index, (department, title, start, end))| {
            let mut person = person(&format!("{index}"), &[("userName", &["js"]), ("manager", &["0"])]);
            for (name, text) in [("department", department), ("title", title), ("startDate", start), ("endDate", end)] {
                if let Some(text) = text {
                    let texts: &[&str] = if text.is_empty() { &[] } else { &[text] };
                    person.attributes.insert(name.into(), super::fixture::values(texts));
                }
            }
            person
        })
        .collect()
    })
}

fn configuration() -> Configuration {
    let unique = "\n[app.chat]\nconnector = \"chat\"\n[app.chat.account]\n\
                  userName = \"unique([person.userName, person.userName + '2', person.userName + '3'])\"\n\
                  title = \"person.title + 'x'\"\n\
                  [role.chat]\nwhen = \"person.title == 'a' || person.department != 'Sales'\"\ngrants = [\"chat:channel/all\"]\n";
    super::fixture::load(&format!("{COMPANY}{unique}"))
}

fn evaluate(configuration: &Configuration, people: &[Person]) -> Evaluation {
    configuration.evaluate(people, TODAY, &NoNames, &BTreeMap::new())
}

/// Pieces from which configurations are made up: more of what a file may hold than arbitrary text would ever hit.
fn pieces() -> impl Strategy<Value = String> {
    let words = vec![
        "[app.a]\n",
        "[source.hr]\n",
        "[role.r]\n",
        "[guard]\n",
        "[innkeeper]\n",
        "[app.a.account]\n",
        "connector = \"csv\"\n",
        "connector = \"scim@1\"\n",
        "path = \"p\"\n",
        "when = \"",
        "person.department",
        " == 'x'",
        "\"\n",
        "grants = [\"a:b/c\"]\n",
        "'''",
        "\"\"\"",
        "\\u00e9",
        "é",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "&&",
        "!",
        "has(",
        "unique(",
        "userName = ",
        "needs = [\"a\"]\n",
        "credential.default = { secret = \"x\" }\n",
        "match = [\"userName\"]\n",
        "\r\n",
        "=",
        "1",
        "-1",
        "\0",
        "columns = { a = \"b\" }\n",
        "delimiter = \"\"\n",
        "date-format = \"%\"\n",
        "leaver = { delete-after = \"9999999999w\" }\n",
    ];
    vec(select(words), 0..24).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn the_order_of_people_does_not_matter(people in people(), swaps in vec((any::<Index>(), any::<Index>()), 0..12)) {
        let configuration = configuration();
        let straight = evaluate(&configuration, &people);
        let mut shuffled = people.clone();
        for (left, right) in swaps {
            if !shuffled.is_empty() {
                let (left, right) = (left.index(shuffled.len()), right.index(shuffled.len()));
                shuffled.swap(left, right);
            }
        }
        let other = evaluate(&configuration, &shuffled);
        prop_assert_eq!(straight.desired, other.desired);
        prop_assert_eq!(straight.problems, other.problems);
        prop_assert_eq!(straight.held, other.held);
    }

    #[test]
    fn no_two_people_who_get_an_account_get_one_name(people in people()) {
        let evaluation = evaluate(&configuration(), &people);
        let mut seen = BTreeMap::new();
        for account in evaluation.desired.accounts.iter().filter(|account| account.app.as_str() == "chat") {
            let name = account.values("userName").filter(|_| account.presence == innkeeper_domain::Presence::Active);
            if let Some(name) = name {
                prop_assert_eq!(seen.insert(name, account.person.clone()), None);
            }
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = Configuration::load(vec![file("innkeeper.toml", &text)]);
    }

    #[test]
    fn anything_made_of_configuration_never_panics(text in pieces()) {
        if let Err(problems) = Configuration::load(vec![file("innkeeper.toml", &text)]) {
            super::fixture::render(&problems);
        }
    }

    #[test]
    fn an_arbitrary_expression_never_panics(text in "[a-z'\"\\\\.()\\[\\]{}+!&|?: 0-9é%\n]{0,40}") {
        if let Ok(configuration) = Configuration::load(vec![file("innkeeper.toml", &with_mappings(&format!("x = '''{text}'''")))]) {
            evaluate(&configuration, &[person("1", &[("title", &["t"])])]);
        }
    }
}

#[test]
fn a_deep_or_long_expression_is_refused_or_read() {
    let deep = [
        ("1", "+1", ""),
        ("", "(", "1"),
        ("", "!", "true"),
        ("", "-", "1"),
        ("", "[", ""),
        ("a", ".a", ""),
        ("a", "[0]", ""),
        ("", "true ? 1 : ", "1"),
        ("true", " && true", ""),
        ("f", "(f", ""),
        ("a", ".f()", ""),
        ("", "{1:", ""),
        ("[1]", ".map(x, [1]", ""),
        ("1", "+(1", ""),
        ("1", "+!f(1)[0]", ""),
    ];
    for (start, middle, end) in deep {
        for times in [10, 15, 18, 19, 20, 38, 39, 40, 50, 2_000, 20_000] {
            let opened = middle.repeat(times);
            let closing: String =
                opened.chars().rev().filter_map(|letter| "([{".find(letter).map(|at| &")]}"[at..=at])).collect();
            let closing = if middle.contains([')', ']']) && !middle.starts_with('.') { String::new() } else { closing };
            let expression = format!("{start}{opened}{end}{closing}");
            let text = with_mappings(&format!("x = '{expression}'"));
            if let Ok(configuration) = Configuration::load(vec![file("innkeeper.toml", &text)]) {
                evaluate(&configuration, &[person("1", &[])]);
            }
        }
    }
}
