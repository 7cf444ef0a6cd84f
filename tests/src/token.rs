//! Bearer tokens for servers that live as long as a test.

use crate::canary::WORD;

/// The word by which a secret is recognised, and 128 bits from the system, in hexadecimal.
pub(crate) fn random_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes.iter().fold(WORD.to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
