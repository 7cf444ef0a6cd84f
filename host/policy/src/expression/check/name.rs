//! Names of variables and attributes.

use super::Checker;
use crate::expression::kind::Kind;
use crate::expression::tree;
use crate::suggest;
use crate::vocabulary::Known;
use cel::IdedExpr;
use cel::common::ast::SelectExpr;
use std::collections::BTreeSet;
use std::ops::Range;

/// CEL's names for types, which `type(...)` is compared with.
const TYPES: &[&str] = &["bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"];

impl Checker<'_> {
    pub(super) fn identifier(&mut self, expression: &IdedExpr, name: &str) -> Kind {
        if let Some((_, kind)) = self.variables.iter().rev().find(|(variable, _)| variable == name) {
            return kind.clone();
        }
        match name {
            "today" => return Kind::Text,
            _ if name.starts_with('@') || TYPES.contains(&name) => return Kind::Any,
            _ => {}
        }
        let range = self.positions.whole(expression);
        if name == "person" {
            let help = "say which attribute: `person.userName`".to_owned();
            self.problem(range, "`person` is not a value".to_owned(), "a person has attributes", Some(help));
            return Kind::Any;
        }
        let help = if self.vocabulary.look_up(name) != Known::Unknown {
            format!("did you mean `person.{name}`?")
        } else {
            let variables: Vec<String> = self.variables.iter().map(|(variable, _)| variable.clone()).collect();
            let known = variables.iter().map(String::as_str).chain(["person", "today", "true", "false", "null"]);
            match suggest::nearest(name, known.filter(|known| !known.starts_with('@'))) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known are `person` and `today`; text stands in quotes: `'{name}'`"),
            }
        };
        self.problem(range, format!("there is no variable `{name}`"), "unknown", Some(help));
        Kind::Any
    }

    pub(super) fn select(&mut self, expression: &IdedExpr, select: &SelectExpr) -> Kind {
        let shadowed = self.variables.iter().any(|(variable, _)| variable == "person");
        if let Some(fields) = tree::person_path(expression).filter(|_| !shadowed) {
            let kind = self.path(&fields, select.test);
            return if select.test { Kind::Boolean } else { kind };
        }
        let operand = self.kind(&select.operand, false);
        if matches!(operand, Kind::Text | Kind::Boolean | Kind::Number | Kind::List(_)) {
            let range = self.positions.field(expression, &select.field);
            self.problem(range, format!("{operand} has no part `{}`", select.field), "no such part", None);
        }
        if select.test { Kind::Boolean } else { Kind::Any }
    }

    pub(super) fn path(&mut self, fields: &[(&str, &IdedExpr)], test: bool) -> Kind {
        let mut path = String::new();
        let mut known = Known::Complex;
        for (field, select) in fields {
            let (prefix, above) = (path.clone(), known);
            path = if path.is_empty() { (*field).to_owned() } else { format!("{path}.{field}") };
            known = self.vocabulary.look_up(&path);
            if known != Known::Unknown {
                continue;
            }
            let range = self.positions.field(select, field);
            if above == Known::Complex {
                let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}.") };
                self.unknown_attribute(range, &prefix, field);
            } else {
                self.problem(range, format!("`person.{prefix}` has no part `{field}`"), "no such part", None);
            }
            return Kind::Any;
        }
        match known {
            Known::Active => Kind::Boolean,
            Known::Single => Kind::Text,
            Known::Multiple => Kind::List(Box::new(Kind::Text)),
            Known::Custom | Known::Unknown => Kind::Any,
            Known::Complex => {
                if let (false, Some((field, select))) = (test, fields.last()) {
                    let parts = self.vocabulary.names_below(&format!("{path}."));
                    let parts: Vec<_> = parts.iter().map(|part| format!("`person.{path}.{part}`")).collect();
                    let range = self.positions.field(select, field);
                    let help = format!("say which: {}", parts.join(", "));
                    self.problem(range, format!("`person.{path}` has parts and no value of its own"), "not a value", Some(help));
                }
                Kind::Any
            }
        }
    }

    fn unknown_attribute(&mut self, range: Range<usize>, prefix: &str, field: &str) {
        let names: BTreeSet<String> = self.vocabulary.names_below(prefix);
        let help = match suggest::nearest(field, names.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `person.{prefix}{name}`?"),
            None if prefix.is_empty() => "known are SCIM's attributes (RFC 7643, sections 4.1 and 4.3), startDate, endDate, and \
                                          what the `columns` or `attributes` of a source name"
                .to_owned(),
            None => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("`person.{}` has {}", prefix.trim_end_matches('.'), names.join(", "))
            }
        };
        self.problem(range, format!("a person has no attribute `{prefix}{field}`"), "unknown attribute", Some(help));
    }
}
