//! When an employment ends, by the table of employment statuses.

use jiff::civil::Date;

/// A row of the table: what holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) date: Date,
    /// Of two rows of one day the one that was made later counts.
    pub(crate) id: u64,
    /// Whether the employment ends with this row.
    pub(crate) ends: bool,
}

/// The last day of work, the future ones too; none where no end is known.
///
/// BambooHR ends an employment late in the evening of the day that the row names, so that the day itself is one of work. Whoever is
/// hired again is employed from the day of that row on, and not before.
pub(crate) fn last_day(mut rows: Vec<Row>, today: Date) -> Option<Date> {
    rows.sort();
    let begun = rows.iter().rposition(|row| !row.ends && row.date <= today);
    // A joiner has nothing that has begun; somebody taken over from another system may have nothing but the end.
    let first = begun.or_else(|| rows.iter().position(|row| !row.ends)).map_or(0, |place| place + 1);
    let mut rest = rows[first..].iter().peekable();
    while let Some(row) = rest.next() {
        let goes_on = |next: &&Row| !next.ends && row.date.tomorrow().map_or(next.date == row.date, |day| next.date <= day);
        if row.ends && !rest.peek().is_some_and(goes_on) {
            return Some(row.date);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last day, seen from 2026-11-23, by rows of a date and `+` for employed or `-` for the end.
    fn last(rows: &[&str]) -> Option<String> {
        let row = |(place, text): (usize, &&str)| Row {
            date: text[1..].parse().expect("a date"),
            id: u64::try_from(place).expect("few rows"),
            ends: text.starts_with('-'),
        };
        let rows = rows.iter().enumerate().map(row).collect();
        last_day(rows, "2026-11-23".parse().expect("a date")).map(|date| date.to_string())
    }

    #[test]
    fn the_end_is_the_day_of_the_termination() {
        for (rows, expected) in [
            (&["+2020-01-01"][..], None),
            (&[], None),
            (&["+2020-01-01", "-2026-03-31"], Some("2026-03-31")),
            (&["-2026-03-31", "+2020-01-01"], Some("2026-03-31")),
            (&["+2020-01-01", "+2022-01-01", "-2026-12-31"], Some("2026-12-31")),
            (&["-2019-12-31"], Some("2019-12-31")),
            (&["+2020-01-01", "-2026-03-31", "-2026-04-30"], Some("2026-03-31")),
            (&["+2026-11-23", "-2026-11-23"], Some("2026-11-23")),
        ] {
            assert_eq!(last(rows).as_deref(), expected, "{rows:?}");
        }
    }

    #[test]
    fn whoever_was_hired_again_has_no_end() {
        assert_eq!(last(&["+2020-01-01", "-2024-06-30", "+2025-01-01"]), None);
        assert_eq!(last(&["+2020-01-01", "-2024-06-30", "+2025-01-01", "-2027-06-30"]).as_deref(), Some("2027-06-30"));
    }

    #[test]
    fn whoever_will_be_hired_again_has_left_until_then() {
        assert_eq!(last(&["+2020-01-01", "-2026-06-30", "+2027-01-01"]).as_deref(), Some("2026-06-30"));
    }

    #[test]
    fn an_end_after_which_it_goes_on_at_once_is_none() {
        assert_eq!(last(&["+2020-01-01", "-2026-12-31", "+2027-01-01"]), None);
        assert_eq!(last(&["+2020-01-01", "-2026-12-31", "+2026-12-31"]), None);
        assert_eq!(last(&["+2020-01-01", "-2026-12-31", "+2027-01-01", "-2027-03-31"]).as_deref(), Some("2027-03-31"));
    }

    #[test]
    fn a_joiner_may_have_an_end_already() {
        assert_eq!(last(&["+2027-01-01"]), None);
        assert_eq!(last(&["+2027-01-01", "-2027-06-30"]).as_deref(), Some("2027-06-30"));
    }
}
