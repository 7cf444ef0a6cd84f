//! `requires`: what a connector cannot do without, so that a host that does not have it says so by name.

use super::error::{Fault, nearest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use toml::de::DeTable;

/// The list: each feature with its word and what it is. A word that was once here stays, and means the same for ever.
macro_rules! features {
    ($($feature:ident = $word:literal: $sentence:literal)*) => {
        /// A feature of the host that a connector can require.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Feature {
            $(
                #[doc = $sentence]
                #[serde(rename = $word)]
                $feature,
            )*
        }

        impl Feature {
            /// All that this host has.
            pub const ALL: &[Self] = &[$(Self::$feature),*];

            /// As it is written in a manifest.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$feature => $word,)*
                }
            }

            /// What it is, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$feature => $sentence,)*
                }
            }
        }
    };
}

features! {
    RateBudgets = "rate-budgets": "The host spends `rate.budgets`: some requests have a rate of their own."
    RateSignals = "rate-signals": "The host knows by `rate.signals` which answers mean too many requests, and marks them for the connector."
    RateExhausted = "rate-exhausted": "The host waits after an answer that says by `rate.exhausted` that nothing is left."
    TokenExchange = "token-exchange": "The host exchanges a credential for access tokens: the schemes `service-account`, `oauth-client`, `oauth-refresh` and `github-app`."
    SettingDefaults = "setting-defaults": "The host fills in the defaults of [configuration], in templates and in what the connector reads."
}

impl fmt::Display for Feature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

/// Whether this host can read the file at all. It is asked before anything else: whoever uses something new says so in `requires`, and
/// is to hear of that and not of the first field that looks wrong.
pub(super) fn check(file: &DeTable<'_>) -> Result<(), Fault> {
    if let Some(format) = file.get("manifest")
        && let Some(number) = format.get_ref().as_integer()
        && i64::from_str_radix(number.as_str(), number.radix()) != Ok(1)
    {
        return Err((format.span(), format!("manifest format {number} is not known to this innkeeper, which knows 1")));
    }
    // What is no list of words is told like any other mistake, when the whole file is read.
    let Some(words) = file.get("requires").and_then(|words| words.get_ref().as_array()) else { return Ok(()) };
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.get_ref().as_str() else { continue };
        if Feature::ALL.iter().all(|known| known.word() != text) {
            return Err((word.span(), unknown(text)));
        }
        if words[..index].iter().any(|other| other.get_ref().as_str() == Some(text)) {
            return Err((word.span(), format!("`{text}` is required twice")));
        }
    }
    Ok(())
}

fn unknown(word: &str) -> String {
    let meant = nearest(word, Feature::ALL.iter().map(|feature| feature.word()));
    let meant = meant.map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
    format!(
        "the connector requires `{word}`, which this innkeeper does not know{meant}. Upgrade innkeeper, or install a version of the \
         connector that does without it"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Manifest;
    use crate::manifest::tests::GOOD;
    use std::collections::BTreeSet;

    fn parse(first_line: &str, rest: &str) -> Result<BTreeSet<Feature>, String> {
        let text = GOOD.replacen("manifest = 1\n", &format!("{first_line}\n"), 1) + rest;
        Manifest::parse(&text).map(|manifest| manifest.requires).map_err(|error| error.to_string())
    }

    #[test]
    fn every_known_word_is_read() {
        let words: Vec<&str> = Feature::ALL.iter().map(|feature| feature.word()).collect();
        let all = parse(&format!("manifest = 1\nrequires = {words:?}"), "");
        assert_eq!(all, Ok(Feature::ALL.iter().copied().collect()));
        assert_eq!(parse("manifest = 1", ""), Ok(BTreeSet::new()));
    }

    #[test]
    fn a_word_that_is_not_known_is_refused_by_its_name() {
        insta::assert_snapshot!(parse("manifest = 1\nrequires = [\"rate-signals\", \"streaming-bodies\"]", "").expect_err("unknown"), @"connector.toml:2:29: the connector requires `streaming-bodies`, which this innkeeper does not know. Upgrade innkeeper, or install a version of the connector that does without it");
        insta::assert_snapshot!(parse("manifest = 1\nrequires = [\"rate-signal\"]", "").expect_err("unknown"), @"connector.toml:2:13: the connector requires `rate-signal`, which this innkeeper does not know (did you mean `rate-signals`?). Upgrade innkeeper, or install a version of the connector that does without it");
    }

    /// What a newer manifest has beside the word is not what its reader is told of.
    #[test]
    fn it_is_refused_before_anything_else_that_is_new() {
        for rest in ["[streams]\nsize = 1\n", "[configuration.properties.more]\nwriteOnly = true\n"] {
            let error = parse("manifest = 1\nrequires = [\"streaming-bodies\"]\nstream = true", rest).expect_err("unknown");
            assert!(error.starts_with("connector.toml:2:13: the connector requires `streaming-bodies`"), "{error}");
        }
        let error = parse("manifest = 0x2\nrequires = { streams = 2 }", "").expect_err("a new format");
        assert!(error.starts_with("connector.toml:1:12: manifest format 0x2 is not known"), "{error}");
    }

    #[test]
    fn what_is_no_list_of_words_is_refused() {
        for wrong in ["\"rate-signals\"", "[1]", "{ rate = true }", "[\"rate-signals\", \"rate-signals\"]"] {
            assert!(parse(&format!("manifest = 1\nrequires = {wrong}"), "").is_err(), "{wrong}");
        }
    }
}
