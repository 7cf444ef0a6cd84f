//! Figures as people read them.

use super::outcome::{Outcome, Spread};

/// A line for each figure, and one below for each thing that it stands beside.
pub(super) fn show(outcomes: &[Outcome]) -> String {
    let mut rows = vec![["FIGURE", "MEDIAN", "MIN..MAX", "UNIT", "GOAL", "VERDICT"].map(str::to_owned)];
    for outcome in outcomes {
        let verdict = if outcome.holds() { "holds" } else { "MISSED" };
        let [median, range] = numbers(outcome.spread);
        rows.push([
            outcome.goal.figure.to_owned(),
            median,
            range,
            outcome.goal.unit.to_owned(),
            outcome.goal.to_string(),
            verdict.to_owned(),
        ]);
        for (name, spread) in &outcome.against {
            let [median, range] = numbers(*spread);
            rows.push([format!("  against {name}"), median, range, outcome.goal.unit.to_owned(), String::new(), String::new()]);
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let [figure, median, range, unit, goal, verdict] = row;
        let [a, b, c, d, e, _] = widths;
        format!("{figure:<a$}  {median:>b$}  {range:>c$}  {unit:<d$}  {goal:<e$}  {verdict}").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn numbers(spread: Spread) -> [String; 2] {
    [number(spread.median), format!("{}..{}", number(spread.min), number(spread.max))]
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_has_three_digits_that_mean_something() {
        assert_eq!([0.1234, 1.234, 12.34, 123.4, 12345.6].map(number), ["0.12", "1.23", "12.3", "123", "12346"]);
    }
}
