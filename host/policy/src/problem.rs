//! What is wrong with a configuration, and where: every problem carries its file, line and column.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One file of the configuration as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As it is shown to people: relative to the configuration directory.
    pub name: String,
    /// The whole content.
    pub text: String,
}

/// Where something stands in a file of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Place {
    /// The file, relative to the configuration directory.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A range of bytes in a file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) span: Range<usize>,
}

impl Spot {
    pub(crate) fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Self {
        Self { file: file.clone(), span }
    }

    pub(crate) fn place(&self) -> Place {
        let text = &self.file.text;
        let mut start = self.span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            file: self.file.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Debug for Spot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.place())
    }
}

/// One thing that is wrong with the configuration.
#[derive(Clone)]
pub struct Problem {
    message: String,
    spot: Spot,
    label: String,
    help: Option<String>,
    others: Vec<(Spot, String)>,
    source: NamedSource<Arc<str>>,
}

impl Problem {
    pub(crate) fn new(spot: &Spot, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            label: label.into(),
            help: None,
            others: Vec::new(),
            source: named(&spot.file.name, &spot.file.text),
            spot: spot.clone(),
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// A second place that belongs to the problem; in another file it goes into the help, since a report shows one file.
    pub(crate) fn also(mut self, spot: &Spot, label: impl Into<String>) -> Self {
        let label = label.into();
        if spot.file.name == self.spot.file.name {
            self.others.push((spot.clone(), label));
        } else {
            let line = format!("{label}: {}", spot.place());
            self.help = Some(match self.help {
                Some(help) => format!("{help}\n{line}"),
                None => line,
            });
        }
        self
    }

    /// Puts stars in the place of what must not be shown.
    fn mask(&mut self, hidden: &[Spot]) {
        let mut text = self.spot.file.text.clone();
        let own = hidden.iter().filter(|spot| spot.file.name == self.spot.file.name);
        for span in own.map(|spot| spot.span.clone()).filter(|span| self.spot.file.text.get(span.clone()).is_some()) {
            // As many bytes as before, so that every place stays where it is.
            text.replace_range(span.clone(), &"*".repeat(span.len()));
        }
        if text != self.spot.file.text {
            self.source = named(&self.spot.file.name, &text);
        }
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        self.spot.place()
    }

    /// What stands there, in a few words.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What to type instead.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

fn named(file: &str, text: &str) -> NamedSource<Arc<str>> {
    NamedSource::new(file, Arc::from(text)).with_language("TOML")
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place(), self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = |spot: &Spot| SourceSpan::from(spot.span.clone());
        let first = LabeledSpan::new_primary_with_span(Some(self.label.clone()), span(&self.spot));
        let others = self.others.iter().map(move |(spot, label)| LabeledSpan::new_with_span(Some(label.clone()), span(spot)));
        Some(Box::new(std::iter::once(first).chain(others)))
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Problem", 4)?;
        record.serialize_field("message", &self.message)?;
        record.serialize_field("place", &self.place())?;
        record.serialize_field("label", &self.label)?;
        record.serialize_field("help", &self.help)?;
        record.end()
    }
}

/// All that is wrong with a configuration, in the order of the files. As an error it renders every problem with its source.
#[derive(Clone, Default)]
pub struct Problems {
    problems: Vec<Problem>,
    /// What must not be shown, in whatever part of its file a problem is.
    hidden: Vec<Spot>,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Never shows what stands there: it may be a secret.
    pub(crate) fn hide(&mut self, spot: &Spot) {
        self.hidden.push(spot.clone());
    }

    /// Adds the problems of another check.
    pub fn append(&mut self, other: Problems) {
        self.problems.extend(other.problems);
        self.hidden.extend(other.hidden);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.problems.iter()
    }

    /// Sorted by place, each once; what is to be hidden is hidden.
    pub(crate) fn sorted(mut self) -> Self {
        for problem in &mut self.problems {
            problem.mask(&self.hidden);
        }
        self.problems.sort_by_key(|problem| (problem.place(), problem.message.clone()));
        self.problems.dedup_by(|left, right| left.place() == right.place() && left.message == right.message);
        self
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.problems.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.problems.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => formatter.write_str("the configuration has 1 problem"),
            count => write!(formatter, "the configuration has {count} problems"),
        }
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.problems).finish()
    }
}

impl Serialize for Problems {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.problems)
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}
