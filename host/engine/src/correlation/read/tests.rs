use super::*;
use innkeeper_domain::AccountStatus;
use jiff::civil::date;
use proptest::prelude::*;

fn candidate(person: usize, account: usize) -> Candidate {
    Candidate {
        app: "chat".into(),
        person: format!("p{person:04}").as_str().into(),
        name: format!("Person; \"{person}\""),
        person_attributes: "title: =1+1".into(),
        account: format!("a{account:04}").as_str().into(),
        account_name: format!("@name{account}"),
        account_status: AccountStatus::Active,
        account_attributes: String::new(),
        matched: "emails: x@y".into(),
        linked: false,
        why: "two\nlines".into(),
        stamp: format!("v-{person}-{account}"),
    }
}

/// So many people, each with these accounts.
fn known(pairs: impl IntoIterator<Item = (usize, usize)>) -> Known {
    let open = pairs.into_iter().map(|(person, account)| candidate(person, account));
    Known {
        open: open.map(|one| ((one.app.clone(), one.person.clone(), one.account.clone()), one)).collect(),
        links: BTreeMap::from([("chat".into(), BTreeMap::new())]),
        decisions: BTreeMap::new(),
        today: date(2026, 11, 22),
        by: "ada".into(),
        now: Timestamp::UNIX_EPOCH,
    }
}

/// The table of all that is open, with a decision, an end and a reason in some rows.
fn filled(known: &Known, fill: impl Fn(&Candidate) -> Option<[String; 3]>) -> Table {
    let text = OpenCases(known.open.values().cloned().collect()).to_csv();
    let mut table = Table::read(text.as_bytes(), "cases.csv").unwrap();
    let places = ["decision", "until", "reason"].map(|name| table.column(name).unwrap());
    for (row, one) in table.rows.iter_mut().zip(known.open.values()) {
        for (place, text) in places.into_iter().zip(fill(one).into_iter().flatten()) {
            row[place].text = text;
        }
    }
    table
}

fn word(word: &str) -> Option<[String; 3]> {
    Some([word.to_owned(), String::new(), String::new()])
}

/// What is known after the decisions were written down: nothing is open any more for whoever was decided about.
fn after(known: &Known, decided: &CaseDecisions) -> Known {
    let (mut links, mut decisions) = (known.links.clone(), known.decisions.clone());
    let mut settled = BTreeSet::new();
    for (mutations, event) in &decided.decisions {
        settled.insert(PersonId::new(event.subject["person"].as_str().unwrap()));
        for mutation in mutations {
            match mutation {
                Mutation::Link { app, account, link } => {
                    let before = links.get_mut(app).unwrap().insert(account.clone(), link.clone());
                    assert!(before.is_none_or(|before| before.person == link.person), "an account went to somebody else");
                }
                Mutation::Unlink { app, account } => drop(links.get_mut(app).unwrap().remove(account)),
                Mutation::Enter { value, .. } => {
                    let decision: CorrelationDecision = serde_json::from_str(value).unwrap();
                    decisions.insert((decision.app.clone(), decision.person.clone()), decision);
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let open = known.open.iter().filter(|((_, person, _), _)| !settled.contains(person));
    let open = open.map(|(key, one)| (key.clone(), one.clone())).collect();
    Known { open, links, decisions, today: known.today, by: known.by.clone(), now: known.now }
}

fn problems(known: &Known, table: &Table) -> Vec<String> {
    known.read(table, "cases.csv").unwrap().err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place_and_what_was_expected() {
    let known = known([(1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (3, 6), (4, 7), (4, 8)]);
    let mut table = filled(&known, |one| match one.account.as_str() {
        "a0001" | "a0002" => word("link"),
        "a0003" => word("nwe"),
        "a0004" => Some(["new".into(), "2027-01-01".into(), String::new()]),
        "a0005" => Some(["ignore".into(), "tomorrow".into(), String::new()]),
        "a0006" => Some(["ignore".into(), "2026-11-22".into(), String::new()]),
        _ => word("new"),
    });
    let (person, stamp) = (table.column("person").unwrap(), table.column("stamp").unwrap());
    table.rows[6][person].text = "p0O04".into();
    table.rows[7][stamp].text = "v-older".into();
    let told = problems(&known, &table);
    let expected = [
        "no decision: expected `link`, `new` or `ignore`; did you mean `new`?",
        "`new` has no end",
        "`tomorrow` is no day: expected one as 2027-01-31",
        "2026-11-22 is not to come",
        "did you mean `p0004`?",
        "has changed since the file was written",
        "expected one decision for each person",
    ];
    for expected in expected {
        assert!(told.iter().any(|text| text.contains(expected)), "{expected}: {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    assert!(told.iter().all(|text| text.starts_with("cases.csv:")));
}

#[test]
fn columns_that_are_missing_are_told_and_columns_that_are_added_do_not_matter() {
    let known = known([(1, 1), (1, 2)]);
    let table = Table::read(b"app;desicion;person;account;stamp\nchat;link;p0001;a0001;v-1-1\n", "cases.csv").unwrap();
    assert!(problems(&known, &table)[0].contains("no column `decision` (there is `desicion`)"));
    let table = Table::read(b"x;Stamp;DECISION;account;person;app\n;v-1-1;Link;a0001;p0001;chat\n", "cases.csv").unwrap();
    assert_eq!(known.read(&table, "cases.csv").unwrap().unwrap().linked, 1);
}

#[test]
fn one_account_is_not_given_to_two_people_nor_one_that_is_somebodys_by_now() {
    let mut shared = known([(1, 1), (2, 1)]);
    let table = filled(&shared, |_| word("link"));
    assert!(problems(&shared, &table)[0].contains("gives the account a0001 to p0001"));
    let table = filled(&shared, |one| (one.person.as_str() == "p0002").then(|| word("link")).flatten());
    // Meanwhile the first one got it, so that nothing is open any more.
    let link = Link {
        person: "p0001".into(),
        unique_name: "x".into(),
        since: Timestamp::UNIX_EPOCH,
        suspended_on: None,
        deleted_on: None,
    };
    shared.links.get_mut("chat").unwrap().insert("a0001".into(), link);
    shared.open.clear();
    assert!(problems(&shared, &table)[0].contains("no case of `p0002` is open on chat"));
}

#[test]
fn where_several_accounts_are_linked_one_stays_and_the_others_are_nobodys() {
    let mut known = known([(1, 1), (1, 2)]);
    known.open.values_mut().for_each(|one| one.linked = true);
    for account in ["a0001", "a0002"] {
        let link = Link {
            person: "p0001".into(),
            unique_name: account.into(),
            since: Timestamp::UNIX_EPOCH,
            suspended_on: None,
            deleted_on: None,
        };
        known.links.get_mut("chat").unwrap().insert(account.into(), link);
    }
    assert!(problems(&known, &filled(&known, |_| word("new")))[0].contains("expected `link` for the one that is theirs"));
    let table = filled(&known, |one| (one.account.as_str() == "a0002").then(|| word("link")).flatten());
    let decided = known.read(&table, "cases.csv").unwrap().unwrap();
    let after = after(&known, &decided);
    assert_eq!(after.links["chat"].keys().map(AccountId::as_str).collect::<Vec<_>>(), ["a0002"]);
}

#[test]
fn thousands_of_cases_are_decided_at_once_and_a_second_reading_decides_nothing() {
    let known = known((0..4000).flat_map(|person| [(person, 2 * person), (person, 2 * person + 1)]));
    let table = filled(&known, |one| match one.account.as_str()[1..].parse::<usize>().unwrap() {
        account if account % 6 == 0 => word("link"),
        account if account % 6 == 2 => word("new"),
        account if account % 6 == 4 => Some(["ignore".into(), "2027-01-01".into(), "who knows".into()]),
        _ => None,
    });
    let decided = known.read(&table, "cases.csv").unwrap().unwrap();
    assert_eq!((decided.linked, decided.new, decided.ignored, decided.blank), (1334, 1333, 1333, 4000));
    assert_eq!(decided.decisions.len(), 4000);
    let again = after(&known, &decided).read(&table, "cases.csv").unwrap().unwrap();
    assert_eq!((again.decisions.len(), again.known), (0, 4000));
}

proptest! {
    #[test]
    fn what_is_written_and_read_back_without_change_decides_nothing(pairs in prop::collection::btree_set((0_usize..9, 0_usize..9), 0..40)) {
        let known = known(pairs);
        let decided = known.read(&filled(&known, |_| None), "cases.csv").unwrap().unwrap();
        prop_assert_eq!((decided.decisions.len(), decided.blank), (0, known.open.len()));
    }

    /// Whatever is in the file: it is refused, or every account is one person's, and everybody has one at most.
    #[test]
    fn no_file_gives_one_account_to_two_people_or_two_accounts_to_one(
        pairs in prop::collection::btree_set((0_usize..6, 0_usize..6), 1..20),
        words in prop::collection::vec(prop::sample::select(vec!["", "", "link", "new", "ignore"]), 20),
    ) {
        let known = known(pairs);
        let order: BTreeMap<_, _> = known.open.keys().cloned().zip(&words).collect();
        let table = filled(&known, |one| word(order[&(one.app.clone(), one.person.clone(), one.account.clone())]));
        if let Ok(decided) = known.read(&table, "cases.csv").unwrap() {
            let after = after(&known, &decided);
            let owners: BTreeSet<&PersonId> = after.links["chat"].values().map(|link| &link.person).collect();
            prop_assert_eq!(owners.len(), after.links["chat"].len());
            prop_assert_eq!(after.links["chat"].len(), decided.linked);
        }
    }
}
