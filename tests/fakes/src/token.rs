//! Tokens and marks that a server gives out.

use sha2::{Digest as _, Sha256};

/// What every secret that a server gives out, or wants, has in it: by this word it is recognised where it should not be. Letters alone, so
/// that no system refuses it.
pub const CANARY: &str = "innkeepercanary";

/// The word by which a secret is recognised, and 128 bits from the system, in hexadecimal.
pub(crate) fn random_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes.iter().fold(CANARY.to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// The first 16 hexadecimal digits of the SHA-256 of the parts.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
