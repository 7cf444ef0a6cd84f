//! `[source.NAME]`.

use super::section::{Entry, Section, entries};
use super::{connection, setting};
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use crate::source::{ConnectorSource, CsvSource, Source, SourceKind};
use crate::suggest;
use indexmap::IndexMap;
use innkeeper_domain::{AttributeName, Length, SourceName};
use jiff::civil::date;

/// The connector that is built in.
const CSV: &str = "csv";

/// Most exports are made once a day, at about the same hour: less than a day apart, so that tomorrow's counts even if it comes early, and
/// long enough that two plans in a row over one broken export are one observation.
const VANISH_AFTER: Length = Length::hours(20);

/// Encodings that are suggested; every label of the WHATWG Encoding Standard is known.
const ENCODINGS: &[&str] = &["utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251", "iso-8859-2"];

pub(super) fn source(entry: &Entry<'_>, problems: &mut Problems) -> Option<Source> {
    let mut section = entry.section("a source", problems)?;
    let connector = section.need("connector", "\"csv\"", problems)?.name(problems)?;
    let kind = if connector.text == CSV {
        csv(&mut section, problems).map(SourceKind::Csv)
    } else {
        system(&connector, &mut section, problems).map(SourceKind::Connector)
    };
    let vanish_after = section.take("vanish-after").and_then(|entry| entry.name(problems));
    section.finish(problems);
    let vanish_after = vanish_after.and_then(|quoted| setting::length(&quoted, problems)).unwrap_or(VANISH_AFTER);
    Some(Source { name: SourceName::new(entry.key), kind: kind?, vanish_after })
}

fn system(connector: &Quoted, section: &mut Section<'_>, problems: &mut Problems) -> Option<ConnectorSource> {
    let reference = connection::connector(connector, problems);
    let key = section.take("key").and_then(|entry| entry.name(problems)).map(|name| AttributeName::new(name.text));
    let attributes = section.take("attributes").map(|entry| entry.texts(problems)).unwrap_or_default();
    let attributes = attributes.into_iter().map(|name| AttributeName::new(name.text)).collect();
    // Also without a sound name: what else is wrong is to be said too.
    let unnamed = || crate::connection::ConnectorReference { name: String::new(), requirement: None };
    let known = reference.is_some();
    let connection = connection::connection(reference.unwrap_or_else(unnamed), section, problems);
    known.then_some(ConnectorSource { connection, key, attributes })
}

fn csv(section: &mut Section<'_>, problems: &mut Problems) -> Option<CsvSource> {
    let path = section.need("path", "\"people.csv\"", problems).and_then(|entry| entry.name(problems));
    let key = section.take("key").and_then(|entry| entry.name(problems));
    let encoding = section.take("encoding").and_then(|entry| entry.name(problems));
    if let Some(label) = &encoding
        && encoding_rs::Encoding::for_label(label.text.as_bytes()).is_none()
    {
        let problem = Problem::new(&label.spot, format!("there is no encoding `{}`", label.text), "unknown encoding");
        problems.push(problem.maybe_help(suggest::help(&label.text, ENCODINGS.iter().copied())));
    }
    let delimiter = section.take("delimiter").and_then(|entry| entry.text(problems));
    let delimiter = delimiter.map_or(b',', |text| separator(&text, problems));
    let date_format = section.take("date-format").and_then(|entry| entry.name(problems));
    if let Some(format) = &date_format {
        check_date_format(format, problems);
    }
    let columns = section.take("columns").map(|entry| columns(&entry, problems)).unwrap_or_default();
    Some(CsvSource {
        path: path?.text,
        key: AttributeName::new(key.map_or_else(|| "employeeNumber".to_owned(), |key| key.text)),
        encoding: encoding.map(|label| label.text),
        delimiter,
        date_format: date_format.map(|format| format.text),
        columns,
    })
}

fn separator(quoted: &Quoted, problems: &mut Problems) -> u8 {
    match quoted.text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => *byte,
        _ => {
            let message = format!("`{}` cannot separate fields", quoted.text.escape_debug());
            let problem = Problem::new(&quoted.spot, message, "expected one character");
            problems.push(problem.help("one ASCII character that is no letter, digit or quote: `,`, `;`, `\\t` or `|`"));
            b','
        }
    }
}

/// A format is sound if a date survives being written and read with it.
fn check_date_format(quoted: &Quoted, problems: &mut Problems) {
    let day = date(2026, 11, 23);
    let written = jiff::fmt::strtime::format(&quoted.text, day);
    let read = written.and_then(|text| jiff::fmt::strtime::parse(&quoted.text, &text)).and_then(|parts| parts.to_date());
    if read.is_ok_and(|read| read == day) {
        return;
    }
    let problem = Problem::new(&quoted.spot, format!("`{}` does not tell a date", quoted.text), "expected a date format");
    problems.push(problem.help("year, month and day as in strftime: `%d.%m.%Y`, `%m/%d/%Y`, `%Y-%m-%d`"));
}

fn columns(entry: &Entry<'_>, problems: &mut Problems) -> IndexMap<String, Option<AttributeName>> {
    let Some(table) = entry.table(problems) else { return IndexMap::new() };
    let mut columns: IndexMap<String, Option<AttributeName>> = IndexMap::new();
    for column in entries(entry.file, table) {
        let Some(attribute) = column.text(problems) else { continue };
        let name = attribute.text.trim();
        let target = (!name.is_empty() && name != "-").then(|| AttributeName::new(name));
        let taken = target.as_ref().and_then(|target| columns.iter().find(|(_, other)| other.as_ref() == Some(target)));
        if let Some((other, _)) = taken {
            let message = format!("two columns become `{name}`: `{other}` and `{}`", column.key);
            problems.push(Problem::new(&attribute.spot, message, "second").help("ignore one of them with `\"-\"`"));
        }
        if name.split('.').any(|part| !is_attribute(part)) && target.is_some() {
            let problem = Problem::new(&attribute.spot, format!("`{name}` cannot be an attribute's name"), "not a name");
            problems.push(problem.help("letters, digits and `_`, with dots between the parts: `name.givenName`"));
        }
        columns.insert(column.key.to_owned(), target);
    }
    columns
}

/// Whether CEL can name it.
fn is_attribute(part: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    part.starts_with(letter) && part.chars().all(|other| letter(other) || other.is_ascii_digit())
}
