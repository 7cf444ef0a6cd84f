//! More connectors than the project ships: the shipped ones again, each with a mark that makes it another component with code of its
//! own.

/// The connectors of `plugins/`.
const SHIPPED: [&str; 5] = [
    "innkeeper-connector-scim",
    "innkeeper-connector-github",
    "innkeeper-connector-google-workspace",
    "innkeeper-connector-slack",
    "innkeeper-connector-bamboohr",
];

/// So many connectors: a number, and the package that each is of.
pub fn variants(count: usize) -> impl Iterator<Item = (usize, &'static str)> {
    SHIPPED.iter().copied().cycle().enumerate().take(count)
}

/// The component with a custom section behind it, which changes its digest and nothing else.
#[must_use]
pub fn numbered(mut component: Vec<u8>, number: usize) -> Vec<u8> {
    const NAME: &[u8] = b"mark";
    let number = number.to_string();
    // Section 0, its length, the length of its name, its name, and the rest is free (WebAssembly core specification, 5.5.3).
    let length = u8::try_from(1 + NAME.len() + number.len()).unwrap_or(u8::MAX);
    component.extend([0, length, NAME.len() as u8]);
    component.extend(NAME);
    component.extend(number.as_bytes());
    component
}

#[cfg(test)]
mod tests {
    use super::{numbered, variants};

    #[test]
    fn every_variant_is_another_component_that_still_loads() {
        let wasm = numbered(b"\0asm\x0d\0\x01\0".to_vec(), 14);
        assert_ne!(wasm, numbered(b"\0asm\x0d\0\x01\0".to_vec(), 13));
        let engine = wasmtime::Engine::default();
        wasmtime::component::Component::from_binary(&engine, &wasm).expect("a component with a custom section");
        assert_eq!(variants(7).last(), Some((6, "innkeeper-connector-github")));
    }
}
