//! Bearer tokens for servers that live as long as a test.

/// 128 bits from the system, in hexadecimal.
pub(crate) fn random_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
