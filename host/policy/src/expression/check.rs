//! The check of an expression before it runs: every name is known, every function gets what it takes, and what the whole gives
//! is what its place wants.

mod call;
mod name;

use super::kind::Kind;
use super::position::Quoted;
use super::tree::{self, Positions};
use crate::problem::{Problem, Problems};
use crate::suggest;
use crate::vocabulary::Vocabulary;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, MapExpr, operators as op};
use std::ops::Range;

/// What may stand beside a value (RFC 7643, section 2.4).
const VALUE_KEYS: &[&str] = &["value", "type", "primary"];

/// Where an expression stands, which says what it must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Who has a role: true or false.
    Rule,
    /// An attribute's value.
    Mapping,
    /// A person's id.
    Person,
}

/// A text that the whole expression may give.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
}

/// What was found out.
pub(crate) struct Checked {
    pub(crate) kind: Kind,
    pub(crate) literals: Vec<Literal>,
}

/// Checks the whole expression.
pub(crate) fn check(
    expression: &IdedExpr,
    positions: Positions<'_>,
    quoted: &Quoted,
    purpose: Purpose,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Checked {
    let before = problems.len();
    let mut checker = Checker { positions, quoted, purpose, vocabulary, problems, variables: Vec::new(), literals: Vec::new() };
    let kind = checker.kind(expression, true);
    if checker.problems.len() == before {
        checker.check_purpose(expression, &kind);
    }
    Checked { kind, literals: checker.literals }
}

struct Checker<'a> {
    positions: Positions<'a>,
    quoted: &'a Quoted,
    purpose: Purpose,
    vocabulary: &'a Vocabulary,
    problems: &'a mut Problems,
    /// Names that macros bring, the innermost last.
    variables: Vec<(String, Kind)>,
    literals: Vec<Literal>,
}

impl Checker<'_> {
    fn problem(&mut self, range: Range<usize>, message: String, label: &str, help: Option<String>) {
        self.problems.push(Problem::new(&self.quoted.at(range), message, label).maybe_help(help));
    }

    fn check_purpose(&mut self, expression: &IdedExpr, kind: &Kind) {
        let (wanted, message, help) = match self.purpose {
            Purpose::Mapping => return,
            Purpose::Rule => (Kind::Boolean, "a rule says who has the role", "for example `person.department == 'Engineering'`"),
            Purpose::Person => (Kind::Text, "this names a person by id", "for example `person.manager`"),
        };
        if !kind.may_be(&wanted) {
            let whole = self.positions.whole(expression);
            let message = format!("{message}, so it must be {wanted}, and this is {kind}");
            self.problem(whole, message, &format!("this is {kind}"), Some(help.to_owned()));
        }
    }

    /// The kind of a part. `tail`: what it gives is what the whole expression gives, or an item of it.
    fn kind(&mut self, expression: &IdedExpr, tail: bool) -> Kind {
        match &expression.expr {
            Expr::Literal(literal) => self.literal(expression, literal, tail),
            Expr::Ident(name) => self.identifier(expression, name),
            Expr::Select(select) => self.select(expression, select),
            Expr::Call(call) => self.call(expression, call, tail),
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| self.kind(item, tail)).collect::<Vec<_>>();
                Kind::List(Box::new(items.into_iter().fold(Kind::Null, Kind::or)))
            }
            Expr::Map(map) => self.map(map, tail),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Struct(strct) => {
                let range = self.positions.whole(expression);
                let help = "a value with a label is a map: `{'value': person.userName, 'type': 'work'}`".to_owned();
                self.problem(range, format!("there is no message type `{}`", strct.type_name), "not a type", Some(help));
                Kind::Any
            }
            Expr::Unspecified => Kind::Any,
        }
    }

    fn literal(&mut self, expression: &IdedExpr, literal: &LiteralValue, tail: bool) -> Kind {
        match literal {
            LiteralValue::Boolean(_) => Kind::Boolean,
            LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Kind::Number,
            LiteralValue::Null => Kind::Null,
            LiteralValue::Bytes(_) => Kind::Any,
            LiteralValue::String(text) => {
                if tail {
                    let range = self.positions.whole(expression);
                    self.literals.push(Literal { text: text.inner().to_owned(), range });
                }
                Kind::Text
            }
        }
    }

    fn map(&mut self, map: &MapExpr, tail: bool) -> Kind {
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let key = tree::text(&entry.key);
            self.kind(&entry.key, false);
            self.kind(&entry.value, tail && key == Some("value"));
            if let (true, Purpose::Mapping, Some(key)) = (tail, self.purpose, key)
                && !VALUE_KEYS.contains(&key)
            {
                let range = self.positions.whole(&entry.key);
                let help = suggest::help(key, VALUE_KEYS.iter().copied());
                self.problem(range, format!("a value has nothing called `{key}` beside it"), "unknown", help);
            }
        }
        Kind::Map
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr) -> Kind {
        let range = self.kind(&comprehension.iter_range, false);
        if matches!(range, Kind::Text | Kind::Boolean | Kind::Number) {
            let place = self.positions.whole(&comprehension.iter_range);
            self.problem(place, format!("this goes through a list, and here is {range}"), "not a list", None);
        }
        let start = self.kind(&comprehension.accu_init, false);
        let depth = self.variables.len();
        self.variables.push((comprehension.accu_var.clone(), start.clone()));
        self.variables.push((comprehension.iter_var.clone(), range.item()));
        if let Some(second) = &comprehension.iter_var2 {
            self.variables.push((second.clone(), Kind::Any));
        }
        self.kind(&comprehension.loop_cond, false);
        let step = self.kind(&comprehension.loop_step, false);
        self.variables.truncate(depth);
        self.variables.push((comprehension.accu_var.clone(), start.or(step)));
        let result = self.kind(&comprehension.result, false);
        self.variables.truncate(depth);
        result
    }

    fn call(&mut self, expression: &IdedExpr, call: &CallExpr, tail: bool) -> Kind {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::CONDITIONAL, [condition, yes, no]) => {
                self.condition(condition, "?");
                self.kind(yes, tail).or(self.kind(no, tail))
            }
            (op::LOGICAL_AND, [left, right]) => {
                self.condition(left, "&&");
                self.condition(right, "&&");
                Kind::Boolean
            }
            (op::LOGICAL_OR, [left, right]) => {
                self.condition(left, "||");
                self.condition(right, "||");
                Kind::Boolean
            }
            (op::LOGICAL_NOT, [only]) => {
                self.condition(only, "!");
                Kind::Boolean
            }
            (op::EQUALS | op::NOT_EQUALS, [left, right]) => self.equality(expression, left, right),
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [left, right]) => {
                self.alike(expression, left, right, "cannot be compared");
                Kind::Boolean
            }
            (op::IN, [left, right]) => {
                self.kind(left, false);
                let container = self.kind(right, false);
                if matches!(container, Kind::Text | Kind::Boolean | Kind::Number) {
                    let range = self.positions.whole(right);
                    let help = "whether text has a part: `person.title.contains('Lead')`".to_owned();
                    self.problem(range, format!("`in` looks into a list, and this is {container}"), "not a list", Some(help));
                }
                Kind::Boolean
            }
            (op::ADD, [left, right]) => self.alike(expression, left, right, "cannot be added"),
            (op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [left, right]) => {
                self.kind(left, false);
                self.kind(right, false);
                Kind::Number
            }
            (op::NEGATE, [only]) => {
                self.kind(only, false);
                Kind::Number
            }
            (op::INDEX, [container, index]) => self.index(container, index),
            (name, arguments) if name.starts_with('@') => {
                arguments.iter().for_each(|argument| {
                    self.kind(argument, false);
                });
                Kind::Boolean
            }
            _ => self.function(expression, call, tail),
        }
    }

    fn condition(&mut self, expression: &IdedExpr, operator: &str) {
        let kind = self.kind(expression, false);
        if !kind.may_be(&Kind::Boolean) {
            let range = self.positions.whole(expression);
            let help = (kind == Kind::Text).then(|| "compare it: `person.department == 'Engineering'`".to_owned());
            self.problem(range, format!("`{operator}` wants true or false, and this is {kind}"), "not true or false", help);
        }
    }

    fn equality(&mut self, expression: &IdedExpr, left: &IdedExpr, right: &IdedExpr) -> Kind {
        let (first, second) = (self.kind(left, false), self.kind(right, false));
        if !first.may_be(&second) {
            let range = self.positions.whole(expression);
            let help = match (&first, &second) {
                (Kind::List(_), Kind::Text) | (Kind::Text, Kind::List(_)) => {
                    "whether a list has a value: `'ada@acme.example' in person.emails`".to_owned()
                }
                _ => "compare values of one kind; `string(...)` makes text".to_owned(),
            };
            self.problem(range, format!("{first} never equals {second}"), "never equal", Some(help));
        }
        Kind::Boolean
    }

    fn alike(&mut self, expression: &IdedExpr, left: &IdedExpr, right: &IdedExpr, message: &str) -> Kind {
        let (first, second) = (self.kind(left, false), self.kind(right, false));
        if !first.may_be(&second) {
            let range = self.positions.whole(expression);
            let help = "`string(...)` makes text of a number, `first(...)` takes one item of a list".to_owned();
            self.problem(range, format!("{first} and {second} {message}"), "of two kinds", Some(help));
            return Kind::Any;
        }
        match (first, second) {
            (Kind::Any, kind) | (kind, Kind::Any) => kind,
            (first, second) => first.or(second),
        }
    }

    fn index(&mut self, container: &IdedExpr, index: &IdedExpr) -> Kind {
        if let (Expr::Ident(name), Some(attribute)) = (&container.expr, tree::text(index))
            && name == "person"
        {
            return self.path(&[(attribute, index)], false);
        }
        self.kind(index, false);
        self.kind(container, false).item()
    }
}
