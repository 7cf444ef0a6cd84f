//! Calls of functions: that they exist, and that they get what they take.

use super::{Checker, Purpose};
use crate::expression::function::{MACROS, OWN, STANDARD, signature};
use crate::expression::kind::Kind;
use crate::suggest;
use cel::IdedExpr;
use cel::common::ast::CallExpr;
use std::ops::Range;

impl Checker<'_> {
    pub(super) fn function(&mut self, expression: &IdedExpr, call: &CallExpr, tail: bool) -> Kind {
        let name = call.func_name.as_str();
        let range = self.positions.function(expression, name);
        let signature = signature(name);
        let meant = signature.map_or_else(|| suggest::nearest(name, names()), |_| None);
        // The arguments of a macro bring names that are not there if it is written in another way.
        if MACROS.contains(&name) || meant.is_some_and(|meant| MACROS.contains(&meant)) {
            self.not_a_function(range, name, meant.filter(|meant| *meant != name));
            return Kind::Any;
        }
        let parts = call.target.as_deref().into_iter().chain(&call.args);
        let kinds: Vec<Kind> = parts.map(|part| self.kind(part, false)).collect();
        let Some(signature) = signature else {
            self.not_a_function(range, name, meant);
            return Kind::Any;
        };
        if !signature.takes.contains(&kinds.len()) {
            let message = format!("`{name}` takes {} and gets {}", count(*signature.takes.start()), kinds.len());
            self.problem(range, message, "wrong number of values", Some(format!("write `{}`", signature.form)));
            return Kind::Any;
        }
        let wanted = match name {
            "lower" | "upper" | "trim" | "transliterate" | "replace" | "startsWith" | "endsWith" | "addDays" | "daysBetween" => {
                Kind::Text
            }
            "join" | "unique" => Kind::List(Box::new(Kind::Any)),
            _ => Kind::Any,
        };
        if let Some(given) = kinds.first().filter(|given| !given.may_be(&wanted)) {
            let help = matches!(given, Kind::List(_)).then(|| "take one item: `first(person.emails)`".to_owned());
            let message = format!("`{name}` works on {wanted}, and this is {given}");
            let first = call.target.as_deref().or(call.args.first()).map(|part| self.positions.whole(part));
            self.problem(first.unwrap_or(range), message, &format!("this is {given}"), help);
            return Kind::Any;
        }
        match name {
            "unique" => self.unique(range, tail),
            "lower" | "upper" | "trim" | "transliterate" | "replace" | "join" | "addDays" | "string" => Kind::Text,
            "size" | "int" | "uint" | "double" | "daysBetween" => Kind::Number,
            "contains" | "startsWith" | "endsWith" | "bool" => Kind::Boolean,
            "first" => {
                kinds.first().map_or(Kind::Any, |kind| if let Kind::List(item) = kind { (**item).clone() } else { kind.clone() })
            }
            _ => Kind::Any,
        }
    }

    fn unique(&mut self, range: Range<usize>, tail: bool) -> Kind {
        if self.purpose != Purpose::Mapping {
            let message = "`unique` chooses an attribute's value, so it stands in a mapping".to_owned();
            self.problem(range, message, "not in a mapping", None);
        } else if !tail {
            let help = "put what is added into the candidates: `unique([a + '@acme.example', b + '@acme.example'])`".to_owned();
            let message = "`unique` compares its candidates with what accounts have, so nothing can be done to its result";
            self.problem(range, message.to_owned(), "must be the value itself", Some(help));
        }
        Kind::Text
    }

    fn not_a_function(&mut self, range: Range<usize>, name: &str, meant: Option<&str>) {
        if MACROS.contains(&name) {
            let form = match name {
                "has" => "has(person.department)".to_owned(),
                _ => format!("person.emails.{name}(email, ...)"),
            };
            self.problem(range, format!("`{name}` is not used like this"), "wrong form", Some(format!("write `{form}`")));
            return;
        }
        let help = meant.map_or_else(
            || format!("beside CEL's own there are {}", OWN.iter().map(|own| own.form).collect::<Vec<_>>().join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        self.problem(range, format!("there is no function `{name}`"), "unknown function", Some(help));
    }
}

/// Everything that looks like a function.
fn names() -> impl Iterator<Item = &'static str> {
    OWN.iter().chain(STANDARD).map(|signature| signature.name).chain(MACROS.iter().copied())
}

fn count(values: usize) -> String {
    match values {
        1 => "1 value".to_owned(),
        several => format!("{several} values"),
    }
}
