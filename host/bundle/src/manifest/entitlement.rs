//! `[entitlements]`: the kinds of things that accounts can hold.

use super::Manifest;
use super::error::Fault;
use std::collections::BTreeMap;
use toml::Spanned;

/// In place of a kind: any, for a connector that only knows when it runs what there is.
const ANY: &str = "*";

impl Manifest {
    /// Whether the connector may have entitlements of this kind. Without `[entitlements]` it has none at all.
    pub fn allows_kind(&self, kind: &str) -> bool {
        self.entitlements.contains_key(ANY) || self.entitlements.contains_key(kind)
    }
}

/// What is wrong with the table.
pub(super) fn check(kinds: &BTreeMap<Spanned<String>, Spanned<String>>) -> Result<(), Fault> {
    for (kind, sentence) in kinds {
        let name = kind.get_ref();
        if name != ANY && !is_kind(name) {
            let message = format!(
                "`{name}` is not a kind of entitlement: use 1 to 40 letters, digits, `-` and `_`, or \"*\" for whatever kinds there are"
            );
            return Err((kind.span(), message));
        }
        if sentence.get_ref().trim().is_empty() {
            return Err((sentence.span(), format!("say in a sentence what entitlements of the kind `{name}` are")));
        }
    }
    Ok(())
}

/// One word: it stands before the slash in `app:kind/name`.
fn is_kind(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use crate::Manifest;
    use crate::manifest::tests::GOOD;

    fn parse(kinds: &str) -> Result<Manifest, String> {
        Manifest::parse(&format!("{GOOD}[entitlements]\n{kinds}\n")).map_err(|error| error.to_string())
    }

    #[test]
    fn only_the_kinds_that_are_named_are_allowed() {
        let manifest = parse("team = \"Teams of the organisation\"\ncopilot = \"Seats\"").expect("good");
        assert_eq!(manifest.entitlements["team"], "Teams of the organisation");
        let allowed = ["team", "copilot", "teams", "Team", "*", ""].map(|kind| manifest.allows_kind(kind));
        assert_eq!(allowed, [true, true, false, false, false, false]);
    }

    #[test]
    fn without_the_table_no_kind_is_allowed() {
        assert!(!Manifest::parse(GOOD).expect("good").allows_kind("group"));
        assert!(!parse("").expect("good").allows_kind("group"));
    }

    #[test]
    fn a_star_allows_every_kind() {
        let manifest = parse("\"*\" = \"Whatever the server has\"\ngroup = \"Groups\"").expect("good");
        assert!(manifest.allows_kind("group") && manifest.allows_kind("anything"));
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        let mistakes = [
            "\"a b\" = \"x\"",
            "\"group/x\" = \"x\"",
            "\"\" = \"x\"",
            "\"**\" = \"x\"",
            "group = \" \"",
            "group = 1",
            "group = {}",
        ];
        let messages: Vec<_> = mistakes.iter().map(|mistake| parse(mistake).expect_err(mistake)).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}
