//! The filter language (RFC 7644, section 3.4.2.2).

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Object, Refusal};
use super::path::{Scope, Target};
use super::schema::{Attribute, Kind};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Present(Target),
    Compare(Target, Comparison, Value),
    /// Some value of the attribute matches: `emails[type eq "work" and value co "@x"]`.
    ValuePath(Target, Box<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Filter {
    pub(super) fn parse(scope: Scope, text: &str) -> Result<Self, Refusal> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
        let filter = parser.or(scope)?;
        match parser.tokens.get(parser.next) {
            None => Ok(filter),
            Some(token) => Err(invalid(format!("{token:?} is one too many"))),
        }
    }

    /// `folds`: texts that are not case-exact are compared without regard to case.
    pub(super) fn matches(&self, object: &Object, folds: bool) -> bool {
        match self {
            Self::And(left, right) => left.matches(object, folds) && right.matches(object, folds),
            Self::Or(left, right) => left.matches(object, folds) || right.matches(object, folds),
            Self::Not(inner) => !inner.matches(object, folds),
            Self::Present(target) => target.read(object).iter().any(|value| !is_empty(value)),
            Self::Compare(target, comparison, wanted) => {
                let Some(leaf) = target.leaf() else { return false };
                let values = target.read(object);
                match comparison {
                    Comparison::Equal if wanted.is_null() => values.is_empty(),
                    Comparison::NotEqual if wanted.is_null() => !values.is_empty(),
                    Comparison::NotEqual => !values.iter().any(|value| holds(leaf, value, Comparison::Equal, wanted, folds)),
                    _ => values.iter().any(|value| holds(leaf, value, *comparison, wanted, folds)),
                }
            }
            Self::ValuePath(target, inner) => {
                let values = target.attribute.and_then(|attribute| object.get(attribute.name));
                let Some(Value::Array(values)) = values else { return false };
                values.iter().filter_map(Value::as_object).any(|value| inner.matches(value, folds))
            }
        }
    }

    /// The attributes and the texts of each `ATTRIBUTE eq "TEXT"` without which nothing matches: what an index can answer.
    pub(super) fn exact(&self) -> Vec<(&Target, &str)> {
        match self {
            Self::Compare(target, Comparison::Equal, Value::String(text)) => vec![(target, text)],
            Self::And(left, right) => [left.exact(), right.exact()].concat(),
            _ => Vec::new(),
        }
    }

    /// Whether it is a single comparison.
    pub(super) fn is_comparison(&self) -> bool {
        matches!(self, Self::Compare(..))
    }

    /// The members that it names, where it asks nothing of other members: with these alone it matches the same groups.
    pub(super) fn named_members(&self) -> Option<Vec<&str>> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.named_members().zip(right.named_members()).map(|(left, right)| [left, right].concat())
            }
            Self::Not(inner) => inner.named_members(),
            Self::Present(target) | Self::ValuePath(target, _) if target.is_of("members") => None,
            Self::Compare(target, comparison, wanted) if target.is_of("members") => match (comparison, wanted) {
                (Comparison::Equal | Comparison::NotEqual, Value::String(text))
                    if target.leaf().is_some_and(|leaf| leaf.name == "value") =>
                {
                    Some(vec![text])
                }
                _ => None,
            },
            Self::Present(_) | Self::Compare(..) | Self::ValuePath(..) => Some(Vec::new()),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn holds(leaf: &Attribute, value: &Value, comparison: Comparison, wanted: &Value, folds: bool) -> bool {
    let (Some(value), Some(wanted)) = (as_text(value), as_text(wanted)) else { return false };
    if leaf.kind == Kind::DateTime
        && let (Ok(value), Ok(wanted)) = (value.parse::<Timestamp>(), wanted.parse::<Timestamp>())
    {
        return ordered(value.cmp(&wanted), comparison);
    }
    let fold = |text: String| if folds && !leaf.case_exact { text.to_lowercase() } else { text };
    let (value, wanted) = (fold(value), fold(wanted));
    match comparison {
        Comparison::Contains => value.contains(&wanted),
        Comparison::StartsWith => value.starts_with(&wanted),
        Comparison::EndsWith => value.ends_with(&wanted),
        _ => ordered(value.cmp(&wanted), comparison),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // `active eq "false"` is written by many clients and understood by most servers.
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

fn ordered(ordering: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => false,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::bad("invalidFilter", detail)
}

fn resolved(scope: Scope, name: &str) -> Result<Target, Refusal> {
    Target::resolve(scope, name).ok_or_else(|| invalid(format!("there is no attribute `{name}`")))
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' => 1,
            '(' | ')' | '[' | ']' => {
                found.push(Token::Mark(first));
                1
            }
            '"' => {
                let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let Some(Ok(string)) = strings.next() else { return Err(invalid("a text is not closed")) };
                found.push(Token::Text(string));
                strings.byte_offset()
            }
            _ => {
                let end = rest.find([' ', '(', ')', '[', ']', '"']).unwrap_or(rest.len());
                found.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = &rest[length..];
    }
    Ok(found)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.next), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.next += usize::from(is);
        is
    }

    fn takes_mark(&mut self, mark: char) -> bool {
        let is = self.tokens.get(self.next) == Some(&Token::Mark(mark));
        self.next += usize::from(is);
        is
    }

    fn or(&mut self, scope: Scope) -> Result<Filter, Refusal> {
        let mut filter = self.and(scope)?;
        while self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.and(scope)?));
        }
        Ok(filter)
    }

    fn and(&mut self, scope: Scope) -> Result<Filter, Refusal> {
        let mut filter = self.one(scope)?;
        while self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(scope)?));
        }
        Ok(filter)
    }

    fn one(&mut self, scope: Scope) -> Result<Filter, Refusal> {
        self.depth += 1;
        if self.depth > 50 {
            return Err(invalid("nested too deep"));
        }
        let filter = if self.takes_word("not") {
            if !self.takes_mark('(') {
                return Err(invalid("`(` is missing after `not`"));
            }
            Filter::Not(Box::new(self.closed(scope, ')')?))
        } else if self.takes_mark('(') {
            self.closed(scope, ')')?
        } else {
            self.comparison(scope)?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn closed(&mut self, scope: Scope, mark: char) -> Result<Filter, Refusal> {
        let filter = self.or(scope)?;
        if self.takes_mark(mark) { Ok(filter) } else { Err(invalid(format!("`{mark}` is missing"))) }
    }

    fn comparison(&mut self, scope: Scope) -> Result<Filter, Refusal> {
        let Some(Token::Word(name)) = self.take() else { return Err(invalid("an attribute is missing")) };
        let target = resolved(scope, &name)?;
        if self.takes_mark('[') {
            let parts = target.attribute.map_or(&[][..], Attribute::parts);
            let inner = self.closed(Scope::Parts(parts), ']')?;
            // `emails[type eq "work"].value eq "x"`: one and the same value matches both.
            let inner = match self.tokens.get(self.next) {
                Some(Token::Word(word)) if word.starts_with('.') => {
                    let part = word[1..].to_owned();
                    self.next += 1;
                    Filter::And(Box::new(inner), Box::new(self.compared(Scope::Parts(parts), &part)?))
                }
                _ => inner,
            };
            return Ok(Filter::ValuePath(target, Box::new(inner)));
        }
        self.compared(scope, &name)
    }

    /// What comes after the name of an attribute.
    fn compared(&mut self, scope: Scope, name: &str) -> Result<Filter, Refusal> {
        let target = resolved(scope, name)?;
        let Some(Token::Word(operator)) = self.take() else { return Err(invalid("an operator is missing")) };
        let comparison = match operator.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present(target)),
            "eq" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "co" => Comparison::Contains,
            "sw" => Comparison::StartsWith,
            "ew" => Comparison::EndsWith,
            "gt" => Comparison::Greater,
            "ge" => Comparison::GreaterOrEqual,
            "lt" => Comparison::Less,
            "le" => Comparison::LessOrEqual,
            _ => return Err(invalid(format!("`{operator}` is no operator"))),
        };
        let value = match self.take() {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => serde_json::from_str(&word).map_err(|_| invalid(format!("`{word}` is no value")))?,
            _ => return Err(invalid("a value is missing")),
        };
        Ok(Filter::Compare(target, comparison, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;
    use crate::scim::path::Scope;
    use crate::scim::schema::{ENTERPRISE_USER, ResourceType};

    fn matches(filter: &str) -> Option<bool> {
        let ada = json!({
            "id": "1", "userName": "Ada", "active": true,
            "emails": [{ "value": "ada@x.example", "type": "work" }, { "value": "a@home.example", "type": "home" }],
            "meta": { "created": "2026-01-02T03:04:05Z" },
            ENTERPRISE_USER: { "department": "Engineering" },
        });
        let filter = Filter::parse(Scope::Resource(ResourceType::User), filter).ok()?;
        Some(filter.matches(ada.as_object().expect("an object"), true))
    }

    #[test]
    fn members_are_named_where_no_others_are_asked_about() {
        let named = |filter: &str| {
            let filter = Filter::parse(Scope::Resource(ResourceType::Group), filter).expect("a filter");
            filter.named_members().map(|named| named.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(named(r#"id eq "1" and (members.value eq "a" or not (members ne "b"))"#).expect("two"), ["a", "b"]);
        assert_eq!(named(r#"displayName sw "a""#), Some(vec![]));
        assert_eq!(named("members pr"), None);
        assert_eq!(named(r#"id eq "1" and members.value sw "a""#), None);
        assert_eq!(named(r#"members[value eq "a"]"#), None);
    }

    #[test]
    fn every_operator_finds_and_misses() {
        for (filter, expected) in [
            (r#"userName eq "ADA""#, true),
            (r#"id eq "1" and not (active eq false)"#, true),
            (r#"userName ne "ada""#, false),
            (r#"userName sw "ad" or title pr"#, true),
            (r#"userName ew "x""#, false),
            (r#"emails co "HOME""#, true),
            (r#"emails[type eq "work" and value co "home"]"#, false),
            (r#"emails[type eq "home"]"#, true),
            (r#"emails[type eq "home"].value co "HOME" and id pr"#, true),
            (r#"emails[type eq "work"].value co "home""#, false),
            (r#"meta.created gt "2026-01-01T00:00:00Z""#, true),
            (r#"meta.created le "2026-01-02T04:04:05+01:00""#, true),
            (r#"title eq null"#, true),
            (r#"userName pr and (title pr or active eq "true")"#, true),
            (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "engineering""#, true),
        ] {
            assert_eq!(matches(filter), Some(expected), "{filter}");
        }
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert_eq!(matches(r#"userName eq "ada" or title pr and title pr"#), Some(true));
        assert_eq!(matches(r#"(userName eq "ada" or title pr) and title pr"#), Some(false));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName zz 1",
            "nosuch eq 1",
            r#"(userName eq "a""#,
            r#"userName eq "a" x"#,
            r#"userName eq "a"#,
        ] {
            assert_eq!(matches(bad), None, "{bad}");
        }
        assert_eq!(matches(&"(".repeat(100)), None);
    }
}
