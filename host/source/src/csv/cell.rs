//! Cells into values.

use super::error::Error;
use innkeeper_domain::{AttributeName, Value, Values};
use jiff::civil::{Date, date};

/// The multi-valued attributes of a user (RFC 7643, section 4.1.2) that a cell can hold.
pub(super) const SEVERAL: &[&str] = &["emails", "phoneNumbers", "ims", "photos", "entitlements", "roles"];

/// Between the values of one of those.
const BETWEEN: char = ';';

/// How cells are written.
pub(crate) struct Cells<'a> {
    date_format: Option<&'a str>,
}

impl<'a> Cells<'a> {
    /// Checks that the format can read what it writes.
    pub(crate) fn new(date_format: Option<&'a str>) -> Result<Self, Error> {
        let cells = Self { date_format };
        if let Some(format) = date_format {
            let sample = date(2026, 11, 22);
            let failed = |why: String| Error::DateFormat { format: format.to_owned(), why };
            let written = jiff::fmt::strtime::format(format, sample).map_err(|error| failed(error.to_string()))?;
            let read = Date::strptime(format, &written).map_err(|error| failed(error.to_string()))?;
            if read != sample {
                return Err(failed(format!("it reads {sample} as {read}")));
            }
        }
        Ok(cells)
    }

    /// The values of a cell, or what was expected. An empty cell has none.
    pub(crate) fn values(&self, name: &AttributeName, text: &str) -> Result<Values, String> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        match name.as_str() {
            "startDate" | "endDate" => Ok(vec![Value::plain(self.date(text)?.to_string())]),
            several if SEVERAL.contains(&several) => {
                let values = text.split(BETWEEN).map(str::trim).filter(|value| !value.is_empty());
                Ok(values.enumerate().map(|(index, value)| Value { primary: index == 0, ..Value::plain(value) }).collect())
            }
            _ => Ok(vec![Value::plain(text)]),
        }
    }

    /// Whether the cell says yes; none where it is empty.
    pub(crate) fn boolean(&self, text: &str) -> Result<Option<bool>, String> {
        match text.to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err("true or false, yes or no, 1 or 0".to_owned()),
        }
    }

    fn date(&self, text: &str) -> Result<Date, String> {
        match self.date_format {
            Some(format) => Date::strptime(format, text).map_err(|_| format!("a date as `{format}`")),
            None => text.parse().map_err(|_| "a date as 2026-11-22; set `date-format` if they are written otherwise".to_owned()),
        }
    }
}
