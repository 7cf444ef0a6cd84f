//! The commonest expressions, answered without the interpreter: most mappings are one attribute, most rules compare
//! attributes with text. A shortcut that has no answer for a person leaves the question to the interpreter, so it only has
//! to be right when it answers.

use super::subject::Subject;
use super::tree;
use crate::vocabulary::is_multi_valued;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as op};
use innkeeper_domain::{Hint, Scalar, Text, Value};

/// A condition over one person.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Constant(bool),
    Active,
    /// The attribute is one of these texts.
    OneOf(Path, Vec<String>),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

impl Condition {
    /// The condition that an expression states, if it is of this simple form.
    pub(crate) fn of(expression: &IdedExpr) -> Option<Self> {
        match &expression.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => Some(Self::Constant(*value.inner())),
            Expr::Select(_) if tree::attribute(expression)? == "active" => Some(Self::Active),
            Expr::Call(call) if call.target.is_none() => Self::of_call(call),
            _ => None,
        }
    }

    fn of_call(call: &CallExpr) -> Option<Self> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [left, right]) => Some(Self::And(Box::new(Self::of(left)?), Box::new(Self::of(right)?))),
            (op::LOGICAL_OR, [left, right]) => Some(Self::Or(Box::new(Self::of(left)?), Box::new(Self::of(right)?))),
            (op::LOGICAL_NOT, [only]) => Some(Self::Not(Box::new(Self::of(only)?))),
            (op::EQUALS, [left, right]) => Self::equal(left, right).or_else(|| Self::equal(right, left)),
            (op::NOT_EQUALS, [left, right]) => {
                Some(Self::Not(Box::new(Self::equal(left, right).or_else(|| Self::equal(right, left))?)))
            }
            (op::IN, [left, right]) => {
                let Expr::List(list) = &right.expr else { return None };
                let texts = list.elements.iter().map(|item| tree::text(item).map(str::to_owned)).collect::<Option<Vec<_>>>()?;
                Some(Self::OneOf(Path::single(left)?, texts))
            }
            _ => None,
        }
    }

    fn equal(attribute: &IdedExpr, text: &IdedExpr) -> Option<Self> {
        Some(Self::OneOf(Path::single(attribute)?, vec![tree::text(text)?.to_owned()]))
    }

    /// The attribute and the texts, where it can only be true if the one is one of the others. Of a conjunction only what is asked first: what
    /// comes after it is not asked any more when that is false.
    pub(crate) fn one_of(&self) -> Option<(&Path, &[String])> {
        match self {
            Self::OneOf(path, texts) => Some((path, texts)),
            Self::And(left, _) => left.one_of(),
            _ => None,
        }
    }

    /// Whether it is true of the person; none where only the interpreter can tell.
    pub(crate) fn holds(&self, subject: &Subject<'_>) -> Option<bool> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Active => Some(subject.active),
            Self::OneOf(path, texts) => match path.text(subject)? {
                None => Some(false),
                Some(text) => Some(texts.iter().any(|candidate| candidate == text)),
            },
            Self::Not(inner) => inner.holds(subject).map(|holds| !holds),
            Self::And(left, right) => match left.holds(subject)? {
                false => Some(false),
                true => right.holds(subject),
            },
            Self::Or(left, right) => match left.holds(subject)? {
                true => Some(true),
                false => right.holds(subject),
            },
        }
    }
}

/// The path of an attribute that a source gives.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    name: String,
    hint: Hint,
}

impl Path {
    /// The path, if the expression is that and nothing else.
    pub(crate) fn of(expression: &IdedExpr) -> Option<Self> {
        let name = tree::attribute(expression).filter(|path| path != "active" && path != "id")?;
        Some(Self { name, hint: Hint::default() })
    }

    /// The path of an attribute with a single value.
    fn single(expression: &IdedExpr) -> Option<Self> {
        Self::of(expression).filter(|path| !is_multi_valued(&path.name))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The values of the attribute; none where only the interpreter can tell.
    pub(crate) fn values<'a>(&self, subject: &'a Subject<'_>) -> Option<&'a [Value]> {
        subject.attributes.get_near(&self.name, &self.hint)
    }

    /// The text of the attribute, or that it has none; nothing where only the interpreter can tell.
    pub(crate) fn text<'a>(&self, subject: &'a Subject<'_>) -> Option<Option<&'a Text>> {
        match self.values(subject)? {
            [] => Some(None),
            [Value { scalar: Scalar::Text(text), .. }] => Some(Some(text)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::context;
    use innkeeper_domain::{AttributeName, Person, PersonId};
    use proptest::prelude::*;
    use proptest::sample::select;

    fn condition() -> impl Strategy<Value = String> {
        let leaf = select(vec![
            "true",
            "false",
            "person.active",
            "person.title == 'a'",
            "'b' == person.title",
            "person.title != 'a'",
            "person.department in ['a', 'b']",
            "person.name.givenName == 'a'",
        ]);
        leaf.prop_map(str::to_owned).prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} && {right})")),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} || {right})")),
                inner.prop_map(|inner| format!("!({inner})")),
            ]
        })
    }

    fn person() -> impl Strategy<Value = Person> {
        let texts = || select(vec![None, Some(vec![]), Some(vec!["a"]), Some(vec!["b"]), Some(vec!["a", "b"])]);
        (texts(), texts(), texts()).prop_map(|(title, department, given)| {
            let named = [("title", title), ("department", department), ("name.givenName", given)];
            let attributes = named
                .into_iter()
                .filter_map(|(name, texts)| Some((AttributeName::from(name), texts?.into_iter().map(Value::plain).collect())));
            Person {
                id: PersonId::from("1"),
                attributes: attributes.collect(),
                active: None,
                restricted: Default::default(),
                origins: Vec::new(),
                closed_since: None,
            }
        })
    }

    proptest! {
        #[test]
        fn a_shortcut_that_answers_answers_as_the_interpreter_does(text in condition(), person in person(), active in any::<bool>()) {
            let program = cel::Program::compile(&text).expect("the test's CEL is sound");
            let condition = Condition::of(program.expression()).expect("the test's conditions are simple");
            let subject = Subject::new(&person, active, "2026-11-22");
            let root = context();
            let mut scope = root.new_inner_scope();
            scope.set_variable_resolver(&subject);
            if let Some(holds) = condition.holds(&subject) {
                prop_assert_eq!(program.execute(&scope), Ok(cel::Value::Bool(holds)));
            }
        }

        #[test]
        fn a_condition_that_asks_for_another_text_is_false(text in condition(), person in person(), active in any::<bool>()) {
            let program = cel::Program::compile(&text).expect("the test's CEL is sound");
            let condition = Condition::of(program.expression()).expect("the test's conditions are simple");
            let subject = Subject::new(&person, active, "2026-11-22");
            if let Some((path, texts)) = condition.one_of()
                && let Some(there) = path.text(&subject)
                && there.is_none_or(|there| texts.iter().all(|text| *there != *text))
            {
                prop_assert_eq!(condition.holds(&subject), Some(false));
            }
        }
    }
}
