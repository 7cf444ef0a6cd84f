//! Whether this host speaks the version of the contract that a connector was built for.

use semver::Version;

/// Why a connector's contract is not one of this host's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The connector was built for a newer one.
    #[error(
        "the connector was built for contract {wanted}, and this innkeeper knows {newest} at most. Upgrade innkeeper, or install an older \
         version of the connector"
    )]
    Newer {
        /// What the connector was built for.
        wanted: Version,
        /// The newest that there is.
        newest: Version,
    },
    /// The connector was built for one that this host does not have any more, or never had.
    #[error(
        "the connector was built for contract {wanted}, which this innkeeper does not know (it knows {known}). Install a newer version of \
         the connector, or build it again with a current SDK"
    )]
    Unknown {
        /// What the connector was built for.
        wanted: Version,
        /// What there is.
        known: String,
    },
}

/// Whether a connector that was built for `wanted` can run on a host that has `supported`; answers the supported version to run it on.
///
/// Versions are compatible as in Semantic Versioning: the same major version, and before 1.0.0 the same minor version; the host's must
/// be at least as new. The runtime links a guest that wants a newer minor version than the host has, so that this has to be asked.
///
/// # Errors
///
/// When no supported version will do; the message says what to do.
pub fn check_contract<'a>(wanted: &Version, supported: &'a [Version]) -> Result<&'a Version, ContractError> {
    let line = |version: &Version| if version.major == 0 { (0, version.minor) } else { (version.major, 0) };
    let fits = |version: &&Version| line(version) == line(wanted) && *version >= wanted;
    if let Some(version) = supported.iter().filter(fits).max() {
        return Ok(version);
    }
    match supported.iter().max() {
        Some(newest) if wanted > newest => Err(ContractError::Newer { wanted: wanted.clone(), newest: newest.clone() }),
        _ => {
            let known = supported.iter().map(Version::to_string).collect::<Vec<_>>().join(", ");
            Err(ContractError::Unknown { wanted: wanted.clone(), known })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, supported: &[&str]) -> Result<String, String> {
        let supported: Vec<Version> = supported.iter().map(|text| text.parse().expect("a version")).collect();
        check_contract(&wanted.parse().expect("a version"), &supported).map(Version::to_string).map_err(|error| error.to_string())
    }

    #[test]
    fn the_newest_compatible_version_is_chosen() {
        for (wanted, supported, chosen) in [
            ("0.1.0", &["0.1.0"][..], "0.1.0"),
            ("0.1.0", &["0.1.0", "0.1.2", "0.2.0"], "0.1.2"),
            ("0.2.0", &["0.1.0", "0.2.1", "1.0.0"], "0.2.1"),
            ("1.1.0", &["1.3.0", "2.0.0"], "1.3.0"),
        ] {
            assert_eq!(check(wanted, supported).as_deref(), Ok(chosen), "{wanted} on {supported:?}");
        }
    }

    #[test]
    fn a_newer_one_asks_for_a_newer_host_and_an_older_one_for_a_newer_connector() {
        for (wanted, supported) in
            [("0.1.1", &["0.1.0"][..]), ("0.2.0", &["0.1.0"]), ("1.4.0", &["1.3.9"]), ("2.0.0", &["1.3.0", "0.1.0"])]
        {
            assert!(check(wanted, supported).expect_err(wanted).contains("Upgrade innkeeper"), "{wanted} on {supported:?}");
        }
        for (wanted, supported) in [("0.1.0", &["0.2.0"][..]), ("0.9.0", &["1.0.0"]), ("1.4.0", &["1.3.0", "2.0.0"])] {
            assert!(
                check(wanted, supported).expect_err(wanted).contains("newer version of the connector"),
                "{wanted} on {supported:?}"
            );
        }
    }
}
