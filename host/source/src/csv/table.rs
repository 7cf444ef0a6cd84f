//! Any table: what a spreadsheet makes of one that we wrote, and what is written for a spreadsheet.

use super::error::{Error, Problem};
use super::rows::Rows;
use super::text;

/// One cell and where it begins, in lines and characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCell {
    /// What it says, without the white space around it, and as it was before it was made safe for a spreadsheet.
    pub text: String,
    /// The line.
    pub line: usize,
    /// The character of that line.
    pub column: usize,
}

impl TableCell {
    /// Where it begins: the line and the character of that line.
    pub fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

/// A table that was read. Rows in which every cell is empty are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns, in lower case.
    pub header: Vec<TableCell>,
    /// The rows; each has as many cells as the header.
    pub rows: Vec<Vec<TableCell>>,
    /// What is wrong with the rows that are not there.
    pub problems: Vec<Problem>,
}

/// What a spreadsheet takes for a formula when a cell begins with it.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Table {
    /// Reads a table as spreadsheets save it: with or without a byte order mark, in UTF-8 or else in Windows-1252, with commas, semicolons or
    /// tabs, whatever ends its lines. Empty columns at the right are no columns.
    ///
    /// # Errors
    /// When there is no header, or the text cannot be read.
    pub fn read(bytes: &[u8], file: &str) -> Result<Self, Error> {
        let text = match text::decode(bytes, file, None) {
            Err(Error::Encoding { .. }) => text::decode(bytes, file, Some("windows-1252"))?,
            decoded => decoded?,
        };
        let first = text.lines().find(|line| !line.trim().is_empty());
        let first = first.ok_or_else(|| Error::Empty { file: file.to_owned() })?;
        let count = |delimiter: &char| first.matches(*delimiter).count();
        let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(count).unwrap_or(',');
        let mut rows = Rows::new(&text, delimiter);
        let mut table = Self::default();
        let cell = |field: super::rows::Field| TableCell {
            text: plain(field.text.trim()).to_owned(),
            line: field.line,
            column: field.column,
        };
        let Some(header) = rows.next() else { return Err(Error::Empty { file: file.to_owned() }) };
        table.header = header.fields.into_iter().map(cell).collect();
        table.header.iter_mut().for_each(|name| name.text = name.text.to_lowercase());
        while table.header.last().is_some_and(|name| name.text.is_empty()) {
            table.header.pop();
        }
        for row in rows {
            let fault = row.fault.map(|fault| (fault.line, fault.column, fault.text()));
            let mut cells: Vec<TableCell> = row.fields.into_iter().map(cell).collect();
            if fault.is_none() && cells.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
            let expected = table.header.len();
            while cells.len() > expected && cells.last().is_some_and(|cell| cell.text.is_empty()) {
                cells.pop();
            }
            // A spreadsheet may leave out empty cells at the end of a row.
            while let Some(last) = cells.last().filter(|_| fault.is_none() && cells.len() < expected) {
                cells.push(TableCell { text: String::new(), line: last.line, column: last.column });
            }
            let wrong = fault.or_else(|| {
                let extra = cells.get(expected)?;
                let text = format!("the row has {} cells and the header has {expected}", cells.len());
                Some((extra.line, extra.column, text))
            });
            match wrong {
                None => table.rows.push(cells),
                Some((line, column, text)) => {
                    table.problems.push(Problem { file: file.to_owned(), line, column, text });
                }
            }
        }
        Ok(table)
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|cell| cell.text == name)
    }
}

/// Writes a table for a spreadsheet: UTF-8 with a byte order mark, commas, and no cell that would be taken for a formula.
pub fn write<R: AsRef<[String]>>(header: &[&str], rows: impl IntoIterator<Item = R>) -> String {
    let mut text = String::from("\u{feff}");
    line(&mut text, header.iter().copied());
    for row in rows {
        line(&mut text, row.as_ref().iter().map(String::as_str));
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        let safe = safe(cell);
        if safe.contains([',', ';', '"', '\n', '\r', '\t']) || safe.trim() != safe {
            text.push('"');
            text.push_str(&safe.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&safe);
        }
    }
    text.push_str("\r\n");
}

/// Names on apps are anybody's: one that begins like a formula gets an apostrophe in front.
fn safe(cell: &str) -> String {
    let apostrophes = cell.trim_start_matches('\'');
    if apostrophes.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

fn plain(cell: &str) -> &str {
    let apostrophes = cell.trim_start_matches('\'');
    if apostrophes.starts_with(FORMULA) { cell.strip_prefix('\'').unwrap_or(cell) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(bytes: &[u8]) -> Vec<Vec<String>> {
        let table = Table::read(bytes, "t.csv").unwrap();
        table.rows.into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn what_spreadsheets_make_of_a_table_is_the_same_table() {
        let expected = vec![vec!["1".to_owned(), "Zoë; x".to_owned(), String::new()]];
        for text in [
            "a,b,c\n1,\"Zoë; x\",\n",
            "\u{feff}A;B;C\r\n1;\"Zoë; x\";\r\n",
            "a\tb\tc\r1\t\"Zoë; x\"\t\r",
            "a,b,c,,\n1,\"Zoë; x\",,,\n,,,,\n",
            "a;b;c\n1;\"Zoë; x\"\n",
        ] {
            assert_eq!(texts(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(texts(b"a;b;c\r\n1;\"Zo\xeb; x\";\r\n"), expected);
        assert!(Table::read(b"\n \n", "t.csv").is_err());
    }

    #[test]
    fn a_row_of_the_wrong_shape_is_told_with_its_place_and_the_others_are_read() {
        let table = Table::read(b"a,b\n1,2,3\n4,5\n\"6,7\n", "t.csv").unwrap();
        let problems: Vec<String> = table.problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems[0], "t.csv:2:5: the row has 3 cells and the header has 2");
        assert!(problems[1].starts_with("t.csv:4:1: the quote"), "{problems:?}");
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn no_name_is_a_formula() {
        let text = write(&["name"], [["=cmd()".to_owned()], ["'=x".to_owned()], ["-1".to_owned()], ["'quoted".to_owned()]]);
        assert_eq!(text, "\u{feff}name\r\n'=cmd()\r\n''=x\r\n'-1\r\n'quoted\r\n");
        assert_eq!(texts(text.as_bytes()).concat(), ["=cmd()", "'=x", "-1", "'quoted"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a-z='+@\",; é]{0,8}", 3), 0..6)) {
            let trimmed = |row: &Vec<String>| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            let rows: Vec<Vec<String>> = rows.iter().map(trimmed).filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            prop_assert_eq!(texts(write(&["a", "b", "c"], &rows).as_bytes()), rows);
        }
    }
}
