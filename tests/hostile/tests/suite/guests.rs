//! Components that no compiler would make.

/// A component that is a connector by name: what it does, it does when it is started. `imports` are its imports, `wired` what its core module
/// is instantiated with, and `core` is in that module.
pub(crate) fn starting(imports: &str, wired: &str, core: &str) -> String {
    named("innkeeper:connector/connector@0.1.0", imports, wired, core)
}

/// The same with another name of its interface.
pub(crate) fn named(interface: &str, imports: &str, wired: &str, core: &str) -> String {
    format!(
        r#"(component
            {imports}
            (core module $module {core} (func (export "describe")))
            (core instance $guest (instantiate $module {wired}))
            (func $describe (canon lift (core func $guest "describe")))
            (instance $connector (export "describe" (func $describe)) (export "probe" (func $describe)))
            (export "{interface}" (instance $connector)))"#
    )
}

/// A component with as many instances of a core module as are wanted beside its own.
pub(crate) fn crowd(count: usize, core: &str) -> String {
    let crowd = "(core instance (instantiate $member))\n".repeat(count);
    starting(&format!("(core module $member {core})\n{crowd}"), "", "")
}
