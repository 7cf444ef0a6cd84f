//! Who publishes a connector.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The name of a publisher: `innkeeper`. 1 to 40 of `a-z`, `0-9` and `-`, starting with a letter, as a connector's name: it is shown
/// and compared, so that no two may look alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublisherName(String);

impl PublisherName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PublisherName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        match plain && text.len() <= 40 && text.starts_with(|first: char| first.is_ascii_lowercase()) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("`{text}` is not a publisher's name: use 1 to 40 of a-z, 0-9 and `-`, starting with a letter")),
        }
    }
}

impl fmt::Display for PublisherName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `pad` and not `write_str`, so that it can stand in a table.
        formatter.pad(&self.0)
    }
}

impl TryFrom<String> for PublisherName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PublisherName> for String {
    fn from(name: PublisherName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_taken_for_another_are_refused() {
        for bad in ["", "Acme", "acme ", "a.b", "a/b", "a_b", "1a", "-a", "\u{430}cme", "a\u{200b}b", "a\n", &"x".repeat(41)] {
            assert!(bad.parse::<PublisherName>().is_err(), "{bad}");
        }
        for good in ["a", "acme", "acme-2", &"x".repeat(40)] {
            assert_eq!(good.parse::<PublisherName>().map(|name| name.to_string()).as_deref(), Ok(good));
        }
    }
}
