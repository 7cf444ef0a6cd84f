//! What a component imports and exports: tools that look for one read it in the registry, without downloading it.

use serde::Serialize;
use wasmparser::{Encoding, Parser, Payload};

/// The names at a component's own level.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Interfaces {
    exports: Vec<String>,
    imports: Vec<String>,
}

impl Interfaces {
    /// Reads them, or says why the bytes are not a component.
    pub(crate) fn of(component: &[u8]) -> Result<Self, String> {
        if !component.starts_with(b"\0asm") {
            return Err("it is not WebAssembly".to_owned());
        }
        let broken = |error: wasmparser::BinaryReaderError| format!("it is damaged ({})", crate::body::shown(error.message()));
        let mut interfaces = Self::default();
        // Components and modules lie within components: whose names are read, the outermost alone counts.
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(broken)? {
                Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                    return Err("it is a core WebAssembly module, not a component".to_owned());
                }
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 1 => {
                    for import in section {
                        interfaces.imports.push(import.map_err(broken)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    for export in section {
                        interfaces.exports.push(export.map_err(broken)?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(interfaces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_outermost_component_are_read() {
        let component = wat::parse_str(
            r#"(component
                (import "acme:crm/http@1.0.0" (instance))
                (component (import "inner" (func)))
                (core module)
                (instance $accounts)
                (export "acme:crm/accounts@1.0.0" (instance $accounts)))"#,
        );
        let interfaces = Interfaces::of(&component.expect("a component")).expect("read");
        assert_eq!(
            (interfaces.imports, interfaces.exports),
            (vec!["acme:crm/http@1.0.0".to_owned()], vec!["acme:crm/accounts@1.0.0".to_owned()])
        );
    }

    #[test]
    fn what_is_no_component_is_told() {
        let module = wat::parse_str("(module)").expect("a module");
        assert_eq!(Interfaces::of(&module), Err("it is a core WebAssembly module, not a component".to_owned()));
        for (bytes, part) in [(&b""[..], "not WebAssembly"), (b"text", "not WebAssembly"), (b"\0asm\x0d\0\x01\0\x0b", "damaged")]
        {
            assert!(Interfaces::of(bytes).expect_err("no component").contains(part), "{bytes:?}");
        }
    }
}
