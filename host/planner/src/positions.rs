//! Where the things of a list are, by their ids.

use foldhash::fast::RandomState;
use innkeeper_domain::Text;
use std::cell::OnceCell;
use std::collections::HashMap;

/// Positions in a list by id. A hundred thousand people and as many accounts are joined by it for every app, and their ids lie anywhere in
/// memory: so an id is looked for by where its text lies, and read only where that is not known. The hash is seeded at random, as ids come from
/// outside.
pub(crate) struct Positions<'a> {
    by_address: HashMap<usize, u32, RandomState>,
    ids: Vec<(&'a Text, u32)>,
    /// Made when an id is asked for whose text is not one of the list's own.
    by_id: OnceCell<HashMap<&'a str, u32, RandomState>>,
}

impl<'a> Positions<'a> {
    /// No id comes twice with different positions.
    pub(crate) fn new(ids: impl Iterator<Item = (&'a Text, u32)>) -> Self {
        let ids: Vec<_> = ids.collect();
        let mut by_address = HashMap::with_capacity_and_hasher(ids.len(), RandomState::default());
        by_address.extend(ids.iter().map(|(id, position)| (id.address(), *position)));
        Self { by_address, ids, by_id: OnceCell::new() }
    }

    pub(crate) fn of(&self, id: &Text) -> Option<u32> {
        self.by_address.get(&id.address()).or_else(|| self.by_id().get(id.as_str())).copied()
    }

    fn by_id(&self) -> &HashMap<&'a str, u32, RandomState> {
        self.by_id.get_or_init(|| self.ids.iter().map(|(id, position)| (id.as_str(), *position)).collect())
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

    #[test]
    fn an_id_is_found_by_its_own_text_and_by_an_equal_one() {
        let ids = [Text::from("a"), Text::from("b")];
        let positions = Positions::new(ids.iter().zip(0..));
        assert_eq!(
            [positions.of(&ids[1]), positions.of(&Text::from("b")), positions.of(&Text::from("c"))],
            [Some(1), Some(1), None]
        );
    }

    proptest! {
        #[test]
        fn the_first_bytes_are_sorted_as_the_ids_are(left in "[\\x00-\\x02é]{0,20}", right in "[\\x00-\\x02é]{0,20}") {
            let (by_leading, by_id) = (leading(&left).cmp(&leading(&right)), left.cmp(&right));
            prop_assert!(by_leading == by_id || by_leading.is_eq());
        }
    }
}
