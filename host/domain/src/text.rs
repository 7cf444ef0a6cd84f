//! Text that is shared instead of copied.

use arcstr::ArcStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;

/// Text that never changes and that many may have: a copy is a count and not a copy. One pointer wide, because millions of ids and values
/// are in memory at once.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(ArcStr);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the text lies. Texts of one address are equal, and equal texts have one once they were shared ([`Share`]), so that two can be
    /// found equal without a look at either.
    pub fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    /// By its bytes, as any text; the same text is not read to be found equal to itself.
    fn cmp(&self, other: &Self) -> Ordering {
        match ArcStr::ptr_eq(&self.0, &other.0) {
            true => Ordering::Equal,
            false => self.as_str().cmp(other.as_str()),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(text.as_str().into())
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self(text.as_ref().into())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Text> for str {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Text> for &str {
    fn eq(&self, other: &Text) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<Text> for String {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Cow::<str>::deserialize(deserializer)?.into())
    }
}

/// Makes equal texts one: what came over the network or out of a file has the same department, attribute name or group a million times.
#[derive(Debug, Default)]
pub struct Sharing(HashSet<Text>);

impl Sharing {
    /// The first text that was equal to this one takes its place.
    pub fn text(&mut self, text: &mut Text) {
        match self.0.get(text.as_str()) {
            Some(known) => *text = known.clone(),
            None => drop(self.0.insert(text.clone())),
        }
    }

    /// The same for a text that is not there yet.
    pub fn of(&mut self, text: &str) -> Text {
        match self.0.get(text) {
            Some(known) => known.clone(),
            None => {
                let text = Text::from(text);
                self.0.insert(text.clone());
                text
            }
        }
    }
}

/// What consists of texts that others have too.
pub trait Share {
    /// Lets every text in it be the shared one.
    fn share(&mut self, sharing: &mut Sharing);
}

impl Share for Text {
    fn share(&mut self, sharing: &mut Sharing) {
        sharing.text(self);
    }
}

impl<T: Share> Share for Option<T> {
    fn share(&mut self, sharing: &mut Sharing) {
        if let Some(inner) = self {
            inner.share(sharing);
        }
    }
}

impl<T: Share> Share for [T] {
    fn share(&mut self, sharing: &mut Sharing) {
        self.iter_mut().for_each(|item| item.share(sharing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_become_one_and_different_ones_stay_two() {
        let mut sharing = Sharing::default();
        let mut texts = [Text::from("Sales"), Text::from("Sales"), Text::from("Legal")];
        texts.share(&mut sharing);
        assert!(std::ptr::eq(texts[0].as_str(), texts[1].as_str()));
        assert!(std::ptr::eq(sharing.of("Sales").as_str(), texts[0].as_str()));
        assert_eq!(texts, ["Sales", "Sales", "Legal"]);
    }
}
