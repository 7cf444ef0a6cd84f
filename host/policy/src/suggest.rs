//! The nearest name to a mistyped one.

/// The candidate that is most like `word`, if any is alike enough to be meant; case does not count.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let given = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &given);
            let likeness = strsim::jaro_winkler(&wanted, &given);
            (candidate, distance, likeness)
        })
        .filter(|(candidate, distance, likeness)| {
            *distance <= 1 + candidate.chars().count().min(wanted.chars().count()) / 4 || *likeness >= 0.9
        })
        .max_by(|left, right| right.1.cmp(&left.1).then(left.2.total_cmp(&right.2)).then(right.0.cmp(left.0)))
        .map(|(candidate, ..)| candidate)
}

/// The help for an unknown name: the nearest one, or else all of them.
pub(crate) fn help<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = nearest(word, candidates.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let mut all: Vec<_> = candidates.into_iter().map(|name| format!("`{name}`")).collect();
    all.sort();
    (!all.is_empty()).then(|| format!("expected one of {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_the_name_and_something_else_does_not() {
        let names = ["department", "displayName", "division"];
        assert_eq!(nearest("departmnet", names), Some("department"));
        assert_eq!(nearest("DisplayName", names), Some("displayName"));
        assert_eq!(nearest("lowercase", ["lower", "upper"]), Some("lower"));
        assert_eq!(nearest("salary", names), None);
    }

    #[test]
    fn the_nearest_of_several_wins() {
        assert_eq!(nearest("team", ["teams", "term", "team-lead"]), Some("teams"));
    }

    #[test]
    fn without_a_near_name_all_are_listed() {
        assert_eq!(help("zzz", ["b", "a"]).as_deref(), Some("expected one of `a`, `b`"));
    }
}
