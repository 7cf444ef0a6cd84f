//! The names and versions of the contract's interfaces.

use semver::Version;

/// The newest version of the contract that this host speaks.
pub const CONTRACT: Version = Version::new(0, 1, 0);

const PACKAGE: &str = "innkeeper:connector/";

/// An interface of the contract as a component names it: `accounts` and `0.1.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interface<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: Version,
}

impl<'a> Interface<'a> {
    /// Reads `innkeeper:connector/accounts@0.1.0`; none for what is not of this package, or has no version.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (name, version) = text.strip_prefix(PACKAGE)?.split_once('@')?;
        Some(Self { name, version: version.parse().ok()? })
    }

    /// An interface of [`CONTRACT`], as a component names it.
    pub(crate) fn full_name(name: &str) -> String {
        format!("{PACKAGE}{name}@{CONTRACT}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let interface = Interface::parse("innkeeper:connector/accounts@0.1.0").expect("an interface of the contract");
        assert_eq!((interface.name, interface.version), ("accounts", Version::new(0, 1, 0)));
        assert_eq!(Interface::parse(&Interface::full_name("people")), Some(Interface { name: "people", version: CONTRACT }));
        for other in ["wasi:cli/exit@0.2.6", "innkeeper:connector/accounts", "accounts", "innkeeper:connector/accounts@x"] {
            assert_eq!(Interface::parse(other), None, "{other}");
        }
    }
}
