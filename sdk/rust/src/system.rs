//! Time and randomness.

use crate::host;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub fn now() -> u64 {
    // Whole milliseconds in a double are exact, and never negative here.
    host::now() as u64
}

/// Bytes from the operating system's secure generator, at most 4,096.
pub fn random(length: u32) -> Vec<u8> {
    host::random(length)
}
