//! GraphQL documents: as much of the language as clients use (fields, aliases, arguments, variables, fragments).

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// What it is called in the answer.
    pub(super) alias: String,
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) fields: Vec<Self>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Value(Value),
    Variable(String),
    Mark(char),
    Spread,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() || c == ',' || c == '\u{feff}' => {}
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => tokens.push(Token::Value(Value::String(string(&mut chars)?))),
            '.' => {
                if chars.next() != Some('.') || chars.next() != Some('.') {
                    return Err("Expected `...`".to_owned());
                }
                tokens.push(Token::Spread);
            }
            '$' => tokens.push(Token::Variable(word(&mut chars, String::new()))),
            c if c.is_ascii_alphabetic() || c == '_' => tokens.push(Token::Name(word(&mut chars, c.to_string()))),
            c if c.is_ascii_digit() || c == '-' => {
                let number = word(&mut chars, c.to_string());
                tokens.push(Token::Value(number.parse::<i64>().map_err(|_| format!("`{number}` is not a number"))?.into()));
            }
            c if "{}()[]:!=@|&".contains(c) => tokens.push(Token::Mark(c)),
            c => return Err(format!("Unexpected `{c}`")),
        }
    }
    Ok(tokens)
}

fn word(chars: &mut Peekable<Chars>, start: String) -> String {
    let mut word = start;
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        word.push(c);
    }
    word
}

fn string(chars: &mut Peekable<Chars>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('"') => return Ok(text),
            Some('\\') => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(c) => text.push(c),
                None => return Err("A string has no end".to_owned()),
            },
            Some(c) => text.push(c),
            None => return Err("A string has no end".to_owned()),
        }
    }
}

/// The fields of the query in a document, with its variables and fragments put in. The error is a sentence for the client.
pub(super) fn parse(document: &str, variables: &Value) -> Result<Vec<Field>, String> {
    let mut parser = Parser { tokens: tokens(document)?.into_iter().peekable(), variables: Map::new() };
    let (mut selections, mut fragments) = (None, HashMap::new());
    while let Some(token) = parser.tokens.next() {
        match token {
            Token::Mark('{') => selections = Some(parser.selections()?),
            Token::Name(kind) if kind == "query" => {
                parser.variables = variables.as_object().cloned().unwrap_or_default();
                parser.definitions()?;
                selections = Some(parser.selections()?);
            }
            Token::Name(kind) if kind == "fragment" => {
                let name = parser.name()?;
                parser.until_brace()?;
                fragments.insert(name, parser.selections()?);
            }
            _ => return Err("Expected a query".to_owned()),
        }
    }
    flat(selections.ok_or("Expected a query")?, &fragments, 0)
}

enum Selection {
    Field(Field, Vec<Self>),
    Inline(Vec<Self>),
    Fragment(String),
}

/// A fragment that uses itself is deeper than any query that makes sense.
const DEEPEST: usize = 32;

fn flat(selections: Vec<Selection>, fragments: &HashMap<String, Vec<Selection>>, depth: usize) -> Result<Vec<Field>, String> {
    flat_of(&selections, fragments, depth)
}

fn flat_of(selections: &[Selection], fragments: &HashMap<String, Vec<Selection>>, depth: usize) -> Result<Vec<Field>, String> {
    if depth > DEEPEST {
        return Err("The query is nested too deeply".to_owned());
    }
    let mut fields = Vec::new();
    for selection in selections {
        match selection {
            Selection::Field(field, inner) => {
                fields.push(Field { fields: flat_of(inner, fragments, depth + 1)?, ..field.clone() });
            }
            Selection::Inline(inner) => fields.extend(flat_of(inner, fragments, depth + 1)?),
            Selection::Fragment(name) => {
                let inner = fragments.get(name).ok_or_else(|| format!("Fragment {name} was used, but not defined"))?;
                fields.extend(flat_of(inner, fragments, depth + 1)?);
            }
        }
    }
    Ok(fields)
}

struct Parser {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    variables: Map<String, Value>,
}

impl Parser {
    fn takes(&mut self, mark: char) -> bool {
        self.tokens.next_if_eq(&Token::Mark(mark)).is_some()
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Name(name)) => Ok(name),
            other => Err(format!("Expected a name, got {other:?}")),
        }
    }

    fn until_brace(&mut self) -> Result<(), String> {
        self.tokens.by_ref().find(|token| *token == Token::Mark('{')).map(|_| ()).ok_or_else(|| "Expected `{`".to_owned())
    }

    /// The name and the variables of an operation. A variable may have a default.
    fn definitions(&mut self) -> Result<(), String> {
        loop {
            match self.tokens.next() {
                Some(Token::Mark('{')) => return Ok(()),
                Some(Token::Variable(name)) => {
                    while self
                        .tokens
                        .next_if(|token| matches!(token, Token::Mark(':' | '[' | ']' | '!') | Token::Name(_)))
                        .is_some()
                    {}
                    let value = if self.takes('=') { self.value()? } else { Value::Null };
                    self.variables.entry(name).or_insert(value);
                }
                Some(_) => {}
                None => return Err("Expected `{`".to_owned()),
            }
        }
    }

    /// What is between braces; the first is behind us.
    fn selections(&mut self) -> Result<Vec<Selection>, String> {
        let mut selections = Vec::new();
        loop {
            match self.tokens.next() {
                Some(Token::Mark('}')) => return Ok(selections),
                Some(Token::Spread) => match self.tokens.next() {
                    Some(Token::Name(word)) if word != "on" => selections.push(Selection::Fragment(word)),
                    Some(Token::Mark('{')) => selections.push(Selection::Inline(self.selections()?)),
                    Some(_) => {
                        self.until_brace()?;
                        selections.push(Selection::Inline(self.selections()?));
                    }
                    None => return Err("Expected a fragment".to_owned()),
                },
                Some(Token::Name(first)) => {
                    let (alias, name) = if self.takes(':') { (first, self.name()?) } else { (first.clone(), first) };
                    let arguments = if self.takes('(') { self.arguments(')')? } else { Map::new() };
                    let inner = if self.takes('{') { self.selections()? } else { Vec::new() };
                    selections.push(Selection::Field(Field { alias, name, arguments, fields: Vec::new() }, inner));
                }
                other => return Err(format!("Expected a field, got {other:?}")),
            }
        }
    }

    fn arguments(&mut self, end: char) -> Result<Map<String, Value>, String> {
        let mut arguments = Map::new();
        while !self.takes(end) {
            let name = self.name()?;
            if !self.takes(':') {
                return Err(format!("Expected `:` after {name}"));
            }
            arguments.insert(name, self.value()?);
        }
        Ok(arguments)
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.tokens.next() {
            Some(Token::Value(value)) => Ok(value),
            Some(Token::Variable(name)) => {
                self.variables.get(&name).cloned().ok_or_else(|| format!("Variable ${name} is used but not declared"))
            }
            Some(Token::Name(word)) => Ok(match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => Value::String(word),
            }),
            Some(Token::Mark('{')) => self.arguments('}').map(Value::Object),
            Some(Token::Mark('[')) => {
                let mut values = Vec::new();
                while !self.takes(']') {
                    values.push(self.value()?);
                }
                Ok(values.into())
            }
            other => Err(format!("Expected a value, got {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Field, parse};

    fn shown(fields: &[Field]) -> Value {
        let one = |field: &Field| json!([field.alias, field.name, field.arguments, shown(&field.fields)]);
        fields.iter().map(one).collect()
    }

    #[test]
    fn variables_defaults_aliases_and_fragments_are_put_in() {
        let text = "query Q($org: String!, $after: String, $first: Int = 100) {
            o: organization(login: $org) { ...F members(first: $first, after: $after, deep: {a: [1, ON]}) { ... on X { id } } } # end
        }
        fragment F on Organization { login }";
        let fields = parse(text, &json!({ "org": "acme" })).expect("it is GraphQL");
        assert_eq!(
            shown(&fields),
            json!([["o", "organization", { "login": "acme" }, [
                ["login", "login", {}, []],
                ["members", "members", { "first": 100, "after": null, "deep": { "a": [1, "ON"] } }, [["id", "id", {}, []]]],
            ]]])
        );
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for text in
            ["", "{", "{ a(", "mutation { a }", "{ ...F }", "query { a(b: $c) }", "{ a ~ }", "{ ...F } fragment F on X { ...F }"]
        {
            assert!(parse(text, &Value::Null).is_err(), "{text}");
        }
    }
}
