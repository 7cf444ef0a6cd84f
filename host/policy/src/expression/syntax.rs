//! What the CEL parser says, in words for the people who write expressions.

use super::depth::{DEEPEST, depth};
use super::position::Quoted;
use crate::problem::{Problem, Problems};
use cel::{ParseErrors, Program};
use std::thread;

/// Longer expressions are refused: nobody reads them, and the parser would take its time.
const LONGEST: usize = 8_000;

/// For the parser, which goes through a dozen functions for each open bracket. Only what is used costs memory.
const STACK: usize = 16 << 20;

/// Parses the expression; the first thing that the parser does not like becomes a problem, for the others follow from it.
pub(crate) fn parse(quoted: &Quoted, problems: &mut Problems) -> Option<Program> {
    let text = quoted.text.as_str();
    if text.trim().is_empty() {
        let problem = Problem::new(&quoted.spot, "the expression is empty", "expected a CEL expression");
        problems.push(problem.help("for example `person.userName`"));
        return None;
    }
    if text.len() > LONGEST {
        let message = format!("the expression is {} bytes long; the most is {LONGEST}", text.len());
        problems.push(Problem::new(&quoted.spot, message, "too long"));
        return None;
    }
    if depth(text) > DEEPEST {
        let problem = Problem::new(&quoted.spot, "the expression nests too deeply to be read", "too deep");
        problems
            .push(problem.help("write long sums as `join([a, b, c], '')`, and look things up in a map: `{'a': 'b'}[person.x]`"));
        return None;
    }
    let errors = match compile(text) {
        Some(Ok(program)) => return Some(program),
        Some(Err(errors)) => errors,
        None => {
            problems.push(Problem::new(&quoted.spot, "the CEL parser cannot read this expression", "unreadable"));
            return None;
        }
    };
    let (position, message) = errors.errors.first().map_or(((1, 1), ""), |error| (error.pos, error.msg.as_str()));
    let mut start = offset(text, position);
    if start >= text.trim_end().len() {
        // What is missing is missed after the last character, not in the empty line below.
        start = text.trim_end().char_indices().next_back().map_or(0, |(last, _)| last);
    }
    let (message, length, help) = explain(message);
    let mut end = (start + length.max(1)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    problems.push(Problem::new(&quoted.at(start..end), message, "here").maybe_help(help));
    None
}

/// Parses on a stack of its own; none if the parser panics.
fn compile(text: &str) -> Option<Result<Program, ParseErrors>> {
    let parse = || super::function::environment().compile(text);
    thread::scope(|scope| match thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse) {
        Ok(parser) => parser.join().ok(),
        Err(_) => Some(parse()),
    })
}

/// The byte at which a line and column, both counted from 1, the column in characters, begin.
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let column = usize::try_from(column - 1).unwrap_or(0);
    let line_start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or("");
    line_start + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
}

/// Message, length of what is wrong in bytes, and help.
fn explain(message: &str) -> (String, usize, Option<String>) {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    if let Some(token) = between(message, "token recognition error at: '", "'") {
        return explain_token(token.trim_end());
    }
    if message.contains("'<EOF>'") {
        if let Some(missing) = between(message, "missing '", "' at") {
            return (format!("`{missing}` is missing at the end of the expression"), 1, None);
        }
        let help = "something must follow the last operator, comma or bracket";
        return ("the expression ends too early".to_owned(), 1, Some(help.to_owned()));
    }
    if let Some(missing) = between(message, "missing '", "' at") {
        return (format!("`{missing}` is missing"), 1, None);
    }
    let unexpected = ["extraneous input '", "mismatched input '", "no viable alternative at input '"]
        .into_iter()
        .find_map(|start| between(message, start, "' expecting").or_else(|| between(message, start, "'")));
    if let Some(token) = unexpected {
        return (format!("`{token}` is not expected here"), token.len(), None);
    }
    if let Some(word) = message.strip_prefix("reserved identifier: ") {
        let help = "a choice is written `condition ? this : that`";
        return (format!("`{word}` is a reserved word"), word.len(), (word == "if" || word == "else").then(|| help.to_owned()));
    }
    if message.starts_with("invalid argument to has() macro") {
        let help = "write `has(person.department)`".to_owned();
        return ("has(...) asks whether an attribute is known, and this is not an attribute".to_owned(), 1, Some(help));
    }
    if message.starts_with("argument must be a simple name") {
        let help = "write `person.emails.map(email, lower(email))`".to_owned();
        return ("the first argument is a name for the list's items".to_owned(), 1, Some(help));
    }
    (message.to_owned(), 1, None)
}

fn explain_token(token: &str) -> (String, usize, Option<String>) {
    match token.chars().next() {
        Some('\'' | '"') if token.contains('\\') => {
            let help = "in CEL text a backslash starts an escape such as `\\n`; the backslash itself is `\\\\`";
            ("the text has an escape that CEL does not know".to_owned(), token.len(), Some(help.to_owned()))
        }
        Some(quote @ ('\'' | '"')) => ("the text does not end".to_owned(), token.len(), Some(format!("close it with `{quote}`"))),
        Some('=') => ("`=` is not an operator".to_owned(), 1, Some("compare with `==`".to_owned())),
        Some('&') => ("`&` is not an operator".to_owned(), 1, Some("both must be true: `&&`".to_owned())),
        Some('|') => ("`|` is not an operator".to_owned(), 1, Some("one must be true: `||`".to_owned())),
        Some(other) if other.is_alphabetic() => {
            let help = format!("names are written in ASCII letters, and text stands in quotes: `'{token}'`");
            (format!("`{token}` is not a name"), token.len(), Some(help))
        }
        _ => (format!("`{}` has no meaning in CEL", token.escape_debug()), token.len(), None),
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    Some(&rest[..rest.rfind(end)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_column_become_a_byte() {
        assert_eq!(offset("abc", (1, 3)), 2);
        assert_eq!(offset("é == x", (1, 3)), 3);
        assert_eq!(offset("a\nbc", (2, 2)), 3);
        assert_eq!(offset("a", (7, 9)), 1);
    }

    #[test]
    fn what_the_parser_says_becomes_plain() {
        let plain = |message: &str| explain(message).0;
        assert_eq!(plain("Syntax error: mismatched input '<EOF>' expecting {'[', '{'}"), "the expression ends too early");
        assert_eq!(plain("Syntax error: token recognition error at: '= '"), "`=` is not an operator");
        assert_eq!(plain("Syntax error: extraneous input 'b' expecting <EOF>"), "`b` is not expected here");
        assert_eq!(plain("Syntax error: missing ')' at '<EOF>'"), "`)` is missing at the end of the expression");
        assert_eq!(plain("Syntax error: token recognition error at: ''abc'"), "the text does not end");
    }
}
