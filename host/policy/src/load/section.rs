//! Reading one table of a file: every key is known, every value has the type that is expected.

use crate::expression::Quoted;
use crate::problem::{Problem, Problems, SourceFile, Spot};
use crate::suggest;
use std::ops::RangeInclusive;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// One key with its value.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) key: &'a str,
    pub(super) key_spot: Spot,
    pub(super) value: &'a DeValue<'a>,
    pub(super) spot: Spot,
}

/// The entries of a table in the order in which they were written.
pub(super) fn entries<'a>(file: &'a Arc<SourceFile>, table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            file,
            key: key.get_ref(),
            key_spot: Spot::new(file, key.span()),
            value: value.get_ref(),
            spot: Spot::new(file, value.span()),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_spot.span.start);
    entries
}

impl<'a> Entry<'a> {
    fn mismatch(&self, expected: &str, problems: &mut Problems) {
        let given = match self.value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` must be {expected}, and this is {given}", self.key);
        problems.push(Problem::new(&self.spot, message, format!("expected {expected}")));
    }

    /// The value as text.
    pub(super) fn text(&self, problems: &mut Problems) -> Option<Quoted> {
        match self.value {
            DeValue::String(text) => Some(Quoted::new(text.clone().into_owned(), self.spot.clone())),
            _ => {
                self.mismatch("text", problems);
                None
            }
        }
    }

    /// The value as text that says something.
    pub(super) fn name(&self, problems: &mut Problems) -> Option<Quoted> {
        let text = self.text(problems)?;
        if text.text.trim().is_empty() {
            problems.push(Problem::new(&self.spot, format!("`{}` is empty", self.key), "expected text"));
            return None;
        }
        Some(text)
    }

    /// The value as a whole number within limits.
    pub(super) fn number(&self, limits: RangeInclusive<u32>, problems: &mut Problems) -> Option<u32> {
        let expected = format!("a whole number from {} to {}", limits.start(), limits.end());
        let DeValue::Integer(integer) = self.value else {
            self.mismatch(&expected, problems);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| limits.contains(number));
        if number.is_none() {
            let message = format!("`{}` must be {expected}, and this is {}", self.key, integer.as_str());
            problems.push(Problem::new(&self.spot, message, format!("expected {expected}")));
        }
        number
    }

    /// The value as a number within limits, whole or not.
    pub(super) fn fraction(&self, limits: RangeInclusive<f64>, problems: &mut Problems) -> Option<f64> {
        let expected = format!("a number from {} to {}", limits.start(), limits.end());
        let (number, written) = match self.value {
            DeValue::Integer(integer) => {
                (i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|number| number as f64), integer.as_str())
            }
            DeValue::Float(float) => (float.as_str().parse().ok(), float.as_str()),
            _ => {
                self.mismatch(&expected, problems);
                return None;
            }
        };
        let number = number.filter(|number| limits.contains(number));
        if number.is_none() {
            let message = format!("`{}` must be {expected}, and this is {written}", self.key);
            problems.push(Problem::new(&self.spot, message, format!("expected {expected}")));
        }
        number
    }

    /// The value as true or false.
    pub(super) fn flag(&self, problems: &mut Problems) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.mismatch("true or false", problems);
                None
            }
        }
    }

    /// The value as a list of text.
    pub(super) fn texts(&self, problems: &mut Problems) -> Vec<Quoted> {
        let DeValue::Array(items) = self.value else {
            self.mismatch("a list of text", problems);
            return Vec::new();
        };
        let item = |item: &'a toml::Spanned<DeValue<'a>>| Entry {
            spot: Spot::new(self.file, item.span()),
            value: item.get_ref(),
            ..self.clone()
        };
        items.iter().filter_map(|value| item(value).text(problems)).collect()
    }

    /// The value as a table.
    pub(super) fn table(&self, problems: &mut Problems) -> Option<&'a DeTable<'a>> {
        match self.value {
            DeValue::Table(table) => Some(table),
            _ => {
                self.mismatch("a table", problems);
                None
            }
        }
    }

    /// The value as a table whose keys are all known.
    pub(super) fn section(&self, what: impl Into<String>, problems: &mut Problems) -> Option<Section<'a>> {
        let table = self.table(problems)?;
        Some(Section { what: what.into(), spot: self.key_spot.clone(), entries: entries(self.file, table), known: Vec::new() })
    }
}

/// A table from which keys are taken one by one; what is left in the end is unknown.
pub(super) struct Section<'a> {
    /// How the table is called in messages: `an app`.
    what: String,
    pub(super) spot: Spot,
    entries: Vec<Entry<'a>>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The entry of this key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.known.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index))
    }

    /// The entry of a key that must be there.
    pub(super) fn need(&mut self, key: &'static str, example: &str, problems: &mut Problems) -> Option<Entry<'a>> {
        let entry = self.take(key);
        if entry.is_none() {
            let problem = Problem::new(&self.spot, format!("{} needs `{key}`", self.what), format!("`{key}` is missing"));
            problems.push(problem.help(format!("for example `{key} = {example}`")));
        }
        entry
    }

    /// What nobody took so far.
    pub(super) fn rest(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// Reports every key that nobody took; `advice` is asked first for what to type instead.
    pub(super) fn finish_with(self, problems: &mut Problems, advice: impl Fn(&str) -> Option<String>) {
        for entry in &self.entries {
            let message = format!("{} has no `{}`", self.what, entry.key);
            let help = advice(entry.key).or_else(|| suggest::help(entry.key, self.known.iter().copied()));
            problems.push(Problem::new(&entry.key_spot, message, "unknown key").maybe_help(help));
        }
    }

    /// Reports every key that nobody took.
    pub(super) fn finish(self, problems: &mut Problems) {
        self.finish_with(problems, |_| None);
    }
}
