//! Whether connectors that were compiled against one version work with a host of another.
//!
//! A component's types are structural: a record with one more field is another type, and a host that binds an exported
//! interface asks for every function of it. So within a line of versions nothing that exists may change, and only whole
//! interfaces, types and worlds, and functions of interfaces that the host alone implements, may be added.

use semver::Version;
use wit_parser::{Function, Handle, InterfaceId, PackageName, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner};

use super::package::Contract;

/// Whether a connector for the older version may expect to work on a host of the newer: the major version is the same, or, before
/// 1.0, the minor one.
pub(super) fn same_line(older: &Version, newer: &Version) -> bool {
    PackageName::version_compat_track(older) == PackageName::version_compat_track(newer)
}

/// How the newer version breaks connectors that were compiled against the older one.
pub(super) fn broken(older: &Contract, newer: &Contract) -> Vec<String> {
    let mut faults = Vec::new();
    let exported = older.exported();
    for (name, old_id) in &older.package().interfaces {
        match newer.package().interfaces.get(name) {
            Some(new_id) => {
                interface(name, (older, *old_id), (newer, *new_id), exported.contains(old_id), &mut faults);
            }
            None => faults.push(format!("interface `{name}` is gone")),
        }
    }
    for name in older.package().worlds.keys().filter(|name| !newer.package().worlds.contains_key(*name)) {
        faults.push(format!("world `{name}` is gone"));
    }
    faults
}

fn interface(
    name: &str,
    (older, old_id): (&Contract, InterfaceId),
    (newer, new_id): (&Contract, InterfaceId),
    exported: bool,
    faults: &mut Vec<String>,
) {
    let (old, new) = (&older.resolve.interfaces[old_id], &newer.resolve.interfaces[new_id]);
    for (type_name, old_type) in &old.types {
        match new.types.get(type_name) {
            None => faults.push(format!("`{name}.{type_name}` is gone")),
            Some(new_type) => {
                let (before, after) = (definition(&older.resolve, *old_type), definition(&newer.resolve, *new_type));
                if before != after {
                    faults.push(format!("`{name}.{type_name}` was `{before}` and is `{after}`"));
                }
            }
        }
    }
    for (function_name, old_function) in &old.functions {
        match new.functions.get(function_name) {
            None => faults.push(format!("`{name}.{function_name}` is gone")),
            Some(new_function) => {
                let (before, after) = (signature(&older.resolve, old_function), signature(&newer.resolve, new_function));
                if before != after {
                    faults.push(format!("`{name}.{function_name}` was `{before}` and is `{after}`"));
                }
            }
        }
    }
    if exported {
        for function in new.functions.keys().filter(|function| !old.functions.contains_key(*function)) {
            faults.push(format!("`{name}.{function}` is new in an interface that connectors export: make a new interface"));
        }
    }
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<_> = function.params.iter().map(|p| format!("{}: {}", p.name, shown(resolve, &p.ty))).collect();
    let result = function.result.as_ref().map(|result| format!(" -> {}", shown(resolve, result))).unwrap_or_default();
    let kind = if function.kind.is_async() { "async func" } else { "func" };
    format!("{kind}({}){result}", parameters.join(", "))
}

fn definition(resolve: &Resolve, id: TypeId) -> String {
    let TypeDef { kind, .. } = &resolve.types[id];
    let list = |items: Vec<String>| items.join(", ");
    match kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| format!("{}: {}", field.name, shown(resolve, &field.ty)));
            format!("record {{ {} }}", list(fields.collect()))
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| match &case.ty {
                Some(payload) => format!("{}({})", case.name, shown(resolve, payload)),
                None => case.name.clone(),
            });
            format!("variant {{ {} }}", list(cases.collect()))
        }
        TypeDefKind::Enum(cases) => format!("enum {{ {} }}", list(cases.cases.iter().map(|case| case.name.clone()).collect())),
        TypeDefKind::Flags(flags) => format!("flags {{ {} }}", list(flags.flags.iter().map(|flag| flag.name.clone()).collect())),
        TypeDefKind::Type(other) => shown(resolve, other),
        _ => unnamed(resolve, kind),
    }
}

/// A type where it is used: by its name where it has one, for its definition is compared where it is made.
fn shown(resolve: &Resolve, used: &Type) -> String {
    let Type::Id(id) = used else { return format!("{used:?}").to_lowercase() };
    let TypeDef { name, owner, kind, .. } = &resolve.types[*id];
    match (name, owner, kind) {
        // `use types.{error}` makes an alias: what counts is where it leads.
        (_, _, TypeDefKind::Type(other)) => shown(resolve, other),
        (Some(name), TypeOwner::Interface(owner), _) => {
            format!("{}.{name}", resolve.interfaces[*owner].name.as_deref().unwrap_or("inline"))
        }
        (Some(name), _, _) => name.clone(),
        (None, _, kind) => unnamed(resolve, kind),
    }
}

fn unnamed(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let maybe = |part: &Option<Type>| part.as_ref().map_or_else(|| "_".to_owned(), |part| shown(resolve, part));
    match kind {
        TypeDefKind::Option(inner) => format!("option<{}>", shown(resolve, inner)),
        TypeDefKind::List(inner) => format!("list<{}>", shown(resolve, inner)),
        TypeDefKind::FixedLengthList(inner, length) => format!("list<{}, {length}>", shown(resolve, inner)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", shown(resolve, key), shown(resolve, value)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", maybe(&result.ok), maybe(&result.err)),
        TypeDefKind::Tuple(tuple) => {
            let parts: Vec<_> = tuple.types.iter().map(|part| shown(resolve, part)).collect();
            format!("tuple<{}>", parts.join(", "))
        }
        TypeDefKind::Handle(Handle::Own(id)) => format!("own<{}>", shown(resolve, &Type::Id(*id))),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", shown(resolve, &Type::Id(*id))),
        TypeDefKind::Future(inner) => format!("future<{}>", maybe(inner)),
        TypeDefKind::Stream(inner) => format!("stream<{}>", maybe(inner)),
        TypeDefKind::Type(inner) => shown(resolve, inner),
        kind => kind.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{broken, same_line};
    use crate::contract::package::Contract;

    const OLD: &str = "package a:b@0.1.0;
        interface types { record r { x: u32 } variant v { a, b(string) } enum e { one } flags f { big } }
        interface given { use types.{r}; get: func() -> r; }
        interface made { use types.{r, v}; %list: func(cursor: option<string>) -> result<list<r>, v>; }
        world w { import given; export made; }";

    fn faults(change: (&str, &str)) -> Vec<String> {
        assert!(OLD.contains(change.0), "{} is not in the text", change.0);
        broken(&Contract::of_text(OLD), &Contract::of_text(&OLD.replacen(change.0, change.1, 1)))
    }

    #[test]
    fn additions_beside_what_exists_are_compatible() {
        assert_eq!(faults(("@0.1.0", "@0.1.1")), Vec::<String>::new());
        assert_eq!(
            faults(("world w", "/// More. \n interface more { f: func(); } world x { export more; } world w")),
            Vec::<String>::new()
        );
        assert_eq!(faults(("interface given {", "interface given { more: func();")), Vec::<String>::new());
        assert_eq!(faults(("interface types {", "interface types { record s { y: u8 }")), Vec::<String>::new());
        assert_eq!(faults(("interface made {", "/// Now documented.\n interface made {")), Vec::<String>::new());
    }

    #[test]
    fn a_new_function_in_an_exported_interface_breaks() {
        let found = faults(("interface made {", "interface made { more: func();"));
        assert_eq!(found, ["`made.more` is new in an interface that connectors export: make a new interface"]);
    }

    #[test]
    fn every_change_of_what_exists_breaks() {
        for (change, said) in [
            (
                ("record r { x: u32 }", "record r { x: u32, y: u32 }"),
                "`types.r` was `record { x: u32 }` and is `record { x: u32, y: u32 }`",
            ),
            (("b(string)", "b(string), c"), "`types.v` was"),
            (("enum e { one }", "enum e { one, two }"), "`types.e` was"),
            (("flags f { big }", "flags f { small }"), "`types.f` was"),
            (("enum e { one }", ""), "`types.e` is gone"),
            (
                ("get: func() -> r;", "get: func() -> list<r>;"),
                "`given.get` was `func() -> types.r` and is `func() -> list<types.r>`",
            ),
            (("cursor: option<string>", "cursor: string"), "`made.list` was `func(cursor: option<string>)"),
            (("get: func() -> r;", ""), "`given.get` is gone"),
            (("world w", "world other"), "world `w` is gone"),
        ] {
            let found = faults(change);
            assert!(found.iter().any(|fault| fault.starts_with(said)), "{change:?}: {found:?}");
        }
    }

    #[test]
    fn lines_are_as_in_semantic_versions() {
        let same = |a: &str, b: &str| same_line(&a.parse().expect("a version"), &b.parse().expect("a version"));
        assert!(same("0.1.0", "0.1.7"));
        assert!(!same("0.1.0", "0.2.0"));
        assert!(same("1.0.0", "1.4.0"));
        assert!(!same("1.4.0", "2.0.0"));
    }
}
