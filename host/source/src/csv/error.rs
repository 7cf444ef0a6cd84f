//! What is wrong with a file.

use serde::Serialize;
use std::fmt;

/// Something wrong with one row. The row's person is left as they were; everybody else is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line in which the cell begins, from 1.
    pub line: usize,
    /// The character of that line at which the cell begins, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}: {}", self.file, self.line, self.column, self.text)
    }
}

/// Why nothing of a file can be used. Lines and columns count characters, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no header.
    #[error("{file} is empty: expected a first row that names the columns")]
    Empty {
        /// The file.
        file: String,
    },
    /// The option names no encoding.
    #[error("there is no encoding `{label}`: expected a label such as \"utf-8\", \"windows-1252\" or \"utf-16le\"")]
    UnknownEncoding {
        /// As it was given.
        label: String,
    },
    /// The file is not written in this encoding.
    #[error("{file}:{line}:{column}: byte {offset} of the file is not {encoding}; {hint}")]
    Encoding {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The character.
        column: usize,
        /// The byte in the file, from 0.
        offset: usize,
        /// The encoding that was expected.
        encoding: &'static str,
        /// What to type.
        hint: &'static str,
    },
    /// Text has no such character; UTF-16 read as something else does.
    #[error("{file}:{line}:{column}: a NUL character; if the file was saved as \"Unicode\", set encoding = \"utf-16le\"")]
    Nul {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The character.
        column: usize,
    },
    /// The option cannot separate cells.
    #[error("`{delimiter}` cannot separate cells: expected one ASCII character such as `,` or `;`, and no quote or line break")]
    Delimiter {
        /// As it was given.
        delimiter: String,
    },
    /// The option cannot read dates.
    #[error("the date format `{format}` cannot read a date: {why}; expected year, month and day, such as \"%d.%m.%Y\"")]
    DateFormat {
        /// As it was given.
        format: String,
        /// What is wrong with it.
        why: String,
    },
    /// The quotes of the header are wrong.
    #[error("{file}:{line}:{column}: {text}, in the row that names the columns")]
    BrokenHeader {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The character.
        column: usize,
        /// What is wrong.
        text: String,
    },
    /// Nobody says what a column is.
    #[error(
        "{file}:{line}:{column}: the column \"{header}\" is no attribute{suggestion}; write columns.\"{header}\" = \"ATTRIBUTE\", or = \"-\" to ignore it"
    )]
    UnknownHeader {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The character.
        column: usize,
        /// The header.
        header: String,
        /// `; did you mean `department`?`, or nothing.
        suggestion: String,
    },
    /// Two columns are the same attribute.
    #[error(
        "{file}:{line}:{column}: the columns \"{first}\" and \"{second}\" are both `{attribute}`: ignore one of them with \"-\""
    )]
    DuplicateHeader {
        /// The file.
        file: String,
        /// The line of the second one.
        line: usize,
        /// The character at which the second one begins.
        column: usize,
        /// The header of the first one.
        first: String,
        /// The header of the second one.
        second: String,
        /// What both are.
        attribute: String,
    },
    /// The configuration maps a column that is not there.
    #[error("{file}: there is no column \"{header}\", and the configuration maps it to `{attribute}`; the file has {found}")]
    MissingColumn {
        /// The file.
        file: String,
        /// As it was mapped.
        header: String,
        /// To what.
        attribute: String,
        /// The headers that are there.
        found: String,
    },
    /// No column is the key.
    #[error("{file}: no column is `{key}`, by which people are told apart; the file has {found}{hint}")]
    NoKey {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// The headers that are there.
        found: String,
        /// Why it may not be found.
        hint: String,
    },
}
