//! What the columns are.

use super::error::Error;
use super::rows::{Field, Row};
use super::{Options, cells};
use innkeeper_domain::AttributeName;
use innkeeper_domain::vocabulary::{COMPLEX, SINGLE_VALUED};
use std::sync::LazyLock;

/// The attributes of a user that a cell can hold: RFC 7643, sections 4.1 and 4.3, and the dates beside them.
static KNOWN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let simple = SINGLE_VALUED.iter().filter(|name| **name != "id").map(|name| (*name).to_owned());
    let several = super::cell::SEVERAL.iter().map(|name| (*name).to_owned());
    let parts = COMPLEX.iter().flat_map(|(name, parts)| parts.iter().map(move |part| format!("{name}.{part}")));
    let parts = parts.filter(|path| path != "addresses.type");
    let others = ["active", "manager.value", "manager.displayName"].map(str::to_owned);
    simple.chain(several).chain(parts).chain(others).collect()
});

fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|known| known == name)
}

/// The only ones of them that have several lines.
const LINES: &[&str] = &["addresses.formatted", "addresses.streetAddress"];

/// What one column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Attribute(AttributeName),
    Ignored,
}

/// What all columns are; one of them is the key.
pub(crate) struct Columns {
    columns: Vec<Column>,
    key: usize,
    key_name: AttributeName,
}

impl Columns {
    pub(crate) fn new(header: &Row, file: &str, options: &Options) -> Result<Self, Error> {
        if let Some(fault) = header.fault {
            let (line, column, text) = (fault.line, fault.column, fault.text());
            return Err(Error::BrokenHeader { file: file.to_owned(), line, column, text });
        }
        let mut columns: Vec<Column> = Vec::with_capacity(header.fields.len());
        for field in &header.fields {
            let column = match options.columns.get(field.text.trim()) {
                Some(Some(attribute)) => Column::Attribute(spelled(attribute)),
                Some(None) => Column::Ignored,
                None => match attribute(field.text.trim()) {
                    Ok(attribute) => Column::Attribute(attribute),
                    // A header that cannot be split is more likely to show a wrong delimiter than a wrong name.
                    Err(_) if header.fields.len() == 1 => Column::Ignored,
                    Err(suggestion) => {
                        let (line, column) = field.place();
                        let (file, header) = (file.to_owned(), field.text.trim().to_owned());
                        return Err(Error::UnknownHeader { file, line, column, header, suggestion });
                    }
                },
            };
            if let (Column::Attribute(attribute), Some(first)) = (&column, columns.iter().position(|other| *other == column)) {
                return Err(duplicate(file, &header.fields[first], field, attribute));
            }
            columns.push(column);
        }
        for (mapped, attribute) in &options.columns {
            if let Some(attribute) = attribute
                && !header.fields.iter().any(|field| field.text.trim() == mapped)
            {
                let (file, attribute, found) = (file.to_owned(), attribute.to_string(), found(header));
                return Err(Error::MissingColumn { file, header: mapped.clone(), attribute, found });
            }
        }
        let key_name = spelled(&options.key);
        let key = Column::Attribute(key_name.clone());
        match columns.iter().position(|column| *column == key) {
            Some(key) => Ok(Self { columns, key, key_name }),
            None => {
                let hint = hint(header, options.delimiter);
                Err(Error::NoKey { file: file.to_owned(), key: key_name.to_string(), found: found(header), hint })
            }
        }
    }

    /// Whether a line break cannot be part of the column's values. Of a column that SCIM does not know, nobody can say.
    pub(crate) fn is_one_line(&self, column: &Column) -> bool {
        let Column::Attribute(name) = column else { return false };
        *name == self.key_name || (is_known(name.as_str()) && !LINES.contains(&name.as_str()))
    }

    pub(crate) fn count(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }

    pub(crate) fn key(&self) -> usize {
        self.key
    }

    pub(crate) fn key_name(&self) -> &AttributeName {
        &self.key_name
    }
}

fn duplicate(file: &str, first: &Field, second: &Field, attribute: &AttributeName) -> Error {
    Error::DuplicateHeader {
        file: file.to_owned(),
        line: second.line,
        column: second.column,
        first: first.text.trim().to_owned(),
        second: second.text.trim().to_owned(),
        attribute: attribute.to_string(),
    }
}

fn found(header: &Row) -> String {
    let names: Vec<String> = header.fields.iter().map(|field| format!("\"{}\"", field.text.trim())).collect();
    format!("{} in its first row: {}", cells(names.len()), names.join(", "))
}

/// A file with one column is seldom meant.
fn hint(header: &Row, delimiter: u8) -> String {
    let [only] = header.fields.as_slice() else { return String::new() };
    let other =
        [';', '\t', ',', '|'].into_iter().find(|other| u32::from(*other) != u32::from(delimiter) && only.text.contains(*other));
    other.map_or_else(String::new, |other| {
        format!("; if its cells are separated by it, set delimiter = \"{}\"", other.escape_default())
    })
}

/// The attribute as SCIM spells it; names are compared without case (RFC 7643, section 2.1).
fn spelled(name: &AttributeName) -> AttributeName {
    let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name.as_str()));
    known.map_or_else(|| name.clone(), |known| AttributeName::new(known.as_str()))
}

/// The attribute that a header names, or what it may have been meant to be.
fn attribute(header: &str) -> Result<AttributeName, String> {
    let name = spelled(&AttributeName::new(header));
    if is_known(name.as_str()) {
        return Ok(name);
    }
    // `First Name` and `first_name` are both meant to be compared with `firstName`.
    let plain = |text: &str| text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase();
    let asked = plain(header);
    let distance = |known: &str| {
        let last = known.rsplit_once('.').map_or(known, |(_, last)| last);
        strsim::damerau_levenshtein(&asked, &plain(known)).min(strsim::damerau_levenshtein(&asked, &plain(last)))
    };
    let allowed = if asked.len() < 8 { 1 } else { 2 };
    let nearest = KNOWN.iter().map(|known| (distance(known), known)).min().filter(|(distance, _)| *distance <= allowed);
    match nearest {
        // Two letters are near to everything.
        Some((_, known)) if asked.len() > 3 => Err(format!("; did you mean `{known}`?")),
        _ if is_path(header) => Ok(name),
        _ => Err(String::new()),
    }
}

/// Whether the text can be an attribute's path (RFC 7643, section 2.1, and RFC 7644, figure 1).
fn is_path(text: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
    };
    text.split('.').all(is_name)
}
