//! What somebody who does a task by hand is told: text with blanks.

use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use crate::suggest;
use crate::vocabulary::{Known, Vocabulary};

/// The blanks besides those of the person.
const BLANKS: [&str; 4] = ["account", "attributes", "entitlement", "operation"];

/// Something that each task has its own of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blank {
    /// `{person.displayName}`: an attribute of the person.
    Person(String),
    /// `{account}`: the account's name.
    Account,
    /// `{operation}`: what to do, in plain words.
    Operation,
    /// `{entitlement}`: what to give or to take.
    Entitlement,
    /// `{attributes}`: the attributes to write, with their values.
    Attributes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Blank(Blank),
}

/// A text with blanks in braces; `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instructions(Vec<Part>);

impl Instructions {
    /// Reads a template. What is in braces must be known.
    pub(crate) fn parse(quoted: &Quoted, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Self> {
        let text = quoted.text.as_str();
        let (mut parts, mut plain, mut sound) = (Vec::new(), String::new(), true);
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let rest = &text[at..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push(letter);
                at += 2;
                continue;
            }
            let inner = rest.strip_prefix('{').map(|inner| inner.find('}').map(|end| &inner[..end]));
            match inner {
                None => {
                    plain.push(letter);
                    at += letter.len_utf8();
                }
                Some(None) => {
                    let spot = quoted.at(at..text.len());
                    let problem = Problem::new(&spot, "a `{` has no `}`", "this blank does not end");
                    problems.push(problem.help("for example `{person.displayName}`; a brace alone is written `{{`"));
                    return None;
                }
                Some(Some(name)) => {
                    match blank(name, vocabulary) {
                        Ok(blank) => {
                            parts.push(Part::Text(std::mem::take(&mut plain)));
                            parts.push(Part::Blank(blank));
                        }
                        Err(help) => {
                            let spot = quoted.at(at..at + name.len() + 2);
                            let problem = Problem::new(&spot, format!("there is no blank `{{{name}}}`"), "unknown");
                            problems.push(problem.maybe_help(help));
                            sound = false;
                        }
                    }
                    at += name.len() + 2;
                }
            }
        }
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        sound.then_some(Self(parts))
    }

    /// The text with its blanks filled in.
    pub fn fill(&self, value: impl Fn(&Blank) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Blank(blank) => value(blank),
        };
        self.0.iter().map(part).collect()
    }
}

/// The blank of this name, or advice.
fn blank(name: &str, vocabulary: &Vocabulary) -> Result<Blank, Option<String>> {
    if let Some(path) = name.strip_prefix("person.") {
        return match vocabulary.look_up(path) {
            Known::Unknown | Known::Complex => {
                let names: Vec<String> = vocabulary.names_below("").into_iter().collect();
                let near = suggest::nearest(path, names.iter().map(String::as_str));
                Err(near.map(|near| format!("did you mean `{{person.{near}}}`?")))
            }
            _ => Ok(Blank::Person(path.to_owned())),
        };
    }
    match name {
        "account" => Ok(Blank::Account),
        "operation" => Ok(Blank::Operation),
        "entitlement" => Ok(Blank::Entitlement),
        "attributes" => Ok(Blank::Attributes),
        _ => Err(suggest::help(name, BLANKS.into_iter().chain(["person.displayName"]))),
    }
}
