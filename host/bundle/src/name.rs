//! Names of connectors and of their files.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The name of a connector: `scim`. 1 to 40 of `a-z`, `0-9` and `-`, starting with a letter; it is also a folder's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectorName(String);

/// The name of the component's file in the bundle: `connector.wasm`. A plain name that ends in `.wasm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComponentFile(String);

impl FromStr for ConnectorName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        match plain && text.len() <= 40 && text.starts_with(|first: char| first.is_ascii_lowercase()) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("`{text}` is not a name: use 1 to 40 of a-z, 0-9 and `-`, starting with a letter")),
        }
    }
}

impl FromStr for ComponentFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        match plain && text.len() <= 80 && !text.starts_with('.') && text.ends_with(".wasm") {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("`{text}` is not the name of a component in the bundle's own folder, such as `connector.wasm`")),
        }
    }
}

macro_rules! text {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

text!(ConnectorName);
text!(ComponentFile);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_paths_are_refused() {
        for bad in ["", ".", "..", "a/b", "a\\b", "Scim", "1a", "-a", "a b", "a\0", "a.b", &"x".repeat(41)] {
            assert!(bad.parse::<ConnectorName>().is_err(), "{bad}");
        }
        for bad in ["", "connector", "../connector.wasm", "a/b.wasm", ".wasm", "c:\\x.wasm", "connector.wat", "a b.wasm"] {
            assert!(bad.parse::<ComponentFile>().is_err(), "{bad}");
        }
        assert!("google-workspace".parse::<ConnectorName>().is_ok());
        assert!("connector.wasm".parse::<ComponentFile>().is_ok());
    }
}
