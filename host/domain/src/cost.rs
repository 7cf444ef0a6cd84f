//! What things cost: exact, whether a price is told per month or per year.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};
use std::collections::BTreeMap;
use std::fmt;

/// Digits after the point that a price may have.
const DIGITS: usize = 4;

/// So many parts has one unit of a currency.
const PARTS: i64 = 10_000;

/// The highest price of one thing, in units of its currency: so that the sum over a million of them still fits.
const HIGHEST: i64 = 10_000_000;

/// How often a price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Every month.
    Month,
    /// Every year.
    Year,
}

/// What something costs, or by how much that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// ISO 4217: `EUR`.
    currency: String,
    /// In ten-thousandths of the unit, for a year: twelve times a price per month, so that neither is rounded.
    yearly: i64,
}

/// The text is not an amount or not a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCost {
    /// Not a number such as `12.50`.
    #[error("an amount is a number with at most {DIGITS} digits after the point, up to {HIGHEST}: `12.50`")]
    Amount,
    /// Not three capital letters.
    #[error("a currency is three capital letters (ISO 4217): `EUR`")]
    Currency,
}

impl Cost {
    /// A price.
    ///
    /// # Errors
    /// When the amount or the currency is not one.
    pub fn new(amount: &str, currency: &str, per: Per) -> Result<Self, InvalidCost> {
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(InvalidCost::Currency);
        }
        let parts = parts(amount).filter(|parts| (0..=HIGHEST * PARTS).contains(parts)).ok_or(InvalidCost::Amount)?;
        let yearly = match per {
            Per::Month => parts * 12,
            Per::Year => parts,
        };
        Ok(Self { currency: currency.to_owned(), yearly })
    }

    /// The currency, as ISO 4217 has it.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The same so many times; as much as fits.
    #[must_use]
    pub fn times(&self, count: i64) -> Self {
        Self { currency: self.currency.clone(), yearly: self.yearly.saturating_mul(count) }
    }

    /// The amount for a month with two digits after the point, rounded half away from zero: `12.50`.
    pub fn per_month(&self) -> String {
        // A hundredth for a month is a hundred parts twelve times.
        let hundredth = PARTS / 100 * 12;
        let rounded = (self.yearly.abs() + hundredth / 2) / hundredth;
        let sign = if self.yearly < 0 && rounded > 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", rounded / 100, rounded % 100)
    }

    /// Whether it is less than nothing: a saving.
    pub fn is_negative(&self) -> bool {
        self.yearly < 0
    }
}

/// `12.50 EUR a month`.
impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} a month", self.per_month(), self.currency)
    }
}

/// A decimal in ten-thousandths.
fn parts(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > DIGITS {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<DIGITS$}").parse().ok()?;
    whole.checked_mul(PARTS)?.checked_add(fraction).map(|parts| sign * parts)
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Cost", 3)?;
        record.serialize_field("currency", &self.currency)?;
        record.serialize_field("per-month", &self.per_month())?;
        let (sign, parts) = (if self.yearly < 0 { "-" } else { "" }, self.yearly.unsigned_abs());
        let unit = PARTS.unsigned_abs();
        record.serialize_field("per-year", &format!("{sign}{}.{:0DIGITS$}", parts / unit, parts % unit))?;
        record.end()
    }
}

impl<'de> Deserialize<'de> for Cost {
    /// From the amount per year, which alone is exact.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        struct Read {
            currency: String,
            per_year: String,
        }
        let Read { currency, per_year } = Read::deserialize(deserializer)?;
        let yearly = parts(&per_year).ok_or_else(|| de::Error::custom(InvalidCost::Amount))?;
        Ok(Self { currency, yearly })
    }
}

/// Costs in several currencies, one sum each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs(BTreeMap<String, i64>);

impl Costs {
    /// Adds one.
    pub fn add(&mut self, cost: &Cost) {
        let sum = self.0.entry(cost.currency.clone()).or_insert(0);
        *sum = sum.saturating_add(cost.yearly);
    }

    /// The sums that are not nothing, by currency.
    pub fn sums(&self) -> Vec<Cost> {
        let sums = self.0.iter().filter(|(_, yearly)| **yearly != 0);
        sums.map(|(currency, yearly)| Cost { currency: currency.clone(), yearly: *yearly }).collect()
    }
}

/// What an app's accounts and entitlements cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// Each account that can be used.
    pub account: Option<Cost>,
    /// Each grant, by kind and name or id.
    pub entitlements: BTreeMap<(String, String), Cost>,
}

impl Prices {
    /// What holding an entitlement costs. `name` is what it is called, `id` its key within the kind.
    pub fn of(&self, kind: &str, name: &str, id: &str) -> Option<&Cost> {
        let mut priced = self.entitlements.iter();
        let price = priced.find(|((of_kind, called), _)| of_kind == kind && (called.eq_ignore_ascii_case(name) || called == id));
        price.map(|(_, cost)| cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_per_year_is_not_rounded_before_it_is_summed_up() {
        let price = Cost::new("100", "EUR", Per::Year).unwrap();
        assert_eq!(price.to_string(), "8.33 EUR a month");
        assert_eq!(price.times(1_200).per_month(), "10000.00", "and not 9996.00");
        assert_eq!(Cost::new("12.50", "USD", Per::Month).unwrap().times(-3).per_month(), "-37.50");
    }

    #[test]
    fn a_cost_is_read_back_exactly() {
        let cost = Cost::new("100.0001", "EUR", Per::Year).unwrap().times(-7);
        let json = serde_json::to_string(&cost).unwrap();
        assert_eq!(json, r#"{"currency":"EUR","per-month":"-58.33","per-year":"-700.0007"}"#);
        assert_eq!(serde_json::from_str::<Cost>(&json).unwrap(), cost);
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for amount in ["", ".5", "1.", "1,5", "-1", "1e3", "1.23456", "99999999999999999999", "10000001"] {
            assert_eq!(Cost::new(amount, "EUR", Per::Month), Err(InvalidCost::Amount), "{amount}");
        }
        for currency in ["", "eur", "EURO", "€"] {
            assert_eq!(Cost::new("1", currency, Per::Month), Err(InvalidCost::Currency), "{currency}");
        }
    }

    #[test]
    fn currencies_are_summed_up_apart_and_nothing_is_left_out() {
        let mut costs = Costs::default();
        let price = |amount, currency| Cost::new(amount, currency, Per::Month).unwrap();
        for cost in
            [price("1.10", "USD"), price("2.20", "EUR"), price("2.20", "EUR"), price("5", "CHF"), price("5", "CHF").times(-1)]
        {
            costs.add(&cost);
        }
        let sums: Vec<String> = costs.sums().iter().map(Cost::to_string).collect();
        assert_eq!(sums, ["4.40 EUR a month", "1.10 USD a month"]);
    }
}
