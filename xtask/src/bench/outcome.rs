//! What the samples of a figure come to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::goals::{Bound, Goal};
use crate::failure::Failure;

/// All samples, by figure, and of what they stand beside.
#[derive(Default)]
pub(super) struct Samples {
    figures: BTreeMap<String, Figure>,
}

#[derive(Default)]
struct Figure {
    unit: String,
    samples: Vec<f64>,
    /// In the order in which they were told.
    against: Vec<(String, Vec<f64>)>,
}

/// Median and spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// A figure and whether its goal holds.
pub(super) struct Outcome {
    pub(super) goal: &'static Goal,
    pub(super) spread: Spread,
    pub(super) against: Vec<(String, Spread)>,
}

impl Samples {
    /// Adds what one process measured: `{"figures": [{"name", "unit", "samples", "against": [{"name", "samples"}]}]}`.
    pub(super) fn add(&mut self, measured: &Value) -> Result<(), Failure> {
        for found in list(measured, "figures")? {
            let figure = self.figures.entry(text(found, "name")?).or_default();
            figure.unit = text(found, "unit")?;
            figure.samples.extend(numbers(found)?);
            for other in list(found, "against")? {
                let (name, samples) = (text(other, "name")?, numbers(other)?);
                match figure.against.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => known.extend(samples),
                    None => figure.against.push((name, samples)),
                }
            }
        }
        Ok(())
    }

    /// What a figure came to.
    pub(super) fn outcome(&self, goal: &'static Goal) -> Result<Outcome, Failure> {
        let figure = self.figures.get(goal.figure);
        let figure = figure.ok_or_else(|| unexpected(&format!("the group {} did not measure {}", goal.group, goal.figure)))?;
        if figure.unit != goal.unit {
            return Err(unexpected(&format!("{} was measured in {} and not in {}", goal.figure, figure.unit, goal.unit)));
        }
        let spread = Spread::of(&figure.samples).ok_or_else(|| unexpected(&format!("{} has no samples", goal.figure)))?;
        let against = figure.against.iter().filter_map(|(name, samples)| Some((name.clone(), Spread::of(samples)?))).collect();
        Ok(Outcome { goal, spread, against })
    }
}

impl Spread {
    /// None for no samples. Of an even number of samples the median is the upper one of the two in the middle.
    fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self { median: *sorted.get(sorted.len() / 2)?, min: *sorted.first()?, max: *sorted.last()? })
    }
}

impl Outcome {
    pub(super) fn holds(&self) -> bool {
        match self.goal.bound {
            Bound::AtMost(most) => self.spread.median <= most,
            Bound::AtLeast(least) => self.spread.median >= least,
        }
    }

    pub(super) fn json(&self) -> Value {
        let against: Vec<Value> = self.against.iter().map(|(name, spread)| spread_json(name, *spread)).collect();
        let mut object = spread_json(self.goal.figure, self.spread);
        object["unit"] = self.goal.unit.into();
        object["goal"] = self.goal.to_string().into();
        object["holds"] = self.holds().into();
        object["against"] = against.into();
        object
    }
}

fn spread_json(name: &str, spread: Spread) -> Value {
    json!({ "name": name, "median": spread.median, "min": spread.min, "max": spread.max })
}

fn list<'a>(value: &'a Value, member: &str) -> Result<&'a Vec<Value>, Failure> {
    value[member].as_array().ok_or_else(|| unexpected(&format!("`{member}` is no list in {value}")))
}

fn text(value: &Value, member: &str) -> Result<String, Failure> {
    value[member].as_str().map(str::to_owned).ok_or_else(|| unexpected(&format!("`{member}` is no text in {value}")))
}

fn numbers(value: &Value) -> Result<Vec<f64>, Failure> {
    let number = |sample: &Value| sample.as_f64().ok_or_else(|| unexpected(&format!("a sample is no number in {value}")));
    list(value, "samples")?.iter().map(number).collect()
}

fn unexpected(message: &str) -> Failure {
    Failure::Output { line: "innkeeper-bench".to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    static MOST: Goal = Goal { figure: "a", group: "g", unit: "ms", bound: Bound::AtMost(2.0), why: "" };
    static LEAST: Goal = Goal { figure: "a", group: "g", unit: "ms", bound: Bound::AtLeast(2.5), why: "" };

    fn samples() -> Samples {
        let mut samples = Samples::default();
        let round = |numbers: Value| json!({ "figures": [{ "name": "a", "unit": "ms", "samples": numbers, "against": [{ "name": "b", "samples": [4.0] }] }] });
        samples.add(&round(json!([3.0, 1.0]))).expect("well formed");
        samples.add(&round(json!([2]))).expect("well formed");
        samples
    }

    #[test]
    fn rounds_are_put_together_and_the_median_is_held_against_the_goal() {
        let outcome = samples().outcome(&MOST).expect("it was measured");
        assert_eq!(outcome.spread, Spread { median: 2.0, min: 1.0, max: 3.0 });
        assert!(outcome.holds());
        assert!(!samples().outcome(&LEAST).expect("it was measured").holds());
        let json = outcome.json();
        assert_eq!((json["goal"].as_str(), json["holds"].as_bool()), (Some("<= 2"), Some(true)));
        assert_eq!(json["against"], json!([{ "name": "b", "median": 4.0, "min": 4.0, "max": 4.0 }]));
    }

    #[test]
    fn what_was_not_measured_or_in_another_unit_is_an_error() {
        static OTHER: Goal = Goal { figure: "c", group: "g", unit: "ms", bound: Bound::AtMost(1.0), why: "" };
        static SECONDS: Goal = Goal { figure: "a", group: "g", unit: "s", bound: Bound::AtMost(1.0), why: "" };
        assert!(samples().outcome(&OTHER).is_err());
        assert!(samples().outcome(&SECONDS).is_err());
        assert!(Samples::default().add(&json!({ "figures": [{ "name": "a" }] })).is_err());
    }
}
