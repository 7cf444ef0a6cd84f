//! Attributes by name, small: there are millions of these maps, with a handful of attributes each and mostly one value.

use crate::{AttributeName, Share, Sharing, Slot, Value, Values};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::convert::Infallible;
use std::fmt;
use std::ops::Index;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Attributes by name, sorted. One that is absent is *unknown*, and nothing is concluded from that; one without values is known to have
/// none.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attributes(Vec<(AttributeName, Slot)>);

/// Where an attribute was found last; see [`Attributes::get_near`].
#[derive(Debug, Default)]
pub struct Hint(AtomicUsize);

/// Another one who asks, and who asks others.
impl Clone for Hint {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Attributes {
    /// Nothing is known.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes all attributes of something at once. One that comes twice has the values of both.
    pub fn gathered<V: IntoIterator<Item = Value>>(attributes: impl ExactSizeIterator<Item = (AttributeName, V)>) -> Self {
        let attributes = attributes.map(|(name, values)| Ok::<_, Infallible>((name, Slot::from_iter(values))));
        match Self::try_gathered(attributes) {
            Ok(all) => all,
        }
    }

    /// The same of attributes that may turn out to be none.
    ///
    /// # Errors
    /// The first of theirs.
    pub fn try_gathered<E>(attributes: impl ExactSizeIterator<Item = Result<(AttributeName, Slot), E>>) -> Result<Self, E> {
        // With as much room as is needed: they are made once and kept long.
        let mut all: Vec<(AttributeName, Slot)> = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            all.push(attribute?);
        }
        // Stable, so the values of the same attribute stay in their order.
        all.sort_by(|(left, _), (right, _)| left.cmp(right));
        all.dedup_by(|(name, more), (kept, values)| {
            let same = name == kept;
            if same {
                let mut both = std::mem::take(values).into_values();
                both.append(&mut std::mem::take(more).into_values());
                *values = both.into();
            }
            same
        });
        Ok(Self(all))
    }

    /// How many attributes are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find<Q: Ord + ?Sized>(&self, name: &Q) -> Result<usize, usize>
    where
        AttributeName: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(name))
    }

    /// The values of an attribute; none where it is unknown.
    pub fn get<Q: Ord + ?Sized>(&self, name: &Q) -> Option<&[Value]>
    where
        AttributeName: Borrow<Q>,
    {
        self.find(name).ok().map(|at| &*self.0[at].1)
    }

    /// The same, for those who ask many for one name: nearly all of them have it where the last one had.
    pub fn get_near(&self, name: &str, hint: &Hint) -> Option<&[Value]> {
        if let Some((known, slot)) = self.0.get(hint.0.load(Ordering::Relaxed))
            && known.as_str() == name
        {
            return Some(&**slot);
        }
        let at = self.find(name).ok()?;
        hint.0.store(at, Ordering::Relaxed);
        Some(&*self.0[at].1)
    }

    /// The same, to edit the values in place.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<&mut [Value]>
    where
        AttributeName: Borrow<Q>,
    {
        self.find(name).ok().map(|at| &mut *self.0[at].1)
    }

    /// Whether the attribute is known.
    pub fn contains_key<Q: Ord + ?Sized>(&self, name: &Q) -> bool
    where
        AttributeName: Borrow<Q>,
    {
        self.find(name).is_ok()
    }

    /// Sets the values of an attribute, and gives those that it had.
    pub fn insert(&mut self, name: AttributeName, values: Values) -> Option<Values> {
        match self.find(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, values.into()).into_values()),
            Err(at) => {
                self.0.insert(at, (name, values.into()));
                None
            }
        }
    }

    /// Sets the values of an attribute unless it is known.
    pub fn insert_new(&mut self, name: AttributeName, values: Values) {
        if let Err(at) = self.find(&name) {
            self.0.insert(at, (name, values.into()));
        }
    }

    /// Makes an attribute unknown, and gives the values that it had.
    pub fn remove<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<Values>
    where
        AttributeName: Borrow<Q>,
    {
        self.find(name).ok().map(|at| self.0.remove(at).1.into_values())
    }

    /// All attributes by name.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// All names, sorted.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &AttributeName> + ExactSizeIterator + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values of all attributes, by name.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &[Value]> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, slot)| &**slot)
    }

    /// The same, to edit the values in place.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut [Value]> + ExactSizeIterator {
        self.0.iter_mut().map(|(_, slot)| &mut **slot)
    }

    /// Keeps only what is asked for.
    pub fn retain(&mut self, mut keeps: impl FnMut(&AttributeName, &[Value]) -> bool) {
        self.0.retain(|(name, slot)| keeps(name, slot));
    }

    /// Makes all attributes unknown.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether an attribute is known whose name begins so.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        let at = self.0.partition_point(|(name, _)| name.as_str() < prefix);
        self.0.get(at).is_some_and(|(name, _)| name.as_str().starts_with(prefix))
    }
}

impl Index<&str> for Attributes {
    type Output = [Value];

    /// # Panics
    /// When the attribute is unknown, as with every map.
    fn index(&self, name: &str) -> &[Value] {
        self.get(name).expect("the attribute is known")
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(AttributeName, Values)> for Attributes {
    /// Of two with one name the later one counts.
    fn from_iter<I: IntoIterator<Item = (AttributeName, Values)>>(attributes: I) -> Self {
        let attributes = attributes.into_iter();
        let mut all = Self(Vec::with_capacity(attributes.size_hint().0));
        all.extend(attributes);
        all
    }
}

impl Extend<(AttributeName, Values)> for Attributes {
    fn extend<I: IntoIterator<Item = (AttributeName, Values)>>(&mut self, attributes: I) {
        for (name, values) in attributes {
            self.insert(name, values);
        }
        // They are made once and kept long.
        self.0.shrink_to_fit();
    }
}

impl<const N: usize> From<[(AttributeName, Values); N]> for Attributes {
    fn from(attributes: [(AttributeName, Values); N]) -> Self {
        attributes.into_iter().collect()
    }
}

/// All attributes by name.
#[derive(Clone)]
pub struct Iter<'a>(std::slice::Iter<'a, (AttributeName, Slot)>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a AttributeName, &'a [Value]);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, slot)| (name, &**slot))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// The same, taken out of the map.
pub struct IntoIter(std::vec::IntoIter<(AttributeName, Slot)>);

impl Iterator for IntoIter {
    type Item = (AttributeName, Values);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, slot)| (name, slot.into_values()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for IntoIter {}

impl IntoIterator for Attributes {
    type Item = (AttributeName, Values);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter(self.0.into_iter())
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a AttributeName, &'a [Value]);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Share for Attributes {
    fn share(&mut self, sharing: &mut Sharing) {
        for (name, slot) in &mut self.0 {
            name.share(sharing);
            slot.share(sharing);
        }
        self.0.shrink_to_fit();
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("attributes by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut attributes = Attributes::new();
        while let Some((name, values)) = map.next_entry()? {
            attributes.insert(name, values);
        }
        attributes.0.shrink_to_fit();
        Ok(attributes)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AttributesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn who_asks_many_for_one_name_gets_what_each_has(maps in prop::collection::vec(prop::collection::btree_set("[a-e]", 0..5), 0..20)) {
            let hint = Hint::default();
            for names in maps {
                let attributes: Attributes =
                    names.iter().map(|name| (AttributeName::new(name.as_str()), vec![Value::plain(name.as_str())])).collect();
                prop_assert_eq!(attributes.get_near("c", &hint), attributes.get("c"));
            }
        }

        #[test]
        fn attributes_are_what_a_sorted_map_of_them_is(steps in prop::collection::vec(("[a-d]", prop::option::of(0usize..3)), 0..20)) {
            let (mut attributes, mut map) = (Attributes::new(), BTreeMap::new());
            for (name, values) in steps {
                let name = AttributeName::new(name);
                match values {
                    Some(count) => {
                        let values: Values = (0..count).map(|number| Value::plain(number.to_string())).collect();
                        prop_assert_eq!(attributes.insert(name.clone(), values.clone()), map.insert(name, values));
                    }
                    None => prop_assert_eq!(attributes.remove(&name), map.remove(&name)),
                }
            }
            prop_assert!(attributes.iter().eq(map.iter().map(|(name, values)| (name, values.as_slice()))));
            let json = serde_json::to_string(&map).unwrap();
            prop_assert_eq!(&serde_json::to_string(&attributes).unwrap(), &json);
            prop_assert_eq!(serde_json::from_str::<Attributes>(&json).unwrap(), attributes);
        }

        #[test]
        fn gathered_attributes_have_the_values_of_all_with_their_name(all in prop::collection::vec(("[a-d]", 0usize..3), 0..12)) {
            let mut map: BTreeMap<AttributeName, Values> = BTreeMap::new();
            let mut given = Vec::new();
            for (at, (name, count)) in all.into_iter().enumerate() {
                let values: Values = (0..count).map(|number| Value::plain(format!("{at} {number}"))).collect();
                map.entry(AttributeName::new(name.as_str())).or_default().extend(values.clone());
                given.push((AttributeName::new(name), values));
            }
            prop_assert_eq!(Attributes::gathered(given.into_iter()), map.into_iter().collect());
        }
    }
}
