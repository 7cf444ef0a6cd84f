//! Texts as people and systems have them: mostly ordinary, often with what a language of its own gives a meaning to.

use arbitrary::{Arbitrary, Result, Unstructured};

/// A text that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub String);

const WORDS: &[&str] = &[
    "Ada",
    "ada",
    "ADA",
    "Grace",
    "work",
    "home",
    "true",
    "7",
    "-0",
    "1e3",
    "null",
    "\"",
    "\\",
    "]",
    "[",
    ".",
    " ",
    "a\"b",
    "x\" or title pr or title eq \"",
    "work\" and value eq \"x",
    "value",
    "Stra\u{df}e",
    "STRASSE",
    "\u{130}",
    "i\u{307}",
    "\u{3a3}",
    "\u{3c2}",
    "\u{feff}",
    "\u{1f511}",
    "e\u{301}",
    "\u{e9}",
    "a\nb",
    "a\u{0}b",
    "%41",
    "a+b&c=d",
];

impl<'a> Arbitrary<'a> for Word {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let choice: u8 = from.arbitrary()?;
        match WORDS.get(usize::from(choice % 64)) {
            Some(word) => Ok(Self((*word).to_owned())),
            None => Ok(Self(from.arbitrary::<String>()?).or_ada()),
        }
    }
}

impl Word {
    fn or_ada(self) -> Self {
        if self.0.is_empty() { Self("Ada".to_owned()) } else { self }
    }
}
