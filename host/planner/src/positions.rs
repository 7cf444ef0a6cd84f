//! Where the things of a list are, by their ids.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Positions in a list by id. A hundred thousand people and as many accounts are joined by it for every app, so ids are kept themselves and
/// not where they are: comparing them needs no look at the thing. The hash is seeded at random, as ids come from outside.
pub(crate) struct Positions<'a>(HashMap<&'a str, u32, RandomState>);

impl<'a> Positions<'a> {
    /// The last of several with one id counts.
    pub(crate) fn new(ids: impl ExactSizeIterator<Item = (&'a str, u32)>) -> Self {
        let mut positions = HashMap::with_capacity_and_hasher(ids.len(), RandomState::default());
        positions.extend(ids);
        Self(positions)
    }

    pub(crate) fn of(&self, id: &str) -> Option<u32> {
        self.0.get(id).copied()
    }
}

/// The first bytes of an id as a number that is sorted as the id is. Most ids differ in them, so that most of sorting never looks at an id.
pub(crate) fn leading(id: &str) -> u128 {
    let mut bytes = [0; size_of::<u128>()];
    let length = id.len().min(bytes.len());
    bytes[..length].copy_from_slice(&id.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_bytes_are_sorted_as_the_ids_are(left in "[\\x00-\\x02é]{0,20}", right in "[\\x00-\\x02é]{0,20}") {
            let (by_leading, by_id) = (leading(&left).cmp(&leading(&right)), left.cmp(&right));
            prop_assert!(by_leading == by_id || by_leading.is_eq());
        }
    }
}
