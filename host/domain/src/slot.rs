//! The values of one attribute, small.

use crate::{Share, Sharing, Value, Values};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// The values of one attribute where millions are in memory at once: nearly all have a single value, which lies in the place itself.
#[derive(Clone)]
pub struct Slot(Inner);

#[derive(Clone)]
enum Inner {
    One(Value),
    Other(Box<[Value]>),
}

impl Slot {
    /// The values, to go on with as a list.
    pub fn into_values(self) -> Values {
        match self.0 {
            Inner::One(value) => vec![value],
            Inner::Other(values) => values.into_vec(),
        }
    }
}

impl Default for Slot {
    /// No value.
    fn default() -> Self {
        Self(Inner::Other(Box::default()))
    }
}

impl Deref for Slot {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        match &self.0 {
            Inner::One(value) => std::slice::from_ref(value),
            Inner::Other(values) => values,
        }
    }
}

impl DerefMut for Slot {
    fn deref_mut(&mut self) -> &mut [Value] {
        match &mut self.0 {
            Inner::One(value) => std::slice::from_mut(value),
            Inner::Other(values) => values,
        }
    }
}

impl From<Value> for Slot {
    fn from(only: Value) -> Self {
        Self(Inner::One(only))
    }
}

impl From<Values> for Slot {
    fn from(mut values: Values) -> Self {
        match (values.pop(), values.is_empty()) {
            (Some(only), true) => only.into(),
            (Some(last), false) => {
                values.push(last);
                Self(Inner::Other(values.into()))
            }
            (None, _) => Self::default(),
        }
    }
}

impl FromIterator<Value> for Slot {
    /// A single value needs no list, so none is made.
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let mut values = values.into_iter();
        let Some(first) = values.next() else { return Self::default() };
        let Some(second) = values.next() else { return first.into() };
        Self(Inner::Other([first, second].into_iter().chain(values).collect()))
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Slot {}

impl PartialOrd for Slot {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Slot {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(other)
    }
}

impl Share for Slot {
    fn share(&mut self, sharing: &mut Sharing) {
        (**self).share(sharing);
    }
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Values::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_slot_is_what_a_list_of_its_values_is(left in prop::collection::vec("[ab]", 0..4), right in prop::collection::vec("[ab]", 0..4)) {
            let [left, right] = [left, right].map(|texts| texts.into_iter().map(Value::plain).collect::<Values>());
            let (one, other) = (Slot::from(left.clone()), right.iter().cloned().collect::<Slot>());
            prop_assert_eq!(one.cmp(&other), left.cmp(&right));
            prop_assert_eq!(one == other, left == right);
            let json = serde_json::to_string(&one).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&left).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Slot>(&json).unwrap(), &one);
            prop_assert_eq!(one.into_values(), left);
        }
    }
}
