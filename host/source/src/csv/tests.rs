//! Reading whole files.

use super::*;
use innkeeper_domain::Scalar;
use proptest::prelude::*;

fn try_read(bytes: &[u8], options: &Options) -> Result<Reading, Error> {
    read(bytes, "people.csv", &SourceName::new("hr"), options)
}

fn plain(text: &str) -> Reading {
    try_read(text.as_bytes(), &Options::default()).unwrap()
}

fn ids(reading: &Reading) -> Vec<&str> {
    reading.records.iter().map(|record| record.id.as_str()).collect()
}

fn problems(reading: &Reading) -> Vec<String> {
    reading.problems.iter().map(Problem::to_string).collect()
}

fn broken(reading: &Reading) -> Vec<&str> {
    reading.broken.iter().map(PersonId::as_str).collect()
}

fn texts(record: &PersonRecord, name: &str) -> Vec<String> {
    record.attributes[name].iter().map(|value| value.scalar.to_string()).collect()
}

fn with_columns(columns: &[(&str, Option<&str>)]) -> Options {
    let columns = columns.iter().map(|(header, attribute)| ((*header).to_owned(), attribute.map(AttributeName::new)));
    Options { columns: columns.collect(), ..Options::default() }
}

#[test]
fn a_row_becomes_a_person_with_the_place_where_it_was_read() {
    let reading = plain("employeeNumber,userName,Name.GivenName,active,startDate\n7, ada@acme.example ,Ada,YES,2026-11-23\n");
    let [ada] = reading.records.as_slice() else { panic!("{reading:?}") };
    assert_eq!(ada.id.as_str(), "7");
    assert_eq!(texts(ada, "userName"), ["ada@acme.example"]);
    assert_eq!(texts(ada, "name.givenName"), ["Ada"]);
    assert_eq!(texts(ada, "startDate"), ["2026-11-23"]);
    assert_eq!(ada.active, Some(true));
    assert!(!ada.attributes.contains_key("active"));
    assert_eq!(ada.origin.place.as_deref(), Some("people.csv:2"));
    assert_eq!(ada.origin.record, "7");
    assert!(reading.complete && reading.problems.is_empty() && reading.broken.is_empty());
}

#[test]
fn an_empty_cell_is_known_to_be_empty_and_a_missing_column_is_unknown() {
    let reading = plain("employeeNumber,title,active\n7,,\n");
    let attributes = &reading.records[0].attributes;
    assert_eq!(attributes.get("title"), Some(&[][..]));
    assert_eq!(attributes.get("department"), None);
    assert_eq!(reading.records[0].active, None);
}

#[test]
fn places_are_right_after_cells_of_several_lines_and_empty_lines() {
    let reading =
        plain("employeeNumber,addresses.formatted,startDate\r\n1,\"Street 1\r\nTown\",\r\n\r\n2,\"x\",soon\r\n,,\r\n3,,\r\n");
    assert_eq!(reading.records[0].origin.place.as_deref(), Some("people.csv:2"));
    assert_eq!(reading.records[1].origin.place.as_deref(), Some("people.csv:7"));
    assert_eq!(
        problems(&reading),
        [
            "people.csv:5:7: `startDate` is \"soon\": expected a date as 2026-11-22; set `date-format` if they are written otherwise"
        ]
    );
}

#[test]
fn several_emails_share_a_cell_and_the_first_is_primary() {
    let reading = plain("employeeNumber,emails\n7,ada@acme.example; ada@home.example;\n");
    let emails = &reading.records[0].attributes["emails"];
    assert_eq!(emails.iter().map(|value| value.primary).collect::<Vec<_>>(), [true, false]);
    assert_eq!(texts(&reading.records[0], "emails"), ["ada@acme.example", "ada@home.example"]);
}

#[test]
fn columns_are_mapped_and_ignored_by_their_header() {
    let options =
        with_columns(&[("Personalnummer", Some("EmployeeNumber")), ("Gehalt (EUR)", None), ("shoe size", Some("shoeSize"))]);
    let reading = try_read("Personalnummer,Gehalt (EUR),shoe size,badge\n7,1000,42,b1\n".as_bytes(), &options).unwrap();
    let names: Vec<&str> = reading.records[0].attributes.keys().map(AttributeName::as_str).collect();
    assert_eq!(names, ["badge", "employeeNumber", "shoeSize"]);
}

#[test]
fn dates_are_read_as_the_options_say() {
    let options = Options { date_format: Some("%d.%m.%Y".into()), delimiter: b';', ..Options::default() };
    let reading = try_read(b"employeeNumber;endDate\n7;1.2.2026\n8;2026-02-01\n", &options).unwrap();
    assert_eq!(texts(&reading.records[0], "endDate"), ["2026-02-01"]);
    assert_eq!(problems(&reading), ["people.csv:3:3: `endDate` is \"2026-02-01\": expected a date as `%d.%m.%Y`"]);
    assert_eq!(broken(&reading), ["8"]);
    for bad in ["%d.%m", "%Q", "%d.%m.%C"] {
        let options = Options { date_format: Some(bad.into()), ..Options::default() };
        assert!(matches!(try_read(b"employeeNumber\n7\n", &options), Err(Error::DateFormat { .. })), "{bad}");
    }
}

#[test]
fn a_row_with_an_unreadable_cell_keeps_its_person_known() {
    let reading = plain("employeeNumber,active\n7,maybe\n8,no\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["8"], vec!["7"], true));
    assert_eq!(reading.records[0].active, Some(false));
    assert_eq!(problems(&reading), ["people.csv:2:3: `active` is \"maybe\": expected true or false, yes or no, 1 or 0"]);
}

#[test]
fn a_row_without_a_key_makes_absence_mean_nothing() {
    let reading = plain("userName,employeeNumber\nada,7\nbob,\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["7"], vec![], false));
    assert_eq!(problems(&reading), ["people.csv:3:5: the row has no `employeeNumber`: nobody knows who this is"]);
}

#[test]
fn every_row_of_a_key_that_is_there_twice_is_named_and_none_is_used() {
    let reading = plain("employeeNumber,title\n7,a\n8,b\n7,c\n 7 ,d\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["8"], vec!["7"], false));
    assert_eq!(
        problems(&reading),
        [
            "people.csv:2:1: the `employeeNumber` \"7\" is also in lines 4, 5: a key belongs to one person",
            "people.csv:4:1: the `employeeNumber` \"7\" is also in lines 2, 5: a key belongs to one person",
            "people.csv:5:1: the `employeeNumber` \"7\" is also in lines 2, 4: a key belongs to one person",
        ]
    );
}

#[test]
fn a_wrong_number_of_cells_breaks_the_row_and_its_key_is_trusted_only_in_front() {
    let reading = plain("employeeNumber,title,department\n7,a,b\n8,a\n9,a,b,c\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["7"], vec!["8", "9"], true));
    assert_eq!(
        problems(&reading),
        ["people.csv:3:3: the row has 2 cells and the header has 3", "people.csv:4:7: the row has 4 cells and the header has 3"]
    );
    // Here the fourth cell moved the key, or did not: nobody knows.
    let reading = plain("title,employeeNumber,department\na,b,9,c\n");
    assert_eq!((broken(&reading), reading.complete), (vec![], false));
    // A file that was cut off in the middle of a key.
    let reading = plain("employeeNumber,title\n1041,a\n10");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["1041"], vec![], false));
}

#[test]
fn a_quote_that_is_not_closed_makes_absence_mean_nothing() {
    let reading = plain("employeeNumber,title,department\n7,a,\"b\n8,a,b\n9,a,b\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec![], vec!["7"], false));
    assert_eq!(
        problems(&reading),
        ["people.csv:2:5: the quote that opens here is never closed: the rest of the file is in this cell"]
    );
    // The quote of another row closes it.
    let reading = plain("employeeNumber,title,department\n7,a,\"b\n8,a,\"b\"\n9,a,b\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["9"], vec!["7"], false));
    let reading = plain("employeeNumber,title,department\n7,a,\"b\n8,a,b\"\n9,a,b\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["9"], vec!["7"], false));
}

#[test]
fn two_quotes_of_two_rows_do_not_hide_the_rows_between_them() {
    let reading = plain("employeeNumber,title,department\n7,\"a,b\n8,a,b\n9,\",b\n10,a,b\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec!["10"], vec!["7"], false));
    assert_eq!(
        problems(&reading),
        ["people.csv:2:3: this cell goes over several lines and seems to hold the start of another row: is a quote missing?"]
    );
    // In a column that may have several lines, a line with as many cells as a row gives it away.
    let reading = plain("employeeNumber,remark,department\n7,\"a,b\n8,a,b\n9,\",b\n");
    assert_eq!((ids(&reading), broken(&reading), reading.complete), (vec![], vec!["7"], false));
    let reading = plain("employeeNumber,remark,title\n7,\"likes tea,\nand coffee\",\"a\n\"\n");
    assert_eq!((ids(&reading), reading.complete), (vec!["7"], true));
}

#[test]
fn a_key_with_broken_quotes_is_not_trusted() {
    let reading = plain("employeeNumber,title\n\"7\"1,a\n8,\"b\"c\n");
    assert_eq!((broken(&reading), reading.complete), (vec!["8"], false));
    assert_eq!(
        problems(&reading)[0],
        "people.csv:2:4: there is text after the closing quote: a quote within a cell is written twice, \"\""
    );
}

#[test]
fn a_header_alone_is_nobody_and_an_empty_file_is_an_error() {
    assert_eq!(plain("employeeNumber,title\n"), Reading { complete: true, ..Reading::default() });
    for empty in ["", "\n\r\n", "\u{feff}"] {
        let error = try_read(empty.as_bytes(), &Options::default()).unwrap_err();
        assert_eq!(error.to_string(), "people.csv is empty: expected a first row that names the columns");
    }
}

#[test]
fn headers_that_are_not_understood_are_refused_with_what_to_do() {
    let refused = |header: &str, options: &Options| try_read(header.as_bytes(), options).unwrap_err().to_string();
    let defaults = Options::default();
    assert_eq!(
        refused("employeeNumber,First Name\n", &defaults),
        "people.csv:1:16: the column \"First Name\" is no attribute; write columns.\"First Name\" = \"ATTRIBUTE\", or = \"-\" to ignore it"
    );
    assert_eq!(
        refused("employeeNumber,Departement\n", &defaults),
        "people.csv:1:16: the column \"Departement\" is no attribute; did you mean `department`?; write columns.\"Departement\" = \"ATTRIBUTE\", or = \"-\" to ignore it"
    );
    assert_eq!(
        refused("employeeNumber,given_name\n", &defaults),
        "people.csv:1:16: the column \"given_name\" is no attribute; did you mean `name.givenName`?; write columns.\"given_name\" = \"ATTRIBUTE\", or = \"-\" to ignore it"
    );
    assert_eq!(
        refused("employeeNumber,title,Title\n", &defaults),
        "people.csv:1:22: the columns \"title\" and \"Title\" are both `title`: ignore one of them with \"-\""
    );
    assert_eq!(
        refused("userName,title\n", &defaults),
        "people.csv: no column is `employeeNumber`, by which people are told apart; the file has 2 cells in its first row: \"userName\", \"title\""
    );
    assert_eq!(
        refused("employeeNumber;title\n7;a\n", &defaults),
        "people.csv: no column is `employeeNumber`, by which people are told apart; the file has 1 cell in its first row: \"employeeNumber;title\"; if its cells are separated by it, set delimiter = \";\""
    );
    assert_eq!(
        refused("employeeNumber\n", &with_columns(&[("Dept", Some("department")), ("Gone", None)])),
        "people.csv: there is no column \"Dept\", and the configuration maps it to `department`; the file has 1 cell in its first row: \"employeeNumber\""
    );
    assert!(matches!(try_read(b"employeeNumber,\"title\n", &defaults), Err(Error::BrokenHeader { line: 1, column: 16, .. })));
}

#[test]
fn a_delimiter_that_cannot_separate_is_refused() {
    for delimiter in [b'"', b'\n', 0xe9] {
        assert!(matches!(
            try_read(b"employeeNumber\n", &Options { delimiter, ..Options::default() }),
            Err(Error::Delimiter { .. })
        ));
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_their_place() {
    let bytes = b"employeeNumber,displayName\r\n7,Zo\xc3\xab\r\n8,Ren\xe9e\r\n";
    assert_eq!(
        try_read(bytes, &Options::default()).unwrap_err().to_string(),
        "people.csv:3:6: byte 41 of the file is not UTF-8; if the file comes from a spreadsheet on Windows, set encoding = \"windows-1252\""
    );
    let windows = Options { encoding: Some("windows-1252".into()), ..Options::default() };
    let reading = try_read(b"employeeNumber,displayName\n8,Ren\xe9e\n", &windows).unwrap();
    assert_eq!(texts(&reading.records[0], "displayName"), ["Renée"]);
    let unknown = Options { encoding: Some("latin-15".into()), ..Options::default() };
    assert!(matches!(try_read(b"", &unknown), Err(Error::UnknownEncoding { .. })));
}

#[test]
fn a_byte_order_mark_wins_over_the_named_encoding() {
    let text = "employeeNumber,displayName\n7,Renée 😀\n";
    let utf_8 = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let windows = Options { encoding: Some("windows-1252".into()), ..Options::default() };
    for bytes in [&utf_8, &little, &big] {
        assert_eq!(texts(&try_read(bytes, &windows).unwrap().records[0], "displayName"), ["Renée 😀"]);
    }
    let named = Options { encoding: Some("utf-16le".into()), ..Options::default() };
    assert_eq!(ids(&try_read(&little[2..], &named).unwrap()), ["7"]);
    let error = try_read(&little[2..], &Options::default()).unwrap_err();
    assert!(matches!(error, Error::Nul { line: 1, column: 2, .. }), "{error}");
    let cut = try_read(&little[..little.len() - 1], &windows).unwrap_err();
    assert!(matches!(cut, Error::Encoding { encoding: "UTF-16LE", line: 2, .. }), "{cut:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), encoding in prop::option::of("utf-16le|shift_jis|gb18030|iso-2022-jp")) {
        let options = Options { encoding, ..Options::default() };
        let _ = try_read(&bytes, &options);
        let _ = try_read(&[b"employeeNumber,active,startDate\n".as_slice(), &bytes].concat(), &options);
    }

    /// Whatever the rows look like: each person that a well-formed reader would see is a record, is broken, or the reading
    /// says that it is not complete.
    #[test]
    fn nobody_who_is_in_the_file_is_taken_for_gone(
        rows in prop::collection::vec((1..9_u8, "[ab,\"\n]{0,4}", "(2026-01-01|x)?", ",?"), 0..8),
    ) {
        let text: String = rows.iter().map(|(key, title, date, more)| format!("{key},{title},{date}{more}\n")).collect();
        let reading = plain(&format!("employeeNumber,title,startDate\n{text}"));
        if reading.complete {
            for (key, ..) in rows {
                let id = key.to_string();
                prop_assert!(ids(&reading).contains(&id.as_str()) || broken(&reading).contains(&id.as_str()), "{} in {:?}", id, reading);
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        people in prop::collection::btree_map("[a-zA-Z0-9-]{1,8}", ("[^\0]{0,12}", prop::option::of(any::<bool>()), 0..3000_i16), 0..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["employeeNumber", "title", "active", "startDate"]).unwrap();
        let day = |after: i16| (jiff::civil::date(2020, 1, 1) + jiff::Span::new().days(after)).to_string();
        for (key, (title, active, start)) in &people {
            let active = active.map_or("", |active| if active { "true" } else { "0" });
            writer.write_record([key.as_str(), title, active, &day(*start)]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let reading = try_read(&bytes, &Options { delimiter, ..Options::default() }).unwrap();
        // A title of several lines is not believed, and neither is a quote after a space.
        if reading.problems.is_empty() {
            prop_assert!(reading.complete);
            prop_assert_eq!(reading.records.len(), people.len());
            for record in &reading.records {
                let (title, active, start) = &people[record.id.as_str()];
                let expected: Vec<String> = Some(title.trim().to_owned()).filter(|title| !title.is_empty()).into_iter().collect();
                prop_assert_eq!(texts(record, "title"), expected);
                prop_assert_eq!(record.active, *active);
                prop_assert_eq!(&record.attributes["startDate"][0].scalar, &Scalar::from(day(*start)));
            }
        } else {
            prop_assert!(people.values().any(|(title, ..)| title.contains(['"', '\n', '\r'])), "{:?}", reading.problems);
        }
    }
}
