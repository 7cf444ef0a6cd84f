//! People from a CSV file (RFC 4180, and what spreadsheets make of it).
//!
//! The first row names the columns. A header that is an attribute's name, in any case, is that attribute; every other one is
//! mapped or ignored by [`Options::columns`]. Cells lose the white space around them. An empty cell is an attribute that is
//! known to have no value; a column that is missing is an attribute of which nothing is known. A row in which every cell is
//! empty is no row.
//!
//! A row that cannot be read never makes its person look gone: its key is in [`Reading::broken`], or, where not even
//! the key can be trusted, [`Reading::complete`] is false.

mod cell;
mod error;
mod header;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use error::{Error, Problem};
pub use table::{Table, TableCell, write};

use cell::Cells;
use header::{Column, Columns};
use innkeeper_domain::{AttributeName, Attributes, Origin, PersonId, PersonRecord, SourceName};
use rows::{Row, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// How to read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The attribute whose value is the person's stable key.
    pub key: AttributeName,
    /// The encoding by its label in the WHATWG Encoding Standard, `windows-1252`; UTF-8 where none is named. A byte order mark
    /// in the file wins.
    pub encoding: Option<String>,
    /// Between two cells: an ASCII character.
    pub delimiter: u8,
    /// How `startDate` and `endDate` are written, in the conversion specifiers of `strptime`: `%d.%m.%Y`. Where none is
    /// named, as in RFC 3339: `2026-11-22`.
    pub date_format: Option<String>,
    /// Which attribute a column is, by its header; none where the column is to be ignored.
    pub columns: BTreeMap<String, Option<AttributeName>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            key: AttributeName::new("employeeNumber"),
            encoding: None,
            delimiter: b',',
            date_format: None,
            columns: BTreeMap::new(),
        }
    }
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The people whose rows can be read, in the order of the file. Each key is there once.
    pub records: Vec<PersonRecord>,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// People who are in the file and whose rows cannot be read: what was known of them last still holds.
    pub broken: BTreeSet<PersonId>,
    /// Whether everybody in the file is in `records` or in `broken`. If not, that somebody is missing means nothing.
    pub complete: bool,
}

/// Reads people from the content of a file. `file_name` is for messages and [`Origin::place`].
///
/// `emails` and the other multi-valued attributes of SCIM (RFC 7643, section 4.1.2) are separated by `;` within their cell, and the
/// first one is primary. `active` is one of true, false, yes, no, 1, 0 in any case and goes into [`PersonRecord::active`].
///
/// # Errors
/// When nothing of the file can be trusted: its encoding, its header, or the options.
pub fn read(bytes: &[u8], file_name: &str, source: &SourceName, options: &Options) -> Result<Reading, Error> {
    let cells = Cells::new(options.date_format.as_deref())?;
    let delimiter = delimiter(options.delimiter)?;
    let text = text::decode(bytes, file_name, options.encoding.as_deref())?;
    let mut rows = Rows::new(&text, delimiter);
    let columns = match rows.next() {
        Some(header) => Columns::new(&header, file_name, options)?,
        None => return Err(Error::Empty { file: file_name.to_owned() }),
    };
    let reading = Reading { complete: true, ..Reading::default() };
    let mut reader = Reader { file_name, source, cells, columns, delimiter, reading };
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for row in rows {
        if row.fields.iter().all(|field| field.text.trim().is_empty()) && row.fault.is_none() {
            continue;
        }
        reader.take(&row, &mut seen);
    }
    Ok(reader.finish(seen))
}

fn delimiter(byte: u8) -> Result<char, Error> {
    match char::from(byte) {
        forbidden @ ('"' | '\n' | '\r') => Err(Error::Delimiter { delimiter: forbidden.escape_default().to_string() }),
        usable if usable.is_ascii() => Ok(usable),
        other => Err(Error::Delimiter { delimiter: other.to_string() }),
    }
}

/// Where a key stands in the file, and the record if its row can be read.
struct Seen {
    places: Vec<(usize, usize)>,
    record: Option<PersonRecord>,
}

struct Reader<'a> {
    file_name: &'a str,
    source: &'a SourceName,
    cells: Cells<'a>,
    columns: Columns,
    delimiter: char,
    reading: Reading,
}

impl Reader<'_> {
    fn report(&mut self, line: usize, column: usize, text: String) {
        self.reading.problems.push(Problem { file: self.file_name.to_owned(), line, column, text });
    }

    fn take(&mut self, row: &Row, seen: &mut BTreeMap<String, Seen>) {
        let expected = self.columns.count();
        let wrong_count = row.fields.len() != expected;
        if let Some(fault) = &row.fault {
            self.report(fault.line, fault.column, fault.text());
        } else if wrong_count {
            let (line, column) = row.fields.get(expected).or(row.fields.last()).map_or((row.line, 1), |field| field.place());
            self.report(line, column, format!("the row has {} and the header has {expected}", cells(row.fields.len())));
        }
        let swallowing = row.fields.iter().zip(self.columns.iter()).find(|(field, column)| {
            self.columns.is_one_line(column) && field.text.trim_end().contains(['\n', '\r'])
                || swallows_a_row(&field.text, self.delimiter, expected)
        });
        let swallowing = swallowing.map(|(field, _)| field);
        if let Some(field) = swallowing.filter(|_| row.fault.is_none() && !wrong_count) {
            let text = "this cell goes over several lines and seems to hold the start of another row: is a quote missing?";
            self.report(field.line, field.column, text.to_owned());
        }
        let mis_shaped = row.fault.is_some() || wrong_count || swallowing.is_some();
        // A quote that is not closed swallows the rows after it, and then nobody knows who was in them.
        if mis_shaped && row.last_line > row.line {
            self.reading.complete = false;
        }
        // A cell too many or too few moves the key to another place, and a row cut short has half a key.
        let key_column = self.columns.key();
        let key_is_whole = row.fields.get(1).is_some_and(|next| row.fault.is_none_or(|fault| fault.place() >= next.place()));
        if mis_shaped && (key_column > 0 || !key_is_whole) {
            self.reading.complete = false;
            return;
        }
        let Some(key) = row.fields.get(key_column).filter(|field| !field.text.trim().is_empty()) else {
            let (line, column) = row.fields.get(key_column).map_or((row.line, 1), |field| field.place());
            self.report(line, column, format!("the row has no `{}`: nobody knows who this is", self.columns.key_name()));
            self.reading.complete = false;
            return;
        };
        let id = key.text.trim();
        let record = if mis_shaped { None } else { self.record(row, id) };
        let entry = seen.entry(id.to_owned()).or_insert_with(|| Seen { places: Vec::new(), record: None });
        entry.places.push(key.place());
        entry.record = record;
    }

    /// The record of a row that has the right shape, or none when one of its cells cannot be read.
    fn record(&mut self, row: &Row, id: &str) -> Option<PersonRecord> {
        let mut attributes = Attributes::new();
        let mut active = None;
        let mut wrong = Vec::new();
        for (field, column) in row.fields.iter().zip(self.columns.iter()) {
            let Column::Attribute(name) = column else { continue };
            let text = field.text.trim();
            let read = match name.as_str() {
                "active" => self.cells.boolean(text).map(|value| active = value),
                _ => self.cells.values(name, text).map(|values| drop(attributes.insert(name.clone(), values))),
            };
            if let Err(expected) = read {
                wrong.push((field.place(), format!("`{name}` is \"{text}\": expected {expected}")));
            }
        }
        let readable = wrong.is_empty();
        for ((line, column), text) in wrong {
            self.report(line, column, text);
        }
        let place = Some(format!("{}:{}", self.file_name, row.line).into());
        let origin = Origin { source: self.source.clone(), record: id.into(), place };
        readable.then(|| PersonRecord { id: PersonId::new(id), attributes, active, restricted: BTreeSet::new(), origin })
    }

    fn finish(mut self, seen: BTreeMap<String, Seen>) -> Reading {
        let mut good = Vec::new();
        for (id, Seen { places, record }) in seen {
            if let Some((line, column)) = places.first().filter(|_| places.len() == 1) {
                match record {
                    Some(record) => good.push(((*line, *column), record)),
                    None => drop(self.reading.broken.insert(PersonId::new(id))),
                }
                continue;
            }
            // One of the rows may be somebody else's, whose key was mistyped, and nobody knows whose.
            self.reading.complete = false;
            for place in &places {
                let others: Vec<String> =
                    places.iter().filter(|other| *other != place).map(|(line, _)| line.to_string()).collect();
                let lines = if others.len() == 1 { "line" } else { "lines" };
                let text = format!(
                    "the `{}` \"{id}\" is also in {lines} {}: a key belongs to one person",
                    self.columns.key_name(),
                    others.join(", "),
                );
                self.report(place.0, place.1, text);
            }
            self.reading.broken.insert(PersonId::new(id));
        }
        good.sort_by_key(|(place, _)| *place);
        self.reading.records = good.into_iter().map(|(_, record)| record).collect();
        self.reading.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.reading
    }
}

/// Whether a line within a cell, other than its first, has as many cells as a row has: two quotes that belong to two rows
/// make one well-formed cell out of everything between them.
fn swallows_a_row(cell: &str, delimiter: char, row: usize) -> bool {
    row > 2 && cell.lines().skip(1).any(|line| line.matches(delimiter).count() + 1 == row)
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}
