use std::collections::HashSet;

use super::{Company, TODAY};

#[test]
fn the_same_seed_gives_the_same_company_and_another_seed_another() {
    assert_eq!(Company::of(500, 7), Company::of(500, 7));
    assert_ne!(Company::of(500, 7), Company::of(500, 8));
}

#[test]
fn a_larger_company_starts_with_the_same_people() {
    let (small, large) = (Company::of(2_000, 3), Company::of(3_000, 3));
    assert_eq!(small.employees[..], large.employees[..2_000]);
}

#[test]
fn everybody_has_a_login_of_their_own_in_plain_letters() {
    let company = Company::of(20_000, 1);
    let names: HashSet<_> = company.employees.iter().map(|person| person.user_name.as_str()).collect();
    assert_eq!(names.len(), 20_000);
    assert!(names.iter().all(|name| name.is_ascii()));
}

#[test]
fn managers_exist_and_nobody_is_above_themselves() {
    let company = Company::of(5_000, 2);
    let heads: Vec<_> = company.employees.iter().filter(|person| person.manager.is_none()).collect();
    assert_eq!(heads.len(), 1, "one head");
    for (index, person) in company.employees.iter().enumerate().skip(1) {
        // Always further up: so there is no cycle.
        assert!(person.manager.is_some_and(|manager| manager < index), "{person:?}");
    }
}

#[test]
fn groups_have_a_long_tail() {
    let company = Company::of(10_000, 1);
    let groups = company.groups();
    let mut sizes: Vec<usize> = groups.iter().filter(|group| group.rule.is_some()).map(|group| group.members.len()).collect();
    sizes.sort_unstable();
    let (largest, middle) = (sizes[sizes.len() - 1], sizes[sizes.len() / 2]);
    assert!(largest > 20 * middle, "the largest has {largest}, the one in the middle {middle}");
    assert!(sizes.len() > 200, "{}", sizes.len());
    assert_eq!(groups[0].members.len(), 10_000, "one is everybody");
    // Everybody is in four.
    assert_eq!(groups.iter().map(|group| group.members.len()).sum::<usize>(), 40_000);
}

#[test]
fn who_is_in_a_group_has_its_value() {
    let company = Company::of(1_000, 1);
    for group in company.groups() {
        let Some((attribute, value)) = &group.rule else { continue };
        for member in group.members {
            let attributes = company.employees[member].attributes(&company);
            assert!(attributes.iter().any(|(name, has)| name == attribute && has == value), "{attribute} {value}");
        }
    }
}

#[test]
fn some_join_and_some_have_left() {
    let company = Company::of(10_000, 1);
    let joiners = company.employees.iter().filter(|person| person.start_date > TODAY).count();
    let leavers = company.employees.iter().filter(|person| person.end_date.is_some()).count();
    assert!((80..300).contains(&joiners) && (150..400).contains(&leavers), "{joiners} join, {leavers} left");
    let here = company.employees.iter().filter(|person| person.works_here()).count();
    assert_eq!(here, 10_000 - joiners - leavers);
}

#[test]
fn names_are_of_many_scripts() {
    let company = Company::of(2_000, 1);
    let has = |range: std::ops::RangeInclusive<char>| {
        company.employees.iter().any(|person| person.display_name.chars().any(|letter| range.contains(&letter)))
    };
    for script in ['\u{370}'..='\u{3ff}', '\u{400}'..='\u{4ff}', '\u{590}'..='\u{5ff}', '\u{600}'..='\u{6ff}'] {
        assert!(has(script.clone()), "{script:?}");
    }
    for script in ['\u{900}'..='\u{97f}', '\u{3040}'..='\u{30ff}', '\u{4e00}'..='\u{9fff}', '\u{ac00}'..='\u{d7af}'] {
        assert!(has(script.clone()), "{script:?}");
    }
}

#[test]
fn the_file_has_a_line_for_each_and_no_value_with_a_comma() {
    let company = Company::of(3, 1);
    let text = company.people_csv();
    assert_eq!(text.lines().count(), 4);
    assert!(text.lines().all(|line| line.matches(',').count() == super::ATTRIBUTES.len() - 1), "{text}");
    insta::assert_snapshot!(text);
}
