//! What can be told of a component from its bytes, without compiling or running anything.

use wasmparser::{Parser, Payload};

/// Far more than the contract has.
const MOST_NAMES: usize = 1000;

/// A component's interface at the top level, by name and in its own order: `innkeeper:connector/accounts@0.1.0`.
#[derive(Default)]
pub(crate) struct Interfaces {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

/// What the bytes are, where they are no component: the first eight say it.
pub(crate) fn is_none(bytes: &[u8]) -> Option<&'static str> {
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', 13, 0, 1, 0]) => None,
        Some([0, b'a', b's', b'm', _, _, 0, 0]) => Some("a core WebAssembly module, not a component"),
        Some([0, b'a', b's', b'm', ..]) => Some("WebAssembly of a version that is not known"),
        Some([0x7f, b'E', b'L', b'F', ..]) => Some("native code, not a WebAssembly component"),
        _ => Some("not a WebAssembly component"),
    }
}

/// Reads a component's interface. The names are a stranger's: only what names of components are made of comes back.
pub(crate) fn interfaces(bytes: &[u8]) -> Result<Interfaces, String> {
    let mut found = Interfaces::default();
    // Components and modules within this one have imports and exports of their own.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(said)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    push(&mut found.imports, import.map_err(said)?.name.name)?;
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    push(&mut found.exports, export.map_err(said)?.name.name)?;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn push(names: &mut Vec<String>, name: &str) -> Result<(), String> {
    if names.len() == MOST_NAMES {
        return Err(format!("it has more than {MOST_NAMES} imports or exports"));
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("`{}` is no name of an import or export", name.escape_debug().take(100).collect::<String>()));
    }
    names.push(name.to_owned());
    Ok(())
}

fn said(error: wasmparser::BinaryReaderError) -> String {
    format!("{} (at byte {})", error.message(), error.offset())
}

#[cfg(test)]
mod tests;
