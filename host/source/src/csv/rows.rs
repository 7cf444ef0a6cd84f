//! Text into rows, with the place of every cell.
//!
//! Our own, for two things that the `csv` crate does not do: it says where a *cell* begins, and it notices quotes that are not
//! closed, which otherwise swallow the rows after them without a word.

use std::iter::Peekable;
use std::str::Chars;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) text: String,
}

impl Field {
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

/// What is wrong with the quotes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    NotClosed,
    TextAfter,
    NotFirst,
}

/// The first such thing in a row, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) quotes: Quotes,
}

impl Fault {
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    pub(crate) fn text(&self) -> String {
        match self.quotes {
            Quotes::NotClosed => "the quote that opens here is never closed: the rest of the file is in this cell",
            Quotes::TextAfter => "there is text after the closing quote: a quote within a cell is written twice, \"\"",
            Quotes::NotFirst => "there is a space before the opening quote: remove it",
        }
        .to_owned()
    }
}

/// One row; `last_line` is the line in which it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) last_line: usize,
    pub(crate) fields: Vec<Field>,
    pub(crate) fault: Option<Fault>,
}

/// The rows of a text; lines without a character are none.
pub(crate) struct Rows<'a> {
    rest: Peekable<Chars<'a>>,
    delimiter: char,
    line: usize,
    column: usize,
}

/// What ended a cell.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Row,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(text: &'a str, delimiter: char) -> Self {
        Self { rest: text.chars().peekable(), delimiter, line: 1, column: 1 }
    }

    /// The next character; each of `\n`, `\r` and `\r\n` comes as one `\n` outside of quotes and as it is within them.
    fn advance(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' || (character == '\r' && self.rest.peek() != Some(&'\n')) {
            self.line += 1;
            self.column = 1;
        } else if character != '\r' {
            self.column += 1;
        }
        Some(character)
    }

    fn end_of_line(&mut self, character: char) {
        if character == '\r' && self.rest.peek() == Some(&'\n') {
            self.advance();
        }
    }

    fn field(&mut self, fault: &mut Option<Fault>) -> (Field, End) {
        let mut field = Field { line: self.line, column: self.column, text: String::new() };
        let quoted = self.rest.peek() == Some(&'"');
        if quoted {
            self.advance();
            if !self.quoted(&mut field.text) {
                fault.get_or_insert(Fault { line: field.line, column: field.column, quotes: Quotes::NotClosed });
                return (field, End::Row);
            }
        }
        let (mut line, mut column) = (self.line, self.column);
        while let Some(character) = self.advance() {
            match character {
                end if end == self.delimiter => return (field, End::Cell),
                '\n' | '\r' => {
                    self.end_of_line(character);
                    return (field, End::Row);
                }
                ' ' | '\t' if quoted => {}
                other => {
                    if quoted {
                        fault.get_or_insert(Fault { line, column, quotes: Quotes::TextAfter });
                    } else if other == '"' && field.text.trim().is_empty() {
                        fault.get_or_insert(Fault { line, column, quotes: Quotes::NotFirst });
                    }
                    field.text.push(other);
                }
            }
            (line, column) = (self.line, self.column);
        }
        (field, End::Row)
    }

    /// The text up to the closing quote; whether there is one.
    fn quoted(&mut self, text: &mut String) -> bool {
        while let Some(character) = self.advance() {
            if character == '"' {
                if self.rest.peek() != Some(&'"') {
                    return true;
                }
                self.advance();
            }
            text.push(character);
        }
        false
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        while let Some('\n' | '\r') = self.rest.peek() {
            self.advance();
        }
        self.rest.peek()?;
        let mut row = Row { line: self.line, last_line: self.line, fields: Vec::new(), fault: None };
        loop {
            let (field, end) = self.field(&mut row.fault);
            // Only quoted cells go over several lines, and their text has every line break but the last of the row.
            row.last_line = field.line + breaks(&field.text);
            row.fields.push(field);
            if end == End::Row {
                return Some(row);
            }
        }
    }
}

fn breaks(text: &str) -> usize {
    text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        Rows::new(text, ',').map(|row| row.fields.into_iter().map(|field| field.text).collect()).collect()
    }

    #[test]
    fn cells_know_where_they_begin_also_after_a_cell_of_several_lines() {
        let rows: Vec<Row> = Rows::new("a,b\r\n\r\n\"x\r\ny\",é,z\rlast,\"1\"\"2\"\n", ',').collect();
        let places: Vec<Vec<(usize, usize)>> = rows.iter().map(|row| row.fields.iter().map(Field::place).collect()).collect();
        assert_eq!(places, [vec![(1, 1), (1, 3)], vec![(3, 1), (4, 4), (4, 6)], vec![(5, 1), (5, 6)]]);
        assert_eq!((rows[1].line, rows[1].last_line), (3, 4));
        assert_eq!(rows[1].fields[0].text, "x\r\ny");
        assert_eq!(rows[2].fields[1].text, "1\"2");
        assert!(rows.iter().all(|row| row.fault.is_none()));
    }

    #[test]
    fn a_row_ends_with_its_last_cell_even_if_that_is_empty() {
        assert_eq!(texts("a,\n,b"), [["a", ""], ["", "b"]]);
        assert_eq!(texts("a,"), [["a", ""]]);
        assert_eq!(texts("\n\r\n"), Vec::<Vec<String>>::new());
    }

    #[test]
    fn wrong_quotes_are_noticed_where_they_are() {
        let fault = |text| Rows::new(text, ',').find_map(|row| row.fault).map(|fault| (fault.line, fault.column, fault.quotes));
        assert_eq!(fault("a,b\nc,\"d\ne,f\n"), Some((2, 3, Quotes::NotClosed)));
        assert_eq!(fault("a,\"b\"c\n"), Some((1, 6, Quotes::TextAfter)));
        assert_eq!(fault("a, \"b\"\n"), Some((1, 4, Quotes::NotFirst)));
        assert_eq!(fault("a,5\" disk,\"x\" ,y\n"), None);
    }

    proptest! {
        /// The `csv` crate reads what is well formed in the same way.
        #[test]
        fn well_formed_text_is_read_as_the_csv_crate_reads_it(
            table in prop::collection::vec(prop::collection::vec("[a-z\",;\r\n é]{0,6}", 2..5), 1..6),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(texts(&text), table);
            prop_assert!(Rows::new(&text, ',').all(|row| row.fault.is_none()));
        }

        /// Lines are counted as an editor counts them, whatever the text.
        #[test]
        fn rows_begin_in_rising_lines_and_end_before_the_next_begins(text in "[a,\"\r\n]{0,30}") {
            let rows: Vec<Row> = Rows::new(&text, ',').collect();
            for pair in rows.windows(2) {
                prop_assert!(pair[0].last_line < pair[1].line, "{:?}", pair);
            }
        }
    }
}
