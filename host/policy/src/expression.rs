//! CEL expressions over a person: compiled once, evaluated often.

mod check;
mod depth;
mod function;
mod kind;
mod phrase;
mod position;
mod reads;
mod shortcut;
mod subject;
mod syntax;
mod tree;

pub(crate) use check::Purpose;
pub(crate) use function::{Candidates, context};
pub(crate) use kind::{Kind, kind_of};
pub(crate) use position::Quoted;
pub(crate) use shortcut::Path;
pub(crate) use subject::{Subject, spoken_attributes};

use crate::problem::{Place, Problems, Spot};
use crate::vocabulary::Vocabulary;
use cel::{Context, ExecutionError, Program, Value};
use shortcut::Condition;
use std::fmt;
use std::sync::Arc;

/// A CEL expression with the place where it stands.
#[derive(Clone)]
pub struct Expression(Arc<Compiled>);

struct Compiled {
    quoted: Quoted,
    place: Place,
    program: Program,
    kind: Kind,
    literals: Vec<check::Literal>,
    phrase: String,
    condition: Option<Condition>,
    attribute: Option<Path>,
}

/// Why an expression has no value for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It needs an attribute that nobody knows of them.
    Unknown(String),
    /// It cannot be computed.
    Failed(String),
}

impl Expression {
    /// Compiles and checks an expression.
    pub(crate) fn compile(quoted: Quoted, purpose: Purpose, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Self> {
        let program = syntax::parse(&quoted, problems)?;
        let before = problems.len();
        let positions = tree::Positions { source: &quoted.text, info: program.source_info() };
        let checked = check::check(program.expression(), positions, &quoted, purpose, vocabulary, problems);
        if problems.len() > before {
            return None;
        }
        Some(Self(Arc::new(Compiled {
            place: quoted.at(0..0).place(),
            kind: checked.kind,
            literals: checked.literals,
            phrase: phrase::phrase(program.expression(), &quoted.text),
            condition: Condition::of(program.expression()),
            attribute: Path::of(program.expression()),
            program,
            quoted,
        })))
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.0.quoted.text
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// In words, where it is simple: `department is Engineering`; otherwise as it was written, in one line.
    pub fn phrase(&self) -> &str {
        &self.0.phrase
    }

    /// The attributes of a person that it reads, each once: `department`, `name.givenName`.
    pub fn reads(&self) -> Vec<String> {
        reads::reads(self.0.program.expression())
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// All of it, for a label.
    pub(crate) fn spot(&self) -> Spot {
        self.0.quoted.at(0..self.text().len())
    }

    /// The texts that it may give, each with where it stands.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (&str, Spot)> {
        self.0.literals.iter().map(|literal| (literal.text.as_str(), self.0.quoted.at(literal.range.clone())))
    }

    /// The attribute's values, if the expression is one attribute and its values are known.
    pub(crate) fn plain<'a>(&self, subject: &'a Subject<'_>) -> Option<&'a [innkeeper_domain::Value]> {
        self.0.attribute.as_ref()?.values(subject)
    }

    /// The value for a person.
    pub(crate) fn value(&self, context: &Context<'_, '_>, subject: &Subject<'_>) -> Result<Value, Trouble> {
        let mut scope = context.new_inner_scope();
        scope.set_variable_resolver(subject);
        self.0.program.execute(&scope).map_err(trouble)
    }

    /// The attribute and the texts, where it says that the one is one of the others and nothing else.
    pub(crate) fn one_of(&self) -> Option<(&Path, &[String])> {
        self.0.condition.as_ref()?.one_of()
    }

    /// Whether it is true of a person.
    pub(crate) fn holds(&self, context: &Context<'_, '_>, subject: &Subject<'_>) -> Result<bool, Trouble> {
        if let Some(holds) = self.0.condition.as_ref().and_then(|condition| condition.holds(subject)) {
            return Ok(holds);
        }
        match self.value(context, subject)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(Trouble::Failed(format!("expected true or false, got {}", kind_of(&other)))),
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.text(), self.place())
    }
}

fn trouble(error: ExecutionError) -> Trouble {
    match error {
        ExecutionError::NoSuchKey(key) => match key.strip_prefix(subject::PERSON) {
            Some(path) => Trouble::Unknown(path.to_owned()),
            None => Trouble::Failed(format!("the map has no entry `{key}`")),
        },
        ExecutionError::NoSuchOverload(overload) => {
            Trouble::Failed(inapplicable(overload.function(), overload.argument_types().iter().map(String::as_str)))
        }
        ExecutionError::UnsupportedBinaryOperator(operator, left, right) => Trouble::Failed(inapplicable(
            operator,
            [kind_of(&left).to_string(), kind_of(&right).to_string()].iter().map(String::as_str),
        )),
        ExecutionError::ValuesNotComparable(left, right) => {
            Trouble::Failed(format!("{} and {} cannot be compared", kind_of(&left), kind_of(&right)))
        }
        ExecutionError::FunctionError { function, message } => Trouble::Failed(format!("{function}: {message}")),
        ExecutionError::IndexOutOfBounds(index) => match index {
            Value::Int(index) => Trouble::Failed(format!("the list has no item {index}")),
            _ => Trouble::Failed("the list has no such item".to_owned()),
        },
        other => Trouble::Failed(other.to_string()),
    }
}

fn inapplicable<'a>(function: &str, arguments: impl Iterator<Item = &'a str>) -> String {
    let operator = match function {
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "div" => "/",
        "rem" => "%",
        name => name.trim_matches(['_', '@']),
    };
    let arguments: Vec<&str> = arguments
        .map(|name| match name {
            "string" => "text",
            "bool" => "true or false",
            "null" | "null_type" => "nothing",
            "int" | "uint" | "double" => "a number",
            "list" => "a list",
            "map" => "a map",
            other => other,
        })
        .collect();
    format!("`{operator}` cannot be applied to {}", arguments.join(" and "))
}
