//! An expression in words, where it is simple enough: `department is Engineering`.

use super::tree;
use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue, operators as op};

/// The rule in words; the expression itself, in one line, where there are none.
pub(crate) fn phrase(expression: &IdedExpr, text: &str) -> String {
    joined(expression).unwrap_or_else(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn joined(expression: &IdedExpr) -> Option<String> {
    let all = terms(expression, op::LOGICAL_AND);
    if all.len() > 1 {
        // That somebody works here goes without saying.
        let telling: Vec<_> = all.iter().filter(|term| tree::attribute(term).as_deref() != Some("active")).collect();
        let phrases = telling.into_iter().map(|term| simple(term)).collect::<Option<Vec<_>>>()?;
        return Some(if phrases.is_empty() { "works here".to_owned() } else { phrases.join(" and ") });
    }
    let any = terms(expression, op::LOGICAL_OR);
    let phrases = any.into_iter().map(simple).collect::<Option<Vec<_>>>()?;
    Some(phrases.join(" or "))
}

/// The operands of nested uses of one operator, in the order in which they are written.
fn terms<'a>(expression: &'a IdedExpr, operator: &str) -> Vec<&'a IdedExpr> {
    match &expression.expr {
        Expr::Call(call) if call.func_name == operator => {
            call.args.iter().flat_map(|argument| terms(argument, operator)).collect()
        }
        _ => vec![expression],
    }
}

fn simple(expression: &IdedExpr) -> Option<String> {
    if let Some(path) = tree::attribute(expression) {
        return Some(if path == "active" { "works here".to_owned() } else { format!("{path} is true") });
    }
    let call = match &expression.expr {
        Expr::Literal(LiteralValue::Boolean(everybody)) => {
            return Some(if *everybody.inner() { "everybody" } else { "nobody" }.to_owned());
        }
        Expr::Select(select) if select.test => {
            let fields = tree::person_path(expression)?;
            return Some(format!("{} is known", fields.iter().map(|(field, _)| *field).collect::<Vec<_>>().join(".")));
        }
        Expr::Call(call) => call,
        _ => return None,
    };
    match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
        (op::EQUALS, None, [left, right]) => compared(left, "is", right).or_else(|| compared(right, "is", left)),
        (op::NOT_EQUALS, None, [left, right]) => compared(left, "is not", right).or_else(|| compared(right, "is not", left)),
        (op::LOGICAL_NOT, None, [only]) if tree::attribute(only)? == "active" => Some("does not work here".to_owned()),
        (op::IN, None, [left, right]) => match &right.expr {
            Expr::List(list) => {
                let items = list.elements.iter().map(literal).collect::<Option<Vec<_>>>()?;
                Some(format!("{} is {}", tree::attribute(left)?, items.join(" or ")))
            }
            _ => Some(format!("{} has {}", tree::attribute(right)?, literal(left)?)),
        },
        ("startsWith", Some(target), [part]) => compared(target, "starts with", part),
        ("endsWith", Some(target), [part]) => compared(target, "ends with", part),
        ("contains", Some(target), [part]) => compared(target, "contains", part),
        _ => None,
    }
}

fn compared(attribute: &IdedExpr, verb: &str, value: &IdedExpr) -> Option<String> {
    Some(format!("{} {verb} {}", tree::attribute(attribute)?, literal(value)?))
}

fn literal(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) if text.inner().is_empty() => Some("empty".to_owned()),
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        Expr::Literal(LiteralValue::Boolean(value)) => Some(value.inner().to_string()),
        Expr::Literal(LiteralValue::Int(value)) => Some(value.inner().to_string()),
        Expr::Literal(LiteralValue::Null) => Some("empty".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_words(text: &str) -> String {
        let program = cel::Program::compile(text).expect("the test's CEL is sound");
        phrase(program.expression(), text)
    }

    #[test]
    fn simple_rules_read_like_sentences() {
        assert_eq!(in_words("person.department == 'Engineering' && person.active"), "department is Engineering");
        assert_eq!(in_words("'Berlin' != person.addresses.locality"), "addresses.locality is not Berlin");
        assert_eq!(in_words("person.department in ['A', 'B'] && has(person.title)"), "department is A or B and title is known");
        assert_eq!(
            in_words("'x@y' in person.emails || person.title.startsWith('Lead')"),
            "emails has x@y or title starts with Lead"
        );
        assert_eq!(in_words("person.active"), "works here");
        assert_eq!(in_words("true"), "everybody");
        assert_eq!(in_words("person.manager == null"), "manager is empty");
    }

    #[test]
    fn other_rules_stand_for_themselves_in_one_line() {
        assert_eq!(in_words("size(person.emails)\n   > 1"), "size(person.emails) > 1");
        assert_eq!(
            in_words("person.a == 'b' && (person.c == 'd' || person.e > 'f')"),
            "person.a == 'b' && (person.c == 'd' || person.e > 'f')"
        );
    }
}
