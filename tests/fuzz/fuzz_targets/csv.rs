//! People from a file: any bytes, read in several ways. Nobody is lost without a word.

#![no_main]

use innkeeper_domain::{AttributeName, SourceName};
use innkeeper_source::csv::{Options, Reading, read};
use libfuzzer_sys::fuzz_target;
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "people.csv";

fuzz_target!(|bytes: &[u8]| {
    for options in [comma(), semicolon(), tab()] {
        let Some(reading) = reading(bytes, &options) else { continue };
        check(&reading);
        if options.encoding.is_none()
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            check_places(text, &reading);
            check_rows(text, &options, &reading);
            check_beginning(text, &options, &reading);
        }
    }
});

fn comma() -> Options {
    Options::default()
}

/// As a spreadsheet in Europe writes it.
fn semicolon() -> Options {
    Options {
        encoding: Some("windows-1252".to_owned()),
        delimiter: b';',
        date_format: Some("%d.%m.%Y".to_owned()),
        columns: BTreeMap::from([("Personalnummer".to_owned(), Some(AttributeName::new("employeeNumber")))]),
        ..Options::default()
    }
}

fn tab() -> Options {
    let columns = BTreeMap::from([("Notes".to_owned(), None)]);
    Options { key: AttributeName::new("userName"), delimiter: b'\t', columns, ..Options::default() }
}

fn reading(bytes: &[u8], options: &Options) -> Option<Reading> {
    match read(bytes, FILE, &SourceName::new("hr"), options) {
        Ok(reading) => Some(reading),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

/// Everybody who is in the file, readable or not.
fn keys(reading: &Reading) -> BTreeSet<&str> {
    let records = reading.records.iter().map(|record| record.id.as_str());
    records.chain(reading.broken.iter().map(|id| id.as_str())).collect()
}

fn check(reading: &Reading) {
    assert_eq!(keys(reading).len(), reading.records.len() + reading.broken.len(), "a key is there twice");
    assert!(keys(reading).iter().all(|key| !key.trim().is_empty()), "somebody without a key");
    if !reading.complete || !reading.broken.is_empty() {
        assert!(!reading.problems.is_empty(), "something is wrong and nobody is told");
    }
    let mut last = 1;
    for record in &reading.records {
        assert_eq!(record.origin.record, record.id.as_str());
        let place = record.origin.place.as_deref().and_then(|place| place.strip_prefix("people.csv:"));
        let line: usize = place.and_then(|line| line.parse().ok()).expect("a record has its line");
        assert!(line > last, "rows go down the file, below its header");
        last = line;
    }
}

/// Lines end with `\n`, `\r` or `\r\n`.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
    }
    lines.push(rest);
    lines
}

fn check_places(text: &str, reading: &Reading) {
    let lines = lines(text);
    for problem in &reading.problems {
        let line = problem.line.checked_sub(1).and_then(|index| lines.get(index));
        let length = line.unwrap_or_else(|| panic!("no such line: {problem}")).chars().count();
        assert!((1..=length + 1).contains(&problem.column), "no such column among {length}: {problem}");
        assert!(!problem.text.is_empty());
    }
}

/// Where nothing is wrong there are exactly the people whom the `csv` crate finds.
fn check_rows(text: &str, options: &Options, reading: &Reading) {
    if !reading.complete || !reading.problems.is_empty() {
        return;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().delimiter(options.delimiter).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().expect("what was text before").clone();
    let is_key = |header: &str| {
        let mapped = options.columns.get(header.trim());
        mapped
            .map_or(header.trim(), |name| name.as_ref().map_or("", |name| name.as_str()))
            .eq_ignore_ascii_case(options.key.as_str())
    };
    let column = headers.iter().position(is_key).expect("a column that was found before");
    let rows = reader.records().map(|row| row.expect("what was text before"));
    let rows = rows.filter(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    let expected: Vec<String> = rows.map(|row| row.get(column).unwrap_or_default().trim().to_owned()).collect();
    let found: Vec<&str> = reading.records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(found, expected);
}

/// Whoever is in a file that was read to its end is still in it after more was appended, or the file is no longer complete.
fn check_beginning(text: &str, options: &Options, whole: &Reading) {
    let Some(end) = text[..text.floor_char_boundary(text.len() / 2)].rfind('\n') else { return };
    let Some(beginning) = reading(&text.as_bytes()[..=end], options) else { return };
    if beginning.complete && beginning.problems.is_empty() && whole.complete {
        assert!(keys(&beginning).is_subset(&keys(whole)), "{:?} is not in {:?}", keys(&beginning), keys(whole));
    }
}
