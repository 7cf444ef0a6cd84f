//! `[limits]`: how much of the host a connector asks for.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The limits that a connector asks for; the host has defaults and maxima. None can be 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Linear memory, all of an instance's together, in mebibytes.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub memory_mb: Option<u32>,
    /// The time of one call with all that it waits for, in seconds.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub call_seconds: Option<u32>,
    /// The time for which one call keeps a processor busy, in seconds.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub cpu_seconds: Option<u32>,
    /// The requests of one call.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub requests: Option<u32>,
    /// One response's content, in mebibytes.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub response_mb: Option<u32>,
    /// The content of all requests and responses of one call together, in mebibytes.
    #[serde(default, deserialize_with = "positive", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub transfer_mb: Option<u32>,
}

/// With 0 of anything no call could ever succeed; nor is 0 the word for "as much as there is".
fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(serde::de::Error::custom("a limit is at least 1: leave the line out to have what the host gives by default")),
        limit => Ok(Some(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Manifest;
    use crate::manifest::tests::GOOD;

    fn parse(limits: &str) -> Result<Limits, String> {
        let text = GOOD.replace("memory-mb = 64", limits);
        Manifest::parse(&text).map(|manifest| manifest.limits).map_err(|error| error.to_string())
    }

    #[test]
    fn each_limit_can_be_asked_for() {
        let all = "memory-mb = 1\ncall-seconds = 2\ncpu-seconds = 3\nrequests = 4\nresponse-mb = 5\ntransfer-mb = 6";
        let wanted = Limits {
            memory_mb: Some(1),
            call_seconds: Some(2),
            cpu_seconds: Some(3),
            requests: Some(4),
            response_mb: Some(5),
            transfer_mb: Some(6),
        };
        assert_eq!(parse(all), Ok(wanted));
    }

    #[test]
    fn no_limit_is_zero_or_less() {
        for name in ["memory-mb", "call-seconds", "cpu-seconds", "requests", "response-mb", "transfer-mb"] {
            let error = parse(&format!("{name} = 0")).expect_err(name);
            let place = format!("connector.toml:25:{}: a limit is at least 1", name.len() + 4);
            assert!(error.starts_with(&place), "{error}");
            assert!(parse(&format!("{name} = -1")).is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_the_hosts_alone_cannot_be_asked_for() {
        for name in ["log-lines", "table-elements"] {
            let error = parse(&format!("{name} = 1")).expect_err(name);
            assert!(error.starts_with(&format!("connector.toml:25:1: unknown field `{name}`")), "{error}");
        }
    }
}
