//! What a call may use, as it is configured.

use super::fixture::{lines, load, problems};
use crate::{Limits, SourceKind};
use innkeeper_domain::{AppName, SourceName};

#[test]
fn limits_are_read_for_all_for_an_app_and_for_a_source() {
    let configuration = load(
        "[limits]\nmemory-mb = 512\ncall-seconds = 60\ncpu-seconds = 5\nrequests = 50\nresponse-mb = 8\ntransfer-mb = 32\n\
         log-lines = 10\nlog-kb = 64\n\
         [app.mail]\nconnector = \"scim\"\nlimits = { memory-mb = 1024 }\n\
         [app.chat]\nconnector = \"scim\"\n[source.hr]\nconnector = \"bamboohr\"\n[source.hr.limits]\nlog-lines = 20\n",
    );
    let all = Limits {
        memory_mb: Some(512),
        call_seconds: Some(60),
        cpu_seconds: Some(5),
        requests: Some(50),
        response_mb: Some(8),
        transfer_mb: Some(32),
        log_lines: Some(10),
        log_kb: Some(64),
    };
    assert_eq!(*configuration.limits(), all);
    let of = |name| {
        configuration.app(&AppName::from(name)).expect("it is configured").connection().expect("it has a connector").limits
    };
    assert_eq!(of("mail"), Limits { memory_mb: Some(1024), ..Limits::default() });
    assert_eq!(of("chat"), Limits::default());
    let source = configuration.source(&SourceName::from("hr")).expect("it is configured");
    let SourceKind::Connector(source) = &source.kind else { panic!("it is a connector") };
    assert_eq!(source.connection.limits, Limits { log_lines: Some(20), ..Limits::default() });
}

#[test]
fn without_any_the_hosts_own_hold() {
    assert_eq!(*load("[app.mail]\nconnector = \"scim\"\n").limits(), Limits::default());
}

#[test]
fn a_limit_is_a_number_above_0_and_a_slip_is_suggested() {
    let cases = [
        ("memory-mb = 0", "`memory-mb` must be a whole number from 1 to 65536, and this is 0"),
        ("requests = -1", "`requests` must be a whole number from 1 to 1000000, and this is -1"),
        ("log-kb = 1.5", "`log-kb` must be a whole number from 1 to 1000000, and this is a number with a fraction"),
        ("call-seconds = \"60s\"", "`call-seconds` must be a whole number from 1 to 86400, and this is text"),
        ("memory-gb = 1", "a set of limits has no `memory-gb` | did you mean `memory-mb`?"),
    ];
    for (line, message) in cases {
        let tables = [format!("[limits]\n{line}\n"), format!("[app.x]\nconnector = \"scim\"\nlimits = {{ {line} }}\n")];
        for text in tables {
            let found = lines(&problems(&text));
            assert!(matches!(found.as_slice(), [problem] if problem.contains(message)), "{text}: {found:#?}");
        }
    }
}

#[test]
fn the_limits_of_all_stand_in_one_place() {
    let found = lines(&problems("limits = 5\n"));
    assert!(found[0].contains("`limits` must be a table"), "{found:?}");
    let slip = lines(&problems("[limit]\nrequests = 1\n"));
    assert!(slip[0].contains("did you mean `limits`?"), "{slip:?}");
}
