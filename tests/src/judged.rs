//! Everything that went over the wire, judged by what the vendor publishes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Once;

use innkeeper_fakes::web::{Answer, Seen};
use innkeeper_judge::{Exchange, Place, Violation};
use serde_json::Value;

use crate::specs::Vendor;

/// Requests that no description has.
struct Undescribed {
    /// Where they go.
    path: &'static str,
    /// Why they are right nevertheless, and who says so.
    #[expect(dead_code, reason = "for whoever reads the list")]
    reason: &'static str,
}

/// Something that is not as described, and right nevertheless.
struct Explained {
    /// The operation as the description has it; all that start so.
    operation: &'static str,
    place: Place,
    /// A part of what the judge says.
    part: &'static str,
    /// Why it is right nevertheless, and who says so.
    #[expect(dead_code, reason = "for whoever reads the list")]
    reason: &'static str,
}

impl Explained {
    fn covers(&self, violation: &Violation) -> bool {
        violation.operation.starts_with(self.operation) && violation.place == self.place && violation.text.contains(self.part)
    }
}

fn undescribed(vendor: Vendor) -> &'static [Undescribed] {
    match vendor {
        Vendor::GitHub => &[Undescribed { path: "/graphql", reason: "GraphQL has a schema of its own, not OpenAPI" }],
        Vendor::Slack => &[Undescribed { path: "/scim/v2", reason: "Slack publishes no description of SCIM" }],
        Vendor::Google => &[Undescribed { path: "/token", reason: "OAuth is RFC 7523, and in no Discovery document" }],
        Vendor::BambooHr => &[],
    }
}

fn explained(vendor: Vendor) -> &'static [Explained] {
    match vendor {
        Vendor::GitHub => GITHUB,
        Vendor::Slack => SLACK,
        Vendor::Google => &[],
        Vendor::BambooHr => BAMBOOHR,
    }
}

const GITHUB: &[Explained] = &[
    Explained {
        operation: "",
        place: Place::Status,
        part: "403 is not described",
        reason: "any request can meet a rate limit: docs.github.com, \"Rate limits for the REST API\"",
    },
    Explained {
        operation: "",
        place: Place::Status,
        part: "429 is not described",
        reason: "any request can meet a rate limit: docs.github.com, \"Rate limits for the REST API\"",
    },
    Explained {
        operation: "PATCH /scim/v2/enterprises/",
        place: Place::Request,
        part: "/value: ",
        reason: "the schema has text alone, and the examples of the same operations in ghec.json have lists and booleans (RFC 7644)",
    },
];

const SLACK: &[Explained] = &[
    Explained {
        operation: "GET /api/",
        place: Place::Query,
        part: "token is missing",
        reason: "the description of 2021 demands the token as an argument; it goes into the header: docs.slack.dev, \"Using the Web API\"",
    },
    Explained {
        operation: "",
        place: Place::Query,
        part: "there is no parameter team_id",
        reason: "tokens of an organisation need it, which are younger than the description: docs.slack.dev, conversations.list",
    },
    Explained {
        operation: "GET /api/admin.users.list",
        place: Place::Query,
        part: "there is no parameter is_active",
        reason: "it is younger than the description: docs.slack.dev, admin.users.list",
    },
    Explained {
        operation: "POST /api/usergroups.",
        place: Place::Request,
        part: "'team_id' was unexpected",
        reason: "tokens of an organisation need it, which are younger than the description: docs.slack.dev, usergroups.users.update",
    },
    Explained {
        operation: "",
        place: Place::Response,
        part: "/error: \"ratelimited\"",
        reason: "any method can answer it: docs.slack.dev, \"Rate limits\"",
    },
    Explained {
        operation: "GET /api/conversations.members",
        place: Place::Response,
        part: "has less than 1 item",
        reason: "a channel that everybody has left has no members, and the description was made from examples",
    },
];

const BAMBOOHR: &[Explained] = &[Explained {
    operation: "",
    place: Place::Status,
    part: "503 is not described",
    reason: "too many requests were refused so until 2026-09-16: documentation.bamboohr.com, \"Past changes to the API\"",
}];

/// All exchanges are as the vendor describes them, or explained here. Where the description is not at hand, says so.
///
/// # Panics
/// When one is not; shows all that are not.
#[track_caller]
pub fn as_described(vendor: Vendor, seen: &[Seen]) {
    assert!(!seen.is_empty(), "nothing was sent to {vendor:?}");
    let judges = match vendor.judges() {
        Ok(judges) => judges,
        Err(why) => {
            skipped(vendor, why);
            return;
        }
    };
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for exchange in seen.iter().map(|seen| exchange(vendor, seen)) {
        if undescribed(vendor).iter().any(|undescribed| exchange.path.starts_with(undescribed.path)) {
            continue;
        }
        let knowing = judges.iter().find(|judge| judge.knows(&exchange.method, &exchange.path));
        let violations = knowing.unwrap_or(&judges[0]).judge(&exchange);
        for violation in violations {
            if !explained(vendor).iter().any(|explained| explained.covers(&violation)) {
                *counted.entry(violation.to_string()).or_default() += 1;
            }
        }
    }
    let mut told = String::new();
    for (violation, times) in &counted {
        writeln!(told, "{times:4} x {violation}").expect("a string can be written to");
    }
    assert!(counted.is_empty(), "not as {vendor:?} describes it:\n{told}");
}

/// Says once a process what was not done. Not by a macro, for what those print of a test that passes is not shown.
fn skipped(vendor: Vendor, why: &str) {
    static SAID: [Once; 4] = [const { Once::new() }; 4];
    SAID[vendor as usize].call_once(|| {
        // Without standard error nobody can be told.
        let _ = writeln!(io::stderr(), "\nnot judged: what was sent to {vendor:?} and what came back, because {why}");
    });
}

/// Slack refuses with 200, and its description has refusals below `default`: as if they had any other status.
const REFUSED: u16 = 400;

fn is_refusal(answer: &Answer) -> bool {
    serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body["ok"] == Value::Bool(false))
}

fn exchange(vendor: Vendor, seen: &Seen) -> Exchange {
    let Seen { request, answer } = seen;
    let status = answer.as_ref().map_or(0, |answer| match vendor {
        Vendor::Slack if is_refusal(answer) => REFUSED,
        _ => answer.status,
    });
    let sent = request.header("content-type").unwrap_or_default().to_owned();
    Exchange {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        request: (!request.body.is_empty()).then(|| (sent, request.body.clone())),
        status,
        response_type: answer.as_ref().and_then(|answer| {
            let field = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
            field.map(|(_, value)| value.clone())
        }),
        response: answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default(),
    }
}
