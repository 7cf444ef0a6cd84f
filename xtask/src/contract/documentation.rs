//! Whether the contract is documented item by item.

use super::package::Contract;

/// The worlds, interfaces, types and functions without a doc comment.
pub(super) fn missing(contract: &Contract) -> Vec<String> {
    let mut missing = Vec::new();
    let mut look = |name: String, docs: &wit_parser::Docs| {
        if docs.contents.as_deref().unwrap_or_default().trim().is_empty() {
            missing.push(name);
        }
    };
    let package = contract.package();
    for (name, id) in &package.worlds {
        look(format!("world `{name}`"), &contract.resolve.worlds[*id].docs);
    }
    for (name, id) in &package.interfaces {
        let interface = &contract.resolve.interfaces[*id];
        look(format!("interface `{name}`"), &interface.docs);
        for (type_name, type_id) in &interface.types {
            let definition = &contract.resolve.types[*type_id];
            // What is only used here is documented where it is made.
            let used = matches!(definition.kind, wit_parser::TypeDefKind::Type(wit_parser::Type::Id(_)));
            if !used {
                look(format!("`{name}.{type_name}`"), &definition.docs);
            }
        }
        for (function_name, function) in &interface.functions {
            look(format!("`{name}.{function_name}`"), &function.docs);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::contract::package::Contract;

    #[test]
    fn what_has_no_doc_comment_is_named() {
        let contract = Contract::of_text(
            "package a:b@0.1.0;
            /// Said.
            interface said { /// Said.
              record r { x: u32 }
              /// Said.
              f: func() -> r; }
            interface unsaid { use said.{r}; enum e { a } g: func(); }
            world w { export said; }",
        );
        assert_eq!(missing(&contract), ["world `w`", "interface `unsaid`", "`unsaid.e`", "`unsaid.g`"]);
    }
}
