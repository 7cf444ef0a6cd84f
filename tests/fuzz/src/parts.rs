//! Inputs that consist of several.

const BETWEEN: &[u8] = b"\n=====\n";

/// The parts between lines of `=====`.
pub fn of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        match bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
            Some(at) => {
                rest = Some(&bytes[at + BETWEEN.len()..]);
                Some(&bytes[..at])
            }
            None => rest.take(),
        }
    })
}
