//! Which attributes of a person an expression reads, so that a verdict can be explained by the values behind it.

use super::tree;
use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr};

/// The paths below `person`, each once, in the order in which they stand in the text. What is only asked for (`has(person.x)`) is read
/// too: its absence decides.
pub(crate) fn reads(expression: &IdedExpr) -> Vec<String> {
    let mut paths = Vec::new();
    collect(expression, &mut paths);
    paths
}

fn collect(expression: &IdedExpr, paths: &mut Vec<String>) {
    if let Some(fields) = tree::person_path(expression) {
        let path = fields.iter().map(|(field, _)| *field).collect::<Vec<_>>().join(".");
        if !paths.contains(&path) {
            paths.push(path);
        }
        return;
    }
    match &expression.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).for_each(|part| collect(part, paths)),
        Expr::Select(select) => collect(&select.operand, paths),
        Expr::List(list) => list.elements.iter().for_each(|item| collect(item, paths)),
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    collect(&entry.key, paths);
                    collect(&entry.value, paths);
                }
            }
        }
        Expr::Comprehension(comprehension) => {
            let parts = [
                &comprehension.iter_range,
                &comprehension.accu_init,
                &comprehension.loop_cond,
                &comprehension.loop_step,
                &comprehension.result,
            ];
            parts.into_iter().for_each(|part| collect(part, paths));
        }
        Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        reads(cel::Program::compile(text).expect("the test's CEL is sound").expression())
    }

    #[test]
    fn every_attribute_that_an_expression_reads_is_listed_once_and_in_order() {
        assert_eq!(of("person.title == 'a' || person.department in ['x'] && person.title != 'b'"), ["title", "department"]);
        assert_eq!(of("has(person.manager) && !person.active"), ["manager", "active"]);
        assert_eq!(of("{'a': person.badge}[person.name.givenName]"), ["badge", "name.givenName"]);
        assert_eq!(of("[person.userName, today].size() > 1"), ["userName"]);
        assert_eq!(of("true"), Vec::<String>::new());
    }

    #[test]
    fn what_a_macro_goes_through_and_what_it_compares_with_are_read() {
        assert_eq!(of("person.emails.exists(mail, mail == person.userName)"), ["emails", "userName"]);
    }
}
