//! From a place inside an expression to the place in the file.

use crate::problem::Spot;
use std::ops::Range;

/// A TOML string with where it stands, quotes included.
#[derive(Clone, Debug)]
pub(crate) struct Quoted {
    pub(crate) text: String,
    pub(crate) spot: Spot,
    /// Where the content begins in the file, if it stands there exactly as it reads: without escapes and line endings that
    /// TOML changes.
    content: Option<usize>,
}

impl Quoted {
    pub(crate) fn new(text: String, spot: Spot) -> Self {
        let content = content_start(&spot, &text);
        Self { text, spot, content }
    }

    /// Where a range of bytes of the text stands; the whole string where that cannot be told exactly.
    pub(crate) fn at(&self, range: Range<usize>) -> Spot {
        match self.content {
            Some(content) => Spot::new(&self.spot.file, content + range.start..content + range.end),
            None => self.spot.clone(),
        }
    }
}

fn content_start(spot: &Spot, text: &str) -> Option<usize> {
    let raw = spot.file.text.get(spot.span.clone())?;
    let quotes = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quotes| raw.starts_with(quotes))?;
    let mut start = quotes.len();
    if quotes.len() == 3 {
        // TOML drops a line break right after the opening quotes.
        let rest = raw.get(start..)?;
        start += ["\r\n", "\n"].into_iter().find(|newline| rest.starts_with(newline)).map_or(0, str::len);
    }
    let content = raw.get(start..raw.len().checked_sub(quotes.len())?)?;
    (content == text).then_some(spot.span.start + start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::SourceFile;
    use std::sync::Arc;

    /// The place of the first `x` of the string that stands after `key = ` in the file.
    fn place_of_x(file: &str) -> (usize, usize) {
        let file = Arc::new(SourceFile { name: "a.toml".to_owned(), text: file.to_owned() });
        let table = toml::de::DeTable::parse(&file.text).expect("the test's TOML is sound");
        let value = &table.get_ref()["key"];
        let text = value.get_ref().as_str().expect("a string").to_owned();
        let x = text.find('x').expect("an x");
        let place = Quoted::new(text, Spot::new(&file, value.span())).at(x..x + 1).place();
        (place.line, place.column)
    }

    #[test]
    fn every_kind_of_string_without_escapes_is_exact() {
        assert_eq!(place_of_x("key = \"a x\""), (1, 10));
        assert_eq!(place_of_x("key = 'a x'"), (1, 10));
        assert_eq!(place_of_x("key = '''\na\n  x'''"), (3, 3));
        assert_eq!(place_of_x("key = \"\"\"a\nx\"\"\""), (2, 1));
        assert_eq!(place_of_x("# é\nkey = 'é x'"), (2, 10));
    }

    #[test]
    fn an_escape_makes_the_string_s_start_the_place() {
        assert_eq!(place_of_x("key = \"\\u0041 x\""), (1, 7));
        assert_eq!(place_of_x("key = \"\"\"a \\\n   x\"\"\""), (1, 7));
    }
}
