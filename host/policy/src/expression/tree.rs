//! Reading a parsed expression: paths below `person`, and where the parts stand.

use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue, SourceInfo};
use std::ops::Range;

/// The fields of `person.a.b` or `has(person.a.b)`, outermost last, each with the expression that selects it.
pub(crate) fn person_path(expression: &IdedExpr) -> Option<Vec<(&str, &IdedExpr)>> {
    let mut fields = Vec::new();
    let mut here = expression;
    loop {
        match &here.expr {
            Expr::Select(select) if !select.test || fields.is_empty() => {
                fields.push((select.field.as_str(), here));
                here = &select.operand;
            }
            Expr::Ident(name) if name == "person" && !fields.is_empty() => {
                fields.reverse();
                return Some(fields);
            }
            _ => return None,
        }
    }
}

/// The dotted path of `person.a.b`; none for anything else, `has(person.a.b)` included.
pub(crate) fn attribute(expression: &IdedExpr) -> Option<String> {
    if matches!(&expression.expr, Expr::Select(select) if select.test) {
        return None;
    }
    let fields = person_path(expression)?;
    Some(fields.iter().map(|(field, _)| *field).collect::<Vec<_>>().join("."))
}

/// The text of a text literal.
pub(crate) fn text(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// Where the parts of one expression stand in its text, in bytes.
pub(crate) struct Positions<'a> {
    pub(crate) source: &'a str,
    pub(crate) info: &'a SourceInfo,
}

impl Positions<'_> {
    /// The range of the token that stands for the node.
    fn token(&self, expression: &IdedExpr) -> Range<usize> {
        match self.info.offset_for(expression.id) {
            Some((start, stop)) => self.sound(start as usize..stop as usize + 1),
            None => 0..self.source.len(),
        }
    }

    /// A range that can be sliced.
    fn sound(&self, range: Range<usize>) -> Range<usize> {
        let mut end = range.end.min(self.source.len());
        while !self.source.is_char_boundary(end) {
            end += 1;
        }
        let mut start = range.start.min(end);
        while !self.source.is_char_boundary(start) {
            start -= 1;
        }
        start..end
    }

    /// From the first to the last token of the expression.
    pub(crate) fn whole(&self, expression: &IdedExpr) -> Range<usize> {
        let mut range = self.own(expression);
        for part in parts(expression) {
            let inner = self.whole(part);
            range = range.start.min(inner.start)..range.end.max(inner.end);
        }
        range
    }

    fn own(&self, expression: &IdedExpr) -> Range<usize> {
        match &expression.expr {
            Expr::Select(select) => self.field(expression, &select.field),
            Expr::Call(call) if call.func_name.starts_with(|first: char| first.is_alphabetic()) => {
                self.function(expression, &call.func_name)
            }
            _ => self.token(expression),
        }
    }

    /// The name after the dot of a selection; within `has(...)` the parser gives the bracket instead of the dot.
    pub(crate) fn field(&self, select: &IdedExpr, name: &str) -> Range<usize> {
        let token = self.token(select);
        let mut from = token.start;
        if let Expr::Select(inner) = &select.expr
            && inner.test
        {
            from = self.whole(&inner.operand).end;
        }
        match self.source.get(from..).and_then(|rest| rest.find(name)) {
            Some(at) => from + at..from + at + name.len(),
            None => token,
        }
    }

    /// The name before the bracket of a call.
    pub(crate) fn function(&self, call: &IdedExpr, name: &str) -> Range<usize> {
        let token = self.token(call);
        match self.source[..token.start].trim_end().strip_suffix(name) {
            Some(before) => before.len()..before.len() + name.len(),
            None => token,
        }
    }
}

/// What an expression is made of, one level down.
fn parts(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Comprehension(comprehension) => vec![&comprehension.iter_range],
        Expr::Map(_) | Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}
